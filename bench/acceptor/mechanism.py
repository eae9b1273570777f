"""The metal of a simulated banknote acceptor: where each note is, and what the motors do.

This is the physical truth that judges the driver; nothing of it is known outside but by bytes. It
has no clock: time is an argument. States follow the CCNET facts (devices §2.1 and §2.8.5).
"""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.devices.acceptor.ccnet.message import Code

UNRECOGNISED = 0x65
INHIBITED = 0x68


class Place(StrEnum):
    """Where a note is."""

    MOUTH = "mouth"
    ESCROW = "escrow"
    PAST_ESCROW = "past-escrow"
    BOX = "box"
    REMOVED_BOX = "removed-box"
    CUSTOMER = "customer"


IN_PATH = frozenset({Place.MOUTH, Place.ESCROW, Place.PAST_ESCROW})


@dataclass(slots=True)
class BenchNote:
    """A banknote that was drawn in at least once."""

    value_fen: int | None
    """None: nothing that the acceptor recognises."""
    place: Place = Place.MOUTH


class State(StrEnum):
    """What the mechanism is doing."""

    OFF = "off"
    POWER_UP = "power-up"
    INITIALISING = "initialising"
    READY = "ready"
    ACCEPTING = "accepting"
    ESCROW = "escrow"
    HOLDING = "holding"
    STACKING = "stacking"
    STACKED = "stacked"
    RETURNING = "returning"
    RETURNED = "returned"
    REJECTING = "rejecting"
    STOPPED = "stopped"
    """By a jam, a failure or a missing box."""
    CHEATED = "cheated"
    PAUSED = "paused"


class CutPoint(StrEnum):
    """Moments at which the power can be made to fail."""

    NOTE_IN_ESCROW = "note-in-escrow"
    STACK_RECEIVED = "stack-received"
    """The note has not moved yet: comes up with a note in the validator."""
    PAST_ESCROW = "past-escrow"
    """Comes up with a note in the stacker, which ends in the box."""
    NOTE_IN_BOX = "note-in-box"
    """Before the report (81) was sent."""
    REPORT_HEARD = "report-heard"
    """After the host's acknowledgement of the report was sent, before it was taken in."""
    RETURNING = "returning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long each movement takes, in seconds."""

    initialise_s: float = 1.5
    accept_s: float = 1.0
    escrow_s: float = 10.0
    """Without a command the note goes back by itself after so long."""
    stack_s: float = 1.0
    return_s: float = 0.8
    reject_s: float = 0.8
    cheat_s: float = 1.0
    power_back_s: float = 1.0
    """Length of a power failure that was arranged with `cut_power_at`."""


FAST = Timing(
    initialise_s=0.02, accept_s=0.02, stack_s=0.04, return_s=0.02, reject_s=0.15, cheat_s=0.15,
    power_back_s=0.05,
)  # fmt: skip
"""For tests in real time: movements at the edge of what a poll can still see."""

_SIMPLE = {
    State.INITIALISING: Code.INITIALISING,
    State.ACCEPTING: Code.ACCEPTING,
    State.HOLDING: Code.HOLDING,
    State.STACKING: Code.STACKING,
    State.RETURNING: Code.RETURNING,
    State.CHEATED: Code.CHEATED,
    State.PAUSED: Code.PAUSED,
}
_WITH_NOTE = {
    State.ESCROW: Code.ESCROW,
    State.STACKED: Code.STACKED,
    State.RETURNED: Code.RETURNED,
}


