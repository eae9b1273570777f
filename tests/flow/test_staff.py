"""Who is at the machine: last visits, sign-ins without the line, a door that shuts."""

from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.phase import Phase
from kiosk.flow.screen import screen
from kiosk.flow.wear import REFUSALS
from tests.flow.staff_walk import deeds
from tests.flow.world import Walk
from vending.rights import Role

WRONG = staff_event.StaffTurnedAway(reason="wrong", offline=True)


def called() -> Walk:
    return Walk().open_shop().feed(staff_event.StaffCalled()).at(Phase.STAFF)


def sign_in(walk: Walk, name: str = "wang", *, offline: bool = False, second: bool = False) -> Walk:
    return walk.feed(
        staff_event.StaffSignedIn(staff=name, role=Role.OPERATOR, offline=offline, second=second)
    )


def test_the_last_visit_is_shown_as_the_head_office_knows_it() -> None:
    walk = called()
    walk.feed(staff_event.StaffSignedIn(staff="wang", role=Role.OPERATOR, last_ms=123))
    view = screen(walk.session).staff
    assert view
    assert (view.last_ms, view.offline) == (123, False)


def test_without_the_line_the_last_visit_is_the_terminals_own_knowledge() -> None:
    walk = sign_in(called())
    first_ms = walk.at_ms
    walk.feed(staff_event.StaffLeft(), staff_event.StaffCalled())
    sign_in(walk, offline=True)
    view = screen(walk.session).staff
    assert view
    assert (view.last_ms, view.offline) == (first_ms, True)


def test_a_sign_in_without_the_line_is_told() -> None:
    walk = sign_in(sign_in(called(), offline=True), "li", offline=True, second=True)
    assert deeds(walk) == [
        ("wang", "signed-in-offline", "operator"),
        ("li", "signed-in-offline", "operator"),
    ]
    assert walk.session.staff
    assert (walk.session.staff.witness, walk.session.staff.offline) == ("li", True)


def test_a_sign_in_with_the_line_the_head_office_knows_by_itself() -> None:
    assert deeds(sign_in(called())) == []


def test_a_second_person_without_the_line_takes_nothing_from_the_first() -> None:
    walk = sign_in(sign_in(called()), "li", offline=True, second=True)
    assert walk.session.staff
    assert not walk.session.staff.offline


def test_the_failure_that_shuts_the_door_is_told_once() -> None:
    walk = called().feed(*[WRONG] * (REFUSALS - 1))
    assert deeds(walk) == []
    walk.feed(WRONG)
    assert deeds(walk) == [("", "locked-out", "")]
    walk.feed(staff_event.StaffTurnedAway(reason="locked", offline=True))
    assert len(deeds(walk)) == 1


def test_failures_are_remembered_over_visits_and_restarts() -> None:
    walk = called().feed(*[WRONG] * REFUSALS, staff_event.StaffLeft())
    times_ms = walk.session.care.refusals_ms
    walk.restart().open_parts().feed(staff_event.StaffCalled())
    assert len(times_ms) == REFUSALS
    assert walk.session.care.refusals_ms == times_ms


def test_nobody_is_seen_before_they_have_signed_in() -> None:
    assert screen(called().session).staff is None


def test_staff_are_gone_after_a_restart() -> None:
    walk = sign_in(called()).restart()
    assert walk.session.staff is None
    assert screen(walk.session).staff is None


def test_a_time_out_signs_out() -> None:
    assert sign_in(called()).time_out().at(Phase.IDLE).session.staff is None


def test_a_card_at_last_signs_out() -> None:
    walk = sign_in(called()).feed(ev.CardInserted()).at(Phase.READING)
    assert walk.session.staff is None
