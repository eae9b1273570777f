"""A power cut at any instant: what was acknowledged is there, at most the last fact is not."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.engine.damage import Damage
from kiosk.engine.journal import Journal
from kiosk.flow import event as ev
from tests.engine.images import FRAME, WAL_HEADER, Image, read, torn_commits
from tests.engine.test_damage import refusal
from tests.engine.test_journal import journal_in
from vending.messages import Note, NoteTaken

Seen = tuple[Image, Image, Journal]


def fact(number: int, size: int) -> tuple[ev.Event, list[NoteTaken]]:
    note = Note(note_id=f"note-{number}", value_fen=1000)
    told = NoteTaken(order_no="1", note=note, at_ms=number)
    return ev.LanguageChosen(language="x" * size, at_ms=number), [told]


def first_ever(directory: Path) -> Seen:
    """The first fact of a new journal."""
    journal = journal_in(directory)
    journal.open()
    before = Image.of(directory)
    journal.append(*fact(1, 40))
    return before, Image.of(directory), journal


def in_the_middle(directory: Path) -> Seen:
    """A large fact behind many others: several frames."""
    journal = journal_in(directory)
    journal.open()
    for number in range(60):
        journal.append(*fact(number, 300))
    before = Image.of(directory)
    journal.append(*fact(60, 5000))
    return before, Image.of(directory), journal


def over_old_frames(directory: Path) -> Seen:
    """The write-ahead file was folded and begins anew: older frames lie behind."""
    journal = journal_in(directory)
    journal.open()
    for number in range(40):
        journal.append(*fact(number, 300))
    with journal.database._lock:
        assert journal.database._connection is not None
        journal.database._connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
    before = Image.of(directory)
    journal.append(*fact(40, 5000))
    return before, Image.of(directory), journal


SCENES = [first_ever, in_the_middle, over_old_frames]


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_a_commit_that_was_torn_is_there_or_not_and_nothing_else_is_touched(
    quick_path: Path, scene: Callable[[Path], Seen]
) -> None:
    before, after, journal = scene(quick_path / "whole")
    entries, reports = read(journal)
    journal.close()
    outcomes: Counter[str] = Counter()
    for number, (name, image) in enumerate(torn_commits(before, after)):
        again = image.put(quick_path / "image")
        again.open()
        kept = again.head.seq
        assert kept in {len(entries), len(entries) - 1}, name
        assert read(again) == (entries[:kept], reports[:kept]), name
        if number % 10 == 0:
            again.append(*fact(10_000, 10))
            again.open()
            assert again.head.seq == kept + 1, name
        again.close()
        outcomes["there" if kept == len(entries) else "rolled back"] += 1
    print(f"{outcomes.total()} images, {scene.__name__}: {dict(outcomes)}")
    assert outcomes["there"] > 30
    assert outcomes["rolled back"] > 50


@pytest.mark.slow
def test_a_fold_that_was_torn_loses_nothing(quick_path: Path) -> None:
    """While SQLite folds the write-ahead file into the database, any page may be half written."""
    directory = quick_path / "whole"
    journal = journal_in(directory)
    journal.open()
    for number in range(60):
        journal.append(*fact(number, 300))
    before, wanted = Image.of(directory), read(journal)
    journal.close()
    folded = Image.of(directory).main
    old = before.main.ljust(len(folded), b"\0")
    for place in range(0, len(folded), 1536):
        for main in (folded[:place] + old[place:], old[:place] + folded[place:], folded[:place]):
            again = replace(before, main=main or before.main).put(quick_path / "image")
            again.open()
            assert read(again) == wanted, place
            again.close()
    print(f"{len(range(0, len(folded), 1536)) * 3} images of a torn fold")


# -- the same damage to what was acknowledged ----------------------------------------------------


@pytest.fixture
def acknowledged(quick_path: Path) -> Image:
    journal = journal_in(quick_path / "whole")
    journal.open()
    for number in range(30):
        journal.append(*fact(number, 300))
    image = Image.of(quick_path / "whole")
    journal.close()
    return image


def test_a_lost_write_ahead_file_is_a_missing_tail(quick_path: Path, acknowledged: Image) -> None:
    damage = refusal(replace(acknowledged, wal=b""), quick_path / "image")
    assert damage is not None
    assert (damage.kind, damage.seq) == (Damage.MISSING_TAIL, 1)


def ends(wal: bytes | bytearray) -> Iterator[int]:
    return iter(range(WAL_HEADER, len(wal) + 1, FRAME))


def test_a_write_ahead_file_cut_anywhere_is_refused_to_the_entry(
    quick_path: Path, acknowledged: Image
) -> None:
    seqs = []
    for place in list(ends(acknowledged.wal))[:-1]:
        damage = refusal(replace(acknowledged, wal=acknowledged.wal[:place]), quick_path / "image")
        assert damage is not None
        if damage.kind is Damage.MISSING_TAIL:
            seqs.append(damage.seq)
    assert sorted(seqs) == seqs
    assert {1, 15, 30} <= set(seqs)


def test_a_flipped_bit_in_the_write_ahead_file_is_a_missing_tail(
    quick_path: Path, acknowledged: Image
) -> None:
    wal = acknowledged.wal
    seqs = []
    for place in ends(wal[: -FRAME - 1]):
        flipped = bytearray(wal)
        flipped[place + 1000] ^= 4
        damage = refusal(replace(acknowledged, wal=bytes(flipped)), quick_path / "image")
        assert damage is not None
        seqs.append(damage.seq)
        kept = quick_path / "image" / "journal.db-wal.found"
        assert kept.read_bytes() == bytes(flipped)
    assert sorted(seqs) == seqs


def test_without_an_anchor_commits_behind_a_hole_still_show(
    quick_path: Path, acknowledged: Image
) -> None:
    """A disk that says "written" and has not: more than the last commit is torn."""
    wal = bytearray(acknowledged.wal)
    place = list(ends(wal))[-8]
    wal[place : place + FRAME] = bytes(FRAME)
    for anchor in (b"", acknowledged.anchor[:20]):
        damage = refusal(replace(acknowledged, wal=bytes(wal), anchor=anchor), quick_path / "image")
        assert damage is not None
        assert damage.kind is Damage.MISSING_TAIL
        assert 25 < damage.seq < 31


def test_a_torn_anchor_is_told(
    quick_path: Path, acknowledged: Image, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert refusal(replace(acknowledged, anchor=b""), quick_path / "image") is None
        assert caplog.messages == []
        assert refusal(replace(acknowledged, anchor=b"head?"), quick_path / "image") is None
    assert "the anchor" in caplog.messages[0]
