"""A head office on a real file, a handful of accounts, and messages in one line each."""

import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import Connection, insert, select, update

from center.keys.soft import TEST_KEYS, SoftKeyService
from center.orders import audit
from center.orders import order as orders
from center.orders.desk import Desk
from center.orders.order import Order
from center.orders.policy import Policy
from center.store import tables
from center.store.store import Store
from center.utility.embedded import EmbeddedUtility
from center.utility.seed import Seed, SeedAccount, parse_seed, plant
from vending.card import (
    CardKind,
    CardSnapshot,
    MeterReturn,
    SealRequest,
    SealStage,
    Verdict,
)
from vending.messages import (
    AccountAnswer,
    AccountQuery,
    Note,
    NoteTaken,
    OrderOpened,
    OrderParked,
    Owed,
    Report,
    ReportEnvelope,
    ResellRequest,
    Vend,
    VendConfirmed,
    VendRequest,
)
from vending.order_no import make_order_no

TERMINAL = "000001"
OTHER_TERMINAL = "000002"
NOW_MS = 1_763_944_000_000
"""24 November 2025, 08:26 in China."""

PEOPLE = """
[[account]]
customer_no = "100000000001"
meter_no = "200000000001"
card_serial = "A000000000000001"
name = "王小明"
address = "春江花园 3 栋 502 室"
wallet_unit = "energy"
purchase_count = 7
balance_fen = 36
used_this_year_wh = 1_864_300

[[account]]
customer_no = "100000000002"
meter_no = "200000000002"
card_serial = "A000000000000002"
name = "李玥"
address = "春江花园 3 栋 503 室"
wallet_unit = "money"
purchase_count = 12
balance_fen = 250
arrears_fen = 1_000

[[account]]
customer_no = "100000000003"
meter_no = "200000000003"
card_serial = "A000000000000003"
replaced_card_serials = ["A0000000000000F3"]
name = "张堃"
address = "春江花园 4 栋 804 室"
wallet_unit = "energy"
purchase_count = 31
balance_fen = 12
arrears_fen = 4_350
used_this_year_wh = 2_720_500
overstock_amount = 100_000

[[account]]
customer_no = "100000000004"
meter_no = "200000000004"
card_serial = "A000000000000004"
name = "陈淼"
address = "春江花园 5 栋 1203 室"
wallet_unit = "energy"
blocked = true

[[account]]
customer_no = "100000000005"
meter_no = "200000000005"
card_serial = "A000000000000005"
name = "新户"
address = "春江花园 6 栋 101 室"
wallet_unit = "energy"
"""


def seed() -> Seed:
    return parse_seed(PEOPLE)


@cache
def _template() -> Path:
    """A migrated and seeded database, made once for all tests."""
    path = Path(mkdtemp(prefix="office")) / "template.db"
    store = Store(f"sqlite:///{path}")
    store.write(lambda connection: plant(connection, seed(), NOW_MS))
    store.close()
    return path


class Office:
    """A desk on a database of its own; `close` it."""

    def __init__(self, folder: Path, policy: Policy = Policy()) -> None:  # noqa: B008
        self.path = folder / "center.db"
        if not self.path.exists():
            shutil.copyfile(_template(), self.path)
        self.now_ms = NOW_MS
        self.store = Store(f"sqlite:///{self.path}")
        keys = SoftKeyService(TEST_KEYS, allow_test_keys=True)
        self.desk = Desk(self.store, EmbeddedUtility(), keys, lambda: self.now_ms, policy)
        self._reports = 0
        self._orders = 0

    def close(self) -> None:
        self.store.close()

    def order_no(self, terminal_no: str = TERMINAL) -> str:
        """The next number that this terminal makes."""
        self._orders += 1
        return make_order_no(terminal_no, self.now_ms, self._orders)

    def report(self, report: Report, terminal_no: str = TERMINAL) -> None:
        """Report under the next number."""
        self._reports += 1
        self.again(report, terminal_no)

    def again(self, report: Report, terminal_no: str = TERMINAL) -> None:
        """Report under the last number."""
        envelope = ReportEnvelope(report_no=self._reports, journal_id="j1", report=report)
        self.desk.report(terminal_no, envelope)

    def query(self, card: CardSnapshot, terminal_no: str = TERMINAL) -> AccountAnswer:
        return self.desk.query_account(terminal_no, AccountQuery(card=card))

    def owed(self, card: CardSnapshot, terminal_no: str = TERMINAL) -> Owed:
        """What this card is told to have delivered first."""
        answer = self.query(card, terminal_no)
        assert isinstance(answer, Owed), answer
        return answer

    def replace_card(self, old: str, new: str, meter_no: str) -> None:
        """The utility issues another card for a meter."""

        def unit(connection: Connection) -> None:
            table = tables.cards
            connection.execute(update(table).where(table.c.serial == old).values(replaced=True))
            row = {"serial": new, "meter_no": meter_no, "replaced": False}
            connection.execute(insert(table), row)

        self.store.write(unit)

    def violations(self) -> list[str]:
        return self.store.read(audit.check)

    def alarms(self) -> list[str]:
        """The codes of all alarms, in order."""
        query = select(tables.alarms.c.code).order_by(tables.alarms.c.alarm_no)
        return self.store.read(lambda connection: list(connection.scalars(query)))

    def balance(self, account: str, owner: str) -> int:
        """Credits less debits of an account, posted ones only."""
        entries = tables.ledger_lines.c
        heads, ends = tables.ledger_transactions.c, tables.ledger_resolutions.c
        query = (
            select(entries.debit_fen, entries.credit_fen, heads.phase, ends.outcome)
            .select_from(
                tables.ledger_lines.join(tables.ledger_transactions).outerjoin(
                    tables.ledger_resolutions, ends.posting_key == heads.posting_key
                )
            )
            .where(entries.account == account, entries.owner == owner)
        )
        rows = self.store.read(lambda connection: connection.execute(query).all())
        return sum(
            credit - debit
            for debit, credit, phase, outcome in rows
            if phase == "posted" or outcome == "posted"
        )

    def order(self, order_no: str) -> Order:
        found = self.store.read(lambda connection: orders.find(connection, order_no, lock=False))
        assert found is not None
        return found

    def state(self, order_no: str) -> str | None:
        query = select(tables.orders.c.state).where(tables.orders.c.order_no == order_no)
        return self.store.read(lambda connection: connection.scalar(query))


