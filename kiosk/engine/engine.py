"""The one loop's inside: fact -> journal -> step -> listeners and executor. No thread of its own.

A fact is durable before anything is done about it, and when it cannot be made durable nothing is.
When something is wrong with the engine itself it halts: visible, and without trying its luck.
"""

import hashlib
import logging
import secrets
from collections.abc import Callable, Hashable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Generic

from msgspec.structs import replace

from kiosk.engine.clock import Clock, is_plausible, stamp
from kiosk.engine.database import (
    JournalDamaged,
    JournalError,
    JournalFull,
    JournalInUse,
    JournalOfAnother,
    JournalTooNew,
)
from kiosk.engine.frozen import NotFrozen, freeze, thaw
from kiosk.engine.halt import MAY_END_BY_ITSELF, Halt, HaltReason
from kiosk.engine.journal import Journal
from kiosk.engine.machine import Machine, S
from kiosk.engine.upkeep import Keeping, Upkeep
from kiosk.flow.command import Command, Tell
from kiosk.flow.event import Event, TimedOut
from vending.messages import Alarm, Report

_logger = logging.getLogger(__name__)

SMALL_CLOCK_STEP_MS = 2_000
"""A time server may take this much back without an alarm."""
PROGRESS_ENTRIES = 5_000
"""So often, while the journal is followed, the engine shows that it is alive."""
RETRY_S = 60.0
"""Pause between attempts to come back from a halt that can end by itself."""


@dataclass(frozen=True)
class Settings:
    """What the engine is told about itself."""

    software_version: str
    checkpoint_entries: int = 1000
    clock_tolerance_ms: int = 600_000
    new_boot_id: Callable[[], str] = lambda: secrets.token_hex(8)
    """Another one for every start."""
    keeping: Keeping = field(default_factory=Keeping)
    """What the live journal keeps before its entries go into archives."""


