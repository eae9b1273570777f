"""Health: who has not reported in time is named."""

from kiosk.engine.clock import ManualClock
from kiosk.engine.health import Health


def test_who_is_late_is_named_until_he_reports_again() -> None:
    clock = ManualClock()
    health = Health(clock)
    engine = health.heart("engine", 5)
    health.heart("acceptor", 20)
    clock.advance(5)
    assert health.overdue() == ()
    clock.advance(0.001)
    assert health.overdue() == ("engine",)
    engine()
    assert health.overdue() == ()
    clock.advance(20)
    assert health.overdue() == ("engine", "acceptor")


def test_who_ended_on_purpose_is_not_missed() -> None:
    clock = ManualClock()
    health = Health(clock)
    health.heart("engine", 5)
    health.forget("engine")
    health.forget("nobody")
    clock.advance(100)
    assert health.overdue() == ()
