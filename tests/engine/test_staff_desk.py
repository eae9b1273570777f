"""The staff's desk: tokens stay inside, what was done becomes a fact, silence is an answer."""

import queue
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.backend.port import NoAnswer
from kiosk.engine.clock import ManualClock
from kiosk.engine.database import Database, JournalFailed
from kiosk.engine.journal import Journal
from kiosk.engine.staff import StaffDesk, StoryLine
from kiosk.engine.staff_desk import NO_ANSWER, KnownStaff, OfficeStaffDesk
from kiosk.engine.story import Storyteller
from kiosk.flow import staff_event
from kiosk.flow.event import Event
from kiosk.flow.phase import Phase
from kiosk.flow.policy import Policy
from kiosk.flow.session import fresh
from tests.engine.samples import ACCOUNT, CARD, EVENTS, ORDER_NO
from vending.staff import (
    Action,
    ActionDone,
    ActionForbidden,
    ActionRequest,
    Evidence,
    Forbidden,
    NotSignedIn,
    Role,
    StaffNotKnown,
    StaffRefused,
    StaffSignedIn,
    StaffSignIn,
    StuckOrder,
    StuckOrders,
    StuckQuery,
)

ANSWER_S = 10.0
STUCK = StuckOrder(
    order_no=ORDER_NO,
    opened_at_ms=0,
    customer_no="1000200030",
    meter_no="000123456789",
    name_masked="王**",
    paid_fen=10_000,
    sold=True,
    energy_wh=182_850,
    wallet_money_fen=None,
    verdict=None,
    is_verdict_good=False,
    why="card-gone",
    refund=None,
    permissions=(),
)


class Office:
    """Knows wang and li; says what the test wants about everything else, or raises it."""

    def __init__(self) -> None:
        self.says: Any = None
        self.asked: list[object] = []

    def _answer(self, question: object) -> Any:
        self.asked.append(question)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    def staff_sign_in(self, message: StaffSignIn) -> Any:
        if self.says is not None:
            return self._answer(message)
        if message.pin != "246810":
            return StaffRefused(reason=NotSignedIn.WRONG)
        return StaffSignedIn(
            name=message.name,
            role=Role.SUPERVISOR,
            token=f"token of {message.name}",
            until_ms=0,
            last_sign_in_ms=None,
        )

    def stuck_orders(self, query: StuckQuery) -> Any:
        return self._answer(query)

    def staff_action(self, request: ActionRequest) -> Any:
        return self._answer(request)


class Stories:
    def story(self, order_no: str) -> Iterator[StoryLine]:
        if order_no != ORDER_NO:
            raise JournalFailed("the disk")
        yield StoryLine(at_ms=1, kind="NoteStacked", said={"value_fen": 10_000})


class NobodyKnown:
    """A terminal that keeps no roster."""

    def is_good(self) -> bool:
        return False

    def check(self, name: str, pin: str) -> None:
        raise AssertionError("nobody is asked")


class Stand:
    def __init__(self, known: KnownStaff | None = None) -> None:
        self.office, self.facts = Office(), list[Event]()
        self.clock = ManualClock()
        self.desk = OfficeStaffDesk(
            self.office,
            known or NobodyKnown(),
            Stories(),
            self.facts.append,
            self.clock.wall_ms,
        )
        self.desk.start()

    def ask(self, question: Callable[[Callable[[Any], None]], None]) -> Any:
        answers: queue.Queue[Any] = queue.Queue()
        question(answers.put)
        return answers.get(timeout=ANSWER_S)

    def sign_in(self, name: str, pin: str = "246810") -> Any:
        return self.ask(lambda then: self.desk.sign_in(name, pin, then))

    def act(self) -> Any:
        return self.ask(
            lambda then: self.desk.act(ORDER_NO, Action.REFUND, Evidence.CUSTOMER_ASKS, then)
        )


@pytest.fixture
def stand() -> Iterator[Stand]:
    stand = Stand()
    yield stand
    stand.desk.stop(ANSWER_S)


def test_it_is_a_staff_desk(stand: Stand) -> None:
    desk: StaffDesk = stand.desk
    assert desk is stand.desk


def test_one_person_signs_in_and_a_second_beside(stand: Stand) -> None:
    assert stand.sign_in("wang").name == "wang"
    stand.sign_in("li")
    assert stand.facts == [
        staff_event.StaffSignedIn(staff="wang", role=Role.SUPERVISOR),
        staff_event.StaffSignedIn(staff="li", role=Role.SUPERVISOR, second=True),
    ]


def test_nobody_is_a_second_person_beside_themselves(stand: Stand) -> None:
    stand.sign_in("wang")
    stand.sign_in("wang")
    assert [fact.second for fact in stand.facts if isinstance(fact, staff_event.StaffSignedIn)] == [
        False,
        False,
    ]


def test_a_wrong_pin_is_a_fact_without_a_name(stand: Stand) -> None:
    assert stand.sign_in("246810", "wang") == StaffRefused(reason=NotSignedIn.WRONG)
    assert stand.facts == [staff_event.StaffTurnedAway(reason="wrong")]
    assert "246810" not in repr(stand.facts)


