"""Somebody of the staff at the machine: no customer is served, and who did what is a fact.

The page itself talks to the staff's desk (`kiosk.engine.staff`); the head office decides, and while
it does not answer the roster that the terminal keeps. What is delivered in the end takes the
customer's way: the staff allow it, then insert the card.
"""

from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow import staff_event, wear
from kiosk.flow.care import Staff
from kiosk.flow.command import Command
from kiosk.flow.deeds import Deed, deed_of
from kiosk.flow.phase import Phase
from kiosk.flow.rules import Step, on
from kiosk.flow.service import leave_staff, may_deliver, read_waiting_card
from kiosk.flow.session import Session
from vending.staff import NotSignedIn

_AT_THE_DOOR = {Phase.IDLE, Phase.OUT_OF_SERVICE}
_OUT = {*_AT_THE_DOOR, Phase.READING}


@on(_AT_THE_DOOR, staff_event.StaffCalled, to=Phase.STAFF)
def open_page(session: Session, event: staff_event.StaffCalled) -> Step:
    """Ask who it is."""
    care = replace(session.care, test=None)
    return session.to(Phase.STAFF, cause=None, staff=None, care=care), ()


@on(Phase.STAFF, staff_event.StaffSignedIn)
def let_in(session: Session, event: staff_event.StaffSignedIn) -> Step:
    """One person, and perhaps a second one beside the first."""
    last_ms = event.last_ms or session.care.seen_ms.get(event.staff)
    care = wear.seen(session.care, event.staff, event.at_ms)
    told: tuple[Command, ...] = ()
    if event.offline:
        told = (deed_of(event.staff, event.at_ms, Deed.SIGNED_IN_OFFLINE, str(event.role)),)
    first = session.staff
    if event.second and first:
        staff = replace(first, witness=event.staff)
    else:
        staff = Staff(name=event.staff, role=event.role, offline=event.offline, last_ms=last_ms)
    return session.to(Phase.STAFF, staff=staff, care=care), told


@on(Phase.STAFF, staff_event.StaffTurnedAway)
def turn_away(session: Session, event: staff_event.StaffTurnedAway) -> Step:
    """The time-out starts anew. The failure that shuts the door is told."""
    turned = session.to(Phase.STAFF)
    counted = event.offline and event.reason == NotSignedIn.WRONG
    if counted and wear.locked_until_ms(session.care.refusals_ms, event.at_ms) is not None:
        return turned, (deed_of("", event.at_ms, Deed.LOCKED_OUT),)
    return turned, ()


@on(Phase.STAFF, staff_event.StaffStirred)
def stay(session: Session, event: ev.Event) -> Step:
    """Somebody is busy: the time-out starts anew."""
    return session.to(Phase.STAFF), ()


@on(Phase.STAFF, staff_event.StaffActed)
def acted(session: Session, event: staff_event.StaffActed) -> Step:
    """Who stood beside it stood beside this one step."""
    staff = session.staff and replace(session.staff, witness="")
    return session.to(Phase.STAFF, staff=staff), ()


@on(Phase.STAFF, staff_event.StaffLeft, to=_OUT)
@on(Phase.STAFF, ev.TimedOut, to=_OUT)
def close_page(session: Session, event: ev.Event) -> Step:
    """Serve customers again, the one whose card is in the slot first."""
    return leave_staff(session)


@on(Phase.STAFF, ev.CardInserted, to=Phase.READING)
def card_at_last(session: Session, event: ev.CardInserted) -> Step:
    """What was allowed is delivered like anything else; while that cannot be, the page stays."""
    return read_waiting_card(session) if may_deliver(session) else (session, ())
