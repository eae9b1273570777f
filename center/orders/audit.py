"""What must hold between orders, notes, sales and the ledger at every moment.

Each check answers with its violations in words; none is what everybody hopes for. They read the
whole database: for tests, for the night, and for whoever does not believe the figures.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, func, select

from center.cash import audit as cash
from center.cash.place import Place
from center.ledger import audit as ledger
from center.ledger.chart import Kind
from center.orders import audit_bills
from center.orders.port import RefundState
from center.orders.state import FINISHED, OrderState, Resolution
from center.store.tables import customers, meters, notes, orders, refunds, vends
from center.utility.sales import VendState
from vending.cash import Business

_VEND_STATES = {
    OrderState.SOLD: VendState.OPEN,
    OrderState.CONFIRMED: VendState.CONFIRMED,
    OrderState.CANCELLED: VendState.CANCELLED,
}


def check(connection: Connection) -> list[str]:
    """Return every violation, of the ledger's own rules too."""
    return [
        *ledger.check(connection),
        *_suspense(connection),
        *_paid(connection),
        *cash.check(connection),
        *_unassigned(connection),
        *_customers(connection),
        *_sales(connection),
        *_counts(connection),
        *_refunds(connection),
        *_resolutions(connection),
        *audit_bills.check(connection),
    ]


def _suspense(connection: Connection) -> Iterable[str]:
    """An order's suspense is zero exactly when it is finished, and what is paid otherwise."""
    found = ledger.balances(connection, Kind.SUSPENSE)
    wanted = {
        order_no: 0 if OrderState(state) in FINISHED else paid_fen
        for order_no, state, paid_fen in _rows(connection, orders.c, "order_no state paid_fen")
    }
    return _differences("suspense of order", found, wanted)


def _paid(connection: Connection) -> Iterable[str]:
    """What an order says is paid is the sum of its notes."""
    found = _sums_of_notes(connection, notes.c.order_no, {Place.ORDER})
    wanted = dict(_rows(connection, orders.c, "order_no paid_fen"))
    return _differences("notes of order", found, wanted)


def _unassigned(connection: Connection) -> Iterable[str]:
    """What of a terminal's cash belongs to no order is the sum of those notes."""
    wanted = _sums_of_notes(connection, notes.c.terminal_no, {Place.UNASSIGNED})
    booked = ledger.balances(connection, Kind.UNASSIGNED)
    return _differences("unassigned in terminal", booked, wanted)


def _customers(connection: Connection) -> Iterable[str]:
    """Balances and arrears that sales are priced with are those of the ledger, pending ones too."""
    for kind, column in ((Kind.CUSTOMER, "balance_fen"), (Kind.ARREARS, "arrears_fen")):
        booked = ledger.balances(connection, kind, pending=True)
        wanted = dict(_rows(connection, customers.c, f"customer_no {column}"))
        yield from _differences(f"{kind} of", booked, wanted)


def _sales(connection: Connection) -> Iterable[str]:
    """Orders and sales agree, and every open sale is the one that its meter waits for."""
    listed = {
        order_no: (state, business)
        for order_no, state, business in _rows(connection, orders.c, "order_no state business")
    }
    states = {
        order_no: state
        for order_no, state in _rows(connection, vends.c, "order_no state")
        if (listed.get(order_no, ("",))[0], state) != (OrderState.REFUNDED, VendState.CANCELLED)
    }
    wanted = {
        order_no: _VEND_STATES[OrderState(state)].value
        for order_no, (state, business) in listed.items()
        if OrderState(state) in _VEND_STATES and business == Business.ENERGY
    }
    yield from _differences("sale under order", states, wanted)
    waiting = {
        (meter_no, order_no)
        for meter_no, order_no in _rows(connection, meters.c, "meter_no open_order_no")
        if order_no is not None
    }
    open_sales = {
        (meter_no, order_no)
        for meter_no, order_no, state in _rows(connection, vends.c, "meter_no order_no state")
        if state == VendState.OPEN
    }
    yield from (f"open sale and meter disagree: {pair}" for pair in waiting ^ open_sales)


def _counts(connection: Connection) -> Iterable[str]:
    """Each meter's sales are numbered without gap or repeat, up to the meter's own count."""
    counts = dict(_rows(connection, meters.c, "meter_no purchase_count"))
    sold: dict[str, list[int]] = {}
    for meter_no, count, state in _rows(connection, vends.c, "meter_no purchase_count state"):
        if state != VendState.CANCELLED:
            sold.setdefault(meter_no, []).append(count)
    for meter_no, numbers in sold.items():
        last = counts[meter_no]
        if sorted(numbers) != list(range(last - len(numbers) + 1, last + 1)):
            yield f"meter {meter_no} at {last}: sold {sorted(numbers)}"


def _refunds(connection: Connection) -> Iterable[str]:
    """Each refunded order has its refund over what was paid, owed until it is paid out."""
    listed = _rows(connection, refunds.c, "order_no amount_fen state")
    owing = {no: fen for no, fen, state in listed if state == RefundState.DECIDED}
    yield from _differences("refund of order", ledger.balances(connection, Kind.REFUND), owing)
    paid_out = {"": sum(fen for _, fen, state in listed if state == RefundState.PAID_OUT)}
    booked = ledger.balances(connection, Kind.PAID_OUT)
    yield from _differences("refunds paid out", booked, paid_out)
    wanted = {
        order_no: paid_fen
        for order_no, paid_fen, state in _rows(connection, orders.c, "order_no paid_fen state")
        if state == OrderState.REFUNDED
    }
    yield from _differences("refund for order", {no: fen for no, fen, _ in listed}, wanted)


def _resolutions(connection: Connection) -> Iterable[str]:
    """A refund excludes a sale: refunded orders are decided so, and nothing is sold under them."""
    sold = {
        order_no
        for order_no, state in _rows(connection, vends.c, "order_no state")
        if state != VendState.CANCELLED
    }
    for order_no, state, resolution in _rows(connection, orders.c, "order_no state resolution"):
        is_refunded = state == OrderState.REFUNDED
        if is_refunded != (resolution == Resolution.REFUND):
            yield f"order {order_no} is {state}, decided is {resolution}"
        if is_refunded and order_no in sold:
            yield f"order {order_no} is refunded and sold"


def _rows(connection: Connection, columns: Any, names: str) -> list[Any]:
    return list(connection.execute(select(*(columns[name] for name in names.split()))))


def _sums_of_notes(connection: Connection, owner: Any, places: set[Place]) -> dict[str, int]:
    query = (
        select(owner, func.sum(notes.c.value_fen))
        .where(notes.c.place.in_(sorted(places)))
        .group_by(owner)
    )
    return {key: int(total) for key, total in connection.execute(query)}


def _differences(what: str, found: dict[str, Any], wanted: dict[str, Any]) -> Iterable[str]:
    """Compare two tables of values in which nothing and zero are the same."""
    for key in sorted(found.keys() | wanted.keys()):
        if (found.get(key) or 0) != (wanted.get(key) or 0):
            yield f"{what} {key}: {found.get(key)} instead of {wanted.get(key)}"
