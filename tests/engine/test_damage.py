"""Any damage to what was acknowledged: harmless, or refused at an entry before which all is right.

The judge reads the damaged files by itself and knows what was written.
"""

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.engine.chain import Entry
from kiosk.engine.damage import NEXT_STEP, Damage
from kiosk.engine.database import Database, JournalDamaged
from kiosk.engine.journal import Journal
from kiosk.engine.story import main
from kiosk.flow import event as ev
from tests.engine.conftest import MEMORY
from tests.engine.images import Image
from vending.messages import Note, NoteTaken

ENTRIES = 90
Waiting = list[tuple[int, str, bytes]]


@dataclass(frozen=True, repr=False)
class Written:
    """What was acknowledged, and the files it is in."""

    folded: Image
    """After a clean end: everything in the main file."""
    running: Image
    """In the middle of service: the second half in the write-ahead file."""
    entries: list[Entry]
    waiting: Waiting


def waiting(journal: Journal) -> Waiting:
    with journal.database.transaction() as connection:
        query = "SELECT report_no, order_no, body FROM outbox WHERE state = 'waiting' ORDER BY 1"
        return [(row[0], row[1], row[2]) for row in connection.exec_driver_sql(query)]


def append(journal: Journal, number: int) -> None:
    note = Note(note_id=f"note-{number}", value_fen=1000)
    told = NoteTaken(order_no=f"{number:019}", note=note, at_ms=number)
    size = 3000 if number % 30 == 0 else 40 * (number % 7)
    journal.append(ev.LanguageChosen(language="x" * size, at_ms=number), [told])


