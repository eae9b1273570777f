"""The one clock. Whoever needs the time or waits is handed a `Clock`; nothing else reads one.

The wall clock dates facts and may jump (an operator, a time server, an empty battery); the
monotonic clock measures waits and never does.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta, timezone
from typing import NamedTuple, Protocol

CHINA = timezone(timedelta(hours=8))


class Clock(Protocol):
    """Time, and waiting for it."""

    def wall_ms(self) -> int:
        """Return UTC milliseconds since 1970. May jump either way."""

    def monotonic_s(self) -> float:
        """Return seconds since an unspecified moment. Never goes back."""

    def wait(self, condition: threading.Condition, until_s: float) -> None:
        """Wait on ``condition`` (held by the caller) until it is notified or `monotonic_s` reaches
        ``until_s``. May also return earlier: callers loop over what they wait for.
        """


class SystemClock:
    """The clock of the machine."""

    def wall_ms(self) -> int:
        """Return UTC milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        """Return the system's monotonic seconds."""
        return time.monotonic()

    def wait(self, condition: threading.Condition, until_s: float) -> None:
        """Wait until notified or ``until_s``, at most as long as a lock can wait."""
        left_s = until_s - time.monotonic()
        if left_s > 0:
            condition.wait(min(left_s, threading.TIMEOUT_MAX))


class ManualClock:
    """A clock that stands still until somebody moves it: for tests and simulations."""

    def __init__(self, wall_ms: int = 1_760_000_000_000, monotonic_s: float = 0.0) -> None:
        self._wall_ms = wall_ms
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._waiting: list[threading.Condition] = []

    def wall_ms(self) -> int:
        """Return the wall time it was set to."""
        return self._wall_ms

    def monotonic_s(self) -> float:
        """Return the monotonic time it was advanced to."""
        return self._monotonic_s

    def wait(self, condition: threading.Condition, until_s: float) -> None:
        """Wait until notified or advanced to ``until_s``."""
        with self._registered(condition):
            if self._monotonic_s < until_s:
                condition.wait()

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass on both clocks and wake whoever waits."""
        with self._lock:
            self._monotonic_s += seconds
            self._wall_ms += round(seconds * 1000)
            waiting = tuple(self._waiting)
        for condition in waiting:
            with condition:
                condition.notify_all()

    def set_wall_ms(self, wall_ms: int) -> None:
        """Set the wall clock, as an operator or a time server does."""
        self._wall_ms = wall_ms

    @contextmanager
    def _registered(self, condition: threading.Condition) -> Iterator[None]:
        with self._lock:
            self._waiting.append(condition)
        try:
            yield
        finally:
            with self._lock:
                self._waiting.remove(condition)


EARLIEST_PLAUSIBLE_MS = 1_735_689_600_000
"""2025-01-01 UTC: this software is younger, so an earlier wall clock is wrong (battery empty)."""


class Stamp(NamedTuple):
    """The time to give a fact, and how far the wall clock is behind what was journalled before."""

    at_ms: int
    behind_ms: int


def stamp(wall_ms: int, last_ms: int) -> Stamp:
    """Return the stamp of the next fact: journal time never decreases, whatever the clock does.

    ``last_ms`` is the stamp of the last journalled fact. While the wall clock is behind it, facts
    carry the last stamp again.
    """
    return Stamp(max(wall_ms, last_ms), max(0, last_ms - wall_ms))


def is_plausible(wall_ms: int, last_ms: int, tolerance_ms: int) -> bool:
    """Tell whether a purchase may be dated by this wall clock at all."""
    return wall_ms >= EARLIEST_PLAUSIBLE_MS and last_ms - wall_ms <= tolerance_ms
