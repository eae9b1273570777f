"""What staff do at the machine, told to the head office for its audit trail."""

from enum import StrEnum

from kiosk.flow.command import Tell
from kiosk.flow.session import Session
from vending.cash import StaffDeed


class Deed(StrEnum):
    """The codes of `StaffDeed.what`. What staff do through the head office it knows by itself."""

    SIGNED_IN_OFFLINE = "signed-in-offline"
    LOCKED_OUT = "locked-out"
    """Too many failures without the head office: that door is shut for a while."""
    CLEARING_STARTED = "clearing-started"
    CLEARING_TAKEN_UP = "clearing-taken-up"
    """Of a box that was out unannounced."""
    CLEARING_CANCELLED = "clearing-cancelled"
    CLEARING_ENDED = "clearing-ended"
    CASH_PRINTED = "cash-printed"
    """Figures of a period, the open one or a closed one; the detail says which."""
    TESTED = "tested"
    """A device tested itself; the detail says which test, and how it ended."""
    RESET = "reset"
    """A device was started anew; the detail names it."""
    RESTARTED = "restarted"
    """The program was started anew."""
    EXPORTED = "exported"
    """Log and journal went onto a stick; the detail names the file, or what went wrong."""


def deed(session: Session, at_ms: int, what: Deed, detail: str = "") -> Tell:
    """Return the report that whoever is signed in did ``what``; nobody signed in: by no name."""
    staff = session.staff
    return deed_of(staff.name if staff else "", at_ms, what, detail, staff.witness if staff else "")


def deed_of(staff: str, at_ms: int, what: Deed, detail: str = "", witness: str = "") -> Tell:
    """Return the report that ``staff`` did ``what``."""
    report = StaffDeed(at_ms=at_ms, staff=staff, what=what, detail=detail, witness=witness)
    return Tell(report=report)
