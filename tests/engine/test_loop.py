"""The kiosk's kind of thread: sleeps until it is needed, survives its turns, ends when told."""

import queue

from kiosk.engine.clock import ManualClock
from kiosk.engine.loop import LONGEST_SLEEP_S, PAUSE_AFTER_ERROR_S, Loop

PATIENCE_S = 5


class Turns:
    """Turns that tell when they happen and return what the test decided."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.done: queue.Queue[float] = queue.Queue()
        self.until_s: float | None = None
        self.fails = False

    def turn(self) -> float | None:
        fails, until_s = self.fails, self.until_s
        self.done.put(self.clock.monotonic_s())
        if fails:
            raise RuntimeError("a bad turn")
        return until_s

    def at(self) -> float:
        return self.done.get(timeout=PATIENCE_S)


def test_it_turns_when_the_time_has_come() -> None:
    turns = Turns()
    turns.until_s = 1.0
    loop = Loop("test", turns.turn, turns.clock)
    loop.start()
    assert turns.at() == 0.0
    turns.until_s = 50.0
    turns.clock.advance(1.0)
    assert turns.at() == 1.0
    assert loop.stop(PATIENCE_S)
    assert turns.done.empty()


def test_it_turns_when_it_is_woken() -> None:
    turns = Turns()
    loop = Loop("test", turns.turn, turns.clock)
    loop.start()
    turns.at()
    loop.wake()
    assert turns.at() == 0.0
    assert loop.stop(PATIENCE_S)


def test_a_bad_turn_is_tried_again_after_a_pause() -> None:
    turns = Turns()
    turns.fails = True
    beats: queue.Queue[None] = queue.Queue()
    loop = Loop("test", turns.turn, turns.clock, lambda: beats.put(None))
    loop.start()
    turns.at()
    beats.get(timeout=PATIENCE_S)
    turns.fails = False
    turns.clock.advance(PAUSE_AFTER_ERROR_S)
    assert turns.at() == PAUSE_AFTER_ERROR_S
    assert loop.stop(PATIENCE_S)


def test_it_shows_that_it_is_alive_though_it_has_nothing_to_do() -> None:
    turns = Turns()
    beats: queue.Queue[None] = queue.Queue()
    loop = Loop("test", turns.turn, turns.clock, lambda: beats.put(None))
    loop.start()
    turns.at()
    beats.get(timeout=PATIENCE_S)
    turns.clock.advance(LONGEST_SLEEP_S)
    beats.get(timeout=PATIENCE_S)
    assert loop.stop(PATIENCE_S)


def test_one_that_was_never_started_can_be_stopped() -> None:
    turns = Turns()
    assert Loop("test", turns.turn, turns.clock).stop(0)
