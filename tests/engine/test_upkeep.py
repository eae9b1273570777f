"""The engine archives between customers, and a start afterwards leads to the same session."""

from pathlib import Path

import pytest

from kiosk.engine import archiving, engine, finished, journal
from kiosk.engine.chain import Entry
from kiosk.engine.engine import Engine, Settings
from kiosk.engine.halt import HaltReason
from kiosk.engine.upkeep import DAY_MS, Keeping
from kiosk.flow import event as ev
from tests.engine.test_archive import live
from tests.engine.toy import Rig, machine, stacked


@pytest.fixture(autouse=True)
def _small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "FILE_ENTRIES", 20)
    monkeypatch.setattr(finished, "SLICE_ENTRIES", 7)


def rig_in(directory: Path, *, entries: int = 30, days: int = 90, version: str = "1") -> Rig:
    rig = Rig(directory)
    settings = Settings(
        software_version=version, checkpoint_entries=10, keeping=Keeping(entries, days)
    )
    rig.engine = Engine(machine(), rig.journal, rig.clock, rig.wishes.append, settings)
    rig.engine.start()
    return rig


def run(rig: Rig, count: int) -> None:
    for number in range(count):
        rig.clock.advance(1)
        rig.engine.turn(stacked(number))
        rest(rig)


def rest(rig: Rig) -> int:
    """Let the engine do what is due; return how many ticks that took."""
    for ticks in range(1000):
        if rig.engine.next_deadline() != rig.clock.monotonic_s():
            return ticks
        rig.engine.tick()
    raise AssertionError("never at rest")


def test_the_live_file_stays_bounded(quick_path: Path) -> None:
    rig = rig_in(quick_path)
    most = 0
    for _ in range(30):
        run(rig, 10)
        most = max(most, len(live(rig.journal)))
    assert most <= 30 + 2 * 10 + 1
    assert rig.till.paid_fen == 10_000
    assert rig.kinds().count("NoteStacked") == 300
    assert rig.reports()
    rig.engine.close()


def test_old_entries_go_whatever_their_number(quick_path: Path) -> None:
    rig = rig_in(quick_path, entries=1000, days=30)
    run(rig, 25)
    assert rig.journal.base.seq == 0
    rig.clock.advance(31 * DAY_MS / 1000)
    run(rig, 10)
    assert rig.journal.base.seq > 0
    rig.engine.close()


def test_nothing_is_archived_while_somebody_is_served(quick_path: Path) -> None:
    rig = rig_in(quick_path, entries=5)
    for number in range(40):
        rig.engine.turn(stacked(number))
    rig.engine.turn(ev.CardInserted())
    base = rig.journal.base
    deadline = rig.engine.next_deadline()
    rig.engine.tick()
    assert rig.journal.base == base
    assert deadline is not None
    assert deadline > rig.clock.monotonic_s()
    rig.engine.turn(ev.CardRemoved())
    assert rest(rig) > 3
    assert rig.journal.base.seq > 0
    rig.engine.close()


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_start_after_archiving_leads_to_the_same_session(quick_path: Path, version: str) -> None:
    """New software has no checkpoint and follows the archives from the first entry."""
    rig = rig_in(quick_path)
    run(rig, 100)
    assert rig.journal.base.seq > 30
    rig.engine.close()
    again = rig_in(quick_path, version=version)
    assert again.engine.halt is None
    assert again.till.note_ids == rig.till.note_ids
    assert again.till.boots == 2
    again.engine.close()


def test_a_long_start_shows_that_it_goes_on(
    quick_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the watchdog would end it, again and again."""
    monkeypatch.setattr(engine, "PROGRESS_ENTRIES", 10)
    monkeypatch.setattr(journal, "_BEAT_ENTRIES", 10)
    rig = rig_in(quick_path)
    run(rig, 100)
    rig.engine.close()
    again = Rig(quick_path, clock=rig.clock, software_version="2")
    beats: list[int] = []
    again.engine.on_progress(lambda: beats.append(1))
    again.engine.start()
    assert again.till.paid_fen == 100_000
    assert len(beats) > 10
    again.engine.close()


def lose_the_first(directory: Path) -> None:
    min((directory / "archive").glob("*.db")).unlink()


def test_a_missing_archive_is_told_and_stops_nothing(quick_path: Path) -> None:
    rig = rig_in(quick_path)
    run(rig, 100)
    rig.engine.close()
    lose_the_first(quick_path)
    again = rig_in(quick_path)
    assert again.engine.halt is None
    assert again.till.paid_fen == rig.till.paid_fen
    assert any(b"archive-damaged" in body for body in again.reports())
    again.engine.close()


def test_a_missing_archive_that_is_needed_stops_the_service(quick_path: Path) -> None:
    rig = rig_in(quick_path)
    run(rig, 100)
    rig.engine.close()
    lose_the_first(quick_path)
    again = rig_in(quick_path, version="2")
    assert again.engine.halt is not None
    assert again.engine.halt.reason is HaltReason.JOURNAL_DAMAGED
    assert again.engine.halt.detail.startswith("entry 1: no file for it")
    again.engine.close()


def test_an_archive_that_cannot_be_made_is_told_and_service_goes_on(quick_path: Path) -> None:
    (quick_path / "archive").write_text("in the way")
    rig = rig_in(quick_path)
    run(rig, 100)
    assert rig.engine.halt is None
    assert any(b"archive-failed" in body for body in rig.reports())
    assert rig.till.paid_fen == 100_000
    rig.engine.close()


def test_a_run_that_a_crash_ended_is_carried_on_at_the_next_rest(quick_path: Path) -> None:
    rig = rig_in(quick_path, entries=1000)
    run(rig, 60)
    before: list[Entry] = list(rig.journal.entries())
    steps = rig.journal.archive(20)
    while not rig.journal.base.seq:
        next(steps)
    rig.engine.close()
    again = rig_in(quick_path, entries=1000)
    assert rest(again) > 1
    assert again.journal.base.seq >= 40
    assert list(again.journal.entries(1, len(before))) == before
    again.engine.close()
