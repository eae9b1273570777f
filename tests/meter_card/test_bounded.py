"""Deadlines for calls that have none."""

import threading

import pytest

from kiosk.meter_card.bounded import BoundedCalls


def test_results_and_errors_come_back() -> None:
    calls = BoundedCalls("test")
    assert calls.run(lambda: 42, 5.0) == 42
    with pytest.raises(ZeroDivisionError):
        calls.run(lambda: 1 // 0, 5.0)
    assert calls.run(lambda: "still alive", 5.0) == "still alive"
    assert not calls.is_stuck


def test_a_call_that_never_comes_back_is_left_behind_and_the_rest_refused() -> None:
    calls, never = BoundedCalls("test"), threading.Event()
    with pytest.raises(TimeoutError):
        calls.run(lambda: never.wait(60), 0.01)
    assert calls.is_stuck
    with pytest.raises(TimeoutError, match="earlier"):
        calls.run(lambda: 42, 5.0)
    never.set()
