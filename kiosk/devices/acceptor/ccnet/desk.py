"""Where reports about notes are judged: which note is meant, how it ended, what to tell the device.

Each note that the acceptor held ends in exactly one fact (`verdict`). A verdict stands until the
journal holds it; only then may the device forget its report (ACK) or be made to forget it (RESET).
"""

from dataclasses import dataclass

from kiosk.devices.acceptor.ccnet.limits import Limits
from kiosk.devices.acceptor.ccnet.message import (
    PATH_EMPTY,
    POWER_UPS,
    BillTable,
    Code,
    Command,
    Status,
)
from kiosk.devices.acceptor.ccnet.note import Memory, NoteEnd, OpenNote, Wish, judge_power_up
from kiosk.flow.event import Event, NoteEscrowed

_IN_ESCROW = frozenset({Code.ESCROW, Code.HOLDING})
_ABOUT_A_NOTE = frozenset({Code.POWER_UP_IN_STACKER, Code.STACKED, Code.RETURNED, *_IN_ESCROW})
_GIVEN_BACK = frozenset({Code.RETURNED, *_IN_ESCROW})


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a status means for the notes."""

    fact: Event | None = None
    """To be posted at once. (Ends of notes are verdicts and are posted durably.)"""
    acknowledge: bool = True
    """False: let the device say it again, the host may still tell which note it is."""


class NoteDesk:
    """Everything that concerns notes; the protocol machine does the talking."""

    def __init__(self, boot_id: str, limits: Limits, last_end: Event | None) -> None:
        """Number notes ``boot_id-1``, ``-2``...; ``last_end``: see `CcnetMachine`."""
        self.note: OpenNote | None = None
        self.verdict: NoteEnd | None = None
        """How a note ended, to be posted durably; then `settled`."""
        self._boot_id = boot_id
        self._limits = limits
        self._memory = Memory(last_end)
        self._count = 0
        self._first_contact = True
        self._found: int | None = None
        self._claim_until_s: float | None = None
        self._stray = False
        self._act_at_s = 0.0
        self._hold_at_s = 0.0

    # -- what the host wants ---------------------------------------------------------------------

    def decide(self, note_id: str, wish: Wish, now_s: float) -> Event | None:
        """Take a decision; return the end again when the note has already met it."""
        if self.note and self.note.note_id == note_id:
            self.note.wanted(wish, now_s + self._limits.settle_s)
            self._act_at_s = now_s
            return None
        missing = OpenNote(note_id, 0, None, now_s)
        return self._memory.end_of(note_id) or missing.unknown("no such note in the acceptor")

    def ask(
        self, note_id: str, value_fen: int, now_s: float, *, returning: bool = False
    ) -> Event | None:
        """Take the question about a note of an earlier run; return the answer if there is one.

        ``returning``: it was being given back, nobody had it stacked.
        """
        if self.note and self.note.note_id == note_id:
            return None
        if end := self._memory.end_of(note_id):
            return end
        asked = OpenNote(note_id, value_fen, None, now_s + self._limits.decide_s)
        asked.settle_by_s = now_s + self._limits.ask_s
        if self.note is None and self._first_contact:
            asked.stack_sent, asked.asked_about = not returning, True
            self.note = asked
            return None
        return self._late_answer(asked)

    def _late_answer(self, asked: OpenNote) -> Event | None:
        found, self._found = self._found, None
        if self.note and self._stray:
            self.note.note_id, self.note.value_fen = asked.note_id, asked.value_fen
            self._stray = False
            return None
        if found in _GIVEN_BACK:
            return asked.returned()
        if found == Code.POWER_UP_IN_VALIDATOR and self.note is None:
            asked.reset_returns = True
            self.note = asked
            return None
        return asked.unknown("the acceptor said nothing about it when the program started")

    def hurry(self, now_s: float) -> None:
        """The acceptor is being closed: an undecided note goes back soon."""
        if self.note:
            soon_s = now_s + self._limits.decide_closing_s
            self.note.decide_by_s = min(self.note.decide_by_s, soon_s)

    # -- what the device says --------------------------------------------------------------------

    def hear(self, status: Status, table: BillTable, now_s: float) -> Hearing:
        """Judge a status; sets `verdict` when it proves how a note ended."""
        self._remember_found(status.code, now_s)
        if self.verdict:
            return Hearing()
        if status.code in PATH_EMPTY:
            self._path_empty()
            return Hearing()
        self._memory.path_used()
        if self.note:
            self.note.idle_seen = 0
        if status.code not in _ABOUT_A_NOTE | POWER_UPS:
            return Hearing()
        if self._unclaimed(status.code, now_s):
            return Hearing(acknowledge=status.code in _IN_ESCROW)
        return Hearing(self._note_report(status, table, now_s))

    def _note_report(self, status: Status, table: BillTable, now_s: float) -> Event | None:
        if status.code in _IN_ESCROW:
            return self._escrow(status, table, now_s)
        if status.code == Code.STACKED:
            self._stacked(status.bill, table, now_s)
        elif status.code == Code.RETURNED:
            self.verdict = self.note.returned() if self.note else None
        else:
            self._power_up(status.code, now_s)
        return None

    def _escrow(self, status: Status, table: BillTable, now_s: float) -> Event | None:
        self._memory.echo = False
        bill = status.bill if status.bill >= 0 else None
        if self.note is None:
            return self._take_in(bill, table, now_s)
        if self.note.asked_about:
            self.note.seen_again(bill, now_s + self._limits.decide_s)
            return self._escrowed(self.note, now_s)
        if self.note.bill is None:
            self.note.bill = bill
        if bill not in (None, self.note.bill):
            why = f"bill type {self.note.bill} was in escrow, now it is {bill}"
            self.verdict = self.note.unknown(why) if self.note.stack_sent else self.note.returned()
        return None

    def _take_in(self, bill: int | None, table: BillTable, now_s: float) -> Event | None:
        value_fen = None if bill is None else table.value_fen(bill)
        self.note = self._new_note(value_fen or 0, bill, now_s)
        if value_fen is None:  # found at start-up and not asked about, or a note we never enabled
            self._stray = True
            self.note.wanted(Wish.RETURN, now_s + self._limits.settle_s)
            return None
        return self._escrowed(self.note, now_s)

    def _escrowed(self, note: OpenNote, now_s: float) -> Event:
        self._hold_at_s = now_s + self._limits.hold_s
        return NoteEscrowed(note_id=note.note_id, value_fen=note.value_fen)

    def _stacked(self, bill: int, table: BillTable, now_s: float) -> None:
        if self.note:
            self.verdict = self.note.stacked_report(bill)
        elif not self._memory.echo:
            stray = self._new_note(table.value_fen(bill) or 0, bill, now_s)
            self.verdict = stray.unknown("reported stacked, and none was in escrow")

    def _power_up(self, code: int, now_s: float) -> None:
        in_stacker = code == Code.POWER_UP_IN_STACKER
        if self.note:
            in_validator = code == Code.POWER_UP_IN_VALIDATOR
            self.verdict = judge_power_up(
                self.note, in_stacker=in_stacker, in_validator=in_validator
            )
            self.note.settle_by_s = self.note.settle_by_s or now_s + self._limits.settle_s
        elif in_stacker and not self._memory.echo:
            stray = self._new_note(0, None, now_s)
            self.verdict = stray.unknown("in the stacker after a power cut, and none was expected")

    def _path_empty(self) -> None:
        self._memory.path_empty(self._limits.idle_proofs)
        if self.note:
            self.verdict = self.note.path_empty(self._limits.idle_proofs)

    def _new_note(self, value_fen: int, bill: int | None, now_s: float) -> OpenNote:
        self._count += 1
        self._stray = False
        note_id = f"{self._boot_id}-{self._count}"
        return OpenNote(note_id, value_fen, bill, now_s + self._limits.decide_s)

    def _remember_found(self, code: int, now_s: float) -> None:
        if self._claim_until_s is None:
            self._claim_until_s = now_s + self._limits.claim_s
        if self._first_contact and self._found not in _ABOUT_A_NOTE:
            self._found = code

    def _unclaimed(self, code: int, now_s: float) -> bool:
        """A note of an earlier run is found, and the host may still ask about it."""
        waiting = self._first_contact and now_s < (self._claim_until_s or 0)
        echo = self._memory.echo and code not in _GIVEN_BACK
        return waiting and code in _ABOUT_A_NOTE and self.note is None and not echo

    # -- what follows ----------------------------------------------------------------------------

    def tick(self, now_s: float) -> None:
        """Let deadlines pass."""
        if self.note is None or self.verdict:
            return
        if now_s >= self.note.decide_by_s and not self.note.asked_about:
            self.note.wanted(Wish.RETURN, now_s + self._limits.settle_s)
        if self.note.overdue(now_s):
            self.verdict = self.note.unknown("no evidence in time")

    def settled(self) -> None:
        """The journal holds the verdict."""
        assert self.verdict
        self._memory.settle(self.verdict)
        self.note = self.verdict = None

    def next_command(self, code: int, now_s: float) -> Command | None:
        """Return what the note in escrow needs now; ``code``: the status just heard."""
        if self.verdict or code not in _IN_ESCROW:
            return None
        wish = self.note.wish if self.note else Wish.UNDECIDED
        if wish is Wish.UNDECIDED:
            return self._hold(now_s)
        if now_s < self._act_at_s:
            return None
        self._act_at_s = now_s + self._limits.repeat_s
        if wish is Wish.RETURN:
            return Command.RETURN
        assert self.note
        self.note.stack_sent = True
        return Command.STACK

    def _hold(self, now_s: float) -> Command | None:
        if now_s < self._hold_at_s:
            return None
        self._hold_at_s = now_s + self._limits.hold_s
        return Command.HOLD

    def allows_reset(self, code: int, now_s: float) -> bool:
        """RESET makes the device forget: not while a note's end can still be learnt from it."""
        if self.verdict or (self.note and not self.note.reset_returns):
            return False
        return not self._unclaimed(code, now_s)

    def reset_done(self) -> None:
        """The device has begun anew: what it held at first contact has been dealt with."""
        self._first_contact = False
