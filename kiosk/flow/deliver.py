"""From the vend to the card, the proof, the slip, and the card back to the customer."""

from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow.command import (
    AbortWrite,
    AskSeals,
    ContinueWrite,
    ProveCard,
    ReadCard,
    ReleaseCard,
    Tell,
)
from kiosk.flow.phase import Cause, Notice, Phase, Why
from kiosk.flow.rules import Step, on
from kiosk.flow.service import card_is_in_slot, home
from kiosk.flow.session import Order, Session
from kiosk.flow.slip import print_slip
from kiosk.flow.vend import as_it_came_back, park, prove, take_up, write
from vending.card import Verdict
from vending.messages import VendConfirmed

_LAST_WORDS = {Phase.DONE, Phase.DOUBTFUL}
_DELIVERED = {Verdict.WRITTEN, Verdict.LOADED}
_UNFINISHED = {Verdict.NOT_WRITTEN, Verdict.TORN}


# -- writing -------------------------------------------------------------------------------------


@on(Phase.WRITING, ev.SealsWanted)
def ask_seals(session: Session, event: ev.SealsWanted) -> Step:
    """The card wants the head office's word."""
    return session, (AskSeals(order_no=event.request.order_no, request=event.request),)


@on(Phase.WRITING, ev.SealsGiven)
def hand_over_seals(session: Session, event: ev.SealsGiven) -> Step:
    """Here it is. From now on the card may be written: what was proved before holds no more."""
    order = session.order
    if order and order.order_no == event.order_no:
        seals = max(order.seals, event.seals)
        session = session.but(order=replace(order, seals=seals, verdict=None))
    return session, (ContinueWrite(order_no=event.order_no, answer=event.answer),)


@on(Phase.WRITING, ev.SealsFailed)
def give_up_write(session: Session, event: ev.SealsFailed) -> Step:
    """No seals, no write; what the card holds is read all the same."""
    failed = session.but(cause=event.reason or Why.SEALS_FAILED)
    return failed, (AbortWrite(order_no=event.order_no),)


@on(Phase.WRITING, ev.CardWriteEnded, to=Phase.PROVING)
@on(Phase.WRITING, ev.TimedOut, to=Phase.PROVING)
def prove_write(session: Session, event: ev.Event) -> Step:
    """However the write ended: only reading the card back tells."""
    order = session.order
    if order is None or order.vend is None:
        return session, ()
    wish = ProveCard(order_no=order.order_no, vend=order.vend, before=order.card)
    return session.to(Phase.PROVING), (wish,)


@on(Phase.PROVING, ev.CardInserted)
def look_again(session: Session, event: ev.CardInserted) -> Step:
    """It was out, perhaps too soon for the proof under way."""
    order = session.order
    return prove(session, order, order.vend) if order and order.vend else (session, ())


@on(
    {Phase.PROVING, Phase.CARD_BACK},
    ev.CardProved,
    to={Phase.DONE, Phase.WRITING, Phase.CARD_BACK, Phase.DOUBTFUL},
)
def judge_card(session: Session, event: ev.CardProved) -> Step:
    """Decide by what the card holds, never by what the write said."""
    order = session.order
    if order is None or order.vend is None or order.order_no != event.order_no:
        return session, ()
    judged = replace(order, verdict=event.verdict)
    if event.verdict in _DELIVERED:
        return _delivered(session, judged, event)
    if event.verdict in _UNFINISHED:
        return _write_again(session, judged, event.at_ms)
    if event.verdict is Verdict.UNKNOWN:
        return session.to(Phase.CARD_BACK, order=judged, cause=Why.CARD_GONE), ()
    if event.card and event.card.serial != order.card.serial:
        return session.to(Phase.CARD_BACK, order=judged, cause=Why.CARD_CHANGED), ()
    return park(session, judged, Why.CARD_DOUBTFUL, event.at_ms)


def _delivered(session: Session, order: Order, event: ev.CardProved) -> Step:
    done = session.to(
        Phase.DONE, order=order, cause=None, notice=None, printing=True, slip_failed=False
    )
    confirmed = VendConfirmed(
        order_no=order.order_no,
        purchase_count=order.vend.purchase_count if order.vend else 0,
        verdict=event.verdict,
        card_digest=event.card.digest if event.card else "",
        at_ms=event.at_ms,
    )
    return done, (Tell(report=confirmed), print_slip(done, order, event.at_ms), ReleaseCard())


