"""Delivering again what was paid: the sale that is open, or a sale now. One unit of work.

Decided by compare-and-set: an order that is refunded is never delivered, and a refund is decided
only where nothing can be delivered any more (`center.orders.refund`).
"""

from msgspec.structs import replace

from center.ledger import book, rules
from center.orders import grant, owed
from center.orders import order as orders
from center.orders.order import RESOLD, Order
from center.orders.state import OVER, OrderState, Resolution
from center.orders.work import Work
from center.staff import trail
from center.utility.port import Holder, Sale
from vending.messages import Reason, Refused, ResellRequest, Vend, VendAnswer


def resell(work: Work, request: ResellRequest) -> VendAnswer:
    """Let a terminal deliver an order to the card at hand. A repeat returns the same vend."""
    order = orders.find(work.connection, request.order_no)
    answer = _refusal(work, order, request)
    if answer is not None:
        return answer
    assert order is not None
    if order.state is OrderState.SOLD:
        return _deliver(work, order, request)
    return _sell(work, order, request)


def _refusal(work: Work, order: Order | None, request: ResellRequest) -> Refused | None:
    if order is None:
        return Refused(Reason.ORDER_UNKNOWN)
    if reason := OVER.get(order.state):
        return Refused(reason)
    if order.state is OrderState.OPENED:
        return Refused(Reason.NOTHING_OWED)
    if not owed.is_for(order, request.customer_no, request.meter_no):
        return Refused(Reason.WRONG_METER)
    if not grant.is_by_machine(work, order.order_no):
        return Refused(Reason.STAFF_ONLY)
    if owed.is_busy_elsewhere(work, order):
        return Refused(Reason.ORDER_OPEN)
    account = work.utility.recognise(work.connection, _holder(request), work.now_ms)
    if isinstance(account, Refused):
        return account
    return None if _may_bind(work, order, request) else Refused(Reason.WRONG_METER)


def _may_bind(work: Work, order: Order, request: ResellRequest) -> bool:
    """A card that may hold the order is given up only once the utility has replaced it."""
    if _is_its_card(order, request.card_serial) or order.is_card_unwritten:
        return True
    return is_card_replaced(work, order)


def is_card_replaced(work: Work, order: Order) -> bool:
    """Tell whether the utility has replaced the card that an order is for."""
    assert order.identity is not None
    assert order.card_serial is not None
    holder = Holder(
        customer_no=order.identity.customer_no,
        meter_no=order.identity.meter_no,
        card_serial=order.card_serial,
    )
    answer = work.utility.recognise(work.connection, holder, work.now_ms)
    return answer == Refused(Reason.CARD_REPLACED)


def _is_its_card(order: Order, serial: str) -> bool:
    return order.card_serial is not None and order.card_serial.upper() == serial.upper()


def _deliver(work: Work, order: Order, request: ResellRequest) -> VendAnswer:
    vend = work.utility.inquire(work.connection, order.order_no)
    if not isinstance(vend, Vend):
        return Refused(Reason.ORDER_CANCELLED)
    if request.purchase_count + 1 != vend.purchase_count:
        return Refused(Reason.COUNT_MISMATCH)
    claimed = _claim(work, _bind(work, order, request.card_serial))
    orders.save(work.connection, order, claimed, work.now_ms)
    return vend


def _sell(work: Work, order: Order, request: ResellRequest) -> VendAnswer:
    """Sell for what the books have of the order's money: more of it may be known to nobody yet."""
    sale = Sale(
        order_no=order.order_no,
        customer_no=request.customer_no,
        meter_no=request.meter_no,
        card_serial=request.card_serial,
        purchase_count=request.purchase_count,
        paid_fen=order.paid_fen,
    )
    vend = work.utility.vend(work.connection, sale, work.now_ms)
    if isinstance(vend, Refused):
        # Nobody has decided: a refund stays possible.
        _note(work, order, "resell-refused", vend.reason)
        return vend
    book.post(work.connection, [rules.vend(vend, request.customer_no)], work.now_ms)
    sold = replace(
        orders.move(_bind(work, order, request.card_serial), OrderState.SOLD),
        request_digest=RESOLD,
    )
    orders.save(work.connection, order, _claim(work, sold), work.now_ms)
    return vend


def _bind(work: Work, order: Order, serial: str) -> Order:
    """Let the card at hand bring it, another of the meter's than the one it was paid for.

    No risk of delivering twice: a meter credits purchase N+1 once, whichever of its cards brings
    it, and takes nothing from an old card once it has seen the new one. But a proof about the new
    card says nothing about the old one, which may have been written.
    """
    if _is_its_card(order, serial):
        return order
    if order.state is OrderState.SOLD:
        work.utility.rebind(work.connection, order.order_no, serial)
    return replace(
        order,
        bound_serial=serial.upper(),
        bound_at_seals=order.seals,
        verdict=None,
        verdict_seals=None,
        is_other_card_doubtful=order.is_other_card_doubtful or not order.is_card_unwritten,
    )


def _claim(work: Work, order: Order) -> Order:
    if (order.resolution, order.resold_by) != (Resolution.RESELL, work.terminal_no):
        _note(work, order, "resell", f"{order.paid_fen} fen")
    return replace(order, resolution=Resolution.RESELL, resold_by=work.terminal_no)


def _note(work: Work, order: Order, what: str, detail: str) -> None:
    step = trail.Step(
        what=what, terminal_no=work.terminal_no, order_no=order.order_no, detail=detail
    )
    trail.add(work.connection, step, work.now_ms)


def _holder(request: ResellRequest) -> Holder:
    return Holder(
        customer_no=request.customer_no,
        meter_no=request.meter_no,
        card_serial=request.card_serial,
    )
