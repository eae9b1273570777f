"""What the head office's books and the kiosks' journals say, read plainly for the judge."""

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy import Connection, text

from bench.explore.kiosk import SimKiosk
from center.orders import audit
from kiosk.flow import event as ev


class BookedNote(Struct, frozen=True):
    """A note in the books."""

    terminal_no: str
    note_id: str
    order_no: str | None
    value_fen: int
    place: str


class BookedOrder(Struct, frozen=True):
    """An order in the books."""

    order_no: str
    state: str
    paid_fen: int


class BookedVend(Struct, frozen=True):
    """A sale in the books."""

    order_no: str
    customer_no: str
    meter_no: str
    purchase_count: int
    state: str
    body: str


class BookedPeriod(Struct, frozen=True):
    """A period of a cash box that the head office has taken in."""

    terminal_no: str
    period_no: int
    agrees: bool


class BookedBill(Struct, frozen=True):
    """A month of a post-paid customer."""

    customer_no: str
    month: str
    due_fen: int
    order_no: str | None
    """Whose payment settled it."""


class Books(Struct, frozen=True, kw_only=True):
    """The head office's word."""

    notes: tuple[BookedNote, ...]
    orders: tuple[BookedOrder, ...]
    vends: tuple[BookedVend, ...]
    periods: tuple[BookedPeriod, ...]
    bills: tuple[BookedBill, ...]
    bill_payments: dict[str, tuple[str, int]]
    """Order -> (customer, fen)."""
    customers: dict[str, tuple[int, int]]
    """Balance and arrears, in fen."""
    balances: dict[tuple[str, str], int]
    """(account, owner) -> credits less debits of everything posted."""
    lopsided: tuple[str, ...]
    """Transactions whose debits are not their credits."""
    own_audit: tuple[str, ...]
    """What the head office finds wrong itself."""
    alarms: Counter[str]
    refunds: dict[str, tuple[int, str]]
    """Order -> (fen, state)."""


_POSTED = """
    SELECT l.account, l.owner, SUM(l.credit_fen) - SUM(l.debit_fen)
    FROM ledger_lines l JOIN ledger_transactions t USING (posting_key)
    LEFT JOIN ledger_resolutions r USING (posting_key)
    WHERE t.phase = 'posted' OR r.outcome = 'posted'
    GROUP BY l.account, l.owner
"""
_LOPSIDED = """
    SELECT posting_key FROM ledger_lines GROUP BY posting_key
    HAVING SUM(debit_fen) <> SUM(credit_fen)
"""


def read_books(connection: Connection) -> Books:
    """Read all of it."""

    def rows(query: str) -> Iterator[tuple[object, ...]]:
        return (tuple(row) for row in connection.execute(text(query)))

    notes = rows("SELECT terminal_no, note_id, order_no, value_fen, place FROM notes")
    orders = rows("SELECT order_no, state, paid_fen FROM orders ORDER BY order_no")
    vends = rows(
        "SELECT order_no, customer_no, meter_no, purchase_count, state, body FROM vends"
        " ORDER BY meter_no, purchase_count"
    )
    periods = rows("SELECT terminal_no, period_no, agrees FROM cash_periods ORDER BY 1, 2")
    bills = rows(
        "SELECT customer_no, month, amount_fen + late_fee_fen, order_no FROM bills ORDER BY 1, 2"
    )
    people = rows("SELECT customer_no, balance_fen, arrears_fen FROM customers")
    return Books(
        notes=tuple(BookedNote(*row) for row in notes),  # type: ignore[arg-type]
        orders=tuple(BookedOrder(*row) for row in orders),  # type: ignore[arg-type]
        vends=tuple(BookedVend(*row) for row in vends),  # type: ignore[arg-type]
        bills=tuple(BookedBill(*row) for row in bills),  # type: ignore[arg-type]
        bill_payments={
            str(no): (str(customer), fen)  # type: ignore[misc]
            for no, customer, fen in rows(
                "SELECT order_no, customer_no, paid_fen FROM bill_payments"
            )
        },
        periods=tuple(BookedPeriod(*row) for row in periods),  # type: ignore[arg-type]
        customers={no: (balance, arrears) for no, balance, arrears in people},  # type: ignore[misc]
        balances={(account, owner): fen for account, owner, fen in rows(_POSTED)},  # type: ignore[misc]
        lopsided=tuple(str(key) for (key,) in rows(_LOPSIDED)),
        own_audit=tuple(audit.check(connection)),
        refunds={
            str(no): (fen, str(state))  # type: ignore[misc]
            for no, fen, state in rows("SELECT order_no, amount_fen, state FROM refunds")
        },
        alarms=Counter(str(code) for (code,) in rows("SELECT code FROM alarms")),
    )


class Journalled(Struct, frozen=True, kw_only=True):
    """What a kiosk's journal says about notes and deliveries, each counted once."""

    stacked: dict[str, int]
    """Note id -> value."""
    unknown: dict[str, int]
    head: str
    """Hash of the last entry: equal journals have equal ones."""
    entries: int


def read_journal(kiosk: SimKiosk) -> Journalled | None:
    """Read a kiosk's journal from its beginning; None: it does not run."""
    if kiosk.boot is None or kiosk.session is None:
        return None
    journal = kiosk.boot.journal
    stacked: dict[str, int] = {}
    unknown: dict[str, int] = {}
    for entry in list(journal.entries()):
        if entry.kind not in {"NoteStacked", "NoteUnknown"}:
            continue
        fact = journal.event(entry)
        if isinstance(fact, ev.NoteStacked):
            stacked[fact.note_id] = fact.value_fen
        elif isinstance(fact, ev.NoteUnknown):
            unknown[fact.note_id] = fact.value_fen
    head = journal.head
    return Journalled(stacked=stacked, unknown=unknown, head=head.hash.hex(), entries=head.seq)
