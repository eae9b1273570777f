"""Who may do what is judged in the flow: a fact posted by the page is not trusted."""

from collections.abc import Iterator
from itertools import product

import pytest

from kiosk.flow import command as wish
from kiosk.flow import staff_event
from kiosk.flow.care import Staff
from kiosk.flow.command import Command
from kiosk.flow.device import SELF_TESTS, Device, SelfTest
from kiosk.flow.event import Event
from kiosk.flow.phase import Phase
from kiosk.flow.screen import screen
from kiosk.flow.workshop import RESETTABLE, has_right
from tests.flow.staff_walk import signed_in, under_test
from tests.flow.world import Walk
from vending.rights import RIGHTS, Right, Role, may

WORK: list[tuple[Event, Right]] = [
    *((staff_event.SelfTestStarted(test=test), Right.TEST_DEVICES) for test in SelfTest),
    *((staff_event.ResetWanted(device=device), Right.TEST_DEVICES) for device in RESETTABLE),
    (staff_event.RestartWanted(), Right.RESTART),
]
CASH: list[tuple[Event, Right]] = [
    (staff_event.ClearingStarted(), Right.CLEAR_CASH),
    (staff_event.ClearingCancelled(), Right.CLEAR_CASH),
    (staff_event.ClearingEnded(new_box_id="B2"), Right.CLEAR_CASH),
    (staff_event.CashReportWanted(period_no=1), Right.SEE_CASH),
]
DEEDS: tuple[type[Command], ...] = (
    wish.OpenAcceptor,
    wish.PrintPaper,
    wish.ReadCard,
    wish.TryOffice,
    wish.ResetDevice,
    wish.RestartProgram,
)


def unchanged(walk: Walk, asked: Event) -> bool:
    """Nothing was wished for, told or kept; at most the page's time-out started anew."""
    before = walk.session
    walk.feed(asked)
    after = walk.session.but(round=before.round)
    return (after, walk.wishes) == (before, ())


def forbidden() -> Iterator[tuple[Role, Event]]:
    for role, (asked, right) in product(Role, [*WORK, *CASH]):
        if not may(role, right):
            yield role, asked


@pytest.mark.parametrize(("role", "asked"), list(forbidden()))
def test_nothing_happens_without_the_right(role: Role, asked: Event) -> None:
    assert unchanged(signed_in(role), asked)


@pytest.mark.parametrize(("asked", "_"), [*WORK, *CASH])
def test_nothing_happens_when_nobody_is_signed_in(asked: Event, _: Right) -> None:
    assert unchanged(Walk().open_shop().feed(staff_event.StaffCalled()).at(Phase.STAFF), asked)


@pytest.mark.parametrize(("asked", "_"), [*WORK, *CASH])
def test_nothing_happens_while_customers_are_served(asked: Event, _: Right) -> None:
    assert unchanged(Walk().open_shop(), asked)
    assert unchanged(Walk().to_tender(), asked)
    assert unchanged(Walk().to_writing(), asked)


@pytest.mark.parametrize(("asked", "_"), [*WORK, *CASH])
def test_nothing_happens_in_the_middle_of_a_test(asked: Event, _: Right) -> None:
    assert unchanged(under_test(SelfTest.NOTE), asked)


@pytest.mark.parametrize(("asked", "_"), WORK)
def test_nothing_happens_after_the_visit(asked: Event, _: Right) -> None:
    assert unchanged(signed_in().feed(staff_event.StaffLeft()), asked)


@pytest.mark.parametrize(("role", "work"), list(product(Role, [*WORK, CASH[0], CASH[-1]])))
def test_with_the_right_something_happens(role: Role, work: tuple[Event, Right]) -> None:
    asked, right = work
    if may(role, right):
        assert not unchanged(signed_in(role), asked)


@pytest.mark.parametrize(("role", "right"), list(product(Role, Right)))
def test_the_page_is_told_the_rights_that_the_flow_judges_by(role: Role, right: Right) -> None:
    session = signed_in(role).session
    view = screen(session).staff
    assert view
    assert (right in view.rights) is has_right(session, right) is may(role, right)
    assert bool(view.devices) is (Right.SEE_DEVICES in RIGHTS[role])


@pytest.mark.parametrize("role", Role)
def test_the_page_offers_no_test_that_would_not_begin(role: Role) -> None:
    view = screen(signed_in(role).session).staff
    assert view
    offered = {test for device in view.devices for test in device.tests}
    assert offered == (set(SELF_TESTS) if may(role, Right.TEST_DEVICES) else set())
    resettable = {device.device for device in view.devices if device.can_reset}
    assert resettable == (set(RESETTABLE) if may(role, Right.TEST_DEVICES) else set())
    assert Device.HEAD_OFFICE not in resettable


def test_a_second_person_lends_nobody_a_right() -> None:
    walk = signed_in(Role.OPERATOR)
    walk.feed(staff_event.StaffSignedIn(staff="li", role=Role.SUPERVISOR, second=True))
    assert walk.session.staff == Staff(name="wang", role=Role.OPERATOR, witness="li")
    assert unchanged(walk, staff_event.RestartWanted())
    assert not any(isinstance(one, DEEDS) for one in walk.history)
