"""A meter's account as the database holds it: the customer, the meter, the tariff and the card."""

from functools import lru_cache

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, bindparam, select

from center.store.tables import cards, customers, meters, tariffs
from vending.card import WalletUnit
from vending.tariff import Tariff, TariffStep


class MeterAccount(Struct, frozen=True, kw_only=True):
    """Everything that decides about a purchase. Personal data is not masked here."""

    customer_no: str
    meter_no: str
    name: str
    address: str
    blocked: bool
    balance_fen: int
    arrears_fen: int
    wallet_unit: WalletUnit
    tariff: Tariff
    purchase_count: int
    """Purchases sold, the open one included."""
    open_order_no: str | None
    used_this_year_wh: int
    min_fen: int
    max_fen: int
    multiple_fen: int
    overstock_amount: int | None
    seen_count: int | None
    seen_remaining: int | None
    card: "BoundCard | None"
    """The card that was asked about; None: the utility has never issued it."""

    @property
    def remaining(self) -> int:
        """What the meter held when it last wrote on the card, if that was after purchase N."""
        return (self.seen_remaining or 0) if self.seen_count == self.purchase_count else 0


class BoundCard(Struct, frozen=True, kw_only=True):
    """A card that the utility has issued."""

    meter_no: str
    replaced: bool


def load(
    connection: Connection, meter_no: str, serial: str, year: int, *, lock: bool = False
) -> MeterAccount | None:
    """Return the account of a meter in a tariff year, with what is known of the card ``serial``.

    ``lock`` keeps other processes from selling for the same meter or customer meanwhile.
    """
    query = _LOCKING_QUERY if lock else _QUERY
    row = connection.execute(query, {"meter_no": meter_no, "serial": serial.upper()}).one_or_none()
    return None if row is None else _account(row, year)


def knows_customer(connection: Connection, customer_no: str) -> bool:
    """Tell whether the utility has such a customer."""
    found = select(customers.c.customer_no).where(customers.c.customer_no == customer_no)
    return connection.scalar(found) is not None


def pack_steps(tariff: Tariff) -> str:
    """Return a tariff's steps as the database keeps them."""
    return msgspec.json.encode(tariff.steps).decode()


@lru_cache(maxsize=64)
def unpack_tariff(name: str, steps: str) -> Tariff:
    """Return the tariff that `pack_steps` packed."""
    return Tariff(name, msgspec.json.decode(steps, type=tuple[TariffStep, ...]))


_QUERY = (
    select(
        meters,
        customers.c.name,
        customers.c.address,
        customers.c.blocked,
        customers.c.balance_fen,
        customers.c.arrears_fen,
        tariffs.c.steps,
        cards.c.meter_no.label("card_meter_no"),
        cards.c.replaced,
    )
    .select_from(
        meters.join(customers).join(tariffs).outerjoin(cards, cards.c.serial == bindparam("serial"))
    )
    .where(meters.c.meter_no == bindparam("meter_no"))
)
_LOCKING_QUERY = _QUERY.with_for_update(of=[meters, customers])


def _account(row: Row[tuple[object, ...]], year: int) -> MeterAccount:
    card = None
    if row.card_meter_no is not None:
        card = BoundCard(meter_no=row.card_meter_no, replaced=row.replaced)
    return MeterAccount(
        customer_no=row.customer_no,
        meter_no=row.meter_no,
        name=row.name,
        address=row.address,
        blocked=row.blocked,
        balance_fen=row.balance_fen,
        arrears_fen=row.arrears_fen,
        wallet_unit=WalletUnit(row.wallet_unit),
        tariff=unpack_tariff(row.tariff, row.steps),
        purchase_count=row.purchase_count,
        open_order_no=row.open_order_no,
        used_this_year_wh=row.used_wh if row.tariff_year == year else 0,
        min_fen=row.min_fen,
        max_fen=row.max_fen,
        multiple_fen=row.multiple_fen,
        overstock_amount=row.overstock_amount,
        seen_count=row.seen_count,
        seen_remaining=row.seen_remaining,
        card=card,
    )
