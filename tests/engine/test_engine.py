"""The engine: journal first, act after, halt when it cannot, and take up again what was left."""

from pathlib import Path

import pytest

from kiosk.engine.clock import EARLIEST_PLAUSIBLE_MS, ManualClock
from kiosk.engine.engine import RETRY_S
from kiosk.engine.halt import Halt, HaltReason
from kiosk.flow import command as wish
from kiosk.flow import event as ev
from kiosk.flow.event import Device, DeviceState
from tests.engine.test_journal import sql
from tests.engine.toy import DEAF, IDLE, SERVING, SERVING_S, Rig, stacked

NOTE = ev.NoteEscrowed(note_id="note-1", value_fen=1000)
PRINTER_LOW = ev.DeviceChanged(device=Device.PRINTER, state=DeviceState.LOW)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    rig = Rig(tmp_path)
    rig.engine.start()
    return rig


def test_a_start_is_a_fact(rig: Rig) -> None:
    (entry,) = rig.journal.entries()
    event = rig.journal.event(entry)
    assert isinstance(event, ev.Restarted)
    assert (event.software_version, event.at_ms) == ("1", rig.clock.wall_ms())
    assert rig.published == [(rig.till, None)]


def test_a_fact_is_durable_before_anything_is_done(tmp_path: Path, rig: Rig) -> None:
    """Whoever performs a wish finds the fact behind it in the journal."""
    seen: list[int] = []
    rig.engine.listen(lambda till, _: seen.append(rig.journal.head.seq))
    assert rig.engine.turn(NOTE)
    assert seen == [2]
    assert rig.wishes == [wish.StackNote(note_id="note-1", value_fen=1000)]


def test_facts_carry_the_time_of_their_entry(rig: Rig) -> None:
    rig.clock.advance(5)
    rig.engine.turn(stacked(1))
    assert list(rig.journal.entries())[-1].at_ms == rig.clock.wall_ms()


def test_a_report_is_queued_and_not_performed(rig: Rig) -> None:
    woken: list[int] = []
    rig.engine.on_reports(lambda: woken.append(1))
    rig.engine.turn(stacked(1))
    (body,) = rig.reports()
    assert b'"type":"note-taken"' in body
    assert (rig.wishes, woken) == ([], [1])


# -- time-outs -----------------------------------------------------------------------------------


def test_a_phase_that_lasts_too_long_times_out(rig: Rig) -> None:
    rig.engine.turn(ev.CardInserted())
    assert rig.engine.next_deadline() == SERVING_S
    rig.clock.advance(SERVING_S - 0.001)
    rig.engine.tick()
    assert rig.till.phase == SERVING
    rig.clock.advance(0.001)
    rig.engine.tick()
    assert rig.till.phase == IDLE
    assert rig.kinds()[-1] == "TimedOut"
    assert rig.engine.next_deadline() is None


def test_facts_do_not_prolong_a_phase(rig: Rig) -> None:
    rig.engine.turn(ev.CardInserted())
    rig.clock.advance(10)
    rig.engine.turn(stacked(1))
    assert rig.engine.next_deadline() == SERVING_S


def test_a_new_round_starts_the_time_out_anew(rig: Rig) -> None:
    rig.engine.turn(ev.CardInserted())
    rig.clock.advance(10)
    rig.engine.turn(ev.CardInserted())
    assert rig.engine.next_deadline() == 10 + SERVING_S
    assert rig.published[-1] == (rig.till, 10 + SERVING_S)


def test_a_time_out_that_changes_nothing_comes_once(rig: Rig) -> None:
    rig.engine.turn(ev.ContinuePressed())
    rig.clock.advance(SERVING_S)
    for _ in range(3):
        rig.engine.tick()
    assert rig.till.phase == DEAF
    assert rig.kinds().count("TimedOut") == 1


def test_a_time_out_runs_again_after_a_restart(tmp_path: Path, rig: Rig) -> None:
    rig.engine.turn(ev.CardInserted())
    rig.engine.close()
    again = Rig(tmp_path)
    again.engine.start()
    assert again.engine.next_deadline() == again.clock.monotonic_s() + SERVING_S


# -- restarts ------------------------------------------------------------------------------------


def test_a_restart_asks_about_what_was_left_and_repeats_nothing(tmp_path: Path, rig: Rig) -> None:
    rig.engine.turn(NOTE)
    rig.engine.close()
    again = Rig(tmp_path)
    again.engine.start()
    assert again.wishes == [wish.AskNote(note_id="note-1", value_fen=1000)]
    assert again.till.boots == 2


def test_following_the_journal_queues_no_report_twice(tmp_path: Path, rig: Rig) -> None:
    rig.engine.turn(stacked(1))
    rig.engine.close()
    again = Rig(tmp_path)
    again.engine.start()
    assert again.till.paid_fen == 1000
    assert len(again.reports()) == 1


