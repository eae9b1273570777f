"""Paying with banknotes, whatever for. What is in the box is always a payment that may be made.

Every limit is enforced in escrow (`kiosk.flow.limits`), so that whenever the customer stops, what
is in can be sold, or posted to the bills.
"""

from kiosk.flow import event as ev
from kiosk.flow.command import (
    AskNote,
    CloseAcceptor,
    OpenAcceptor,
    ReturnNote,
    StackNote,
    Tell,
)
from kiosk.flow.event import DeviceState
from kiosk.flow.limits import objection, objections
from kiosk.flow.notes import (
    arrived,
    credit,
    is_on_its_way,
    is_spent,
    offered,
    set_aside,
)
from kiosk.flow.phase import REJECT_NOTICES, Cause, Notice, Phase, Why
from kiosk.flow.posting import post
from kiosk.flow.rules import ALL_PHASES, Step, on
from kiosk.flow.service import abandon, acceptor_works, home, leave, more_time_or, refuse
from kiosk.flow.session import Order, Session
from kiosk.flow.vend import take_up
from vending.messages import Note, OrderOpened, Reason
from vending.order_no import make_order_no

_AFTER_CLOSING = {
    Phase.VENDING,
    Phase.POSTING,
    Phase.CARD_BACK,
    Phase.REFUSED,
    Phase.IDLE,
    Phase.OUT_OF_SERVICE,
}


@on(Phase.CHOOSING, ev.CashChosen, to={Phase.TENDERING, Phase.REFUSED})
def open_order(session: Session, event: ev.CashChosen) -> Step:
    """The order number exists, durably, before the slot opens."""
    card, account = session.card, session.account
    if not card or not account or not acceptor_works(session):
        return refuse(session, Why.CASH_UNAVAILABLE)
    objected = objections(session)
    if None not in objected:
        too_poor = objected == {Notice.NOTE_TOO_SMALL}
        return refuse(session, Reason.BELOW_MINIMUM if too_poor else Reason.OVERSTOCK)
    number = next_number(session, event.at_ms)
    order = Order(order_no=number, opened_at_ms=event.at_ms, account=account, card=card)
    opened = OrderOpened(
        order_no=number,
        opened_at_ms=event.at_ms,
        customer_no=account.customer_no,
        meter_no=account.meter_no,
        card_serial=card.serial,
    )
    return to_tender(session.but(order=order), opened)


def next_number(session: Session, at_ms: int) -> str:
    """Return the number of the next order."""
    return make_order_no(session.policy.terminal_no, at_ms, session.orders_made + 1)


def to_tender(session: Session, opened: OrderOpened) -> Step:
    """Open the slot for the order in hand: its number is told in the same append."""
    tendering = session.to(Phase.TENDERING, orders_made=session.orders_made + 1)
    slot = OpenAcceptor(values_fen=session.policy.note_values_fen)
    return tendering, (Tell(report=opened), slot)


# -- judging a note in escrow --------------------------------------------------------------------


@on(Phase.TENDERING, ev.NoteEscrowed, to=Phase.STACKING)
def judge(session: Session, event: ev.NoteEscrowed) -> Step:
    """Swallow a note only if the payment may still be made with it."""
    known = offered(session, event.note_id)
    spent = Notice.NOTE_RETURNED if is_spent(known, event.note_id) else None
    objected = spent or objection(session, event.value_fen)
    if objected:
        back = ReturnNote(note_id=event.note_id, value_fen=event.value_fen)
        return known.to(Phase.TENDERING, notice=objected), (back,)
    note = Note(note_id=event.note_id, value_fen=event.value_fen)
    swallow = StackNote(note_id=event.note_id, value_fen=event.value_fen)
    return known.to(Phase.STACKING, escrow=note, notice=None), (swallow,)


# -- what became of a note -----------------------------------------------------------------------


@on(Phase.STACKING, ev.NoteStacked, to={Phase.TENDERING, Phase.CLOSING})
def count(session: Session, event: ev.NoteStacked) -> Step:
    """It is money now."""
    counted, wishes = credit(session, event)
    if counted.escrow:
        return counted, wishes
    after, closing = _next_note(counted)
    return after, (*wishes, *closing)


