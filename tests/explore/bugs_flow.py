"""Bugs of the customer flow: what it wishes for, counts, believes, keeps and forgets."""

from typing import Any

from msgspec.structs import replace

from kiosk.flow import cash, deliver, notes, service, vend
from kiosk.flow import event as ev
from kiosk.flow.command import RequestVend, StackNote
from kiosk.flow.phase import Phase, Why
from kiosk.flow.rules import Step
from kiosk.flow.session import Order, Session
from tests.explore.bugs import bug
from tests.explore.swap import Swaps
from vending.card import Verdict
from vending.messages import Vend
from vending.order_no import make_order_no


def _itself(wish: Any) -> tuple[Any, ...]:
    return (wish,)


# -- repeating instead of asking -----------------------------------------------------------------


@bug(
    "A sale under way at a power cut is asked for again: paid once, sold twice.",
    guard="The head office answers a number it has sold under with the same sale.",
)
def sale_repeated(swaps: Swaps) -> None:
    swaps.attribute(RequestVend, "ask", _itself)


@bug("A note under way at a power cut is swallowed again: its end is never learnt.")
def note_repeated(swaps: Swaps) -> None:
    swaps.attribute(StackNote, "ask", _itself)


@bug(
    "A card that comes back is written before it is read: what it holds already is overwritten.",
    guard="The adapter reads the card first; and a meter takes each count once.",
)
def card_written_unread(swaps: Swaps) -> None:
    def prove(session: Session, order: Order, sold: Vend) -> Step:
        return vend.write(session, order, sold)

    swaps.function(vend.prove, prove)
    swaps.rule(Phase.CARD_BACK, ev.CardInserted, Phase.WRITING)
    swaps.rule(Phase.CARD_BACK, ev.CardRead, Phase.WRITING)
    swaps.rule(Phase.PROVING, ev.CardInserted, Phase.WRITING)
    swaps.rule(Phase.READING, ev.CardRead, Phase.WRITING)


# -- notes ---------------------------------------------------------------------------------------


@bug("A note counts in escrow: who gets it back has paid with nothing.")
def credit_at_escrow(swaps: Swaps) -> None:
    real = cash.judge

    def judge(session: Session, event: ev.NoteEscrowed) -> Step:
        judged, wishes = real(session, event)
        if judged.phase is not Phase.STACKING:
            return judged, wishes
        stacked = ev.NoteStacked(
            note_id=event.note_id, value_fen=event.value_fen, at_ms=event.at_ms
        )
        counted, told = notes.credit(judged, stacked)
        return counted.but(escrow=judged.escrow), (*wishes, *told)

    swaps.function(real, judge)


@bug(
    "A note that arrives after the sale was asked for is only journalled: it belongs to nobody.",
    guard="The driver gives a note up before the flow does: it is never that late.",
)
def late_note_only_logged(swaps: Swaps) -> None:
    real = notes.set_aside

    def set_aside(session: Session, event: ev.NoteStacked | ev.NoteUnknown) -> Step:
        if isinstance(event, ev.NoteStacked):
            return notes.arrived(session, event.note_id), ()
        return real(session, event)

    swaps.function(real, set_aside)


@bug("A note that vanished is nobody's business: nobody looks for it, and its payer has nothing.")
def unknown_note_ignored(swaps: Swaps) -> None:
    real = notes.set_aside

    def set_aside(session: Session, event: ev.NoteStacked | ev.NoteUnknown) -> Step:
        if isinstance(event, ev.NoteUnknown):
            return notes.arrived(session, event.note_id), ()
        return real(session, event)

    swaps.function(real, set_aside)


@bug("A note counts as often as the acceptor tells of it: it is in the period twice.")
def note_counted_again(swaps: Swaps) -> None:
    real = notes.credit

    def credit(session: Session, event: ev.NoteStacked) -> Step:
        fresh = tuple(note for note in session.notes_seen if note.note_id != event.note_id)
        known = notes.seen(session, event.note_id)
        if known and known.order_no != notes._number(session):
            return real(session, event)
        return real(session.but(notes_seen=fresh), event)

    swaps.function(real, credit)


# -- selling -------------------------------------------------------------------------------------


