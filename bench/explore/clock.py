"""A kiosk's clock: the world's time, and a wall clock that may be wrong."""

import threading

from bench.explore.office import BEGIN_MS
from bench.explore.world import World


class KioskClock:
    """Implements `kiosk.engine.clock.Clock`; nobody waits by it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.offset_ms = 0
        """How wrong the wall clock is."""

    def wall_ms(self) -> int:
        """Return UTC milliseconds since 1970, as this machine believes."""
        return BEGIN_MS + self._world.now_ms + self.offset_ms

    def monotonic_s(self) -> float:
        """Return the world's seconds."""
        return self._world.now_s

    def wait(self, condition: threading.Condition, until_s: float) -> None:
        """Never: the simulation has no thread that could wait."""
        raise AssertionError("somebody waits in the simulation")