def _write_again(session: Session, order: Order, at_ms: int) -> Step:
    if order.vend is None or order.writes >= session.policy.write_attempts:
        return park(session, order, session.cause or Why.WRITE_FAILED, at_ms)
    again = session.but(notice=Notice.WRITING_AGAIN if order.writes else session.notice)
    return write(again, order, order.vend)


@on(Phase.PROVING, ev.TimedOut, to=Phase.DOUBTFUL)
def stop_proving(session: Session, event: ev.TimedOut) -> Step:
    """The card desk owes an answer and does not give it."""
    order = session.order
    return park(session, order, Why.CARD_DOUBTFUL, event.at_ms) if order else (session, ())


# -- the card must come back ---------------------------------------------------------------------


@on(Phase.CARD_BACK, ev.CardInserted, to=Phase.PROVING)
def look_at_card(session: Session, event: ev.CardInserted) -> Step:
    """Is it the one, and what is on it?"""
    order = session.order
    if order and order.vend:
        return prove(session, order, order.vend)
    return session.to(Phase.CARD_BACK, cause=None), (ReadCard(),)


@on(Phase.CARD_BACK, ev.CardRead, to={Phase.VENDING, Phase.PROVING})
def know_card(session: Session, event: ev.CardRead) -> Step:
    """Sell to the card that the money was paid for, to no other."""
    order = session.order
    if order is None:
        return session, ()
    if event.card.serial != order.card.serial:
        return session.but(cause=Why.CARD_CHANGED), ()
    return take_up(session, as_it_came_back(order, event.card))


@on(Phase.CARD_BACK, ev.CardUnreadable)
def card_unreadable(session: Session, event: ev.CardUnreadable) -> Step:
    """Perhaps the wrong way round: say so and wait on."""
    return session.but(cause=event.fault), ()


@on(Phase.CARD_BACK, ev.TimedOut, to=Phase.DOUBTFUL)
def card_never_came(session: Session, event: ev.TimedOut) -> Step:
    """It waits for the card's next visit."""
    order, cause = session.order, session.cause or Why.CARD_GONE
    return park(session, order, _lasting(cause), event.at_ms) if order else (session, ())


def _lasting(cause: Cause) -> Cause:
    """What stays true when the customer has gone: the card is not here."""
    return cause if isinstance(cause, Why) else Why.CARD_GONE


# -- the slip and the last words -----------------------------------------------------------------


@on(_LAST_WORDS, ev.SlipPrinted)
def slip_out(session: Session, event: ev.SlipPrinted) -> Step:
    """Take it."""
    return (session.but(printing=False), ()) if _is_ours(session, event) else (session, ())


@on(_LAST_WORDS, ev.SlipFailed)
def slip_missing(session: Session, event: ev.SlipFailed) -> Step:
    """The screen shows what the slip would have said."""
    if not _is_ours(session, event):
        return session, ()
    return session.but(printing=False, slip_failed=True, notice=Notice.NO_SLIP), ()


def _is_ours(session: Session, event: ev.SlipPrinted | ev.SlipFailed) -> bool:
    """Tell whether it is about the slip of this visit: other papers may be late."""
    return session.payment is not None and session.payment.order_no == event.order_no


@on(_LAST_WORDS, ev.CardRemoved)
def say_goodbye(session: Session, event: ev.CardRemoved) -> Step:
    """The result stays long enough to be read."""
    return session.to(session.phase), ()


@on(_LAST_WORDS, ev.TimedOut, to={Phase.IDLE, Phase.OUT_OF_SERVICE})
def end(session: Session, event: ev.TimedOut) -> Step:
    """Home, unless the card is still in the slot: then go on asking to take it."""
    return (session.to(session.phase), ()) if card_is_in_slot(session) else (home(session), ())


@on(_LAST_WORDS, ev.CardInserted, to=Phase.READING)
def next_customer(session: Session, event: ev.CardInserted) -> Step:
    """Somebody is in a hurry."""
    return home(session).to(Phase.READING, cause=None), (ReadCard(),)
