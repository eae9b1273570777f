"""The note in the acceptor's path, and the memory of those before it. Pure values and rules.

A note is money when it is stacked, and only then. `OpenNote` is what we know of the one note that
may be in the path; `Memory` keeps the last words about earlier ones, so that a report that the
device repeats is not taken for another note.
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum

from kiosk.flow.event import Event, NoteReturned, NoteStacked, NoteUnknown

EVIDENCE_REPORT = "stacked-report"
"""The acceptor reported the note stacked (81)."""
EVIDENCE_POWER_UP = "power-up-stacker"
"""The acceptor lost power with the note past the point of no return (12): RESET stacks it."""

REMEMBERED = 16

NoteEnd = NoteStacked | NoteReturned | NoteUnknown


class Wish(Enum):
    """What the host wants done with the note."""

    UNDECIDED = "undecided"
    STACK = "stack"
    RETURN = "return"


@dataclass(slots=True)
class OpenNote:
    """A note whose end has not been reported yet."""

    note_id: str
    value_fen: int
    bill: int | None
    """Bill type; None: a note of an earlier run, known by its value only."""
    decide_by_s: float
    """Undecided until then: it goes back."""
    wish: Wish = Wish.UNDECIDED
    settle_by_s: float | None = None
    """Without evidence until then its end is unknown. None while nobody has decided."""
    stack_sent: bool = False
    """STACK may have reached the acceptor: the note may be in the box."""
    asked_about: bool = False
    """A note of an earlier run that has not been seen in this one."""
    reset_returns: bool = False
    """The acceptor came up with it before the point of no return: RESET gives it back."""
    idle_seen: int = 0
    """Polls in a row that showed an empty path."""

    def wanted(self, wish: Wish, settle_by_s: float) -> None:
        """Take the host's decision; the first one holds."""
        if self.wish is Wish.UNDECIDED:
            self.wish = wish
            self.settle_by_s = self.settle_by_s or settle_by_s

    def seen_again(self, bill: int | None, decide_by_s: float) -> None:
        """Find a note of an earlier run still in escrow: the host decides anew."""
        self.bill = bill
        self.decide_by_s = decide_by_s
        self.wish, self.settle_by_s = Wish.UNDECIDED, None
        self.stack_sent = self.asked_about = False

    def overdue(self, now_s: float) -> bool:
        """No evidence came in time."""
        return self.settle_by_s is not None and now_s >= self.settle_by_s

    # -- how it ended ----------------------------------------------------------------------------

    def stacked(self, evidence: str) -> NoteStacked:
        """It lies in the box."""
        return NoteStacked(note_id=self.note_id, value_fen=self.value_fen, evidence=evidence)

    def returned(self) -> NoteReturned:
        """The customer has it back."""
        return NoteReturned(note_id=self.note_id, value_fen=self.value_fen)

    def unknown(self, why: str) -> NoteUnknown:
        """Nobody can tell."""
        return NoteUnknown(note_id=self.note_id, value_fen=self.value_fen, why=why)

    def stacked_report(self, bill: int) -> NoteEnd:
        """Judge 81."""
        if self.bill in (bill, None):
            return self.stacked(EVIDENCE_REPORT)
        return self.unknown(f"bill type {self.bill} was in escrow, {bill} was reported stacked")

    def path_empty(self, polls_as_proof: int) -> NoteEnd | None:
        """Judge an empty path without any report; one poll may be older than our command."""
        self.idle_seen += 1
        if self.idle_seen < polls_as_proof:
            return None
        if self.stack_sent:
            return self.unknown("the path is empty and nothing was reported")
        return self.returned()


def judge_power_up(note: OpenNote, *, in_stacker: bool, in_validator: bool) -> NoteEnd | None:
    """Judge a note by where the acceptor found one when its power came back (devices §2.8.5).

    None: RESET gives it back, which the next reports will prove.
    """
    if in_stacker:
        if note.stack_sent:
            return note.stacked(EVIDENCE_POWER_UP)
        return note.unknown("in the stacker after a power cut, and nobody had it stacked")
    if in_validator:
        note.reset_returns, note.stack_sent = True, False
        return None
    if note.stack_sent:
        return note.unknown("a power cut while stacking, and the path is empty")
    return note.returned()


class Memory:
    """The ends of the last notes, and whether the device may still repeat its last report."""

    def __init__(self, last_end: Event | None = None) -> None:
        """Begin with the last end that the journal of an earlier run holds, if any."""
        self._ends: deque[NoteEnd] = deque(maxlen=REMEMBERED)
        self._idle_seen = 0
        self.echo = False
        """A stacked report or a power-up with a note in the stacker means the last note again."""
        if isinstance(last_end, NoteStacked | NoteReturned | NoteUnknown):
            self.settle(last_end)

    def settle(self, end: NoteEnd) -> None:
        """Keep an end that the journal holds."""
        self._ends.append(end)
        self._idle_seen = 0
        self.echo = not isinstance(end, NoteReturned)

    def path_empty(self, polls_as_proof: int) -> None:
        """Hear that the path is empty: after some polls nothing of the last note can come."""
        self._idle_seen += 1
        if self._idle_seen >= polls_as_proof:
            self.echo = False

    def path_used(self) -> None:
        """Hear that the path is not empty (or that nobody can tell)."""
        self._idle_seen = 0

    def end_of(self, note_id: str) -> NoteEnd | None:
        """Return how a note ended, if it is one of the last."""
        return next((end for end in self._ends if end.note_id == note_id), None)
