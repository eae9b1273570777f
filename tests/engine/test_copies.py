"""Nightly copies: proved before they have a name, good enough to go back to."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from kiosk.backend import outbox
from kiosk.engine import archiving, finished, tables
from kiosk.engine.clock import CHINA, ManualClock
from kiosk.engine.copies import Copies, proved
from kiosk.engine.damage import Damage
from kiosk.engine.database import JournalDamaged, JournalInUse
from kiosk.engine.finished import NotMade, Unsound
from kiosk.engine.journal import Journal
from kiosk.engine.nightly import LOOK_S, RETRY_S, Nightly
from kiosk.engine.restore import SKIPPED_REPORTS, main, restore
from kiosk.flow import event as ev
from tests.engine.images import Image, read, reports
from tests.engine.test_archive import archive, visits
from tests.engine.test_journal import ALARM, journal_in, sql

DAY = "20251124"


@pytest.fixture(autouse=True)
def _small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "FILE_ENTRIES", 20)
    monkeypatch.setattr(finished, "SLICE_ENTRIES", 7)


@pytest.fixture
def journal(quick_path: Path) -> Iterator[Journal]:
    journal = journal_in(quick_path / "kiosk")
    journal.open()
    visits(journal, 60)
    journal.append(ev.CashChosen(at_ms=60), [ALARM])
    journal.save_checkpoint("1", b"state")
    yield journal
    journal.close()


@pytest.fixture
def copies(quick_path: Path, journal: Journal) -> Copies:
    return Copies(journal, quick_path / "copies", kept=3)


def make(copies: Copies, day: str = DAY) -> None:
    for _ in copies.make(day):
        pass


def names(quick_path: Path) -> list[str]:
    return sorted(file.name for file in (quick_path / "copies").iterdir() if file.is_file())


def test_a_copy_is_a_journal_of_its_own(quick_path: Path, journal: Journal, copies: Copies) -> None:
    make(copies)
    assert names(quick_path) == ["journal-20251124.db"]
    assert copies.has(DAY)
    copy = Image((quick_path / "copies" / "journal-20251124.db").read_bytes(), b"", b"")
    again = copy.put(quick_path / "opened")
    again.open()
    assert read(again) == read(journal)
    assert again.journal_id == journal.journal_id
    kept = again.checkpoint("1")
    assert kept is not None
    assert kept.body == b"state"
    again.close()


def test_service_goes_on_while_it_is_made(
    quick_path: Path, journal: Journal, copies: Copies
) -> None:
    """Facts that come in between are in the copy: it is of its last instant."""
    for number, _ in enumerate(copies.make(DAY)):
        if number < 5:
            journal.append(ev.CashChosen(at_ms=100 + number), [ALARM])
    *_, head = proved(quick_path / "copies" / "journal-20251124.db")
    assert head == journal.head
    with tables.reading(quick_path / "copies" / "journal-20251124.db") as copy:
        assert outbox.last_given(copy) == 6


def test_archives_are_copied_once(quick_path: Path, journal: Journal, copies: Copies) -> None:
    archive(journal, 40)
    wanted = list(journal.entries())
    make(copies)
    beside = quick_path / "copies" / "archive"
    stamps = {file.name: file.stat().st_mtime_ns for file in beside.iterdir()}
    assert sorted(stamps) == [
        "journal-0000000001-0000000020.db",
        "journal-0000000021-0000000040.db",
    ]
    make(copies, "20251125")
    assert {file.name: file.stat().st_mtime_ns for file in beside.iterdir()} == stamps
    head = restore(
        quick_path / "copies" / "journal-20251125.db",
        quick_path / "new" / "journal.db",
        ManualClock(),
    )
    again = journal_in(quick_path / "new")
    again.open()
    assert (again.head, list(again.entries())) == (head, wanted)
    again.close()


def test_only_the_newest_copies_stay(quick_path: Path, journal: Journal, copies: Copies) -> None:
    other = quick_path / "copies" / "notes.db"
    for day in range(20, 26):
        make(copies, f"202511{day}")
        other.touch()
    assert names(quick_path) == [
        "journal-20251123.db",
        "journal-20251124.db",
        "journal-20251125.db",
        "notes.db",
    ]


def test_given_up_at_any_slice_there_is_no_copy(
    quick_path: Path, journal: Journal, copies: Copies
) -> None:
    run = copies.make(DAY)
    for _ in run:
        if names(quick_path) != ["journal-20251124.db.part"]:
            break
    assert list(run) == []
    make(copies, "20251125")
    assert names(quick_path) == ["journal-20251124.db", "journal-20251125.db"]


def test_entries_that_are_archived_meanwhile_spoil_the_copy(
    quick_path: Path, journal: Journal, copies: Copies
) -> None:
    run = copies.make(DAY)
    next(run)
    archive(journal, 40)
    with pytest.raises(NotMade, match="archive meanwhile"):
        list(run)
    make(copies)
    assert copies.has(DAY)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET kind = 'CardRead' WHERE seq = 33",
        "UPDATE outbox SET body = x'00'",
        "DELETE FROM entries WHERE seq = 61",
    ],
)
def test_a_copy_that_is_not_what_was_copied_gets_no_name(
    quick_path: Path, journal: Journal, copies: Copies, statement: str
) -> None:
    part = quick_path / "copies" / "journal-20251124.db.part"
    run = copies.make(DAY)
    for _ in run:
        if part.exists() and holds_reports_and_head(part):
            break
    sql(part, statement)
    with pytest.raises(NotMade, match="not what was copied"):
        list(run)
    assert not copies.has(DAY)


def holds_reports_and_head(part: Path) -> bool:
    with tables.reading(part) as copy:
        seqs = copy.exec_driver_sql("SELECT max(seq) FROM entries").scalar_one()
        kept = copy.exec_driver_sql("SELECT count(*) FROM checkpoints").scalar_one()
    return (seqs, kept) == (61, 1)


def test_a_damaged_archive_does_not_keep_the_journal_from_being_copied(
    quick_path: Path, journal: Journal, copies: Copies
) -> None:
    archive(journal, 40)
    file = quick_path / "kiosk" / "archive" / "journal-0000000021-0000000040.db"
    sql(file, "UPDATE entries SET kind = 'CardRead' WHERE seq = 33")
    make(copies)
    assert copies.has(DAY)
    assert not (quick_path / "copies" / "archive" / file.name).exists()


# -- when ----------------------------------------------------------------------------------------


class Night:
    """A night's work with a clock that somebody moves."""

    def __init__(self, journal: Journal, copies: Copies | None) -> None:
        self.clock = ManualClock(wall_ms=at(24, 2))
        self.woken = 0
        self.work = Nightly(journal, self.clock, copies, 3, self._wake)

    def _wake(self) -> None:
        self.woken += 1

    def until_rest(self) -> float:
        """Turn until there is a rest; return how long it is."""
        for _ in range(1000):
            rest_s = self.work.turn() - self.clock.monotonic_s()
            if rest_s:
                return rest_s
        raise AssertionError("no rest")


