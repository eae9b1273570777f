"""Somebody who comes to a kiosk, waits for a turn, looks at the screen now and then, and leaves."""

from bench.explore.kiosk import SimKiosk
from bench.explore.queue import Queue
from bench.explore.world import Life, Timer, World
from kiosk.flow.session import Session

GLANCE_MS = 10_000
"""Somebody who waits looks so often, even if nothing happens."""


class Person:
    """What everybody before a kiosk does; what each kind wants there is its own business."""

    patience_ms = 12 * 60_000
    """Nobody stands before a machine for longer."""

    def __init__(self, world: World, kiosk: SimKiosk, queue: Queue, pace_ms: int) -> None:
        """``pace_ms``: time to look and to move a hand."""
        self.life = Life()
        self.gone = False
        self.stands_there = False
        self._world = world
        self._kiosk = kiosk
        self._queue = queue
        self._pace_ms = pace_ms
        self._timer = Timer(world, self.life, self._look)
        self._until_ms = 0

    # -- coming and going ------------------------------------------------------------------------

    def arrive(self) -> None:
        """Come to the kiosk."""
        self._queue.join(self)

    def step_up(self) -> None:
        """It is my turn."""
        self.stands_there = True
        self._until_ms = self._world.now_ms + self.patience_ms
        self._kiosk.on_shown.append(self._shown)
        self._timer.wake(self._pace_ms)

    def leave(self) -> None:
        """Go away for good."""
        if self.gone:
            return
        self.gone = True
        self.life.alive = False
        self._stop_looking()
        self._take_along()
        self._queue.leave(self)

    def _stop_looking(self) -> None:
        if self._shown in self._kiosk.on_shown:
            self._kiosk.on_shown.remove(self._shown)

    def _take_along(self) -> None:
        """Take what is one's own out of the machine."""

    # -- at the machine --------------------------------------------------------------------------

    def _shown(self, session: Session) -> None:
        """The screen has changed."""
        self._timer.wake(self._pace_ms)

    def _look(self) -> None:
        session = self._kiosk.session
        self._timer.wake(GLANCE_MS)
        if self._world.now_ms >= self._until_ms:
            self.leave()
        elif session:
            self._act(session)

    def _act(self, session: Session) -> None:
        """Do what the screen asks for."""
        raise AssertionError(f"nobody knows what a {type(self).__name__} does")
