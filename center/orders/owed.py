"""What was paid and is not delivered: found by the card at hand, told to whoever can deliver it."""

from center.orders import carrier, grant
from center.orders import order as orders
from center.orders.order import Order
from center.orders.state import OVER, OrderState
from center.orders.work import Work
from center.utility.port import Holder
from vending.card import CardSnapshot
from vending.cash import Business
from vending.messages import (
    Account,
    Owed,
    OwedAnswer,
    OwedQuery,
    Reason,
    Refused,
    TrialRequest,
    Vend,
)

_OF_THE_SUM = {
    Reason.BELOW_MINIMUM,
    Reason.ABOVE_MAXIMUM,
    Reason.NOT_MULTIPLE,
    Reason.NOTHING_TO_BUY,
}
"""No machine can sell for such a sum, however often the card comes back."""


def before_purchase(work: Work, card: CardSnapshot) -> OwedAnswer | None:
    """Return what goes before any new purchase with this card; None: nothing does.

    A sum that cannot be sold for stays with staff and does not keep its owner from buying.
    """
    found = orders.of_meter(work.connection, card.customer_no, card.meter_no)
    order = next((each for each in found if _is_sellable(work, each)), None)
    return None if order is None else _tell(work, order, card)


def find(work: Work, query: OwedQuery) -> OwedAnswer:
    """Answer the menu: what is open for this card, or under the code of a slip?"""
    card = query.card
    holder = work.utility.recognise(work.connection, _holder(card), work.now_ms)
    if isinstance(holder, Refused):
        return holder
    if query.order_no:
        return _by_code(work, query.order_no, card)
    found = orders.of_meter(work.connection, card.customer_no, card.meter_no)
    if not found:
        return Refused(Reason.NOTHING_OWED)
    order = next((each for each in found if _is_sellable(work, each)), found[0])
    return _tell(work, order, card)


def _by_code(work: Work, order_no: str, card: CardSnapshot) -> OwedAnswer:
    """Only the meter's own cards learn anything about an order."""
    order = orders.find(work.connection, order_no)
    if order is None:
        return Refused(Reason.ORDER_UNKNOWN)
    if order.identity is None:
        return Refused(Reason.ORDER_OPEN)  # what its terminal has to say is still on the way
    if not is_for(order, card.customer_no, card.meter_no):
        return Refused(Reason.WRONG_METER)
    if order.state is OrderState.OPENED:
        return Refused(Reason.NOTHING_OWED)
    if reason := OVER.get(order.state):
        return Refused(reason)
    return _tell(work, order, card)


def is_for(order: Order, customer_no: str, meter_no: str) -> bool:
    """Tell whether an order is for this meter of this customer."""
    known = order.identity
    if known is None or known.business is not Business.ENERGY:
        return False
    return (known.customer_no, known.meter_no) == (customer_no, meter_no)


def is_busy_elsewhere(work: Work, order: Order) -> bool:
    """Tell whether another terminal may still be selling: nothing may be told twice.

    What is sold already can be told: the card is here, so nobody else can be writing it.
    """
    is_open = order.state is OrderState.PAID and order.is_busy(work.now_ms)
    return is_open and order.terminal_no != work.terminal_no


def _tell(work: Work, order: Order, card: CardSnapshot) -> OwedAnswer:
    account = _account(work, order, card)
    if isinstance(account, Refused):
        return account
    if is_busy_elsewhere(work, order):
        return Refused(Reason.ORDER_OPEN)
    assert order.identity is not None
    assert order.card_serial is not None
    carrier.add(work.connection, work.terminal_no, order.order_no, work.now_ms)
    vend = work.utility.inquire(work.connection, order.order_no)
    return Owed(
        order_no=order.order_no,
        opened_at_ms=order.identity.opened_at_ms,
        paid_fen=order.paid_fen,
        vend=vend if isinstance(vend, Vend) else None,
        account=account,
        card_serial=order.card_serial,
        why=order.parked_why,
        seals=order.seals,
        by_machine=grant.is_by_machine(work, order.order_no),
    )


def _account(work: Work, order: Order, card: CardSnapshot) -> Account | Refused:
    """What is not sold yet will be a sale like any other: this card must be able to buy now.

    For one thing it must not still carry an earlier purchase, which the write would destroy.
    """
    if order.state is OrderState.SOLD:
        return work.utility.recognise(work.connection, _holder(card), work.now_ms)
    return work.utility.query_account(work.connection, card, work.now_ms)


def _is_sellable(work: Work, order: Order) -> bool:
    if order.state is OrderState.SOLD or order.identity is None:
        return True
    trial = TrialRequest(
        customer_no=order.identity.customer_no,
        meter_no=order.identity.meter_no,
        paid_fen=order.paid_fen,
    )
    answer = work.utility.trial_vend(work.connection, trial, work.now_ms)
    return not (isinstance(answer, Refused) and answer.reason in _OF_THE_SUM)


def _holder(card: CardSnapshot) -> Holder:
    return Holder(customer_no=card.customer_no, meter_no=card.meter_no, card_serial=card.serial)
