"""Signing in without the head office: it is asked first, then the roster, and a door that shuts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.backend.port import NoAnswer
from kiosk.engine.pins import PinsBusy
from kiosk.engine.roster import RosterKeeper
from kiosk.flow import staff_event
from kiosk.flow.machine import step
from kiosk.flow.phase import Phase
from kiosk.flow.policy import Policy
from kiosk.flow.session import Session, fresh
from kiosk.flow.wear import LOCKED_MS, REFUSALS
from tests.engine.test_roster import PIN
from tests.engine.test_roster import Stand as Roster
from tests.engine.test_staff_desk import ANSWER_S, Stand
from vending.roster import RosterPerson
from vending.staff import (
    ActionForbidden,
    Forbidden,
    NotSignedIn,
    Role,
    StaffNotKnown,
    StaffRefused,
    StaffSignIn,
    StuckOrders,
)

SILENCE = NoAnswer("silence")


@pytest.fixture
def kept(tmp_path: Path) -> Roster:
    kept = Roster(tmp_path)
    kept.sign_in()
    return kept


@pytest.fixture
def stand(kept: Roster) -> Iterator[Stand]:
    stand = stand_of(kept.keeper)
    yield stand
    stand.desk.stop(ANSWER_S)


def stand_of(keeper: RosterKeeper) -> Stand:
    stand = Stand(keeper)
    stand.office.says = SILENCE
    return stand


def session_of(stand: Stand) -> Session:
    """What the engine makes of the facts so far."""
    session = fresh(Policy(terminal_no="310001")).to(Phase.STAFF)
    for fact in stand.facts:
        session, _ = step(session, dated(fact, stand.clock.wall_ms()))
    return session


def dated(fact: object, at_ms: int) -> staff_event.StaffTurnedAway:
    assert isinstance(fact, staff_event.StaffTurnedAway)
    return staff_event.StaffTurnedAway(reason=fact.reason, offline=fact.offline, at_ms=at_ms)


def test_the_head_office_goes_first(stand: Stand) -> None:
    stand.office.says = None
    stand.sign_in("wang")
    stand.sign_in("wang", "999999")
    assert stand.facts == [
        staff_event.StaffSignedIn(staff="wang", role=Role.SUPERVISOR),
        staff_event.StaffTurnedAway(reason="wrong"),
    ]


def test_a_refusal_by_the_head_office_is_final(stand: Stand) -> None:
    stand.office.says = StaffRefused(reason=NotSignedIn.LOCKED)
    assert stand.sign_in("wang", PIN) == StaffRefused(reason=NotSignedIn.LOCKED)
    assert stand.facts == [staff_event.StaffTurnedAway(reason="locked")]


def test_when_it_is_silent_the_roster_lets_in(stand: Stand) -> None:
    answer = stand.sign_in("wang", PIN)
    assert (answer.name, answer.role, answer.token) == ("wang", Role.OPERATOR, "")
    assert stand.facts == [
        staff_event.StaffSignedIn(staff="wang", role=Role.OPERATOR, offline=True)
    ]


def test_a_second_person_comes_beside(stand: Stand) -> None:
    stand.sign_in("wang", PIN)
    stand.sign_in("li", "135791")
    assert stand.facts[-1] == staff_event.StaffSignedIn(
        staff="li", role=Role.SUPERVISOR, second=True, offline=True
    )


def test_a_wrong_pin_is_a_fact_without_a_name(stand: Stand) -> None:
    assert stand.sign_in("wang", "999999") == StaffRefused(reason=NotSignedIn.WRONG)
    assert stand.facts == [staff_event.StaffTurnedAway(reason="wrong", offline=True)]


def test_a_roster_that_is_too_old_lets_nobody_in(kept: Roster, stand: Stand) -> None:
    kept.clock.advance(8 * 24 * 3600)
    assert stand.sign_in("wang", PIN) is None
    assert stand.facts == []


def test_without_any_roster_there_is_no_answer() -> None:
    stand = Stand()
    stand.office.says = SILENCE
    assert stand.sign_in("wang", PIN) is None
    stand.desk.stop(ANSWER_S)


def test_what_only_the_head_office_decides_must_wait(stand: Stand) -> None:
    stand.sign_in("wang", PIN)
    asked = len(stand.office.asked)
    assert stand.ask(lambda then: stand.desk.stuck_orders("", then)) == StaffNotKnown()
    assert stand.act() == ActionForbidden(why=Forbidden.SIGN_IN_AGAIN)
    assert len(stand.office.asked) == asked


def test_whoever_signs_in_again_with_the_line_back_may_go_on(stand: Stand) -> None:
    stand.sign_in("wang", PIN)
    stand.office.says = None
    stand.sign_in("wang")
    stand.office.says = StuckOrders(())
    answer = stand.ask(lambda then: stand.desk.stuck_orders("", then))
    assert answer == StuckOrders(())
    assert stand.facts[-1] == staff_event.StaffSignedIn(staff="wang", role=Role.SUPERVISOR)


def test_five_failures_shut_the_door_for_everybody(stand: Stand) -> None:
    for _ in range(REFUSALS):
        assert stand.sign_in("wang", "999999").reason is NotSignedIn.WRONG
    until_ms = stand.clock.wall_ms() + LOCKED_MS
    locked = StaffRefused(reason=NotSignedIn.LOCKED, locked_until_ms=until_ms)
    assert stand.sign_in("wang", PIN) == locked
    assert stand.sign_in("li", "135791") == locked
    stand.clock.advance(LOCKED_MS / 1000)
    assert stand.sign_in("wang", PIN).name == "wang"


def test_the_door_stays_shut_over_a_restart(kept: Roster, stand: Stand) -> None:
    for _ in range(REFUSALS):
        stand.sign_in("wang", "999999")
    again = stand_of(kept.reread())
    again.desk.watch(session_of(stand), None)
    assert again.sign_in("wang", PIN).reason is NotSignedIn.LOCKED
    again.desk.stop(ANSWER_S)


def test_the_head_office_still_lets_in_what_the_shut_door_does_not(stand: Stand) -> None:
    for _ in range(REFUSALS):
        stand.sign_in("wang", "999999")
    stand.office.says = None
    assert stand.sign_in("wang").name == "wang"


def test_a_failure_counts_also_when_the_page_was_left_meanwhile(stand: Stand) -> None:
    leave = stand.desk.leave

    def slow(message: StaffSignIn) -> Any:
        leave()
        raise SILENCE

    stand.office.staff_sign_in = slow  # type: ignore[method-assign]
    assert stand.sign_in("wang", "999999") is None
    assert stand.facts[-1] == staff_event.StaffTurnedAway(reason="wrong", offline=True)
    assert stand.sign_in("wang", PIN) is None
    assert not any(isinstance(fact, staff_event.StaffSignedIn) for fact in stand.facts)


def test_a_machine_without_memory_for_it_says_nothing_wrong() -> None:
    class Busy:
        def is_good(self) -> bool:
            return True

        def check(self, name: str, pin: str) -> RosterPerson | None:
            raise PinsBusy

    stand = Stand(Busy())
    stand.office.says = SILENCE
    assert stand.sign_in("wang", PIN) is None
    assert stand.facts == []
    stand.desk.stop(ANSWER_S)
