"""The engine's thread: takes facts from the inbox, turns the engine, minds its time-outs."""

from collections.abc import Callable
from typing import Generic

from kiosk.engine.clock import Clock
from kiosk.engine.engine import Engine
from kiosk.engine.halt import HaltReason
from kiosk.engine.inbox import Inbox
from kiosk.engine.loop import Loop
from kiosk.engine.machine import S


class Runner(Generic[S]):
    """Runs an engine until it is stopped."""

    def __init__(
        self,
        engine: Engine[S],
        inbox: Inbox,
        clock: Clock,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._engine = engine
        self._inbox = inbox
        self._clock = clock
        self._started = False
        self._loop = Loop("engine", self.turn, clock, beat)

    def start(self) -> None:
        """Start the thread; opening the journal is its first turn."""
        self._inbox.on_post(self._loop.wake)
        self._loop.start()

    def stop(self, timeout_s: float) -> bool:
        """End after the present turn and close the journal; tell whether it ended in time."""
        self._inbox.close()
        ended = self._loop.stop(timeout_s)
        if ended:
            self._engine.close()
        return ended

    def turn(self) -> float | None:
        """Take one fact, mind the time-outs; return when the next turn is due. The thread's own."""
        if not self._started:
            self._started = True
            self._engine.start()
        self._take_one()
        self._engine.tick()
        return self._clock.monotonic_s() if len(self._inbox) else self._engine.next_deadline()

    def _take_one(self) -> None:
        delivery = self._inbox.take()
        if delivery is None:
            return
        durable = False
        try:
            durable = self._engine.turn(delivery.event)
        except Exception as error:
            self._engine.stop(HaltReason.INTERNAL, repr(error))
            raise
        finally:
            self._inbox.settle(delivery, durable=durable)
        if self._inbox.overflowed:
            self._engine.stop(HaltReason.INTERNAL, "too many facts waited, one was dropped")
