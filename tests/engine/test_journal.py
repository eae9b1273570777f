"""The journal: durable, whole, one owner, and exact about where it is damaged."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.engine import tables
from kiosk.engine.chain import genesis
from kiosk.engine.database import (
    Database,
    JournalDamaged,
    JournalError,
    JournalFailed,
    JournalFull,
    JournalInUse,
    JournalOfAnother,
    JournalTooNew,
)
from kiosk.engine.journal import Journal
from kiosk.engine.tables import Identity
from kiosk.flow import event as ev
from tests.engine.toy import stacked
from vending.messages import Alarm, OrderAbandoned

COPIED = "at_ms, encoding, kind, body, hash, prev_hash FROM entries"
ALARM = Alarm(code="test", detail="", at_ms=1)


def journal_in(directory: Path, **options: int) -> Journal:
    return Journal(Database(directory / "journal.db", lock_wait_s=0.0, **options))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = journal_in(tmp_path)
    journal.open()
    yield journal
    journal.close()


def fill(journal: Journal, count: int) -> None:
    for number in range(count):
        journal.append(ev.LanguageChosen(language=f"language {number}", at_ms=number))


def sql(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)


def test_what_is_appended_is_there_after_reopening(tmp_path: Path, journal: Journal) -> None:
    events = [stacked(1), ev.CardInserted(), ev.LanguageChosen(language="en")]
    for event in events:
        journal.append(event)
    journal_id = journal.journal_id
    journal.close()
    again = journal_in(tmp_path)
    again.open()
    assert [again.event(entry) for entry in again.entries()] == events
    assert (again.journal_id, again.head.seq) == (journal_id, 3)
    again.close()


def test_entry_and_reports_are_one_transaction(journal: Journal) -> None:
    class Unreadable:
        order_no = "order-1"

    journal.append(stacked(1), [ALARM])
    with pytest.raises(TypeError):
        journal.append(stacked(2), [ALARM, Unreadable()])  # type: ignore[list-item]
    assert journal.head.seq == 1
    journal.append(stacked(3), [ALARM])
    journal.open()
    with journal.database.transaction() as connection:
        rows = connection.exec_driver_sql("SELECT report_no, entry_seq FROM outbox").all()
    assert [tuple(row) for row in rows] == [(1, 1), (2, 2)]


def test_journal_time_does_not_go_back(journal: Journal) -> None:
    journal.append(ev.CardInserted(at_ms=5))
    with pytest.raises(ValueError, match="goes back from 5 to 4"):
        journal.append(ev.CardInserted(at_ms=4))
    assert journal.append(ev.CardInserted(at_ms=5)) == 2


def test_it_is_durable_on_the_disk_not_in_a_cache(journal: Journal) -> None:
    with journal.database.transaction() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2


def test_two_processes_cannot_share_a_journal(tmp_path: Path, journal: Journal) -> None:
    script = "import sys; from kiosk.engine.story import main; sys.exit(main(sys.argv[1:]))"
    file = tmp_path / "journal.db"
    second = subprocess.run(
        [sys.executable, "-c", script, str(file)], capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert "JournalInUse" in second.stderr
    assert journal.append(stacked(1)) == 1


def test_nor_can_two_parts_of_one_process(tmp_path: Path, journal: Journal) -> None:
    with pytest.raises(JournalInUse):
        journal_in(tmp_path).open()
    assert journal.append(stacked(1)) == 1


@pytest.mark.parametrize(
    ("statement", "seq", "why"),
    [
        ("UPDATE entries SET body = CAST('{}' AS BLOB) WHERE seq = 4", 4, "changed after"),
        ("UPDATE entries SET body = 'text' WHERE seq = 4", 4, "not an entry"),
        ("UPDATE entries SET kind = CAST(x'ff' AS TEXT) WHERE seq = 3", 3, "decode"),
        ("UPDATE entries SET at_ms = at_ms + 1 WHERE seq = 7", 7, "changed after"),
        ("UPDATE entries SET kind = 'CardRead' WHERE seq = 2", 2, "changed after"),
        ("UPDATE entries SET at_ms = 'noon' WHERE seq = 2", 2, "not an entry"),
        ("DELETE FROM entries WHERE seq = 5", 5, "missing, the next one is 6"),
        ("DELETE FROM entries WHERE seq > 6", 7, "missing, entries up to 10 were written"),
        ("DELETE FROM entries", 1, "missing, entries up to 10"),
        ("UPDATE meta SET value = 'x' WHERE name = 'id'", 1, "was changed after"),
        (f"INSERT INTO entries SELECT 11, {COPIED} WHERE seq = 10", 11, "changed after"),
    ],
)
def test_tampering_is_told_to_the_entry(
    tmp_path: Path, journal: Journal, statement: str, seq: int, why: str
) -> None:
    fill(journal, 10)
    journal.close()
    sql(tmp_path / "journal.db", statement)
    with pytest.raises(JournalDamaged) as damage:
        journal.open()
    assert damage.value.seq == seq
    assert why in damage.value.why


def test_a_waiting_report_that_was_changed_stops_the_journal(
    tmp_path: Path, journal: Journal
) -> None:
    journal.append(stacked(1), [OrderAbandoned(order_no="1", at_ms=1), ALARM])
    journal.close()
    sql(tmp_path / "journal.db", "UPDATE outbox SET order_no = '2' WHERE report_no = 1")
    with pytest.raises(JournalDamaged, match="report 1 is not what was queued"):
        journal.open()


def test_a_copy_without_its_last_writes_is_found_out(tmp_path: Path, journal: Journal) -> None:
    fill(journal, 3)
    journal.open()  # closing folds the write-ahead file into the database
    older = (tmp_path / "journal.db").read_bytes()
    journal.append(ev.CardRemoved(at_ms=4))
    journal.close()
    (tmp_path / "journal.db").write_bytes(older)
    (tmp_path / "journal.db-wal").unlink(missing_ok=True)
    with pytest.raises(JournalDamaged) as damage:
        journal.open()
    assert damage.value.seq == 4
    (tmp_path / "journal.db.head").unlink()  # going back on purpose
    journal.open()
    assert journal.head.seq == 3


def test_another_journal_under_the_same_anchor_is_found_out(
    tmp_path: Path, journal: Journal
) -> None:
    fill(journal, 3)
    journal.close()
    other = journal_in(tmp_path / "other")
    other.open()
    fill(other, 5)
    other.close()
    shutil.copy(tmp_path / "other" / "journal.db", tmp_path / "journal.db")
    with pytest.raises(JournalDamaged) as damage:
        journal.open()
    assert damage.value.seq == 3


def test_a_torn_anchor_is_no_anchor(tmp_path: Path, journal: Journal) -> None:
    fill(journal, 3)
    journal.close()
    anchor = tmp_path / "journal.db.head"
    anchor.write_bytes(anchor.read_bytes()[:20] + b"\0" * 32)
    journal.open()
    assert journal.head.seq == 3
    journal.close()
    assert anchor.stat().st_size >= 48


@pytest.mark.slow
def test_a_flipped_bit_is_found_or_does_not_matter(tmp_path: Path) -> None:
    """Any bit of the file: either the check names an entry, or all entries read as written."""
    good = journal_in(tmp_path / "good")
    good.open()
    fill(good, 300)
    entries = list(good.entries())
    good.close()
    image = (tmp_path / "good" / "journal.db").read_bytes()
    draw = random.Random(7)
    found = 0
    for number in range(150):
        directory = tmp_path / str(number)
        flip_into(directory, image, draw.randrange(len(image) * 8))
        journal = journal_in(directory)
        seq = first_broken(journal)
        if seq is None:
            assert list(journal.entries()) == entries
        else:
            found += 1
            assert 0 <= seq <= 301
        journal.close()
    assert found > 50


def first_broken(journal: Journal) -> int | None:
    try:
        journal.open()
    except JournalDamaged as damage:
        return damage.seq
    except JournalFailed:
        return 0  # the file's own header says that it cannot be written
    return None


def flip_into(directory: Path, image: bytes, bit: int) -> None:
    flipped = bytearray(image)
    flipped[bit // 8] ^= 1 << bit % 8
    directory.mkdir()
    (directory / "journal.db").write_bytes(flipped)


@pytest.mark.parametrize("kept", [0.05, 0.3, 0.6, 0.95])
def test_a_file_cut_short_is_damage(tmp_path: Path, journal: Journal, kept: float) -> None:
    fill(journal, 300)
    journal.close()
    file = tmp_path / "journal.db"
    os.truncate(file, int(file.stat().st_size * kept))
    with pytest.raises(JournalDamaged) as damage:
        journal.open()
    assert 1 <= damage.value.seq <= 301


def test_a_file_of_another_kind_is_damage(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(JournalDamaged) as damage:
        journal_in(tmp_path).open()
    assert damage.value.seq == 1


def test_a_full_database_takes_nothing_more_and_loses_nothing(tmp_path: Path) -> None:
    journal = journal_in(tmp_path, max_pages=16)
    journal.open()
    made = fill_up(journal, JournalFull)
    with pytest.raises(JournalFull):  # whoever comes next is told the same
        journal.append(stacked(0))
    journal.close()
    with pytest.raises(JournalFailed, match="closed"):
        journal.append(stacked(0))
    roomy = journal_in(tmp_path)
    roomy.open()
    assert roomy.head.seq == made
    assert roomy.append(stacked(1, 500)) == made + 1
    roomy.close()


def fill_up(journal: Journal, refusal: type[JournalError]) -> int:
    """Append until it is refused; return how many entries were made."""
    for made in range(100_000):
        try:
            journal.append(ev.LanguageChosen(language="x" * 400), [ALARM])
        except refusal:
            return made
    raise AssertionError("never refused")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 1 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=False
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_takes_nothing_more_and_loses_nothing(small_disk: Path) -> None:
    journal = journal_in(small_disk)
    journal.open()
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 400_000)
    made = fill_up(journal, JournalFull)
    assert made > 0
    ballast.unlink()
    journal.open()
    assert journal.head.seq == made
    assert journal.append(stacked(1)) == made + 1
    journal.close()


def test_a_disk_that_refuses_to_write_fails_the_journal(tmp_path: Path) -> None:
    """In a process of its own, whose files may not grow."""
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from tests.engine.test_journal import fill_up, journal_in\n"
        "from kiosk.engine.database import JournalFailed\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "journal = journal_in(Path(sys.argv[1]))\n"
        "journal.open()\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"
        "print(fill_up(journal, JournalFailed))\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    made = int(child.stdout)
    journal = journal_in(tmp_path)
    journal.open()
    assert journal.head.seq in {made, made + 1}  # the last one's fate was not known
    journal.close()


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JournalFailed):
        journal_in(tmp_path / "file").open()


def test_a_journal_of_newer_software_is_left_alone(tmp_path: Path, journal: Journal) -> None:
    fill(journal, 2)
    journal.close()
    newer = Identity("3", journal.journal_id, "", genesis(journal.journal_id))
    with tables.filling(tmp_path / "journal.db") as connection:
        tables.write_identity(connection, newer)
    with pytest.raises(JournalTooNew, match="schema 3"):
        journal.open()


def test_a_journal_of_another_terminal_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    first = Journal(Database(file), owner="310001")
    first.open()
    first.close()
    with pytest.raises(JournalOfAnother, match="of terminal 310001, not 310002"):
        Journal(Database(file), owner="310002").open()
    first.open()
    first.close()


def test_a_fact_of_newer_software_is_not_guessed(journal: Journal) -> None:
    class FromTheFuture(ev.Event, frozen=True, kw_only=True, tag="FromTheFuture"):
        pass

    journal.append(FromTheFuture())
    (entry,) = journal.entries()
    with pytest.raises(JournalTooNew, match="entry 1"):
        journal.event(entry)


def test_files_are_limited_to_their_owner(tmp_path: Path, journal: Journal) -> None:
    assert (tmp_path / "journal.db.head").stat().st_mode & 0o077 == 0


def test_checkpoints_fit_the_chain_they_were_made_on(tmp_path: Path, journal: Journal) -> None:
    fill(journal, 3)
    journal.save_checkpoint("1", b"three")
    journal.append(ev.CardInserted(at_ms=10))
    journal.save_checkpoint("1", b"four")
    newest = journal.checkpoint("1")
    assert newest is not None
    assert (newest.seq, newest.body) == (4, b"four")
    assert journal.checkpoint("2") is None
    journal.close()
    sql(tmp_path / "journal.db", "UPDATE checkpoints SET body = CAST('five' AS BLOB) WHERE seq = 4")
    journal.open()
    older = journal.checkpoint("1")
    assert older is not None
    assert (older.seq, older.body) == (3, b"three")


def test_only_the_newest_checkpoints_are_kept(journal: Journal) -> None:
    for number in range(5):
        journal.append(ev.CardInserted(at_ms=number))
        journal.save_checkpoint("1", b"x")
    with journal.database.transaction() as connection:
        kept = connection.exec_driver_sql("SELECT seq FROM checkpoints").scalars().all()
    assert sorted(kept) == [4, 5]
