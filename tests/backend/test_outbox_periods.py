"""The report about a closed period: behind everything before it, and answered."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.backend.outbox import order_of
from kiosk.backend.port import NotAllowed
from kiosk.backend.schedule import AFTER_ALL, BackOff, Schedule, Waiting
from tests.backend.outbox_stand import Office, Stand, alarm, answer_to, closed, note
from vending.cash import Figures, PeriodFrozen
from vending.health import Health
from vending.messages import ReportEnvelope, ReportTaken


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def stand(tmp_path: Path, office: Office) -> Stand:
    return Stand(tmp_path, office)


def test_a_period_waits_for_every_report_before_it_and_holds_up_none(
    stand: Stand, office: Office
) -> None:
    def refuse_the_first(envelope: ReportEnvelope) -> None:
        if envelope.report_no == 1:
            raise NotAllowed("not this one")

    office.behave = refuse_the_first
    stand.queue(note("a", 1), alarm("x"), closed(1), note("b", 1), closed(2))
    stand.run(turns=20)
    assert set(office.taken) == {2, 4}
    office.behave = lambda envelope: None
    stand.clock.advance(60)
    stand.run()
    assert list(dict.fromkeys(office.arrivals)) == [2, 4, 1, 3, 5]
    assert [answer.period_no for answer in stand.answers] == [1, 2]


def test_a_period_is_told_at_once_where_nothing_is_before_it(stand: Stand, office: Office) -> None:
    stand.queue(closed(1))
    assert stand.outbox.turn() is None
    assert office.taken == {1: closed(1)}


def test_an_answer_that_is_not_kept_is_asked_for_again(stand: Stand, office: Office) -> None:
    stand.keeps = False
    stand.queue(closed(1))
    stand.run(turns=3)
    assert stand.states() == ["waiting"]
    stand.keeps = True
    stand.clock.advance(60)
    stand.run()
    assert stand.states() == ["done"]
    assert stand.answers == [answer_to(closed(1))]


def test_the_answer_is_kept_before_the_report_is_done(stand: Stand, office: Office) -> None:
    """The power goes in between: it is delivered, and answered, again."""
    stand.queue(closed(1))
    seen: list[list[str]] = []
    keep = stand.outbox._on_answer

    def look(answer: object) -> bool:
        seen.append(stand.states())
        stand.journal.close()
        return keep(answer)  # type: ignore[arg-type]

    stand.outbox._on_answer = look
    stand.outbox.turn()
    stand.restart()
    stand.run()
    assert seen == [["waiting"]]
    assert office.arrivals == [1, 1]
    assert stand.answers == [answer_to(closed(1))] * 2


def test_other_reports_need_no_answer(stand: Stand) -> None:
    stand.queue(note("a", 1))
    stand.outbox._deliver = lambda envelope: ReportTaken(report_no=envelope.report_no)
    assert stand.outbox.turn() is None
    assert stand.answers == []


def test_the_last_word_about_health_arrives_last(stand: Stand, office: Office) -> None:
    """Overtaken by "it serves", "out of service" would stand at the head office for days."""

    def refuse_the_first(envelope: ReportEnvelope) -> None:
        if envelope.report_no == 1:
            raise NotAllowed("not this one")

    office.behave = refuse_the_first
    stand.queue(Health(at_ms=1, offers=(), why="printer"), Health(at_ms=2, offers=()), alarm("x"))
    stand.run(turns=8)
    assert list(office.taken) == [3]
    office.behave = lambda envelope: None
    stand.clock.advance(60)
    stand.run()
    assert list(office.taken) == [3, 1, 2]


def test_only_figures_of_a_period_follow_everything() -> None:
    frozen = PeriodFrozen(period_no=1, at_ms=1, figures=Figures())
    assert order_of(closed(1)) == order_of(frozen) == AFTER_ALL
    assert order_of(alarm("x")) is None
    assert order_of(note("a", 1)) == "a"


# -- the schedule alone --------------------------------------------------------------------------

LANES = st.lists(st.sampled_from([None, "a", "b", AFTER_ALL, AFTER_ALL]), min_size=1, max_size=12)


@given(LANES, st.lists(st.booleans(), max_size=40), st.data())
def test_a_period_never_overtakes_and_never_starves(
    lanes: list[str | None], fails: list[bool], data: st.DataObject
) -> None:
    """Whatever fails and whenever: in the end all are taken, a period after all before it."""
    schedule = Schedule(BackOff(first_ms=10, longest_ms=80, line_longest_ms=40))
    for number, lane in enumerate(lanes, start=1):
        schedule.add(Waiting(number, lane, 0, data.draw(st.integers(0, 100))))
    now_ms, taken = 0, list[int]()
    while (rest_ms := schedule.rest_ms(now_ms)) is not None:
        now_ms += rest_ms
        waiting = schedule.next(now_ms)
        assert waiting is not None
        if waiting.order_no == AFTER_ALL:
            assert set(taken) >= set(range(1, waiting.report_no))
        if fails and fails.pop():
            schedule.failed(waiting, now_ms, 0.5)
        else:
            schedule.delivered(waiting)
            taken.append(waiting.report_no)
    assert sorted(taken) == list(range(1, len(lanes) + 1))


@given(LANES, st.lists(st.integers(0, 50_000), min_size=12, max_size=12), st.integers(0, 60_000))
def test_next_and_rest_agree_beside_periods(
    lanes: list[str | None], due_ms: list[int], now_ms: int
) -> None:
    schedule = Schedule(BackOff())
    for number, lane in enumerate(lanes, start=1):
        schedule.add(Waiting(number, lane, 0, due_ms[number - 1]))
    rest_ms = schedule.rest_ms(now_ms)
    assert rest_ms is not None
    assert (schedule.next(now_ms) is not None) == (rest_ms == 0)
    assert schedule.next(now_ms + rest_ms) is not None
