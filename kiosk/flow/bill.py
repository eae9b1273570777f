"""Paying a bill (现金缴费): whose bill it is, what is owed, how much of it to pay.

The customer types the number, scans the bill or shows the meter card; no card is written. From the
open slot on it is paid like anything else (`kiosk.flow.cash`), then posted (`kiosk.flow.posting`).
"""

from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow.cash import next_number, to_tender
from kiosk.flow.command import LookUpBill, ReadCard, ReleaseCard
from kiosk.flow.event import CardFault, DeviceState
from kiosk.flow.limits import objections
from kiosk.flow.phase import Cause, Notice, Phase, Why
from kiosk.flow.rules import Step, on
from kiosk.flow.service import (
    card_is_in_slot,
    home,
    leave,
    more_time_or,
    no_bill_cause,
    refuse,
)
from kiosk.flow.session import BillOrder, Session
from vending.bill import BillQuery, BillStatement, customer_no_in, due_fen
from vending.cash import Business
from vending.messages import OrderOpened, Reason

_AT_THE_DOOR = {Phase.IDLE, Phase.OUT_OF_SERVICE}
_LAST_WORDS = {Phase.DONE, Phase.DOUBTFUL, Phase.REFUSED}
_DECIDING = {Phase.BILL_ASK, Phase.BILL}
_LEFT = {*_AT_THE_DOOR, Phase.REFUSED}


# -- whose bill? ---------------------------------------------------------------------------------


@on(_AT_THE_DOOR, ev.BillPressed, to={Phase.BILL_ASK, Phase.REFUSED})
def ask_whose(session: Session, event: ev.BillPressed) -> Step:
    """The number, a code, or the meter card, please."""
    if not session.policy.bills:
        return session, ()
    coming = session.but(billing=True, cause=None)
    cause = no_bill_cause(session)
    return refuse(coming, cause) if cause else (coming.to(Phase.BILL_ASK), ())


@on(_AT_THE_DOOR, ev.CodeScanned, to={Phase.BILL_ASK, Phase.BILL_LOOKUP, Phase.REFUSED})
def scan_at_the_door(session: Session, event: ev.CodeScanned) -> Step:
    """A bill under the scanner says enough; anything else there is a question."""
    asking, wishes = ask_whose(session, ev.BillPressed(at_ms=event.at_ms))
    if asking.phase is not Phase.BILL_ASK:
        return asking, wishes
    return look_up(asking, event.text)


@on(_LAST_WORDS, ev.CodeScanned, to={Phase.BILL_LOOKUP, Phase.REFUSED})
def next_bill(session: Session, event: ev.CodeScanned) -> Step:
    """The next bill, while the last words about another still stand."""
    if not _is_another(session, event) or card_is_in_slot(session) or not session.policy.bills:
        return session, ()
    return scan_at_the_door(home(session), event)


@on(Phase.BILL_ASK, ev.CustomerNoEntered, to=Phase.BILL_LOOKUP)
def typed(session: Session, event: ev.CustomerNoEntered) -> Step:
    """The number that stands on the bill."""
    return look_up(session, event.customer_no)


@on(Phase.BILL_ASK, ev.CodeScanned, to=Phase.BILL_LOOKUP)
def scanned(session: Session, event: ev.CodeScanned) -> Step:
    """The bill itself."""
    return look_up(session, event.text)


@on(Phase.BILL, ev.CodeScanned, to=Phase.BILL_LOOKUP)
def another_bill(session: Session, event: ev.CodeScanned) -> Step:
    """Another one than that on the screen."""
    if not _is_another(session, event):
        return session, ()
    return look_up(session.but(statement=None), event.text)


def _is_another(session: Session, event: ev.CodeScanned) -> bool:
    """Tell whether another customer's bill is under the scanner. The same one may still lie there,
    and be read again and again.
    """
    return customer_no_in(event.text) not in {None, session.customer_no}


@on(Phase.BILL_ASK, ev.CardInserted, to=Phase.BILL_CARD)
def read(session: Session, event: ev.CardInserted) -> Step:
    """The meter card knows whose it is."""
    return session.to(Phase.BILL_CARD, cause=None, notice=None), (ReadCard(),)


@on(Phase.BILL_CARD, ev.CardRead, to=Phase.BILL_LOOKUP)
def know_card(session: Session, event: ev.CardRead) -> Step:
    """It has said all that it is needed for."""
    asking, wishes = _ask_office(session, event.card.customer_no)
    return asking, (*wishes, ReleaseCard())


@on(Phase.BILL_CARD, ev.CardUnreadable, to=Phase.BILL_ASK)
@on(Phase.BILL_CARD, ev.CardRemoved, to=Phase.BILL_ASK)
@on(Phase.BILL_CARD, ev.TimedOut, to=Phase.BILL_ASK)
def card_says_nothing(session: Session, event: ev.Event) -> Step:
    """Say why; the number can still be typed."""
    match event:
        case ev.CardUnreadable(fault=fault):
            cause = fault
        case ev.CardRemoved():
            cause = CardFault.PULLED
        case _:
            cause = CardFault.READER
    return session.to(Phase.BILL_ASK, cause=cause), (ReleaseCard(),)


