"""Somebody of the staff at the machine: no customer is served, and who did what is a fact.

The page itself talks to the staff's desk (`kiosk.engine.staff`); the head office decides. What is
delivered in the end takes the customer's way: the staff allow it, then insert the card.
"""

from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.care import Staff
from kiosk.flow.command import ReadCard
from kiosk.flow.phase import Phase
from kiosk.flow.rules import Step, on
from kiosk.flow.service import home, may_deliver
from kiosk.flow.session import Session

_AT_THE_DOOR = {Phase.IDLE, Phase.OUT_OF_SERVICE}
_OUT = {*_AT_THE_DOOR, Phase.READING}


@on(_AT_THE_DOOR, staff_event.StaffCalled, to=Phase.STAFF)
def open_page(session: Session, event: staff_event.StaffCalled) -> Step:
    """Ask who it is."""
    return session.to(Phase.STAFF, cause=None, staff=None), ()


@on(Phase.STAFF, staff_event.StaffSignedIn)
def let_in(session: Session, event: staff_event.StaffSignedIn) -> Step:
    """One person, and perhaps a second one beside the first."""
    if event.second and session.staff:
        first = session.staff
        both = Staff(name=first.name, role=first.role, witness=event.staff)
        return session.to(Phase.STAFF, staff=both), ()
    return session.to(Phase.STAFF, staff=Staff(name=event.staff, role=event.role)), ()


@on(Phase.STAFF, staff_event.StaffTurnedAway)
@on(Phase.STAFF, staff_event.StaffStirred)
@on(Phase.STAFF, staff_event.StaffActed)
def stay(session: Session, event: ev.Event) -> Step:
    """Somebody is busy: the time-out starts anew."""
    return session.to(Phase.STAFF), ()


@on(Phase.STAFF, staff_event.StaffLeft, to=_OUT)
@on(Phase.STAFF, ev.TimedOut, to=_OUT)
def close_page(session: Session, event: ev.Event) -> Step:
    """Serve customers again, the one whose card is in the slot first."""
    waiting = session.card_present and may_deliver(session)
    return _read(session) if waiting else (home(session), ())


@on(Phase.STAFF, ev.CardInserted, to=Phase.READING)
def card_at_last(session: Session, event: ev.CardInserted) -> Step:
    """What was allowed is delivered like anything else; while that cannot be, the page stays."""
    return _read(session) if may_deliver(session) else (session, ())


def _read(session: Session) -> Step:
    return home(session).to(Phase.READING, cause=None), (ReadCard(),)
