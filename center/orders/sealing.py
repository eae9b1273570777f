"""Seals: only for the open sale, only for its card, and each time counted before it is given."""

from msgspec.structs import replace

from center.keys.port import CardIdentity
from center.orders import grant
from center.orders import order as orders
from center.orders.order import Order
from center.orders.resell import is_card_replaced
from center.orders.state import OVER, OrderState
from center.orders.work import Work
from vending.card import SealRequest
from vending.messages import Reason, Vend


def explain(work: Work, request: SealRequest, *, lock: bool = False) -> tuple[Order, Vend] | Reason:
    """Return the open sale that explains the request, or why there is none."""
    order = orders.find(work.connection, request.order_no, lock=lock)
    if order is None:
        return Reason.ORDER_UNKNOWN
    if order.state is not OrderState.SOLD or order.identity is None:
        return OVER.get(order.state, Reason.SEAL_REFUSED)
    if grant.is_withheld(work, order):
        return Reason.STAFF_ONLY
    if is_card_replaced(work, order):
        return Reason.CARD_REPLACED  # no meter takes it from there
    is_its_card = (
        order.card_serial or ""
    ).upper() == request.serial.upper() and order.identity.meter_no == request.meter_no
    vend = work.utility.inquire(work.connection, request.order_no)
    return (order, vend) if is_its_card and isinstance(vend, Vend) else Reason.SEAL_REFUSED


def count(work: Work, request: SealRequest) -> Order | Reason:
    """Count seals that are about to be given; it is asked again whether they may be.

    Once this is durable a card may hold the order, whoever gets to hear of the seals or not.
    """
    found = explain(work, request, lock=True)
    if isinstance(found, Reason):
        return found
    order, _ = found
    sealed = replace(order, seals=order.seals + 1)
    orders.save(work.connection, order, sealed, work.now_ms)
    return sealed


def card_of(order: Order) -> CardIdentity:
    """Return the card that the seals are for."""
    assert order.identity is not None  # a sale has one
    assert order.card_serial is not None
    return CardIdentity(
        serial=order.card_serial,
        meter_no=order.identity.meter_no,
        customer_no=order.identity.customer_no,
    )