def fill(rig: Rig, count: int) -> None:
    for number in range(count):
        rig.clock.advance(1)
        rig.engine.turn(stacked(number))


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_checkpoint_says_the_same_as_the_whole_journal(tmp_path: Path, version: str) -> None:
    rig = Rig(tmp_path, checkpoint_entries=10)
    rig.engine.start()
    fill(rig, 25)
    rig.engine.close()
    again = Rig(tmp_path, checkpoint_entries=10, software_version=version)
    again.engine.start()
    assert again.till.paid_fen == 25_000
    assert again.till.note_ids == rig.till.note_ids


def test_a_checkpoint_shortens_the_start(tmp_path: Path) -> None:
    rig = Rig(tmp_path, checkpoint_entries=10)
    rig.engine.start()
    fill(rig, 25)
    kept = rig.journal.checkpoint(rig.engine._version())
    assert kept is not None
    assert kept.seq == 20
    rig.engine.close()
    sql(tmp_path / "journal.db", "DELETE FROM checkpoints")
    again = Rig(tmp_path)
    again.engine.start()
    assert again.till.paid_fen == rig.till.paid_fen


def test_no_checkpoint_while_somebody_is_served(tmp_path: Path) -> None:
    rig = Rig(tmp_path, checkpoint_entries=10)
    rig.engine.start()
    rig.engine.turn(ev.CardInserted())
    fill(rig, 25)
    assert rig.journal.checkpoint(rig.engine._version()) is None
    rig.engine.turn(ev.CardRemoved())
    assert rig.journal.checkpoint(rig.engine._version()) is not None


# -- halts ---------------------------------------------------------------------------------------


def halts_of(rig: Rig) -> list[Halt]:
    halts: list[Halt] = []
    rig.engine.on_halt(halts.append)
    return halts


def test_a_full_journal_halts_and_nothing_is_done_about_the_fact(tmp_path: Path) -> None:
    rig = Rig(tmp_path, max_pages=14)
    halts = halts_of(rig)
    rig.engine.start()
    number = 0
    while rig.engine.turn(stacked(number)):
        number += 1
    (halt,) = halts
    assert halt.reason is HaltReason.JOURNAL_FULL
    assert rig.till.paid_fen == number * 1000
    assert rig.wishes == [wish.CloseAcceptor()]
    assert not rig.engine.turn(stacked(number))


def test_after_a_full_disk_service_comes_back_and_knows_its_devices(tmp_path: Path) -> None:
    rig = Rig(tmp_path, max_pages=14)
    rig.engine.start()
    rig.engine.turn(PRINTER_LOW)
    number = 0
    while rig.engine.turn(stacked(number)):
        number += 1
    rig.engine.turn(ev.DeviceChanged(device=Device.ACCEPTOR, state=DeviceState.FAULT))
    rig.database._max_pages = 0
    rig.clock.advance(RETRY_S)
    rig.engine.tick()
    assert rig.engine.halt is None
    assert rig.till.parts == (("printer", "low"), ("acceptor", "fault"))
    assert rig.till.paid_fen == number * 1000
    assert rig.engine.turn(stacked(number))


def test_a_disk_that_stays_full_is_tried_again_later(tmp_path: Path) -> None:
    rig = Rig(tmp_path, max_pages=14)
    rig.engine.start()
    number = 0
    for attempt in range(1, 4):
        while rig.engine.turn(stacked(number)):
            number += 1
        assert rig.engine.halt is not None
        assert rig.engine.next_deadline() == attempt * RETRY_S
        assert rig.till.paid_fen == number * 1000
        rig.clock.advance(RETRY_S)
        rig.engine.tick()


def test_a_broken_rule_halts_but_the_fact_is_kept(tmp_path: Path, rig: Rig) -> None:
    halts = halts_of(rig)
    assert rig.engine.turn(ev.LanguageChosen(language="broken"))
    (halt,) = halts
    assert halt.reason is HaltReason.INTERNAL
    assert "LanguageChosen" in halt.detail
    assert rig.wishes == [wish.CloseAcceptor()]
    assert b"rule-failed" in rig.reports()[0]
    assert rig.engine.next_deadline() is None


def test_a_note_that_comes_after_a_halt_is_journalled(rig: Rig) -> None:
    rig.engine.turn(ev.LanguageChosen(language="broken"))
    assert rig.engine.turn(stacked(1))
    assert rig.kinds()[-1] == "NoteStacked"
    assert rig.till.paid_fen == 0


def test_what_comes_while_the_clock_is_wrong_is_told_all_the_same(rig: Rig) -> None:
    """The journal counts the note when it is followed again: the head office must hear of it."""
    wall_ms = rig.clock.wall_ms()
    rig.clock.set_wall_ms(wall_ms - 3_600_000)
    rig.engine.turn(ev.CardRemoved())
    assert rig.engine.halt is not None
    wished = list(rig.wishes)
    assert rig.engine.turn(ev.CardInserted())
    assert rig.engine.turn(stacked(1))
    assert rig.engine.turn(stacked(1))
    assert rig.wishes == wished
    rig.clock.set_wall_ms(wall_ms)
    rig.clock.advance(RETRY_S)
    rig.engine.tick()
    assert rig.engine.halt is None
    assert rig.till.note_ids == ("note-1",)
    assert len([body for body in rig.reports() if b"note-1" in body]) == 1


