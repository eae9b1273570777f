"""Everything the flow knows, as one immutable value, and the table of its phases."""

from enum import StrEnum
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from kiosk.flow.command import Command
from kiosk.flow.event import (
    CardFault,
    Device,
    DeviceState,
    Fault,
    NoteStacked,
    NoteUnknown,
    RejectCause,
)
from kiosk.flow.policy import Policy
from vending.card import CardSnapshot, Verdict
from vending.messages import Account, Note, Owed, Reason, Vend
from vending.staff import Role
from vending.tariff import Quote


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
}


class Notice(StrEnum):
    """A short word about what just happened, shown beside the page's own text."""

    NOTE_RETURNED = "note-returned"
    NOTE_TOO_SMALL = "note-too-small"
    NOTE_OVER_LIMIT = "note-over-limit"
    NOTE_OVERSTOCK = "note-overstock"
    NOTE_NOT_MULTIPLE = "note-not-multiple"
    NOTE_TOO_MANY = "note-too-many"
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
    # out of service
    STARTING = "starting"
    READER_DOWN = "reader-down"
    ACCEPTOR_DOWN = "acceptor-down"
    BOX_REMOVED = "box-removed"
    BOX_FULL = "box-full"
    OFFICE_DOWN = "office-down"
    RECORDS_DAMAGED = "records-damaged"
    NO_SPACE = "no-space"
    CLOCK_WRONG = "clock-wrong"
    NOT_SET_UP = "not-set-up"
    OUT_OF_ORDER = "out-of-order"


Cause = Why | Reason | CardFault


class NoteFate(StrEnum):
    """What is known of a note that was in escrow."""

    OPEN = "open"
    UNKNOWN = "unknown"
    """Reported as uncertain: a person looks for it, no purchase may use it any more."""
    BOXED = "boxed"
    """In the cash box, and reported."""


class SeenNote(Struct, frozen=True):
    """A note, the order that was in hand when it was offered, and its fate."""

    note_id: str
    order_no: str | None
    fate: NoteFate


class Order(Struct, frozen=True, kw_only=True):
    """One purchase: numbered before money moves, paid by notes, fulfilled by one vend."""

    order_no: str
    opened_at_ms: int
    account: Account
    card: CardSnapshot
    """The card as read before anything was paid."""
    notes: tuple[Note, ...] = ()
    vend_asked: bool = False
    """The question "sell" has been put at least once: from now on only "did you sell?" is certain,
    and the notes in it stay as they are.
    """
    vend: Vend | None = None
    refused: Reason | None = None
    inquiries: int = 0
    writes: int = 0
    verdict: Verdict | None = None
    seals: int = 0
    """The highest number of seals that the head office told of: which proofs still hold."""
    adopted_fen: int = 0
    """Paid at another terminal, or before this journal began: the head office holds the money. Not
    kept here when it cannot be delivered: the next insertion finds it again.
    """
    claimed: bool = False
    """Sold by the head office's books to the card at hand: the money or the card is another than
    those of the order's own terminal and opening.
    """

    @property
    def paid_fen(self) -> int:
        """What was paid for this order, here or elsewhere."""
        return self.adopted_fen or sum(note.value_fen for note in self.notes)

    @property
    def is_adopted(self) -> bool:
        """Tell whether the money was taken elsewhere."""
        return self.adopted_fen > 0


class Staff(Struct, frozen=True, kw_only=True):
    """Who is signed in at the machine."""

    name: str
    role: Role
    witness: str = ""
    """The second person, if one has signed in too."""


class PartStatus(Struct, frozen=True):
    """A part as it last reported itself."""

    state: DeviceState
    fault: Fault = Fault.NONE


class Session(Struct, frozen=True, kw_only=True):
    """The whole state of the flow. Folded from the journal, never stored by itself."""

    policy: Policy
    phase: Phase = Phase.OUT_OF_SERVICE
    round: int = 0
    """Rises whenever the phase's time-out starts anew."""
    asked_more_time: bool = False
    language: str = "zh"
    parts: dict[Device, PartStatus] = {}
    card_present: bool = False
    card: CardSnapshot | None = None
    account: Account | None = None
    owed: Owed | None = None
    """What the head office says is to be delivered first."""
    reselling: bool = False
    """The customer came by the menu for what was paid earlier."""
    staff: Staff | None = None
    order: Order | None = None
    quote: Quote | None = None
    """What the notes so far buy; None while only the head office knows."""
    escrow: Note | None = None
    """The note that is being judged, swallowed or given back."""
    finishing: bool = False
    """The customer pressed finish while a note was on its way."""
    cause: Cause | None = None
    notice: Notice | None = None
    printing: bool = False
    slip_failed: bool = False
    parked: tuple[Order, ...] = ()
    """Paid orders that still wait for their card, oldest first."""
    orders_made: int = 0
    """Sequence of the last order number."""
    notes_seen: tuple[SeenNote, ...] = ()
    """The latest notes, so that none is counted twice or for somebody else."""
    note_end: NoteStacked | NoteUnknown | None = None
    """The last end of a note, while the acceptor may still repeat it: it may not have heard us."""
    pending: tuple[Command, ...] = ()
    """Wishes that nothing has answered yet."""

    @property
    def paid_fen(self) -> int:
        """What is in the box for the order in hand."""
        return self.order.paid_fen if self.order else 0

    def to(self, phase: Phase, **changes: Any) -> "Session":
        """Move to ``phase`` and start its time-out, also when it is the present one."""
        return replace(self, phase=phase, round=self.round + 1, asked_more_time=False, **changes)

    def but(self, **changes: Any) -> "Session":
        """The same phase and time-out with something changed."""
        return replace(self, **changes)

    def part(self, device: Device) -> PartStatus:
        """Return how ``device`` is; a part that has not reported is starting."""
        return self.parts.get(device, PartStatus(DeviceState.STARTING))


def fresh(policy: Policy) -> Session:
    """Return the session of a terminal with an empty journal."""
    return Session(policy=policy, language=policy.language, cause=Why.STARTING)