class Mechanism:
    """One acceptor with its box. `advance` must be called before anything else at a new time."""

    def __init__(
        self,
        values_fen: tuple[int, ...],
        timing: Timing,
        capacity: int,
        *,
        credit_recovery: bool,
    ) -> None:
        """Stand there without power. ``capacity``: notes that the box holds.

        ``credit_recovery``: a stacked note whose report was not acknowledged is reported again
        after a power failure (status 12, then 81); devices without it come up as if nothing was.
        """
        self.values_fen = values_fen
        self.timing = timing
        self.capacity = capacity
        self.credit_recovery = credit_recovery
        self.notes: list[BenchNote] = []
        self.state = State.OFF
        self.until_s: float | None = None
        """When the present movement ends; None: nothing moves."""
        self.enabled_bits = 0
        self.box_present = True
        self.removed_boxes: list[tuple[int | None, ...]] = []  # their contents, oldest box first
        self.jam: Code | None = None
        self.failure: int | None = None
        self.reject_next: int | None = None
        self.cut_at: CutPoint | None = None
        self._reject_code = 0
        self.status_bill = 0
        """Type of the note that 80, 81 and 82 speak of."""
        self._uncredited = False  # survives a power failure

    # -- what stands where -----------------------------------------------------------------------

    @property
    def powered(self) -> bool:
        """It has power."""
        return self.state is not State.OFF

    @property
    def in_path(self) -> BenchNote | None:
        """The note inside, if any."""
        return next((note for note in self.notes if note.place in IN_PATH), None)

    def values_at(self, place: Place) -> tuple[int | None, ...]:
        """Values of all notes at a place, in the order in which they were drawn in."""
        return tuple(note.value_fen for note in self.notes if note.place is place)

    @property
    def full(self) -> bool:
        """The box takes no more."""
        return len(self.values_at(Place.BOX)) >= self.capacity

    def status(self) -> bytes:
        """Return the answer to POLL."""
        if self.state is State.POWER_UP:
            return bytes((self._power_up_code(),))
        if self.state in _WITH_NOTE:
            return bytes((_WITH_NOTE[self.state], self.status_bill))
        if self.state is State.REJECTING:
            return bytes((Code.REJECTING, self._reject_code))
        if self.state is State.STOPPED:
            return self._stop_status()
        if self.state is State.READY:
            return bytes((self._ready_code(),))
        return bytes((_SIMPLE[self.state],))

    def _power_up_code(self) -> Code:
        note = self.in_path
        if (note and note.place is Place.PAST_ESCROW) or self._uncredited:
            return Code.POWER_UP_IN_STACKER
        return Code.POWER_UP_IN_VALIDATOR if note else Code.POWER_UP

    def _stop_status(self) -> bytes:
        if self.failure is not None:
            return bytes((Code.FAILURE, self.failure))
        return bytes((self.jam or Code.BOX_REMOVED,))

    def _ready_code(self) -> Code:
        if self.full:
            return Code.BOX_FULL
        return Code.IDLING if self.enabled_bits else Code.DISABLED

    # -- people ----------------------------------------------------------------------------------

    def insert(self, value_fen: int | None, now_s: float) -> bool:
        """Offer a note to the mouth; False: it is not drawn in."""
        if self.state is not State.READY or not self.enabled_bits or self.full:
            return False
        self.notes.append(BenchNote(value_fen))
        self._go(State.ACCEPTING, now_s + self.timing.accept_s)
        return True

    def power_cut(self) -> None:
        """Take the power away: everything stays where it is."""
        self.enabled_bits = 0
        self._uncredited = self._uncredited and self.credit_recovery
        self._go(State.OFF, None)

    def power_on(self) -> None:
        """Give the power back."""
        if self.state is State.OFF:
            self._go(State.POWER_UP, None)

    def stop_by_jam(self, code: Code) -> None:
        """Jam in the validator (43) or the stacker (44), with the note inside if there is one."""
        self.jam = code
        self._stop()

    def stop_by_failure(self, code: int) -> None:
        """Let a part fail (47 with this code)."""
        self.failure = code
        self._stop()

    def remove_box(self) -> None:
        """Take the box away with all that is in it."""
        if self.box_present:
            self.removed_boxes.append(self.values_at(Place.BOX))
        self.box_present = False
        for note in self.notes:
            note.place = Place.REMOVED_BOX if note.place is Place.BOX else note.place
        self._stop()

    def _stop(self) -> None:
        if self.state not in {State.OFF, State.POWER_UP, State.STACKED, State.RETURNED}:
            self._go(State.STOPPED, None)

    def repair(self, now_s: float) -> None:
        """Clear jam and failure; the acceptor begins anew by itself."""
        self.jam = self.failure = None
        self._begin_again(now_s)

    def insert_box(self, now_s: float) -> None:
        """Put an empty box in; the acceptor begins anew by itself."""
        self.box_present = True
        self._begin_again(now_s)

    def _begin_again(self, now_s: float) -> None:
        if self.state is State.STOPPED:
            self.reset(now_s)

    def cheat(self, now_s: float) -> None:
        """Pull the note out again on a string; past the escrow position no string helps."""
        note = self.in_path
        if note and note.place is not Place.PAST_ESCROW and self.powered:
            note.place = Place.CUSTOMER
            self._go(State.CHEATED, now_s + self.timing.cheat_s)

    def push_second(self, now_s: float) -> None:
        """Push a second note in while the mouth is busy or empty: the acceptor pauses."""
        if self.state is State.READY and self.enabled_bits:
            self._go(State.PAUSED, now_s + self.timing.cheat_s)

    # -- commands of the host --------------------------------------------------------------------

    def reset(self, now_s: float) -> None:
        """Begin anew: what is in the path is given back or stacked, by where it lies."""
        self.enabled_bits = 0
        self._go(State.INITIALISING, now_s + self.timing.initialise_s)

    def stack(self, now_s: float) -> bool:
        """Take the note in escrow; False: there is none."""
        if self.state not in {State.ESCROW, State.HOLDING}:
            return False
        if not self._cut(CutPoint.STACK_RECEIVED, now_s):
            self._go(State.STACKING, now_s + self.timing.stack_s / 2)
        return True

    def give_back(self, now_s: float) -> bool:
        """Return the note in escrow; False: there is none."""
        if self.state not in {State.ESCROW, State.HOLDING}:
            return False
        if not self._cut(CutPoint.RETURNING, now_s):
            self._go(State.RETURNING, now_s + self.timing.return_s)
        return True

    def hold(self, now_s: float) -> bool:
        """Keep the note in escrow for another while; False: there is none."""
        if self.state not in {State.ESCROW, State.HOLDING}:
            return False
        self._go(State.HOLDING, now_s + self.timing.escrow_s)
        return True

    def report_acknowledged(self, now_s: float) -> None:
        """The host has heard 81 or 82."""
        if self.state is State.STACKED and self._cut(CutPoint.REPORT_HEARD, now_s):
            return
        if self.state in {State.STACKED, State.RETURNED}:
            self._uncredited = False
            self._rest()

    # -- time ------------------------------------------------------------------------------------

    def advance(self, now_s: float) -> None:
        """Let all movements happen that end until ``now_s``."""
        while self.until_s is not None and self.until_s <= now_s:
            at_s, self.until_s = self.until_s, None
            self._movement_ends(at_s)

    def _movement_ends(self, at_s: float) -> None:
        match self.state:
            case State.OFF:
                self.power_on()
            case State.INITIALISING:
                self._path_cleared(at_s)
            case State.ACCEPTING:
                self._judge(at_s)
            case State.ESCROW | State.HOLDING:
                self._go(State.RETURNING, at_s + self.timing.return_s)
            case State.STACKING:
                self._stack_further(at_s)
            case State.RETURNING:
                self._move(Place.CUSTOMER)
                self._go(State.RETURNED, None)
            case State.REJECTING:
                self._move(Place.CUSTOMER)
                self._rest()
            case State.CHEATED | State.PAUSED:
                self._rest()

    def _path_cleared(self, at_s: float) -> None:
        note = self.in_path
        if self.jam or self.failure is not None or not self.box_present:
            self._go(State.STOPPED, None)
        elif note and note.place is Place.PAST_ESCROW:
            self._fall_into_box(at_s)
        else:
            if note:
                note.place = Place.CUSTOMER
            self._go(State.STACKED if self._uncredited else State.READY, None)

    def _judge(self, at_s: float) -> None:
        note = self.in_path
        assert note
        known = note.value_fen in self.values_fen
        bill = self.values_fen.index(note.value_fen or 0) if known else 0
        inhibited = None if self.enabled_bits >> bill & 1 else INHIBITED
        code = self.reject_next or (inhibited if known else UNRECOGNISED)
        self.reject_next = None
        if code:
            self._reject_code = code
            self._go(State.REJECTING, at_s + self.timing.reject_s)
            return
        self.status_bill = bill
        self._move(Place.ESCROW)
        if not self._cut(CutPoint.NOTE_IN_ESCROW, at_s):
            self._go(State.ESCROW, at_s + self.timing.escrow_s)

    def _stack_further(self, at_s: float) -> None:
        note = self.in_path
        assert note
        if note.place is Place.ESCROW:
            note.place = Place.PAST_ESCROW
            if not self._cut(CutPoint.PAST_ESCROW, at_s):
                self.until_s = at_s + self.timing.stack_s / 2
        else:
            self._fall_into_box(at_s)

    def _fall_into_box(self, at_s: float) -> None:
        was_stacking = self.state is State.STACKING
        self._move(Place.BOX)
        self._uncredited = self.credit_recovery or was_stacking
        if not self._cut(CutPoint.NOTE_IN_BOX, at_s):
            self._go(State.STACKED if self._uncredited else State.READY, None)

    def _cut(self, point: CutPoint, at_s: float) -> bool:
        if self.cut_at is not point:
            return False
        self.cut_at = None
        self.power_cut()
        self.until_s = at_s + self.timing.power_back_s
        return True

    def _rest(self) -> None:
        stopped = self.jam or self.failure is not None or not self.box_present
        self._go(State.STOPPED if stopped else State.READY, None)

    def _move(self, place: Place) -> None:
        note = self.in_path
        assert note
        note.place = place

    def _go(self, state: State, until_s: float | None) -> None:
        self.state, self.until_s = state, until_s