def person(number: int) -> SeedAccount:
    """1: energy; 2: money; 3: arrears, overstock, replaced card; 4: blocked; 5: bought nothing."""
    return seed().accounts[number - 1]


def card(
    who: SeedAccount,
    *,
    count: int | None = None,
    returned: int | None = -1,
    remaining: int = 100,
    **changes: object,
) -> CardSnapshot:
    """A card of ``who``; ``returned``: the count that the meter wrote back, -1: the card's."""
    n = who.purchase_count if count is None else count
    back = n if returned == -1 else returned
    fields: dict[str, object] = {
        "layout": "sg-user",
        "serial": who.card_serial,
        "meter_no": who.meter_no,
        "customer_no": who.customer_no,
        "kind": CardKind.PURCHASE,
        "wallet_unit": who.wallet_unit,
        "wallet_amount": 0,
        "purchase_count": n,
        "returned": None
        if back is None
        else MeterReturn(purchase_count=back, remaining=remaining, overdraft=0, written_at=""),
        "digest": "0" * 64,
    }
    return CardSnapshot(**{**fields, **changes})  # type: ignore[arg-type]


def notes(order_no: str, *values_fen: int) -> tuple[Note, ...]:
    return tuple(
        Note(note_id=f"{order_no}-{place}", value_fen=value)
        for place, value in enumerate(values_fen)
    )


def opened(order_no: str, who: SeedAccount) -> OrderOpened:
    return OrderOpened(
        order_no=order_no,
        opened_at_ms=NOW_MS,
        customer_no=who.customer_no,
        meter_no=who.meter_no,
        card_serial=who.card_serial,
    )


def taken(order_no: str, note: Note) -> NoteTaken:
    return NoteTaken(order_no=order_no, note=note, at_ms=NOW_MS)


def request(
    order_no: str, who: SeedAccount, paid: Sequence[Note], *, count: int | None = None
) -> VendRequest:
    return VendRequest(
        order_no=order_no,
        opened_at_ms=NOW_MS,
        customer_no=who.customer_no,
        meter_no=who.meter_no,
        card_serial=who.card_serial,
        purchase_count=who.purchase_count if count is None else count,
        notes=tuple(paid),
    )


def resell(order_no: str, who: SeedAccount, count: int, serial: str = "") -> ResellRequest:
    return ResellRequest(
        order_no=order_no,
        customer_no=who.customer_no,
        meter_no=who.meter_no,
        card_serial=serial or who.card_serial,
        purchase_count=count,
    )


def parked(
    order_no: str,
    paid_fen: int = 10_000,
    verdict: Verdict | None = Verdict.UNKNOWN,
    seals: int = 0,
) -> OrderParked:
    return OrderParked(
        order_no=order_no,
        paid_fen=paid_fen,
        sold=verdict is not None,
        verdict=verdict,
        why="card-pulled",
        at_ms=NOW_MS,
        seals=seals,
    )


def confirmed(
    order_no: str, purchase_count: int, verdict: Verdict = Verdict.WRITTEN
) -> VendConfirmed:
    return VendConfirmed(
        order_no=order_no,
        purchase_count=purchase_count,
        verdict=verdict,
        card_digest="0" * 64,
        at_ms=NOW_MS,
    )


def sealing(order_no: str, who: SeedAccount, vend: Vend, serial: str = "") -> SealRequest:
    """The card's question for the MAC of the wallet write."""
    command = f"04D682000C{vend.wallet_amount:08X}{vend.purchase_count:08X}"
    return SealRequest(
        order_no=order_no,
        serial=serial or who.card_serial,
        meter_no=who.meter_no,
        stage=SealStage.SEAL,
        challenge="00" * 4,
        commands=(command,),
    )
