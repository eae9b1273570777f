"""Selling under an order number, once, and voiding that sale. Each function is one unit of work."""

import hashlib

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection

from center.ledger import book, rules
from center.ledger.posting import Outcome
from center.orders import cash, grant, owed
from center.orders import order as orders
from center.orders.cash import Counted
from center.orders.order import RESOLD, Identity, Order
from center.orders.state import OrderState
from center.orders.work import Work
from center.utility.port import Sale, Utility
from vending.messages import (
    Ending,
    InquiryAnswer,
    Note,
    OrderOver,
    Reason,
    Refused,
    Vend,
    VendRequest,
)

_ENDINGS = {
    OrderState.CONFIRMED: Ending.DELIVERED,
    OrderState.CANCELLED: Ending.CANCELLED,
    OrderState.REFUNDED: Ending.REFUNDED,
}


class Undone(Exception):
    """A refusal of the request as such: nothing of it is kept."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def sell(work: Work, request: VendRequest) -> Vend | Refused:
    """Take the request's notes and sell. A refusal that is returned keeps the notes in suspense.

    Raises Undone when the number does not fit the request.
    """
    connection, now_ms = work.connection, work.now_ms
    order = orders.find_or_open(connection, request.order_no, _identity(request), now_ms)
    digest = _digest(request)
    if order.request_digest == RESOLD or order.state is OrderState.REFUNDED:
        return _too_late(work, order, request)
    if order.request_digest is not None:
        return _again(connection, work.utility, order, digest)
    counted = _pay(connection, order, request, now_ms)
    answer = _ask_utility(work, order, request)
    if isinstance(answer, Refused):
        book.post(connection, counted.postings, now_ms)
        orders.save(connection, order, counted.order, now_ms)
        return answer
    sale = rules.vend(answer, request.customer_no)
    book.post(connection, (*counted.postings, sale), now_ms)
    sold = replace(orders.move(counted.order, OrderState.SOLD), request_digest=digest)
    if sold.paid_fen != answer.quote.paid_fen:
        sold = cash.release_others(connection, sold, request.notes, now_ms)
    orders.save(connection, order, sold, now_ms)
    return answer


def inquire(work: Work, order_no: str) -> InquiryAnswer:
    """Tell what became of an order: sold and open, not sold, or at its end."""
    order = orders.find(work.connection, order_no)
    if order is not None and (how := _ENDINGS.get(order.state)):
        return OrderOver(order_no, how)
    return work.utility.inquire(work.connection, order_no)


def confirm(work: Work, order: Order, purchase_count: int) -> Order | Refused:
    """Close a sale: its energy is on the card or in the meter. Again changes nothing."""
    answer = work.utility.confirm(work.connection, order.order_no, purchase_count)
    if isinstance(answer, Refused):
        return answer
    if order.state is not OrderState.SOLD:
        return order
    book.resolve(work.connection, rules.vend_key(order.order_no), Outcome.POSTED, work.now_ms)
    return replace(orders.move(order, OrderState.CONFIRMED), parked=False)


def void(work: Work, order_no: str) -> Vend | Refused:
    """Void a sale that was never confirmed; again changes nothing. The money stays in suspense."""
    connection, utility, now_ms = work.connection, work.utility, work.now_ms
    order = orders.find(connection, order_no)
    if order is None:
        return Refused(Reason.ORDER_UNKNOWN)
    answer = utility.cancel(connection, order_no)
    if isinstance(answer, Vend) and order.state is OrderState.SOLD:
        book.resolve(connection, rules.vend_key(order_no), Outcome.VOIDED, now_ms)
        cancelled = orders.move(order, OrderState.CANCELLED)
        orders.save(connection, order, cancelled, now_ms)
    return answer


def _ask_utility(work: Work, order: Order, request: VendRequest) -> Vend | Refused:
    if grant.is_withheld(work, order):
        return Refused(Reason.STAFF_ONLY)
    return work.utility.vend(work.connection, _sale(request), work.now_ms)


def _too_late(work: Work, order: Order, request: VendRequest) -> Vend | Refused:
    """The order was resold or refunded meanwhile, for the notes that were known.

    Others of the request lie in a box all the same: they are set aside, with an alarm.
    """
    if not owed.is_for(order, request.customer_no, request.meter_no):
        raise Undone(Reason.ORDER_CONFLICT)
    if not are_notes(request.notes):
        raise Undone(Reason.ORDER_CONFLICT)
    after = order
    for note in request.notes:
        after = cash.take(work.connection, after, note, work.now_ms)
    orders.save(work.connection, order, after, work.now_ms)
    if order.state is OrderState.REFUNDED:
        return Refused(Reason.ORDER_REFUNDED)
    answer = work.utility.inquire(work.connection, order.order_no)
    return answer if isinstance(answer, Vend) else Refused(Reason.ORDER_CANCELLED)


def _pay(connection: Connection, order: Order, request: VendRequest, now_ms: int) -> Counted:
    if order.state is OrderState.ABANDONED:
        raise Undone(Reason.ORDER_FINISHED)
    identified = orders.identify(order, _identity(request))
    if identified is None or not are_notes(request.notes):
        raise Undone(Reason.ORDER_CONFLICT)
    try:
        return cash.pay(connection, identified, request.notes, now_ms)
    except cash.NoteConflict as error:
        raise Undone(Reason.ORDER_CONFLICT) from error


def are_notes(notes: tuple[Note, ...]) -> bool:
    """Each stands once and has a value."""
    ids = {note.note_id for note in notes}
    return len(ids) == len(notes) and all(note.value_fen > 0 for note in notes)


def _again(connection: Connection, utility: Utility, order: Order, digest: str) -> Vend | Refused:
    if digest != order.request_digest:
        raise Undone(Reason.ORDER_CONFLICT)
    answer = utility.inquire(connection, order.order_no)
    return answer if isinstance(answer, Vend) else Refused(Reason.ORDER_CANCELLED)


def _identity(request: VendRequest) -> Identity:
    return Identity(
        opened_at_ms=request.opened_at_ms,
        customer_no=request.customer_no,
        meter_no=request.meter_no,
        card_serial=request.card_serial,
    )


def _sale(request: VendRequest) -> Sale:
    return Sale(
        order_no=request.order_no,
        customer_no=request.customer_no,
        meter_no=request.meter_no,
        card_serial=request.card_serial,
        purchase_count=request.purchase_count,
        paid_fen=sum(note.value_fen for note in request.notes),
    )


def _digest(request: VendRequest) -> str:
    return hashlib.sha256(msgspec.json.encode(request)).hexdigest()
