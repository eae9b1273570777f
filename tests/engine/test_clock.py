"""The one clock: journal time never goes back, a manual clock wakes who waits for it."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from kiosk.engine.clock import (
    EARLIEST_PLAUSIBLE_MS,
    ManualClock,
    SystemClock,
    is_plausible,
    stamp,
)

times = st.integers(min_value=0, max_value=10**14)


@given(st.lists(times, min_size=2))
def test_stamps_never_decrease_and_follow_the_clock_when_it_goes_on(walls: list[int]) -> None:
    last = 0
    for wall in walls:
        at_ms, behind_ms = stamp(wall, last)
        assert at_ms >= last
        assert at_ms - wall == behind_ms
        assert behind_ms == 0 or at_ms == last
        last = at_ms


def test_a_clock_from_before_the_software_is_wrong() -> None:
    assert not is_plausible(EARLIEST_PLAUSIBLE_MS - 1, 0, 1000)
    assert is_plausible(EARLIEST_PLAUSIBLE_MS, 0, 1000)


def test_a_clock_may_be_behind_by_the_tolerance() -> None:
    last = EARLIEST_PLAUSIBLE_MS + 10_000
    assert is_plausible(last - 1000, last, 1000)
    assert not is_plausible(last - 1001, last, 1000)


def test_a_manual_clock_wakes_who_waits_until_then() -> None:
    clock, condition = ManualClock(), threading.Condition()
    woken = threading.Event()
    waiting = threading.Event()

    def wait() -> None:
        with condition:
            waiting.set()
            while clock.monotonic_s() < 10:
                clock.wait(condition, 10)
        woken.set()

    threading.Thread(target=wait, daemon=True).start()
    assert waiting.wait(5)
    clock.advance(9)
    assert not woken.is_set()
    wall_ms = clock.wall_ms()
    clock.advance(1)
    assert woken.wait(5)
    assert clock.wall_ms() == wall_ms + 1000


def test_the_system_clock_waits_no_longer_than_asked() -> None:
    clock, condition = SystemClock(), threading.Condition()
    until_s = clock.monotonic_s() + 0.01
    with condition:
        while clock.monotonic_s() < until_s:
            clock.wait(condition, until_s)
    assert abs(clock.wall_ms() - clock.wall_ms()) < 60_000