def _next_note(session: Session) -> Step:
    """Take another one, unless the customer has finished or left, the slot broke meanwhile, or
    nothing more is needed for a bill.
    """
    if not acceptor_works(session):
        return _close(session.but(notice=Notice.ACCEPTOR_FAULT), Why.CASH_UNAVAILABLE)
    if session.finishing or _is_settled(session):
        return _close(session, None)
    if not session.bill and not session.card_present:
        return _close(session, Why.CANCELLED)
    return session.to(Phase.TENDERING), ()


@on(Phase.TENDERING, ev.NoteStacked, to=Phase.CLOSING)
def count_all_the_same(session: Session, event: ev.NoteStacked) -> Step:
    """It was to go back and went in, or came late: it may be all that a bill needed."""
    counted, wishes = credit(session, event)
    if not _is_settled(counted):
        return counted, wishes
    after, closing = _close(counted, None)
    return after, (*wishes, *closing)


def _is_settled(session: Session) -> bool:
    """Tell whether a bill needs no more, or can take no more."""
    return session.bill is not None and None not in objections(session)


@on(ALL_PHASES - {Phase.TENDERING, Phase.STACKING, Phase.TESTING}, ev.NoteStacked)
def count_unasked(session: Session, event: ev.NoteStacked) -> Step:
    """The acceptor swallowed it all the same, or said so late: to its order, else to suspense."""
    return credit(session, event)


@on({Phase.TENDERING, Phase.STACKING, Phase.CLOSING}, ev.TrialAnswered)
def price(session: Session, event: ev.TrialAnswered) -> Step:
    """The head office's word on what the money so far buys; an older sum's answer is dropped."""
    return (
        (session.but(quote=event.quote), ())
        if event.paid_fen == session.paid_fen
        else (session, ())
    )


@on(Phase.STACKING, ev.NoteReturned, to={Phase.TENDERING, Phase.CLOSING})
def give_up_note(session: Session, event: ev.NoteReturned) -> Step:
    """It came back instead of going in."""
    if not is_on_its_way(session, event.note_id):
        return session, ()
    return _next_note(session.but(escrow=None, notice=Notice.NOTE_RETURNED))


@on(Phase.TENDERING, ev.NoteReturned)
def explain_return(session: Session, event: ev.NoteReturned) -> Step:
    """The reason given when it was refused stands; without one, say that it came back."""
    return session.to(Phase.TENDERING, notice=session.notice or Notice.NOTE_RETURNED), ()


@on(Phase.TENDERING, ev.NoteRejected)
def explain_reject(session: Session, event: ev.NoteRejected) -> Step:
    """The acceptor did not like it."""
    notice = REJECT_NOTICES.get(event.cause, Notice.NOTE_UNRECOGNISED)
    return session.to(Phase.TENDERING, notice=notice), ()


@on(ALL_PHASES - {Phase.STACKING, Phase.TESTING}, ev.NoteUnknown)
def suspect(session: Session, event: ev.NoteUnknown) -> Step:
    """Nobody can tell: to suspense, uncertain, for a person to look at."""
    return set_aside(session, event)


@on(Phase.STACKING, ev.NoteUnknown, to=Phase.CLOSING)
def stop_on_unknown(session: Session, event: ev.NoteUnknown) -> Step:
    """Take no more notes after one that vanished; sell what is certain."""
    left, told = set_aside(session, event)
    if left.escrow:
        return left, told
    return left.to(Phase.CLOSING, notice=Notice.NOTE_UNKNOWN), (*told, CloseAcceptor())


# -- finishing -----------------------------------------------------------------------------------


@on(Phase.TENDERING, ev.FinishPressed, to=Phase.CLOSING)
def finish(session: Session, event: ev.FinishPressed) -> Step:
    """That is all: close the slot, wait until its path is empty."""
    return _close(session, None) if session.paid_fen else (session, ())


@on(Phase.STACKING, ev.FinishPressed)
def finish_soon(session: Session, event: ev.FinishPressed) -> Step:
    """Finish as soon as the note on its way has arrived."""
    return session.but(finishing=True), ()


