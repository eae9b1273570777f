"""Payments of bills: taken, posted and asked about. Each function is one unit of work.

A payment is posted once, for all of its money. Most are posted by their terminal's own request. One
that was parked, or of which nobody has said anything for `QUIET_MS`, is posted from the books
before its customer is told what is owed: nobody pays twice because a terminal has gone silent. The
request that comes after that finds it posted; notes that only it knows are posted on top.
"""

import hashlib

import msgspec
from msgspec.structs import replace

from center.ledger import book, rules
from center.orders import cash, selling
from center.orders import order as orders
from center.orders.alarm import Code
from center.orders.cash import Counted
from center.orders.order import RESOLD, Identity, Order
from center.orders.selling import Undone
from center.orders.state import OrderState
from center.orders.work import Work
from center.staff import trail
from center.utility.port import Payment
from vending.bill import BillAnswer, BillInquiryAnswer, BillPaid, BillPayRequest
from vending.cash import Business
from vending.messages import Ending, Note, OrderOver, Reason, Refused


def query(work: Work, customer_no: str) -> BillAnswer:
    """Tell what a customer owes, after posting what was paid and is waiting."""
    for order in orders.waiting_bills(work.connection, customer_no):
        if not order.is_busy(work.now_ms):
            post(work, order)
    return work.utility.query_bill(work.connection, customer_no)


def pay(work: Work, request: BillPayRequest) -> BillPaid | Refused:
    """Take the request's notes and post. A refusal that is returned keeps the notes in suspense.

    Raises Undone when the number does not fit the request.
    """
    identity = _identity(request)
    order = orders.find_or_open(work.connection, request.order_no, identity, work.now_ms)
    identified = orders.identify(order, identity)
    if identified is None or not selling.are_notes(request.notes):
        raise Undone(Reason.ORDER_CONFLICT)
    digest = _digest(request)
    if order.state is OrderState.ABANDONED:
        raise Undone(Reason.ORDER_FINISHED)
    if order.state is OrderState.REFUNDED:
        return _too_late(work, order, request)
    if order.request_digest not in {None, RESOLD}:
        return _again(work, order, digest)
    counted = _count(work, identified, request)
    paid_fen = sum(note.value_fen for note in request.notes)
    if counted.order.paid_fen != paid_fen:
        detail = f"the terminal says {paid_fen} fen, the books {counted.order.paid_fen}"
        work.alarm(order.order_no, Code.PAID_DIFFERS, detail)
    book.post(work.connection, counted.postings, work.now_ms)
    answer, posted = _post(work, counted.order)
    if isinstance(answer, BillPaid):
        posted = replace(posted, request_digest=digest)
    orders.save(work.connection, order, posted, work.now_ms)
    return answer


def inquire(work: Work, order_no: str) -> BillInquiryAnswer:
    """Tell what became of a payment: posted, not posted, or paid back."""
    order = orders.find(work.connection, order_no)
    if order is not None and order.state is OrderState.REFUNDED:
        return OrderOver(order_no, Ending.REFUNDED)
    return work.utility.inquire_bill(work.connection, order_no)


def post(work: Work, order: Order, by: str | None = None) -> Order:
    """Post what the books have of an order that is paid. A refusal leaves it as it is.

    ``by``: who of the staff had it posted; None: it comes by itself.
    """
    answer, posted = _post(work, order)
    if isinstance(answer, Refused):
        return order
    posted = replace(posted, request_digest=RESOLD)
    orders.save(work.connection, order, posted, work.now_ms)
    step = trail.Step(
        what="bill-posted",
        terminal_no=work.terminal_no or None,
        staff=by,
        order_no=order.order_no,
        detail=f"{order.paid_fen} fen",
    )
    trail.add(work.connection, step, work.now_ms)
    return posted


def settle_waiting(work: Work) -> tuple[Order, ...]:
    """Post every payment that is parked or quiet; return those that were."""
    found = orders.waiting_bills(work.connection)
    posted = [post(work, order) for order in found if not order.is_busy(work.now_ms)]
    return tuple(order for order in posted if order.state is OrderState.CONFIRMED)


def take_note(work: Work, order: Order, note: Note) -> Order:
    """Take a note that a terminal reports for a payment; what is posted already, it is added to."""
    counted = cash.take(work.connection, order, note, work.now_ms)
    if order.state is not OrderState.CONFIRMED or counted == order:
        return counted
    answer, posted = _post(work, counted)
    assert isinstance(answer, BillPaid), answer.reason  # what was posted before can be added to
    return posted


def _post(work: Work, order: Order) -> tuple[BillPaid | Refused, Order]:
    """Let the utility post all of an order's money; the order's suspense is then empty."""
    assert order.identity is not None
    payment = Payment(
        order_no=order.order_no,
        customer_no=order.identity.customer_no,
        months=order.identity.months,
        paid_fen=order.paid_fen,
    )
    before = work.utility.inquire_bill(work.connection, order.order_no)
    answer = work.utility.pay_bill(work.connection, payment, work.now_ms)
    if isinstance(answer, Refused):
        return answer, order
    known = before if isinstance(before, BillPaid) else None
    if answer != known:
        book.post(work.connection, [rules.bill(answer, known)], work.now_ms)
    return answer, replace(orders.move(order, OrderState.CONFIRMED), parked=False)


def _count(work: Work, order: Order, request: BillPayRequest) -> Counted:
    try:
        return cash.pay(work.connection, order, request.notes, work.now_ms)
    except cash.NoteConflict as error:
        raise Undone(Reason.ORDER_CONFLICT) from error


def _again(work: Work, order: Order, digest: str) -> BillPaid | Refused:
    if digest != order.request_digest:
        raise Undone(Reason.ORDER_CONFLICT)
    answer = work.utility.inquire_bill(work.connection, order.order_no)
    return answer if isinstance(answer, BillPaid) else Refused(Reason.ORDER_FINISHED)


def _too_late(work: Work, order: Order, request: BillPayRequest) -> Refused:
    """It is paid back. Notes that nobody knew of lie in a box all the same: they are set aside."""
    after = order
    for note in request.notes:
        after = cash.take(work.connection, after, note, work.now_ms)
    orders.save(work.connection, order, after, work.now_ms)
    return Refused(Reason.ORDER_REFUNDED)


def _identity(request: BillPayRequest) -> Identity:
    return Identity(
        opened_at_ms=request.opened_at_ms,
        customer_no=request.customer_no,
        meter_no="",
        card_serial="",
        business=Business.BILL,
        months=request.months,
    )


def _digest(request: BillPayRequest) -> str:
    return hashlib.sha256(msgspec.json.encode(request)).hexdigest()