def at(day: int, hour: int) -> int:
    return int(datetime(2025, 11, day, hour, tzinfo=CHINA).timestamp() * 1000)


def alarms(journal: Journal) -> list[bytes]:
    return [body for _, body in reports(journal) if b"copy-failed" in body or b"damaged" in body]


def test_one_copy_a_night_from_the_hour_on(
    quick_path: Path, journal: Journal, copies: Copies
) -> None:
    night = Night(journal, copies)
    assert night.until_rest() == LOOK_S
    assert not (quick_path / "copies").exists()
    night.clock.set_wall_ms(at(24, 3))
    assert night.until_rest() == LOOK_S
    assert names(quick_path) == ["journal-20251124.db"]
    first = (quick_path / "copies" / "journal-20251124.db").stat().st_mtime_ns
    night.clock.set_wall_ms(at(24, 20))
    night.until_rest()
    Night(journal, copies).until_rest()
    assert (quick_path / "copies" / "journal-20251124.db").stat().st_mtime_ns == first
    night.clock.set_wall_ms(at(25, 7))
    night.until_rest()
    assert names(quick_path) == ["journal-20251124.db", "journal-20251125.db"]
    assert alarms(journal) == []


def test_a_copy_that_fails_is_told_once_a_day_and_tried_every_hour(
    quick_path: Path, journal: Journal, copies: Copies
) -> None:
    (quick_path / "copies").write_text("in the way")
    night = Night(journal, copies)
    night.clock.set_wall_ms(at(24, 3))
    for _ in range(3):
        assert night.until_rest() == RETRY_S
        night.clock.advance(RETRY_S)
    assert (len(alarms(journal)), night.woken) == (1, 1)
    assert b"in the way" not in alarms(journal)[0]
    assert b"File exists" in alarms(journal)[0] or b"Not a directory" in alarms(journal)[0]
    (quick_path / "copies").unlink()
    assert night.until_rest() == LOOK_S
    assert names(quick_path) == ["journal-20251124.db"]


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_damaged_archive_is_found_at_night_without_any_copies(
    quick_path: Path, journal: Journal, damage: str
) -> None:
    archive(journal, 40)
    file = quick_path / "kiosk" / "archive" / "journal-0000000021-0000000040.db"
    if damage == "gone":
        file.unlink()
    else:
        sql(file, "UPDATE entries SET kind = 'CardRead' WHERE seq = 33")
    night = Night(journal, None)
    night.clock.set_wall_ms(at(24, 3))
    night.until_rest()
    (told,) = alarms(journal)
    assert b"archive-damaged" in told
    assert (b"entry 33" if damage == "changed" else b"entry 21") in told


