"""What the utility has sold, and what a sale does to the meter's and the customer's rows."""

from enum import StrEnum
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Update, bindparam, insert, select, update

from center.ledger.book import business_date
from center.store.tables import customers, meters, vends
from center.utility.account import MeterAccount
from center.utility.port import Sale
from vending.card import CardSnapshot
from vending.messages import Vend
from vending.order_no import china_date


class VendState(StrEnum):
    """A purchase is open until its card is proved or it is cancelled; only the first is final."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Sold(Struct, frozen=True, kw_only=True):
    """A sale as it is kept."""

    vend: Vend
    customer_no: str
    meter_no: str
    card_serial: str
    state: VendState

    def is_for(self, sale: Sale) -> bool:
        """Tell whether this is what ``sale`` asks for."""
        return (
            self.customer_no == sale.customer_no
            and self.meter_no == sale.meter_no
            and self.card_serial == sale.card_serial.upper()
            and self.vend.purchase_count == sale.purchase_count + 1
            and self.vend.quote.paid_fen == sale.paid_fen
        )


def find(connection: Connection, order_no: str) -> Sold | None:
    """Return what was sold under ``order_no``, in whatever state."""
    row = connection.execute(_FIND, {"order_no": order_no}).one_or_none()
    if row is None:
        return None
    return Sold(
        vend=msgspec.json.decode(row.body, type=Vend),
        customer_no=row.customer_no,
        meter_no=row.meter_no,
        card_serial=row.card_serial,
        state=VendState(row.state),
    )


def book(connection: Connection, account: MeterAccount, serial: str, vend: Vend) -> None:
    """Keep a new sale: the meter's count becomes N+1 and stays taken while the sale is open."""
    quote = vend.quote
    connection.execute(
        _INSERT,
        {
            "order_no": vend.order_no,
            "customer_no": account.customer_no,
            "meter_no": account.meter_no,
            "card_serial": serial.upper(),
            "purchase_count": vend.purchase_count,
            "state": VendState.OPEN.value,
            "business_date": business_date(vend.sold_at_ms),
            "sold_at_ms": vend.sold_at_ms,
            "body": msgspec.json.encode(vend).decode(),
        },
    )
    meter = {
        "purchase_count": vend.purchase_count,
        "open_order_no": vend.order_no,
        "tariff_year": china_date(vend.sold_at_ms)[0],
        "used_wh": account.used_this_year_wh + quote.energy_wh,
    }
    connection.execute(_changed_meter(*meter), {**meter, "key": account.meter_no})
    if quote.balance_after_fen != quote.balance_before_fen or quote.arrears_fen:
        _move(connection, account.customer_no, vend, direction=1)


def confirm(connection: Connection, sold: Sold) -> None:
    """Close an open sale: its card is proved."""
    _set_state(connection, sold, VendState.CONFIRMED)
    meter = {"open_order_no": None}
    connection.execute(_changed_meter(*meter), {**meter, "key": sold.meter_no})


def void(connection: Connection, sold: Sold) -> None:
    """Undo an open sale. No other can have come after it: what it changed is taken back."""
    _set_state(connection, sold, VendState.CANCELLED)
    connection.execute(
        update(meters)
        .where(meters.c.meter_no == sold.meter_no)
        .values(
            purchase_count=sold.vend.purchase_count - 1,
            open_order_no=None,
            used_wh=meters.c.used_wh - sold.vend.quote.energy_wh,
        )
    )
    _move(connection, sold.customer_no, sold.vend, direction=-1)


def rebind(connection: Connection, order_no: str, serial: str) -> None:
    """Let another card bring an open sale."""
    connection.execute(
        update(vends)
        .where(vends.c.order_no == order_no, vends.c.state == VendState.OPEN.value)
        .values(card_serial=serial.upper())
    )


def remember(connection: Connection, card: CardSnapshot, remaining: int) -> None:
    """Keep what the meter last wrote on the card: a sale must not overfill it."""
    meter = {"seen_count": card.purchase_count, "seen_remaining": remaining}
    connection.execute(_changed_meter(*meter), {**meter, "key": card.meter_no})


_FIND = select(vends).where(vends.c.order_no == bindparam("order_no"))
_INSERT = insert(vends)
_MOVE = (
    update(customers)
    .where(customers.c.customer_no == bindparam("key"))
    .values(
        balance_fen=customers.c.balance_fen + bindparam("kept_fen"),
        arrears_fen=customers.c.arrears_fen - bindparam("collected_fen"),
    )
)


@cache
def _changed_meter(*columns: str) -> Update:
    values: dict[str, Any] = {column: bindparam(column) for column in columns}
    return update(meters).where(meters.c.meter_no == bindparam("key")).values(values)


def _move(connection: Connection, customer_no: str, vend: Vend, direction: int) -> None:
    """Move the customer's balance and arrears by what a sale changes; -1: back again."""
    quote = vend.quote
    connection.execute(
        _MOVE,
        {
            "key": customer_no,
            "kept_fen": direction * (quote.balance_after_fen - quote.balance_before_fen),
            "collected_fen": direction * quote.arrears_fen,
        },
    )


def _set_state(connection: Connection, sold: Sold, state: VendState) -> None:
    connection.execute(
        update(vends).where(vends.c.order_no == sold.vend.order_no).values(state=state.value)
    )