def look_up(session: Session, text: str) -> Step:
    """Ask what is owed under what was typed or scanned, or say that this is no number."""
    customer_no = customer_no_in(text)
    if customer_no is None:
        return session.to(Phase.BILL_ASK, cause=None, notice=Notice.CODE_UNKNOWN), ()
    return _ask_office(session, customer_no)


def _ask_office(session: Session, customer_no: str) -> Step:
    wish = LookUpBill(query=BillQuery(customer_no=customer_no))
    asking = session.to(Phase.BILL_LOOKUP, customer_no=customer_no, cause=None, notice=None)
    return asking, (wish,)


# -- what is owed --------------------------------------------------------------------------------


@on(Phase.BILL_LOOKUP, ev.BillFound, to={Phase.BILL, Phase.REFUSED})
def show_bill(session: Session, event: ev.BillFound) -> Step:
    """Show it, if there is anything to pay and a way to pay it."""
    statement = event.statement
    if statement.customer_no != session.customer_no:
        return session, ()
    cause: Cause | None = no_bill_cause(session)
    if not choices(statement):
        cause = Reason.NOTHING_DUE
    if cause:
        return refuse(session, cause)
    most_fen = min(statement.max_fen, session.policy.max_fen or statement.max_fen)
    return session.to(Phase.BILL, statement=replace(statement, max_fen=most_fen)), ()


def choices(statement: BillStatement) -> tuple[int, ...]:
    """Return how many of the oldest months can be paid: those that the balance does not settle."""
    counts = range(1, len(statement.months) + 1)
    return tuple(n for n in counts if due_fen(statement.months[:n], statement.balance_fen))


@on(Phase.BILL_LOOKUP, ev.BillRefused, to=Phase.REFUSED)
def say_refused(session: Session, event: ev.BillRefused) -> Step:
    """The head office's reason, in the customer's words."""
    asked = event.customer_no == session.customer_no
    return refuse(session, event.reason) if asked else (session, ())


@on(Phase.BILL_LOOKUP, ev.BillUnreachable, to=Phase.REFUSED)
def say_unreachable(session: Session, event: ev.BillUnreachable) -> Step:
    """No answer: nobody pays for what nobody knows."""
    asked = event.customer_no == session.customer_no
    return refuse(session, Why.OFFICE_UNREACHABLE) if asked else (session, ())


@on(Phase.BILL_LOOKUP, ev.TimedOut, to=Phase.REFUSED)
def stop_waiting(session: Session, event: ev.TimedOut) -> Step:
    """No answer in time is none."""
    return refuse(session, Why.OFFICE_UNREACHABLE)


@on(Phase.BILL, ev.CardInserted)
def not_needed(session: Session, event: ev.CardInserted) -> Step:
    """Whose bill it is, is known already."""
    return session, (ReleaseCard(),)


@on(Phase.BILL, ev.MonthsChosen, to={Phase.TENDERING, Phase.REFUSED})
def open_order(session: Session, event: ev.MonthsChosen) -> Step:
    """The order number exists, durably, before the slot opens."""
    statement = session.statement
    if statement is None or event.months not in choices(statement):
        return session, ()
    cause = no_bill_cause(session)
    if cause:
        return refuse(session, cause)
    bill = BillOrder(
        order_no=next_number(session, event.at_ms),
        opened_at_ms=event.at_ms,
        statement=statement,
        months=event.months,
    )
    in_hand = session.but(bill=bill)
    if None not in objections(in_hand):
        return refuse(session, Reason.ABOVE_MAXIMUM)
    return to_tender(in_hand, _opened(bill))


def _opened(bill: BillOrder) -> OrderOpened:
    return OrderOpened(
        order_no=bill.order_no,
        opened_at_ms=bill.opened_at_ms,
        customer_no=bill.statement.customer_no,
        meter_no="",
        card_serial="",
        business=Business.BILL,
        months=tuple(each.month for each in bill.statement.months[: bill.months]),
    )


# -- leaving -------------------------------------------------------------------------------------


@on({*_DECIDING, Phase.BILL_LOOKUP}, ev.CancelPressed, to=_LEFT)
def cancel(session: Session, event: ev.CancelPressed) -> Step:
    """Nothing was paid."""
    return leave(session, Why.CANCELLED)


@on(_DECIDING, ev.TimedOut, to=_LEFT)
def hesitate(session: Session, event: ev.TimedOut) -> Step:
    """Ask once, then assume that the customer has left."""
    return more_time_or(session, leave(session, Why.TIMED_OUT))


@on(_DECIDING, ev.DeviceChanged, to=Phase.REFUSED)
def cannot_pay(session: Session, event: ev.DeviceChanged) -> Step:
    """Slot or line broke: say it before the customer looks for money."""
    cause = no_bill_cause(session)
    if cause is None or event.state is DeviceState.STARTING:
        return session, ()
    return refuse(session, cause)