def test_a_journal_that_is_not_open_is_waited_for(journal: Journal, copies: Copies) -> None:
    journal.close()
    night = Night(journal, copies)
    night.clock.set_wall_ms(at(24, 3))
    night.until_rest()
    journal.open()
    night.clock.advance(RETRY_S)
    night.until_rest()
    assert copies.has(DAY)


# -- going back ----------------------------------------------------------------------------------


def test_going_back_to_a_copy(quick_path: Path, journal: Journal, copies: Copies) -> None:
    make(copies)
    copy, file = quick_path / "copies" / "journal-20251124.db", quick_path / "kiosk" / "journal.db"
    wanted = read(journal)
    for number in range(5):
        journal.append(ev.CashChosen(at_ms=200 + number), [ALARM])
    with pytest.raises(JournalInUse):
        restore(copy, file, ManualClock())
    journal.close()
    lost = file.read_bytes()
    restore(copy, file, ManualClock())
    (aside,) = (quick_path / "kiosk").glob("set-aside-*")
    assert (aside / "journal.db").read_bytes() == lost
    journal.open()
    assert read(journal) == wanted
    journal.append(ev.CashChosen(at_ms=300), [ALARM])
    assert last_report(journal) > 1 + SKIPPED_REPORTS


def last_report(journal: Journal) -> int:
    with journal.transaction() as connection:
        return outbox.last_given(connection)


def test_going_back_to_the_same_copy_twice_uses_no_report_number_again(
    quick_path: Path, journal: Journal, copies: Copies
) -> None:
    """The disk failed once more on the same day. Under a number that it knows the head office
    takes no other report: notes would never be told.
    """
    make(copies)
    copy, file = quick_path / "copies" / "journal-20251124.db", quick_path / "kiosk" / "journal.db"
    clock = ManualClock()
    given: list[int] = []
    for _ in range(2):
        journal.close()
        restore(copy, file, clock)
        journal.open()
        first_no = last_report(journal) + 1
        for number in range(5):
            journal.append(ev.CashChosen(at_ms=200 + number), [ALARM])
        given += range(first_no, last_report(journal) + 1)
        clock.advance(60)
    assert len(given) == len(set(given)) == 10


def test_a_copy_that_is_damaged_is_not_put_in_place(
    quick_path: Path, journal: Journal, copies: Copies, capsys: pytest.CaptureFixture[str]
) -> None:
    make(copies)
    journal.close()
    copy, file = quick_path / "copies" / "journal-20251124.db", quick_path / "kiosk" / "journal.db"
    sql(copy, "UPDATE entries SET kind = 'CardRead' WHERE seq = 33")
    before = file.read_bytes()
    with pytest.raises(Unsound):
        restore(copy, file, ManualClock())
    assert main([str(copy), str(file)]) == 1
    assert "changed after" in capsys.readouterr().err
    assert file.read_bytes() == before


def test_half_a_restore_is_refused(quick_path: Path, journal: Journal, copies: Copies) -> None:
    """The copy is in place and the anchor still says how far the journal had come."""
    make(copies)
    journal.append(ev.CashChosen(at_ms=200))
    journal.close()
    copy, file = quick_path / "copies" / "journal-20251124.db", quick_path / "kiosk" / "journal.db"
    file.write_bytes(copy.read_bytes())
    with pytest.raises(JournalDamaged) as damage:
        journal.open()
    assert (damage.value.kind, damage.value.seq) == (Damage.MISSING_TAIL, 62)
    assert main([str(copy), str(file)]) == 0
    journal.open()
    assert journal.head.seq == 61
