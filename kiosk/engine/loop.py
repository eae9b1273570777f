"""The kiosk's kind of thread: does one turn after another, sleeps in between, is never dead."""

import logging
import threading
from collections.abc import Callable

from kiosk.engine.clock import Clock

_logger = logging.getLogger(__name__)

LONGEST_SLEEP_S = 2.0
"""A loop with nothing to do still shows so often that it is alive."""
PAUSE_AFTER_ERROR_S = 1.0


class Loop:
    """A thread around a turn.

    ``turn`` returns the monotonic second until which it has nothing to do (None: until `wake`). A
    turn that raises is logged and tried again after a pause: a thread that others wait for must
    not end.
    """

    def __init__(
        self,
        name: str,
        turn: Callable[[], float | None],
        clock: Clock,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        """``beat`` is called after every turn, for the watchdog."""
        self._turn = turn
        self._clock = clock
        self._beat = beat
        self._changed = threading.Condition()
        self._woken = False
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def wake(self) -> None:
        """Let the next turn begin now. Safe from every thread."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def stop(self, timeout_s: float) -> bool:
        """End after the present turn; tell whether it ended in time."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping:
            with self._changed:
                self._woken = False
            until_s = self._guarded_turn()
            self._beat()
            self._sleep(until_s)

    def _guarded_turn(self) -> float | None:
        try:
            return self._turn()
        except Exception:
            _logger.exception("a turn failed")
            return self._clock.monotonic_s() + PAUSE_AFTER_ERROR_S

    def _sleep(self, until_s: float | None) -> None:
        longest_s = self._clock.monotonic_s() + LONGEST_SLEEP_S
        wake_s = longest_s if until_s is None else min(until_s, longest_s)
        with self._changed:
            while not (self._woken or self._stopping) and self._clock.monotonic_s() < wake_s:
                self._clock.wait(self._changed, wake_s)