@on(Phase.TENDERING, ev.CancelPressed, to=Phase.CLOSING)
def cancel_tender(session: Session, event: ev.CancelPressed) -> Step:
    """Leave while nothing is in; what is in is bought, as the screen has said."""
    if session.paid_fen and not session.asked_more_time:
        return session, ()
    return _close(session, Why.CANCELLED)


@on(Phase.TENDERING, ev.CardRemoved, to=Phase.CLOSING)
def card_gone_while_paying(session: Session, event: ev.CardRemoved) -> Step:
    """Without the card no more money: it must come back for what is in. A bill needs no card."""
    return (session, ()) if session.bill else _close(session, Why.CANCELLED)


@on(Phase.TENDERING, ev.TimedOut, to=Phase.CLOSING)
def walk_away(session: Session, event: ev.TimedOut) -> Step:
    """Ask once; then sell what is in."""
    return more_time_or(session, _close(session, Why.TIMED_OUT))


@on(Phase.TENDERING, ev.DeviceChanged, to=Phase.CLOSING)
def acceptor_failed(session: Session, event: ev.DeviceChanged) -> Step:
    """The slot broke: sell what is in, or say that cash does not work."""
    if acceptor_works(session):
        return session, ()
    closing, wishes = _close(session, Why.CASH_UNAVAILABLE)
    return closing.but(notice=Notice.ACCEPTOR_FAULT), wishes


@on(Phase.STACKING, ev.TimedOut, to=Phase.CLOSING)
def note_stuck(session: Session, event: ev.TimedOut) -> Step:
    """The driver owes an answer; ask for it while closing."""
    note = session.escrow
    asking = (AskNote(note_id=note.note_id, value_fen=note.value_fen),) if note else ()
    return session.to(Phase.CLOSING), (*asking, CloseAcceptor())


def _close(session: Session, cause: Cause | None) -> Step:
    return session.to(Phase.CLOSING, cause=cause), (CloseAcceptor(),)


@on(Phase.CLOSING, ev.NoteEscrowed)
def judge_late(session: Session, event: ev.NoteEscrowed) -> Step:
    """A note that slipped in goes back; one that we had already decided to swallow goes in."""
    kind = StackNote if is_on_its_way(session, event.note_id) else ReturnNote
    return offered(session, event.note_id), (
        kind(note_id=event.note_id, value_fen=event.value_fen),
    )


@on(Phase.CLOSING, ev.NoteReturned)
def forget_note(session: Session, event: ev.NoteReturned) -> Step:
    """It is the customer's again."""
    return arrived(session, event.note_id).but(notice=Notice.NOTE_RETURNED), ()


@on(Phase.CLOSING, ev.AcceptorClosed, to=_AFTER_CLOSING)
@on(Phase.CLOSING, ev.TimedOut, to=_AFTER_CLOSING)
def settle(session: Session, event: ev.Event) -> Step:
    """The money is counted: sell, post it to the bills, or let the customer go.

    A dead acceptor does not hold the customer for ever: what is certain is sold, what it reports
    later goes to suspense.
    """
    if session.bill and session.bill.notes:
        return post(session, session.bill)
    if session.order and session.order.notes:
        return take_up(session, session.order)
    abandoned = abandon(session, event.at_ms)
    cause = session.cause or Why.CANCELLED
    empty = session.but(order=None, bill=None, finishing=False)
    after, wishes = leave(empty, cause) if session.bill else _let_go(empty, cause)
    return after, (*abandoned, *wishes)


def _let_go(session: Session, cause: Cause) -> Step:
    return refuse(session, cause) if session.card_present else (home(session), ())


@on({Phase.CHOOSING, Phase.ACCOUNT}, ev.DeviceChanged, to=Phase.REFUSED)
def cash_lost(session: Session, event: ev.DeviceChanged) -> Step:
    """Say it before the customer looks for money."""
    broken = event.device is ev.Device.ACCEPTOR and event.state is not DeviceState.STARTING
    if broken and not acceptor_works(session):
        return refuse(session, Why.CASH_UNAVAILABLE)
    return session, ()