@pytest.fixture(scope="module")
def written() -> Iterator[Written]:
    where = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=where) as directory:
        file = Path(directory) / "journal.db"
        journal = Journal(Database(file), new_id=lambda: "damaged")
        journal.open()
        for number in range(ENTRIES // 2):
            append(journal, number)
        with journal.database.transaction() as connection:
            connection.exec_driver_sql("UPDATE outbox SET state = 'done' WHERE report_no < 30")
        journal.save_checkpoint("1", b"state")
        journal.open()
        for number in range(ENTRIES // 2, ENTRIES):
            append(journal, number)
        running = Image.of(Path(directory))
        entries, reports = list(journal.entries()), waiting(journal)
        journal.close()
        yield Written(Image.of(Path(directory)), running, entries, reports)


def judge(written: Written, damaged: Image, directory: Path) -> JournalDamaged | None:
    """Open the damaged files; None: it did not matter."""
    damage = refusal(damaged, directory)
    if damage is None:
        journal = damaged.put(directory)
        journal.open()
        assert list(journal.entries()) == written.entries
        assert waiting(journal) == written.waiting
        append(journal, ENTRIES)
        journal.open()
        assert journal.head.seq == ENTRIES + 1
        journal.close()
    else:
        assert 1 <= damage.seq <= ENTRIES + 1, damage
        damaged.put(directory)
        before = damage.seq - 1
        assert leniently(directory / "journal.db", before) == written.entries[:before], damage
    return damage


def refusal(image: Image, directory: Path) -> JournalDamaged | None:
    journal = image.put(directory)
    try:
        journal.open()
    except JournalDamaged as damage:
        return damage
    finally:
        journal.close()
    return None


def leniently(file: Path, count: int) -> list[Entry]:
    """Read the first entries as far as SQLite can, checking nothing."""
    found: list[Entry] = []
    try:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            for row in connection.execute("SELECT * FROM entries ORDER BY seq"):
                found.append(Entry(*row))
                if len(found) >= count:
                    break
    except (sqlite3.Error, UnicodeDecodeError):
        pass
    return found[:count]


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@pytest.mark.slow
@pytest.mark.parametrize("state", ["folded", "running"])
def test_a_bit_flipped_in_any_region(quick_path: Path, written: Written, state: str) -> None:
    """A sweep over both files: header, schema, tables, index, free room, frames."""
    image: Image = getattr(written, state)
    outcomes: Counter[str] = Counter()
    for number, place in enumerate(range(0, len(image.main), 523)):
        damaged = replace(image, main=flipped(image.main, place * 8 + number % 8))
        outcomes[told(judge(written, damaged, quick_path / "image"))] += 1
    for number, place in enumerate(range(0, len(image.wal), 1501)):
        damaged = replace(image, wal=flipped(image.wal, place * 8 + number % 8))
        outcomes[told(judge(written, damaged, quick_path / "image"))] += 1
    print(f"{outcomes.total()} images, {state}: {dict(outcomes)}")
    assert outcomes["harmless"] < outcomes.total() * 3 / 4


def told(damage: JournalDamaged | None) -> str:
    return str(damage.kind) if damage else "harmless"


class Wound(NamedTuple):
    """Damage to a file, wherever ``place`` and ``other`` fall in it."""

    name: str
    how: str
    place: int
    other: int

    def of(self, image: Image) -> Image:
        data: bytes = getattr(image, self.name)
        if not data:
            return image
        place = self.place % len(data)
        match self.how:
            case "flip":
                data = flipped(data, place * 8 + self.other % 8)
            case "cut":
                data = data[:place]
            case "zeros":
                sector = place // 512 * 512
                end = min(sector + 512, len(data))
                data = data[:sector] + bytes(end - sector) + data[end:]
            case "swap":
                data = swapped(data, place // 4096, self.other % len(data) // 4096)
        return replace(image, **{self.name: data})


ANYWHERE = st.integers(0, 2**24)
WOUNDS = st.builds(
    Wound,
    st.sampled_from(["main", "wal"]),
    st.sampled_from(["flip", "cut", "zeros", "swap"]),
    ANYWHERE,
    ANYWHERE,
)


def swapped(data: bytes, one: int, other: int) -> bytes:
    pages = [data[place : place + 4096] for place in range(0, len(data), 4096)]
    one, other = min(one, len(pages) - 1), min(other, len(pages) - 1)
    pages[one], pages[other] = pages[other], pages[one]
    return b"".join(pages)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(
    state=st.sampled_from(["folded", "running"]), wounds=st.lists(WOUNDS, min_size=1, max_size=3)
)
def test_random_damage(written: Written, state: str, wounds: list[Wound]) -> None:
    damaged: Image = getattr(written, state)
    for wound in wounds:
        damaged = wound.of(damaged)
    where = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=where) as directory:
        judge(written, damaged, Path(directory) / "image")


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_damage_to_the_anchor_alone_loses_nothing(written: Written, data: st.DataObject) -> None:
    """The journal itself is what counts; an anchor that cannot be read says nothing."""
    anchor = written.running.anchor
    torn = data.draw(
        st.integers(0, len(anchor) * 8 - 1).map(lambda bit: flipped(anchor, bit))
        | st.integers(0, len(anchor)).map(lambda place: anchor[:place])
        | st.binary(max_size=64)
    )
    where = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=where) as directory:
        damaged = replace(written.running, anchor=torn)
        assert judge(written, damaged, Path(directory) / "image") is None


def test_a_page_in_the_place_of_another_is_not_taken_for_newer_software(
    quick_path: Path, written: Written
) -> None:
    pages = len(written.folded.main) // 4096
    for one in range(1, pages):
        for other in range(one):
            damaged = replace(written.folded, main=swapped(written.folded.main, one, other))
            assert judge(written, damaged, quick_path / "image") is not None


# -- told apart, in words ------------------------------------------------------------------------


def test_every_kind_of_damage_has_a_next_step() -> None:
    assert set(NEXT_STEP) == set(Damage)


@pytest.mark.parametrize(
    ("wound", "kind"),
    [
        (lambda image: replace(image, wal=b""), Damage.MISSING_TAIL),
        (lambda image: replace(image, main=image.main[:8192], wal=b""), Damage.STRUCTURE),
        (lambda image: replace(image, wal=image.wal[:-1]), Damage.MISSING_TAIL),
    ],
)
def test_the_person_is_told_what_to_do(
    quick_path: Path,
    written: Written,
    wound: Callable[[Image], Image],
    kind: Damage,
    capsys: pytest.CaptureFixture[str],
) -> None:
    damage = judge(written, wound(written.running), quick_path / "image")
    assert damage is not None
    assert damage.kind is kind
    wound(written.running).put(quick_path / "image")
    assert main([str(quick_path / "image" / "journal.db")]) == 1
    said = capsys.readouterr().err
    assert f"entry {damage.seq}:" in said
    assert NEXT_STEP[kind] in said
