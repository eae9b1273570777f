"""Ends the program when one of its threads has stopped answering; its starter starts it anew.

What was going on is in the journal: a program that starts again asks, so ending is always safe.
"""

import faulthandler
import logging
import os

from kiosk.engine.clock import Clock
from kiosk.engine.health import Health
from kiosk.engine.loop import Loop

LOOK_S = 5.0
EXIT_CODE = 70
"""EX_SOFTWARE of sysexits.h."""

_logger = logging.getLogger(__name__)


class Watchdog:
    """Looks at the heartbeats every few seconds."""

    def __init__(self, health: Health, clock: Clock) -> None:
        self._health = health
        self._clock = clock
        self._loop = Loop("watchdog", self._look, clock)

    def start(self) -> None:
        """Begin to look."""
        self._loop.start()

    def stop(self) -> None:
        """The program is ending on purpose."""
        self._loop.stop(LOOK_S)

    def _look(self) -> float | None:
        silent = self._health.overdue()
        if silent:
            _logger.critical("no sign of life: %s; ending", ", ".join(silent))
            faulthandler.dump_traceback(all_threads=True)
            os._exit(EXIT_CODE)
        return self._clock.monotonic_s() + LOOK_S
