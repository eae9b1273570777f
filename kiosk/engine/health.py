"""Who is alive: every thread that others wait for reports in, the watchdog asks who has not."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.engine.clock import Clock


@dataclass
class _Pulse:
    limit_s: float
    last_s: float


class Health:
    """Heartbeats by name. Safe from every thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._pulses: dict[str, _Pulse] = {}

    def heart(self, name: str, limit_s: float) -> Callable[[], None]:
        """Watch ``name`` from now on; return what it calls at least every ``limit_s`` seconds."""
        with self._lock:
            self._pulses[name] = pulse = _Pulse(limit_s, self._clock.monotonic_s())

        def beat() -> None:
            pulse.last_s = self._clock.monotonic_s()

        return beat

    def forget(self, name: str) -> None:
        """Watch ``name`` no more: it ended on purpose."""
        with self._lock:
            self._pulses.pop(name, None)

    def ages(self) -> tuple[tuple[str, float, float], ...]:
        """Return each name with the seconds since its last sign of life, and its limit."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            pulses = tuple(self._pulses.items())
        return tuple((name, now_s - pulse.last_s, pulse.limit_s) for name, pulse in pulses)

    def overdue(self) -> tuple[str, ...]:
        """Return who has not reported in time; empty: everybody is alive."""
        return tuple(name for name, age_s, limit_s in self.ages() if age_s > limit_s)
