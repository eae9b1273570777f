"""The outbox by example: order, pauses, alarms, restarts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.backend.outbox import STORE_PAUSE_MS, order_of
from kiosk.backend.port import NoAnswer, NotAllowed
from kiosk.backend.schedule import BackOff, Schedule, Waiting
from tests.backend.outbox_stand import Office, Stand, abandoned, alarm, note
from vending.messages import Alarm, Note, NoteInSuspense, ReportEnvelope, ReportTaken

HOUR_MS = 3_600_000


def silent(envelope: ReportEnvelope) -> None:
    raise NoAnswer("the line is down")


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def stand(tmp_path: Path, office: Office) -> Stand:
    return Stand(tmp_path, office, alarm_after_ms=HOUR_MS, keep_done=3)


def test_reports_arrive_whole_and_numbered(stand: Stand, office: Office) -> None:
    stand.queue(note("a", 1), alarm("x"))
    stand.run()
    assert office.taken == {1: note("a", 1), 2: alarm("x")}
    assert office.journal_ids == {stand.journal.journal_id}
    assert stand.outbox.turn() is None
    assert stand.states() == ["done", "done"]


def test_an_order_waits_for_its_earlier_reports_and_other_orders_do_not(
    stand: Stand, office: Office
) -> None:
    def refuse_first_of_a(envelope: ReportEnvelope) -> None:
        if envelope.report_no == 1:
            raise NotAllowed("not this one")

    office.behave = refuse_first_of_a
    stand.queue(note("a", 1), note("a", 2), note("b", 1), alarm("x"))
    stand.run(turns=8)
    assert set(office.taken) == {3, 4}
    assert stand.waiting() == 2
    office.behave = lambda envelope: None
    stand.clock.advance(60)
    stand.run()
    assert office.orders() == {"b": [3], "-": [4], "a": [1, 2]}


def test_a_note_in_suspense_follows_the_order_it_was_near_to() -> None:
    stray = NoteInSuspense(
        note=Note(note_id="1", value_fen=100), near_order_no="a", certain=True, at_ms=1
    )
    assert order_of(stray) == "a"
    assert order_of(note("b", 1)) == "b"
    assert order_of(alarm("x")) is None


def test_a_line_that_is_down_is_left_alone_for_longer_and_longer(
    stand: Stand, office: Office
) -> None:
    office.behave = silent
    for number in range(20):
        stand.queue(note(str(number), 1))
    pauses = []
    for _ in range(7):
        rest_ms = stand.outbox.turn()
        assert rest_ms is not None
        pauses.append(rest_ms)
        stand.clock.advance(rest_ms / 1000)
    assert pauses == [750, 1500, 3000, 6000, 6000, 6000, 6000]
    assert stand.outbox.deliveries == (20, 7)


def test_an_answer_ends_the_pauses(stand: Stand, office: Office) -> None:
    office.behave = silent
    stand.queue(note("a", 1), note("b", 1))
    stand.run(turns=5)
    office.behave = lambda envelope: None
    stand.clock.advance(60)
    stand.run(turns=3)
    assert stand.outbox.deliveries == (0, 0)


def test_a_lost_answer_is_asked_for_again(stand: Stand, office: Office) -> None:
    office.lose_answer = lambda envelope: office.arrivals.count(envelope.report_no) < 3
    stand.queue(note("a", 1))
    stand.run()
    assert office.arrivals == [1, 1, 1]
    assert stand.waiting() == 0


def test_an_answer_about_another_report_is_none(stand: Stand, office: Office) -> None:
    stand.queue(note("a", 1))
    stand.outbox._deliver = lambda envelope: ReportTaken(report_no=7)
    stand.outbox.turn()
    assert stand.waiting() == 1


def test_nothing_is_lost_by_a_restart(stand: Stand, office: Office) -> None:
    office.behave = silent
    stand.queue(note("a", 1), note("a", 2))
    stand.run(turns=3)
    stand.restart()
    office.behave = lambda envelope: None
    stand.clock.advance(60)
    stand.run()
    assert office.orders() == {"a": [1, 2]}


def test_what_was_not_marked_is_delivered_again(stand: Stand, office: Office) -> None:
    """The power goes between the head office's answer and our note of it."""
    stand.queue(note("a", 1))

    def power_cut(envelope: ReportEnvelope) -> ReportTaken:
        taken = office.report(envelope)
        stand.journal.close()
        return taken

    stand.outbox._deliver = power_cut
    assert stand.outbox.turn() == STORE_PAUSE_MS
    stand.restart()
    stand.run()
    assert office.arrivals == [1, 1]
    assert stand.states() == ["done"]