class Engine(Generic[S]):
    """Runs a machine on a journal. All calls from one thread."""

    def __init__(
        self,
        machine: Machine[S],
        journal: Journal,
        clock: Clock,
        perform: Callable[[Command], None],
        settings: Settings,
    ) -> None:
        """``perform`` hands a wish to the executor and returns at once."""
        self.session: S = machine.fresh
        self.halt: Halt | None = None
        self._machine = machine
        self._journal = journal
        self._clock = clock
        self._perform = perform
        self._settings = settings
        self._deadline_s: float | None = None
        self._retry_s: float | None = None
        self._is_whole = False
        """The session holds every fact of the journal."""
        self._timed: tuple[str, int] | None = None
        """Phase and round whose time-out is running."""
        self._standing: dict[Hashable, Event] = {}
        self._clock_alarmed = False
        self._checkpoint_seq = 0
        self._upkeep = Upkeep(journal, settings.keeping)
        self._listeners: list[Callable[[S, float | None], None]] = []
        self._on_halt: list[Callable[[Halt], None]] = []
        self._on_reports: Callable[[], None] = lambda: None
        self._on_progress: Callable[[], None] = lambda: None

    # -- who is told ---------------------------------------------------------------------------

    def listen(self, listener: Callable[[S, float | None], None]) -> None:
        """Call ``listener`` with session and deadline (monotonic seconds) after every turn."""
        self._listeners.append(listener)

    def on_halt(self, listener: Callable[[Halt], None]) -> None:
        """Call ``listener`` when the engine halts."""
        self._on_halt.append(listener)

    def on_reports(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` when reports were queued."""
        self._on_reports = wake

    def on_progress(self, beat: Callable[[], None]) -> None:
        """Call ``beat`` now and then while a long journal is followed."""
        self._on_progress = self._journal.beat = beat

    # -- starting ------------------------------------------------------------------------------

    def start(self) -> None:
        """Open and check the journal, fold it, and take up what was left; or halt."""
        self.halt = self._retry_s = self._timed = None
        self._is_whole = False
        self._upkeep.forget()
        try:
            self._journal.open()
            self.session = self._recover()
            self._is_whole = True
            self._look_at_archives()
        except JournalError as error:
            self._stop(_reason(error), str(error))
        except Exception as error:
            _logger.exception("the journal cannot be followed")
            self._stop(HaltReason.INTERNAL, repr(error))
        else:
            if self._clock_is_right():
                self._begin()

    def _begin(self) -> None:
        """Ask about everything that was left; after a halt, repeat what stands since before it."""
        settings = self._settings
        standing = tuple(self._standing.values())
        self.turn(self._machine.restarted(settings.new_boot_id(), settings.software_version))
        for event in standing:
            self.turn(event)

    def _recover(self) -> S:
        """Fold the journal, from the newest checkpoint where there is one. Performs nothing."""
        session, seq = self._from_checkpoint()
        self._checkpoint_seq = seq
        with closing(self._journal.entries(seq + 1)) as entries:
            for entry in entries:
                if entry.seq % PROGRESS_ENTRIES == 0:
                    self._on_progress()
                session, _ = self._machine.step(session, self._journal.event(entry))
        return session

    def _from_checkpoint(self) -> tuple[S, int]:
        kept = self._journal.checkpoint(self._version())
        if kept is None:
            return self._machine.fresh, 0
        try:
            session: S = thaw(kept.body)
        except NotFrozen:
            _logger.warning("a checkpoint cannot be read, the whole journal is followed instead")
            return self._machine.fresh, 0
        return session, kept.seq

    def _look_at_archives(self) -> None:
        """One that is missing is told; what an earlier run left is carried on at rest."""
        if self._upkeep.missing(self._journal_ms()):
            self._on_reports()
        self._upkeep.look(self._journal_ms())

    def _version(self) -> str:
        """A checkpoint is good for the software and the fresh session that made it."""
        start = hashlib.sha256(freeze(self._machine.fresh)).hexdigest()
        return f"{self._settings.software_version} {start[:16]}"

    # -- turning -------------------------------------------------------------------------------

    def turn(self, event: Event) -> bool:
        """Take one fact: journal it, step, tell, wish. Tell whether the journal holds it.

        While the engine is halted facts are still journalled and told if that works, and nothing
        else is done: a note that was swallowed must not be forgotten because something else is
        broken.
        """
        key = self._machine.standing(event)
        if key is not None:
            self._standing[key] = event
        event, alarms = self._stamped(event)
        if not self._is_whole:
            return self._append(event, alarms)
        try:
            session, wishes = self._machine.step(self.session, event)
        except Exception as error:
            _logger.exception("a rule failed")
            kind = type(event).__name__
            alarms.append(Alarm(code="rule-failed", detail=kind, at_ms=event.at_ms))
            self._is_whole = False
            durable = self._append(event, alarms)
            self.stop(HaltReason.INTERNAL, f"{kind}: {error!r}")
            return durable
        reports = [*alarms, *(wish.report for wish in wishes if isinstance(wish, Tell))]
        if not self._append(event, reports):
            return False
        if self.halt:  # what it wishes for is asked about at the next start
            self.session = session
            return True
        self._move_to(session)
        self._wish(wishes)
        self._at_rest()
        return True

    def next_deadline(self) -> float | None:
        """Return the monotonic second at which `tick` has something to do; None: never."""
        if self.halt:
            return self._retry_s
        return self._clock.monotonic_s() if self._has_upkeep() else self._deadline_s

    def tick(self) -> None:
        """Do what time asks for: a phase's time-out, a new start after a halt, or upkeep."""
        due_s = self._retry_s if self.halt else self._deadline_s
        if due_s is not None and self._clock.monotonic_s() >= due_s:
            self._deadline_is_reached()
        elif self._has_upkeep():
            self._keep_up(partial(self._upkeep.step, self._journal_ms()))

    def _deadline_is_reached(self) -> None:
        if self.halt:
            self.start()
        else:
            self._deadline_s = None
            self.turn(TimedOut(phase=str(self.session.phase), round=self.session.round))

    def _has_upkeep(self) -> bool:
        at_rest = not self.halt and self._upkeep.is_pending
        return at_rest and self._machine.is_resting(self.session)

    def _keep_up(self, work: Callable[[], bool]) -> None:
        """Do some upkeep, which tells whether it queued an alarm."""
        try:
            if work():
                self._on_reports()
        except JournalError as error:
            self.stop(_reason(error), str(error))

    def stop(self, reason: HaltReason, detail: str) -> None:
        """Halt from outside: the inbox overflowed, the configuration is wrong."""
        if not self.halt:
            self._stop(reason, detail)

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    def _journal_ms(self) -> int:
        return stamp(self._clock.wall_ms(), self._journal.head.at_ms).at_ms

    def _stamped(self, event: Event) -> tuple[Event, list[Report]]:
        """Date a fact; when the wall clock went back, raise an alarm once."""
        at_ms, behind_ms = stamp(self._clock.wall_ms(), self._journal.head.at_ms)
        alarms: list[Report] = []
        if behind_ms > SMALL_CLOCK_STEP_MS and not self._clock_alarmed:
            detail = f"{behind_ms} ms behind the journal"
            _logger.error("the clock was set back", extra={"behind_ms": behind_ms})
            alarms.append(Alarm(code="clock-set-back", detail=detail, at_ms=at_ms))
        self._clock_alarmed = behind_ms > SMALL_CLOCK_STEP_MS
        return replace(event, at_ms=at_ms), alarms

    def _append(self, event: Event, reports: list[Report]) -> bool:
        try:
            self._journal.append(event, reports)
        except JournalError as error:
            self.stop(_reason(error), str(error))
            return False
        if reports:
            self._on_reports()
        return True

    def _move_to(self, session: S) -> None:
        self.session = session
        stage = (str(session.phase), session.round)
        if stage != self._timed:
            self._timed = stage
            timeout_s = self._machine.timeout_s(session)
            now_s = self._clock.monotonic_s()
            self._deadline_s = None if timeout_s is None else now_s + timeout_s
        for listener in self._listeners:
            _guarded(partial(listener, session, self._deadline_s))

    def _wish(self, wishes: tuple[Command, ...]) -> None:
        for wish in wishes:
            if not isinstance(wish, Tell):
                self._perform(wish)

    def _at_rest(self) -> None:
        """Between customers: look at the clock, keep a checkpoint."""
        if not self._machine.is_resting(self.session):
            return
        seq = self._journal.head.seq
        if seq - self._checkpoint_seq >= self._settings.checkpoint_entries:
            self._checkpoint_seq = seq
            self._keep_checkpoint()
        self._clock_is_right()

    def _keep_checkpoint(self) -> None:
        try:
            body = freeze(self.session)
            if thaw(body) != self.session:
                raise NotFrozen("the session does not come back as it was")
        except NotFrozen as error:
            _logger.warning("no checkpoint: %s", error)
            return
        try:
            self._journal.save_checkpoint(self._version(), body)
            self._upkeep.look(self._journal_ms())
        except JournalError as error:
            self.stop(_reason(error), str(error))

    def _clock_is_right(self) -> bool:
        wall_ms, last_ms = self._clock.wall_ms(), self._journal.head.at_ms
        if is_plausible(wall_ms, last_ms, self._settings.clock_tolerance_ms):
            return True
        self.stop(HaltReason.CLOCK, f"clock {wall_ms} ms, journal {last_ms} ms")
        return False

    # -- halting -------------------------------------------------------------------------------

    def _stop(self, reason: HaltReason, detail: str) -> None:
        self.halt = halt = Halt(reason, detail)
        self._deadline_s = None
        if reason in MAY_END_BY_ITSELF:
            self._retry_s = self._clock.monotonic_s() + RETRY_S
        _logger.critical("the engine halted: %s: %s", reason, detail)
        _guarded(partial(self._wish, self._machine.make_safe))
        for listener in self._on_halt:
            _guarded(partial(listener, halt))


def _guarded(call: Callable[[], None]) -> None:
    """Call somebody whose failure must not become the engine's."""
    try:
        call()
    except Exception:
        _logger.exception("whoever was told failed")


_REASONS: dict[type[JournalError], HaltReason] = {
    JournalDamaged: HaltReason.JOURNAL_DAMAGED,
    JournalTooNew: HaltReason.JOURNAL_DAMAGED,
    JournalOfAnother: HaltReason.CONFIG,
    JournalFull: HaltReason.JOURNAL_FULL,
    JournalInUse: HaltReason.JOURNAL_IN_USE,
}


def _reason(error: JournalError) -> HaltReason:
    return _REASONS.get(type(error), HaltReason.JOURNAL_FAILED)