def test_both_tokens_go_with_an_action_and_the_fact_says_who(stand: Stand) -> None:
    stand.sign_in("wang")
    stand.sign_in("li")
    stand.office.says = ActionDone(order=STUCK)
    assert stand.act() == ActionDone(order=STUCK)
    (request,) = stand.office.asked
    assert request == ActionRequest(
        token="token of wang",
        witness_token="token of li",
        order_no=ORDER_NO,
        action=Action.REFUND,
        evidence=Evidence.CUSTOMER_ASKS,
    )
    assert stand.facts[-1] == staff_event.StaffActed(
        staff="wang", order_no=ORDER_NO, action=Action.REFUND, witness="li"
    )


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        (ActionForbidden(why=Forbidden.CARD_MAY_BE_WRITTEN), "card-may-be-written"),
        (NoAnswer("silence"), NO_ANSWER),
    ],
)
def test_what_was_not_done_is_a_fact_too(stand: Stand, said: object, refused: str) -> None:
    stand.sign_in("wang")
    stand.office.says = said
    stand.act()
    assert stand.facts[-1] == staff_event.StaffActed(
        staff="wang", order_no=ORDER_NO, action=Action.REFUND, refused=refused
    )


def test_stuck_orders_are_asked_for_with_the_token(stand: Stand) -> None:
    stand.sign_in("wang")
    stand.office.says = StuckOrders((STUCK,))
    answer = stand.ask(lambda then: stand.desk.stuck_orders("", then))
    assert answer == StuckOrders((STUCK,))
    stand.office.says = NoAnswer("silence")
    assert stand.ask(lambda then: stand.desk.stuck_orders(ORDER_NO, then)) is None
    assert stand.office.asked == [
        StuckQuery(token="token of wang"),
        StuckQuery(token="token of wang", order_no=ORDER_NO),
    ]


def test_nobody_learns_or_does_anything_without_signing_in(stand: Stand) -> None:
    assert stand.ask(lambda then: stand.desk.stuck_orders("", then)) == StaffNotKnown()
    assert stand.act() == ActionForbidden(why=Forbidden.SIGN_IN_AGAIN)
    assert stand.ask(lambda then: stand.desk.story(ORDER_NO, then)) == ()
    assert (stand.office.asked, stand.facts) == ([], [])


def test_when_the_page_closes_everybody_is_signed_out(stand: Stand) -> None:
    stand.sign_in("wang")
    session = fresh(Policy(terminal_no="310001"))
    for phase in (Phase.STAFF, Phase.TESTING):
        stand.desk.watch(session.to(phase), None)
        assert stand.ask(lambda then: stand.desk.story(ORDER_NO, then)) != ()
    stand.desk.watch(session.to(Phase.IDLE), None)
    assert stand.act() == ActionForbidden(why=Forbidden.SIGN_IN_AGAIN)


def seconds(stand: Stand) -> list[bool]:
    return [fact.second for fact in stand.facts if isinstance(fact, staff_event.StaffSignedIn)]


def test_when_a_token_is_too_old_the_next_one_is_the_first(stand: Stand) -> None:
    """Else whoever takes over would speak by the old token, and be sent away, for ever."""
    for answer in (StaffNotKnown(), ActionForbidden(why=Forbidden.SIGN_IN_AGAIN)):
        stand.sign_in("wang")
        stand.office.says = answer
        asked_for = stand.act() if isinstance(answer, ActionForbidden) else None
        assert asked_for or stand.ask(lambda then: stand.desk.stuck_orders("", then)) == answer
        stand.office.says = None
        stand.sign_in("li")
        stand.desk.leave()
    assert seconds(stand) == [False] * 4


def test_a_second_person_stands_beside_one_step(stand: Stand) -> None:
    stand.sign_in("wang")
    stand.sign_in("li")
    stand.office.says = ActionDone(order=STUCK)
    stand.act()
    stand.act()
    tokens = [each.witness_token for each in stand.office.asked if isinstance(each, ActionRequest)]
    assert tokens == ["token of li", ""]


def test_who_is_let_in_after_the_page_was_left_is_not_in(stand: Stand) -> None:
    """The answer is late, and somebody else stands at the page by now."""
    said = stand.office.staff_sign_in
    leave = stand.desk.leave

    def slow(message: StaffSignIn) -> Any:
        leave()
        return said(message)

    stand.office.staff_sign_in = slow  # type: ignore[method-assign]
    assert stand.sign_in("wang") is None
    assert seconds(stand) == []
    assert stand.act() == ActionForbidden(why=Forbidden.SIGN_IN_AGAIN)


def test_leaving_and_stirring_are_facts(stand: Stand) -> None:
    stand.desk.stir()
    stand.desk.leave()
    assert stand.facts == [staff_event.StaffStirred(), staff_event.StaffLeft()]


def test_a_journal_that_cannot_be_read_tells_no_story(stand: Stand) -> None:
    stand.sign_in("wang")
    assert stand.ask(lambda then: stand.desk.story("another", then)) == ()


def test_a_page_that_fails_does_not_end_the_desk(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: object) -> None:
        raise ValueError("246810")

    stand.desk.sign_in("wang", "246810", fail)
    assert stand.sign_in("wang").name == "wang"
    assert "246810" not in caplog.text


def test_the_story_of_an_order_names_nobody(tmp_path: Path) -> None:
    journal = Journal(Database(tmp_path / "journal.db"))
    journal.open()
    for event in EVENTS:
        journal.append(event)
    lines = list(Storyteller(journal).story(ORDER_NO))
    journal.close()
    assert {line.kind for line in lines} >= {"NoteStacked", "VendApproved", "StaffActed"}
    by_kind = {line.kind: line.said for line in lines}
    assert by_kind["NoteStacked"]["value_fen"] == 10_000
    assert by_kind["VendApproved"]["vend.purchase_count"] == 5
    assert by_kind["StaffActed"]["staff"] == "wang"
    for secret in ("王", "幸福路", ACCOUNT.customer_no, CARD.serial, CARD.meter_no):
        assert secret not in repr(lines)