def test_reports_that_wait_too_long_raise_one_alarm_and_go_on_waiting(
    stand: Stand, office: Office
) -> None:
    office.behave = silent
    stand.queue(note("a", 1), note("b", 1))
    stand.outbox.turn()
    stand.clock.advance(HOUR_MS / 1000)
    for _ in range(3):
        stand.outbox.turn()
        stand.clock.advance(HOUR_MS / 1000)
    office.behave = lambda envelope: None
    stand.run()
    alarms = [report for report in office.taken.values() if isinstance(report, Alarm)]
    assert [report.code for report in alarms] == ["reports-late"]
    assert alarms[0].detail == "2 reports are late, numbers 1 to 2"
    assert set(office.taken) == {1, 2, 3}


def test_what_was_taken_long_ago_is_forgotten_and_numbers_go_on(
    stand: Stand, office: Office
) -> None:
    for number in range(10):
        stand.queue(abandoned(str(number)))
    stand.run()
    assert len(stand.states()) == 3
    stand.restart()
    stand.queue(abandoned("last"))
    stand.run()
    assert max(office.taken) == 11


def test_a_clock_set_back_does_not_hold_reports_for_years(stand: Stand, office: Office) -> None:
    office.behave = silent
    stand.queue(note("a", 1))
    stand.run(turns=3)
    office.behave = lambda envelope: None
    stand.clock.set_wall_ms(stand.clock.wall_ms() - 1000 * HOUR_MS)
    assert stand.outbox.turn() is None
    assert set(office.taken) == {1}


def test_a_report_that_cannot_be_read_holds_up_nobody_else(stand: Stand, office: Office) -> None:
    stand.queue(note("a", 1), note("b", 1))
    with stand.journal.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE outbox SET body = x'7b7d' WHERE report_no = 1")
    stand.run(turns=5)
    assert set(office.taken) == {2}


# -- the schedule alone --------------------------------------------------------------------------


@given(st.integers(1, 200), st.floats(0, 1, exclude_max=True))
def test_a_pause_is_never_longer_than_allowed_nor_shorter_than_half(
    failures: int, draw: float
) -> None:
    back_off = BackOff(first_ms=1000, longest_ms=60_000)
    pause_ms = back_off.after(failures, back_off.longest_ms, draw)
    full_ms = min(1000 * 2 ** (failures - 1), 60_000)
    assert full_ms / 2 <= pause_ms <= full_ms


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 50_000)), max_size=20),
    st.integers(0, 60_000),
)
def test_next_and_rest_agree(rows: list[tuple[int, int]], now_ms: int) -> None:
    """There is a report to deliver exactly when there is no need to rest."""
    schedule = Schedule(BackOff())
    for number, (order, next_at_ms) in enumerate(rows, start=1):
        schedule.add(Waiting(number, f"order {order}" if order else None, 0, next_at_ms))
    due, rest_ms = schedule.next(now_ms), schedule.rest_ms(now_ms)
    assert (rest_ms is None) == (not rows)
    assert (due is not None) == (rest_ms == 0)
    if rest_ms:
        assert schedule.next(now_ms + rest_ms) is not None
        assert schedule.next(now_ms + rest_ms - 1) is None
