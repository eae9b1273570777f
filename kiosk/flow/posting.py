"""Posting what was paid for bills: one request under the order's number, then only questions.

What cannot be posted while the customer waits is parked and posted without him: it is asked about
when the head office comes back. What the head office refuses stays parked for the staff.
"""

from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow.command import Command, InquireBill, PayBill, ReleaseCard, Tell
from kiosk.flow.phase import ENDS, Cause, Notice, Phase, Why
from kiosk.flow.rules import ALL_PHASES, Step, on
from kiosk.flow.service import bills_in_doubt, refuse, without_parked
from kiosk.flow.session import BillOrder, Session
from kiosk.flow.slip import print_bill_slip
from kiosk.flow.vend import FIRST_PAUSE_S
from vending.bill import BillPayRequest
from vending.messages import OrderParked, Reason

LAST_PAUSE_S = 60
"""Before a payment that the customer left in doubt is asked about once more, should the line not
break and come back meanwhile.
"""
OVER = set(ENDS.values())
_UNSEEN = ALL_PHASES - {Phase.POSTING, Phase.DOUBTFUL}
"""No payment of bills is in the head office's hands and on the screen."""


def post(session: Session, bill: BillOrder) -> Step:
    """Ask the head office to post what is in."""
    posting = session.to(Phase.POSTING, bill=asked(bill), cause=None, finishing=False, escrow=None)
    return posting, (pay(bill),)


def asked(bill: BillOrder) -> BillOrder:
    """From now on the notes in it stay as they are."""
    return replace(bill, asked=True)


def pay(bill: BillOrder) -> PayBill:
    """Return the request, the same however often it is made."""
    chosen = bill.statement.months[: bill.months]
    request = BillPayRequest(
        order_no=bill.order_no,
        opened_at_ms=bill.opened_at_ms,
        customer_no=bill.statement.customer_no,
        months=tuple(each.month for each in chosen),
        notes=bill.notes,
    )
    return PayBill(order_no=bill.order_no, request=request)


# -- while the customer waits --------------------------------------------------------------------


@on({Phase.POSTING, Phase.DOUBTFUL}, ev.BillPosted, to=Phase.DONE)
def posted(session: Session, event: ev.BillPosted) -> Step:
    """That was it; also when the answer comes while the customer still reads that there is none."""
    bill = session.bill
    if bill is None or bill.order_no != event.paid.order_no:
        return posted_unseen(session, event)
    done = session.to(
        Phase.DONE,
        bill=replace(bill, paid=event.paid, refused=None),
        cause=None,
        notice=None,
        printing=True,
        slip_failed=False,
    )
    slip = print_bill_slip(done, done.bill or bill, event.at_ms)
    return done, (slip, *_card_back(session))


@on(Phase.POSTING, ev.BillNotPosted, to={Phase.DOUBTFUL, Phase.REFUSED})
def not_posted(session: Session, event: ev.BillNotPosted) -> Step:
    """A definite no: for good, or for now, and then the same request under the same number is safe.

    After the money is in, only staff decide about what is refused for good.
    """
    bill = session.bill
    if bill is None or bill.order_no != event.order_no:
        return not_posted_unseen(session, event)
    if event.reason in OVER:
        return _forget(session, event.order_no, event.reason)
    if event.reason:
        return park(session, replace(bill, refused=event.reason), event.reason, event.at_ms)
    if _is_being_paid(session, bill):
        return session, ()
    if bill.inquiries >= session.policy.inquiries:
        return park(session, bill, Why.NOT_POSTED, event.at_ms)
    return post(session, replace(bill, inquiries=bill.inquiries + 1))


@on(Phase.POSTING, ev.BillUnknown, to=Phase.DOUBTFUL)
def ask_again(session: Session, event: ev.BillUnknown) -> Step:
    """No answer: ask what became of it, a bounded number of times."""
    bill = session.bill
    if bill is None or bill.order_no != event.order_no:
        return session, ()
    if bill.inquiries >= session.policy.inquiries:
        return park(session, bill, Why.POSTING_UNKNOWN, event.at_ms)
    pause_s = FIRST_PAUSE_S << bill.inquiries
    inquired = replace(bill, inquiries=bill.inquiries + 1)
    wish = InquireBill(order_no=bill.order_no, after_s=pause_s)
    return session.but(bill=inquired, notice=Notice.ASKING_AGAIN), (wish,)


