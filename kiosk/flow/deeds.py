"""What staff do at the machine, told to the head office for its audit trail."""

from enum import StrEnum

from kiosk.flow.care import Staff
from kiosk.flow.command import Tell
from vending.cash import StaffDeed


class Deed(StrEnum):
    """Codes of `StaffDeed.what`."""

    CLEARING_STARTED = "clearing-started"
    CLEARING_TAKEN_UP = "clearing-taken-up"
    """A box that had been out unannounced has an operator now."""
    CLEARING_CANCELLED = "clearing-cancelled"
    CLEARING_ENDED = "clearing-ended"
    CASH_REPORT_PRINTED = "cash-report-printed"


def tell(staff: Staff, what: Deed, at_ms: int, detail: str = "") -> Tell:
    """Return the wish to report that ``staff`` did it."""
    deed = StaffDeed(at_ms=at_ms, staff=staff.name, what=what, detail=detail, witness=staff.witness)
    return Tell(report=deed)
