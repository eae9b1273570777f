"""Where the flow can be, as a table: phases, time-outs, pages; and the codes of what it says."""

from enum import StrEnum
from typing import NamedTuple

from kiosk.flow.device import CardFault, RejectCause
from vending.messages import Ending, Reason


class Phase(StrEnum):
    """Where the customer is. One phase, one question or one wait."""

    OUT_OF_SERVICE = "out-of-service"
    IDLE = "idle"
    READING = "reading"
    LOOKING_UP = "looking-up"
    ACCOUNT = "account"
    CHOOSING = "choosing"
    TENDERING = "tendering"
    STACKING = "stacking"
    CLOSING = "closing"
    VENDING = "vending"
    WRITING = "writing"
    PROVING = "proving"
    CARD_BACK = "card-back"
    DONE = "done"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"
    RESELL = "resell"
    """Somebody wants what was paid earlier: the card, please."""
    CODE = "code"
    """Nothing is owed under this card: perhaps under the code of a slip."""
    OWED = "owed"
    """What is owed and why; deliver it?"""
    STAFF = "staff"
    """Somebody of the staff is at the machine; no customer is served."""
    TESTING = "testing"
    """Staff let a device test itself."""
    BILL_ASK = "bill-ask"
    """Whose bill? The number, a code, or the meter card, please."""
    BILL_CARD = "bill-card"
    """The card that says whose bill is being read."""
    BILL_LOOKUP = "bill-lookup"
    BILL = "bill"
    """What is owed, by month; how much of it to pay?"""
    POSTING = "posting"
    """The money is counted; the head office posts it to the bills."""


class PhaseRow(NamedTuple):
    """A phase's time-out, its exits for the customer and its screen, declared together."""

    timeout_s: int | None
    """None: the phase waits for nobody in particular (idle) and for devices that report by
    themselves.
    """
    asks_more_time: bool
    """The first time-out asks "do you need more time?", the second one leaves."""
    may_cancel: bool
    """The customer may leave while nothing is paid."""
    page: str
    """Name of the page in `kiosk.ui.pages`."""


MORE_TIME_S = 20
"""How long the question "do you need more time?" stays before silence counts as leaving."""

PHASES: dict[Phase, PhaseRow] = {
    Phase.OUT_OF_SERVICE: PhaseRow(None, False, False, "out_of_service"),
    Phase.IDLE: PhaseRow(None, False, False, "idle"),
    Phase.READING: PhaseRow(20, False, False, "wait"),
    Phase.LOOKING_UP: PhaseRow(40, False, True, "wait"),
    Phase.ACCOUNT: PhaseRow(60, True, True, "account"),
    Phase.CHOOSING: PhaseRow(60, True, True, "choose"),
    Phase.TENDERING: PhaseRow(90, True, True, "tender"),
    Phase.STACKING: PhaseRow(45, False, False, "tender"),
    Phase.CLOSING: PhaseRow(45, False, False, "wait"),
    Phase.VENDING: PhaseRow(120, False, False, "wait"),
    Phase.WRITING: PhaseRow(60, False, False, "write"),
    Phase.PROVING: PhaseRow(30, False, False, "write"),
    Phase.CARD_BACK: PhaseRow(90, False, False, "card_back"),
    Phase.DONE: PhaseRow(60, False, False, "done"),
    Phase.DOUBTFUL: PhaseRow(90, False, False, "doubtful"),
    Phase.REFUSED: PhaseRow(45, False, False, "refused"),
    Phase.RESELL: PhaseRow(60, True, True, "resell"),
    Phase.CODE: PhaseRow(90, True, True, "code"),
    Phase.OWED: PhaseRow(60, True, True, "owed"),
    Phase.STAFF: PhaseRow(180, False, False, "staff"),
    Phase.TESTING: PhaseRow(60, False, False, "staff"),
    Phase.BILL_ASK: PhaseRow(90, True, True, "bill_ask"),
    Phase.BILL_CARD: PhaseRow(20, False, False, "wait"),
    Phase.BILL_LOOKUP: PhaseRow(40, False, True, "wait"),
    Phase.BILL: PhaseRow(90, True, True, "bill"),
    Phase.POSTING: PhaseRow(120, False, False, "wait"),
}


class Notice(StrEnum):
    """A short word about what just happened, shown beside the page's own text."""

    NOTE_RETURNED = "note-returned"
    NOTE_TOO_SMALL = "note-too-small"
    NOTE_OVER_LIMIT = "note-over-limit"
    NOTE_OVERSTOCK = "note-overstock"
    NOTE_NOT_MULTIPLE = "note-not-multiple"
    NOTE_TOO_MANY = "note-too-many"
    NOTE_NOT_NEEDED = "note-not-needed"
    """What is in covers the bill already."""
    CODE_UNKNOWN = "code-unknown"
    """What was scanned or typed holds no customer's number."""
    NOTE_UNRECOGNISED = "note-unrecognised"
    NOTE_ONE_AT_A_TIME = "note-one-at-a-time"
    NOTE_UNKNOWN = "note-unknown"
    ACCEPTOR_FAULT = "acceptor-fault"
    ASKING_AGAIN = "asking-again"
    WRITING_AGAIN = "writing-again"
    NO_SLIP = "no-slip"
    RESUMED = "resumed"
    """An earlier payment of this card was found and is being delivered."""


REJECT_NOTICES: dict[RejectCause, Notice] = {
    RejectCause.DOUBLE: Notice.NOTE_ONE_AT_A_TIME,
    RejectCause.INSERTION: Notice.NOTE_ONE_AT_A_TIME,
}


class Why(StrEnum):
    """Why the machine stopped helping, beyond what `Reason` and `CardFault` can say."""

    CANCELLED = "cancelled"
    TIMED_OUT = "timed-out"
    OFFICE_UNREACHABLE = "office-unreachable"
    CASH_UNAVAILABLE = "cash-unavailable"
    CARD_CHANGED = "card-changed"
    NOT_SOLD = "not-sold"
    SALE_UNKNOWN = "sale-unknown"
    WRITE_FAILED = "write-failed"
    CARD_GONE = "card-gone"
    CARD_DOUBTFUL = "card-doubtful"
    SEALS_FAILED = "seals-failed"
    TOO_MANY_OPEN = "too-many-open"
    NOT_POSTED = "not-posted"
    POSTING_UNKNOWN = "posting-unknown"
    # out of service
    STARTING = "starting"
    READER_DOWN = "reader-down"
    ACCEPTOR_DOWN = "acceptor-down"
    BOX_FULL = "box-full"
    CLEARING = "clearing"
    """An operator is clearing the cash."""
    BOX_DISTURBED = "box-disturbed"
    """The box was out without a clearing: an operator must close its period."""
    OFFICE_DOWN = "office-down"
    RECORDS_DAMAGED = "records-damaged"
    NO_SPACE = "no-space"
    CLOCK_WRONG = "clock-wrong"
    NOT_SET_UP = "not-set-up"
    OUT_OF_ORDER = "out-of-order"


Cause = Why | Reason | CardFault

ENDS = {
    Ending.DELIVERED: Reason.ORDER_FINISHED,
    Ending.CANCELLED: Reason.ORDER_CANCELLED,
    Ending.REFUNDED: Reason.ORDER_REFUNDED,
}
"""What the customer is told of an order that came to its end elsewhere."""