def test_a_broken_rule_is_not_tried_over_and_over(tmp_path: Path, rig: Rig) -> None:
    rig.engine.turn(ev.LanguageChosen(language="broken"))
    rig.engine.close()
    again = Rig(tmp_path)
    halts = halts_of(again)
    again.engine.start()
    assert [halt.reason for halt in halts] == [HaltReason.INTERNAL]
    assert again.engine.turn(stacked(1))
    assert again.journal.head.seq == 3


def test_a_damaged_journal_halts_at_the_start(tmp_path: Path, rig: Rig) -> None:
    rig.engine.turn(stacked(1))
    rig.engine.close()
    sql(tmp_path / "journal.db", "UPDATE entries SET at_ms = 1 WHERE seq = 2")
    again = Rig(tmp_path)
    halts = halts_of(again)
    again.engine.start()
    (halt,) = halts
    assert halt.reason is HaltReason.JOURNAL_DAMAGED
    assert halt.detail.startswith("entry 2:")
    assert not again.engine.turn(stacked(2))
    assert again.engine.next_deadline() is None


def test_a_journal_in_use_halts(tmp_path: Path, rig: Rig) -> None:
    other = Rig(tmp_path)
    halts = halts_of(other)
    other.engine.start()
    assert [halt.reason for halt in halts] == [HaltReason.JOURNAL_IN_USE]
    rig.engine.close()
    other.clock.advance(RETRY_S)
    other.engine.tick()
    assert other.engine.halt is None


def test_a_listener_that_fails_harms_nobody(rig: Rig) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("the screen is broken")

    rig.engine.listen(fails)
    rig.engine.on_halt(fails)
    assert rig.engine.turn(stacked(1))
    assert rig.engine.halt is None
    rig.engine.stop(HaltReason.CONFIG, "no such printer")
    assert rig.engine.halt == Halt(HaltReason.CONFIG, "no such printer")


# -- the clock -----------------------------------------------------------------------------------


def test_a_clock_set_back_a_little_raises_one_alarm_and_service_goes_on(rig: Rig) -> None:
    before_ms = rig.clock.wall_ms()
    rig.clock.set_wall_ms(before_ms - 60_000)
    rig.engine.turn(stacked(1))
    rig.engine.turn(stacked(2))
    assert rig.engine.halt is None
    assert {entry.at_ms for entry in rig.journal.entries()} == {before_ms}
    alarms = [body for body in rig.reports() if b"clock-set-back" in body]
    assert len(alarms) == 1
    rig.clock.set_wall_ms(before_ms + 1)
    rig.engine.turn(stacked(3))
    rig.clock.set_wall_ms(before_ms - 60_000)
    rig.engine.turn(stacked(4))
    assert len([body for body in rig.reports() if b"clock-set-back" in body]) == 2


def test_a_time_server_may_correct_a_second(rig: Rig) -> None:
    rig.clock.set_wall_ms(rig.clock.wall_ms() - 1000)
    rig.engine.turn(ev.CardRemoved())
    assert rig.reports() == []


def test_a_clock_set_back_far_stops_service_but_not_a_purchase(rig: Rig) -> None:
    rig.engine.turn(ev.CardInserted())
    rig.clock.set_wall_ms(rig.clock.wall_ms() - 3_600_000)
    rig.engine.turn(stacked(1))
    assert rig.engine.halt is None
    rig.engine.turn(ev.CardRemoved())
    assert rig.engine.halt is not None
    assert rig.engine.halt.reason is HaltReason.CLOCK


def test_service_comes_back_when_the_clock_is_right_again(rig: Rig) -> None:
    wall_ms = rig.clock.wall_ms()
    rig.clock.set_wall_ms(wall_ms - 3_600_000)
    rig.engine.turn(ev.CardRemoved())
    rig.clock.advance(RETRY_S)
    rig.engine.tick()
    assert rig.engine.halt is not None
    rig.clock.set_wall_ms(wall_ms)
    rig.clock.advance(RETRY_S)
    rig.engine.tick()
    assert rig.engine.halt is None
    assert rig.till.boots == 2


def test_an_empty_battery_stops_the_start(tmp_path: Path) -> None:
    rig = Rig(tmp_path, clock=ManualClock(wall_ms=EARLIEST_PLAUSIBLE_MS - 1))
    rig.engine.start()
    assert rig.engine.halt is not None
    assert rig.engine.halt.reason is HaltReason.CLOCK
    assert rig.kinds() == []