@bug("No answer counts as not sold and the order is dropped: the money is gone.")
def silence_drops_order(swaps: Swaps) -> None:
    def drop(session: Session, event: ev.VendUnknown) -> Step:
        abandoned = service.abandon(session, event.at_ms)
        refused, wishes = service.refuse(session.but(order=None), Why.NOT_SOLD)
        return refused, (*abandoned, *wishes)

    swaps.rule(Phase.VENDING, ev.VendUnknown, Phase.REFUSED, drop)


@bug("No answer counts as not sold and is asked for under a new number: paid once, sold twice.")
def silence_sells_anew(swaps: Swaps) -> None:
    def anew(session: Session, event: ev.VendUnknown) -> Step:
        order, sequence = session.order, session.orders_made + 1
        if order is None or order.inquiries >= session.policy.inquiries:
            return vend.ask_again(session, event)
        number = make_order_no(session.policy.terminal_no, event.at_ms, sequence)
        again = replace(order, order_no=number, inquiries=order.inquiries + 1)
        return vend.sell(session.but(orders_made=sequence), again)

    swaps.rule(Phase.VENDING, ev.VendUnknown, Phase.VENDING, anew)


@bug("Order numbers begin anew with the program: two purchases under one number.")
def order_numbers_restart(swaps: Swaps) -> None:
    real = service.start_again

    def start_again(session: Session, event: ev.Restarted) -> Step:
        return real(session.but(orders_made=0), event)

    swaps.function(real, start_again)


@bug(
    "What the head office has seen of our order numbers is not listened to.",
    guard="The journal knows the last number.",
)
def last_number_ignored(swaps: Swaps) -> None:
    real = service.observe

    def observe(session: Session, event: ev.Event) -> Step:
        return (session, ()) if isinstance(event, ev.SignedInAt) else real(session, event)

    swaps.function(real, observe)


# -- the card ------------------------------------------------------------------------------------


@bug("The end of a write counts as its success: the customer leaves with an empty card.")
def write_believed(swaps: Swaps) -> None:
    def believe(session: Session, event: ev.CardWriteEnded) -> Step:
        proved = ev.CardProved(order_no=event.order_no, verdict=Verdict.WRITTEN, at_ms=event.at_ms)
        return deliver.judge_card(session, proved)

    swaps.rule(Phase.WRITING, ev.CardWriteEnded, Phase.DONE, believe)


def _taken_for(swaps: Swaps, found: Verdict, taken: Verdict) -> None:
    real = deliver.judge_card

    def judge_card(session: Session, event: ev.CardProved) -> Step:
        return real(session, replace(event, verdict=taken) if event.verdict is found else event)

    swaps.function(real, judge_card)


@bug("A card that cannot be read counts as written: the customer leaves with an empty card.")
def unreadable_is_written(swaps: Swaps) -> None:
    _taken_for(swaps, Verdict.UNKNOWN, Verdict.WRITTEN)


@bug(
    "A card that cannot be read counts as not written: it is written over what it holds.",
    guard="The adapter reads the card first; and a meter takes each count once.",
)
def unreadable_is_not_written(swaps: Swaps) -> None:
    _taken_for(swaps, Verdict.UNKNOWN, Verdict.NOT_WRITTEN)


@bug("A torn card counts as written: the meter at home refuses it.")
def torn_is_written(swaps: Swaps) -> None:
    _taken_for(swaps, Verdict.TORN, Verdict.WRITTEN)


# -- parked orders -------------------------------------------------------------------------------


@bug(
    "Orders that wait for their card are forgotten at a restart: paid and never delivered.",
    guard="The head office knows what is owed, and tells every machine.",
)
def parked_lost_at_restart(swaps: Swaps) -> None:
    real = service.start_again

    def start_again(session: Session, event: ev.Restarted) -> Step:
        return real(session.but(parked=()), event)

    swaps.function(real, start_again)


@bug(
    "An order in doubt is forgotten when its customer leaves: paid and never delivered.",
    guard="The head office knows what is owed, and tells every machine.",
)
def doubtful_order_forgotten(swaps: Swaps) -> None:
    real = service.home

    def home(session: Session) -> Session:
        return real(session.but(order=None))

    swaps.function(real, home)
