"""Old entries in archives: read as before, moved safely at every instant, missed when missing."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from kiosk.engine import archiving, finished
from kiosk.engine.damage import Damage
from kiosk.engine.database import JournalDamaged
from kiosk.engine.finished import NotMade
from kiosk.engine.journal import Journal
from kiosk.engine.story import story
from kiosk.flow import event as ev
from tests.engine.test_journal import journal_in, sql

ENTRIES = 60


@pytest.fixture(autouse=True)
def _small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "FILE_ENTRIES", 20)
    monkeypatch.setattr(finished, "SLICE_ENTRIES", 7)


def visits(journal: Journal, count: int = ENTRIES) -> None:
    """Visits of four entries each: card, order, note, card gone."""
    for number in range(journal.head.seq, count):
        order_no = f"order-{number // 4:03}"
        kinds: list[ev.Event] = [
            ev.CardInserted(at_ms=number),
            ev.VendNotSold(order_no=order_no, at_ms=number),
            ev.LanguageChosen(language=f"language {number}", at_ms=number),
            ev.CardRemoved(at_ms=number),
        ]
        journal.append(kinds[number % 4])


@pytest.fixture
def journal(quick_path: Path) -> Iterator[Journal]:
    journal = journal_in(quick_path)
    journal.open()
    visits(journal)
    journal.save_checkpoint("1", b"state")
    yield journal
    journal.close()


def archive(journal: Journal, up_to_seq: int) -> None:
    for _ in journal.archive(up_to_seq):
        pass


def live(journal: Journal) -> list[int]:
    with journal.database.transaction() as connection:
        return list(connection.exec_driver_sql("SELECT seq FROM entries ORDER BY seq").scalars())


def files(directory: Path) -> list[str]:
    return sorted(file.name for file in (directory / "archive").glob("*"))


def test_archived_entries_are_read_as_before(quick_path: Path, journal: Journal) -> None:
    before = list(journal.entries())
    archive(journal, 50)
    assert live(journal) == list(range(51, 61))
    assert files(quick_path) == [
        "journal-0000000001-0000000020.db",
        "journal-0000000021-0000000040.db",
        "journal-0000000041-0000000050.db",
    ]
    for _ in range(2):
        assert list(journal.entries()) == before
        assert list(journal.entries(18, 43)) == before[17:43]
        assert list(journal.entries(45, 55)) == before[44:55]
        assert list(journal.entries(58)) == before[57:]
        assert list(journal.entries(61)) == []
        journal.open()
    assert journal.append(ev.CardInserted(at_ms=100)) == 61


def test_the_story_of_an_order_does_not_notice(journal: Journal) -> None:
    orders = ["order-000", "order-004", "order-010", "order-012", "order-014", "none"]
    before = [list(story(journal, order_no)) for order_no in orders]
    places = [journal.around(seq, "CardInserted") for seq in range(1, ENTRIES + 1)]
    archive(journal, 50)
    assert [list(story(journal, order_no)) for order_no in orders] == before
    assert [len(lines) for lines in before] == [4, 4, 4, 4, 4, 0]
    assert [journal.around(seq, "CardInserted") for seq in range(1, ENTRIES + 1)] == places


def test_a_checkpoint_stands_on_the_base_as_well(journal: Journal) -> None:
    archive(journal, ENTRIES)
    assert live(journal) == []
    assert journal.head.seq == journal.base.seq == ENTRIES
    journal.open()
    kept = journal.checkpoint("1")
    assert kept is not None
    assert (kept.seq, kept.body) == (ENTRIES, b"state")
    assert journal.append(ev.CardInserted(at_ms=100)) == ENTRIES + 1


def test_nothing_behind_the_older_checkpoint_leaves(journal: Journal) -> None:
    visits(journal, 80)
    journal.save_checkpoint("1", b"later")
    archive(journal, 80)
    assert live(journal)[0] == ENTRIES + 1


def test_without_a_checkpoint_nothing_leaves(quick_path: Path) -> None:
    journal = journal_in(quick_path)
    journal.open()
    visits(journal)
    archive(journal, 50)
    assert live(journal)[0] == 1
    assert not (quick_path / "archive").exists()
    journal.close()


def test_software_that_knows_no_archives_leaves_the_journal_alone(journal: Journal) -> None:
    """It knows schema 1 only, and must not take the missing beginning for damage."""
    archive(journal, 50)
    with journal.database.transaction() as connection:
        query = "SELECT value FROM meta WHERE name = 'schema'"
        assert connection.exec_driver_sql(query).scalar_one() == "2"


# -- damage --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE entries SET body = CAST('{}' AS BLOB) WHERE seq = 33", 33),
        ("DELETE FROM entries WHERE seq = 34", 34),
        ("DELETE FROM entries WHERE seq > 35", 36),
        ("UPDATE entries SET hash = x'00' WHERE seq = 40", 40),
        ("DROP TABLE entries", 21),
    ],
)
def test_a_damaged_archive_is_told_to_the_entry(
    quick_path: Path, journal: Journal, statement: str, seq: int
) -> None:
    archive(journal, 50)
    sql(quick_path / "archive" / "journal-0000000021-0000000040.db", statement)
    journal.open()
    with pytest.raises(JournalDamaged) as damage:
        list(journal.entries())
    assert (damage.value.kind, damage.value.seq) == (Damage.ARCHIVE, seq)
    assert "journal-0000000021-0000000040.db" in damage.value.why
    assert len(list(journal.entries(41))) == 20
    assert len(list(story(journal, "order-000"))) == 4


def test_an_archive_of_another_history_does_not_lead_to_the_journal(
    quick_path: Path, journal: Journal
) -> None:
    other = journal_in(quick_path / "other")
    other.open()
    visits(other)
    other.save_checkpoint("1", b"")
    for one in (journal, other):
        archive(one, 40)
    other.close()
    shutil.rmtree(quick_path / "archive")
    shutil.move(quick_path / "other" / "archive", quick_path / "archive")
    with pytest.raises(JournalDamaged):
        list(journal.entries())
    with pytest.raises(JournalDamaged, match="do not lead here") as damage:
        list(journal.entries(21))
    assert damage.value.kind is Damage.ARCHIVE


def test_a_base_that_somebody_moved_is_damage(quick_path: Path, journal: Journal) -> None:
    archive(journal, 40)
    journal.close()
    sql(quick_path / "journal.db", "UPDATE meta SET value = '41' WHERE name = 'base_seq'")
    with pytest.raises(JournalDamaged) as damage:
        journal.open()
    assert damage.value.kind is Damage.CHANGED


# -- interrupted at every instant ----------------------------------------------------------------


@pytest.mark.slow
def test_given_up_after_any_slice_nothing_is_lost_and_the_next_run_carries_on(
    quick_path: Path, journal: Journal
) -> None:
    before = list(journal.entries())
    journal.close()
    whole = (quick_path / "journal.db").read_bytes()
    for steps in range(0, 200, 2):
        directory = quick_path / str(steps)
        directory.mkdir()
        (directory / "journal.db").write_bytes(whole)
        again = journal_in(directory)
        again.open()
        with closing(again.archive(50)) as run:  # type: ignore[type-var]
            done = len(list(islice(run, steps))) < steps
        again.open()
        assert list(again.entries()) == before
        if again.base.seq % 20:
            assert again.archivable(1000, 0) == ENTRIES or again.base.seq == 50
        archive(again, 50)
        assert again.base.seq == 50
        assert list(again.entries()) == before
        assert [name[-13:] for name in files(directory)] == [
            "0000000020.db",
            "0000000040.db",
            "0000000050.db",
        ]
        again.close()
        if done:
            break
    assert 20 < steps < 200


DEEDS = {"execute", "executemany", "commit", "rename", "unlink", "fsync", "mkdir", "open", "close"}


def die_at(count: int) -> None:
    """From now on: be killed at the ``count``th thing that may touch a file."""
    left = count

    def watch(_frame: object, what: str, called: object) -> None:
        nonlocal left
        if what == "c_call" and getattr(called, "__name__", "") in DEEDS:
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)


def killed_while_archiving(directory: Path, count: int) -> bool:
    pid = os.fork()
    if pid == 0:
        try:
            journal = journal_in(directory)
            journal.open()
            die_at(count)
            archive(journal, 50)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


@pytest.mark.slow
def test_killed_anywhere_while_archiving(quick_path: Path, journal: Journal) -> None:
    before = list(journal.entries())
    journal.close()
    whole = (quick_path / "journal.db").read_bytes()
    count, killed = 1, True
    while killed:
        directory = quick_path / str(count)
        directory.mkdir()
        (directory / "journal.db").write_bytes(whole)
        killed = killed_while_archiving(directory, count)
        again = journal_in(directory)
        again.open()
        assert list(again.entries()) == before, count
        archive(again, 50)
        assert (again.base.seq, list(again.entries())) == (50, before), count
        again.close()
        count += 7
    print(f"{count // 7} kills, the last of them after {count - 7} calls")
    assert count > 150


def test_a_finished_archive_is_proved_before_its_entries_go(
    quick_path: Path, journal: Journal
) -> None:
    before = list(journal.entries())
    run = journal.archive(20)
    file = quick_path / "archive" / "journal-0000000001-0000000020.db"
    while not file.exists():
        next(run)
    sql(file, "UPDATE entries SET kind = 'CardRead' WHERE seq = 5")
    journal.open()
    archive(journal, 20)
    assert journal.base.seq == 20
    assert list(journal.entries()) == before
    assert files(quick_path) == [file.with_suffix(".aside").name, file.name]


def test_an_archive_of_an_abandoned_history_is_set_aside(
    quick_path: Path, journal: Journal
) -> None:
    """Somebody went back to a copy; what was archived after it is of another history."""
    journal.close()
    copy = (quick_path / "journal.db").read_bytes()
    journal.open()
    visits(journal, 80)
    for _ in range(2):
        journal.append(ev.CardInserted(at_ms=100))
        journal.save_checkpoint("1", b"")
    archive(journal, 80)
    journal.close()
    (quick_path / "journal.db").write_bytes(copy)
    (quick_path / "journal.db.head").unlink()
    journal.open()
    visits(journal, 70)
    for number in range(20):
        journal.append(ev.ContinuePressed(at_ms=100 + number))
        journal.save_checkpoint("1", b"")
    wanted = list(journal.entries())
    archive(journal, 80)
    assert (journal.base.seq, list(journal.entries())) == (80, wanted)
    assert "journal-0000000061-0000000080.aside" in files(quick_path)


def test_a_directory_that_cannot_be_made_loses_nothing(quick_path: Path, journal: Journal) -> None:
    (quick_path / "archive").write_text("in the way")
    with pytest.raises(NotMade):
        archive(journal, 50)
    assert live(journal)[0] == 1