@on(Phase.POSTING, ev.TimedOut, to=Phase.DOUBTFUL)
def stop_asking(session: Session, event: ev.TimedOut) -> Step:
    """The customer has waited long enough."""
    bill = session.bill
    return park(session, bill, Why.POSTING_UNKNOWN, event.at_ms) if bill else (session, ())


@on({Phase.POSTING, Phase.DOUBTFUL}, ev.OrderEnded, to=Phase.REFUSED)
def over(session: Session, event: ev.OrderEnded) -> Step:
    """It came to its end elsewhere: there is nothing left to do here."""
    return _forget(session, event.order_no, ENDS[event.how])


def _forget(session: Session, order_no: str, reason: Reason) -> Step:
    """The head office has its money and its end; who still stands here is told."""
    if session.bill is None or session.bill.order_no != order_no:
        return without_parked(session, order_no), ()
    return refuse(session.but(bill=None), reason)


def park(session: Session, bill: BillOrder, why: Cause, at_ms: int) -> Step:
    """Let the customer go. The payment stays open, the money stays with it; what is not refused is
    asked about again. ``why`` is for the staff.
    """
    cause = _for_customer(bill)
    told = session.to(
        Phase.DOUBTFUL, bill=bill, cause=cause, notice=None, printing=True, slip_failed=False
    )
    slip = print_bill_slip(told, bill, at_ms, reason=cause)
    later = InquireBill(order_no=bill.order_no, after_s=LAST_PAUSE_S)
    asking = () if bill.refused else (later,)
    return told, (_tell_parked(bill, why, at_ms), slip, *asking, *_card_back(session))


def _for_customer(bill: BillOrder) -> Why:
    """It will be posted by itself, or somebody must look at it: all that matters to who paid."""
    return Why.NOT_POSTED if bill.refused else Why.POSTING_UNKNOWN


def _tell_parked(bill: BillOrder, why: Cause, at_ms: int) -> Tell:
    report = OrderParked(
        order_no=bill.order_no,
        paid_fen=bill.paid_fen,
        sold=False,
        verdict=None,
        why=str(why),
        at_ms=at_ms,
    )
    return Tell(report=report)


def _card_back(session: Session) -> tuple[Command, ...]:
    return (ReleaseCard(),) if session.card_present else ()


def _is_being_paid(session: Session, bill: BillOrder) -> bool:
    """Tell whether the request is under way: an old inquiry's answer came."""
    return any(isinstance(w, PayBill) and w.order_no == bill.order_no for w in session.pending)


# -- without the customer ------------------------------------------------------------------------


@on(_UNSEEN, ev.BillPosted)
def posted_unseen(session: Session, event: ev.BillPosted) -> Step:
    """A payment that waited is posted."""
    return without_parked(session, event.paid.order_no), ()


@on(_UNSEEN, ev.BillNotPosted)
@on(Phase.DOUBTFUL, ev.BillNotPosted, to=Phase.REFUSED)
def not_posted_unseen(session: Session, event: ev.BillNotPosted) -> Step:
    """Post what waits, as nothing was posted so far; what is refused waits for the staff."""
    bill = next((b for b in bills_in_doubt(session) if b.order_no == event.order_no), None)
    if bill is None or bill.refused or _is_being_paid(session, bill):
        return session, ()
    if event.reason is None:
        return session, (pay(bill),)
    if event.reason in OVER:
        return _forget(session, bill.order_no, event.reason)
    refused = replace(bill, refused=event.reason)
    told = _tell_parked(refused, event.reason, event.at_ms)
    return _with_doubtful(session, refused), (told,)


def _with_doubtful(session: Session, bill: BillOrder) -> Session:
    """Keep what is known now of a payment in doubt, parked or still on the screen."""
    if session.bill and session.bill.order_no == bill.order_no:
        return session.but(bill=bill, cause=_for_customer(bill))
    known = (bill if each.order_no == bill.order_no else each for each in session.parked_bills)
    return session.but(parked_bills=tuple(known))
