"""What a disk may hold of a journal after the power went: images, made byte by byte.

A commit is written to the write-ahead file and synced before anybody is told of it. Until the sync
returns, each of its sectors may be on the disk or not, in any order, or half.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kiosk.engine.chain import Entry
from kiosk.engine.database import Database
from kiosk.engine.journal import Journal

SECTOR = 512
WAL_HEADER, FRAME = 32, 24 + 4096


@dataclass(frozen=True, repr=False)
class Image:
    """The files of a journal at one instant."""

    main: bytes
    wal: bytes
    anchor: bytes

    @classmethod
    def of(cls, directory: Path) -> "Image":
        file = directory / "journal.db"
        wal, anchor = directory / "journal.db-wal", directory / "journal.db.head"
        return cls(
            file.read_bytes(),
            wal.read_bytes() if wal.exists() else b"",
            anchor.read_bytes() if anchor.exists() else b"",
        )

    def put(self, directory: Path) -> Journal:
        """Write it where nothing else is and return the journal, not yet open."""
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        (directory / "journal.db").write_bytes(self.main)
        if self.wal:
            (directory / "journal.db-wal").write_bytes(self.wal)
        if self.anchor:
            (directory / "journal.db.head").write_bytes(self.anchor)
        return Journal(Database(directory / "journal.db", lock_wait_s=0.0))


def read(journal: Journal) -> tuple[list[Entry], list[tuple[int, bytes]]]:
    """Everything that a person could miss: the entries and the reports."""
    return list(journal.entries()), reports(journal)


def reports(journal: Journal) -> list[tuple[int, bytes]]:
    with journal.database.transaction() as connection:
        rows = connection.exec_driver_sql(
            "SELECT entry_seq, body FROM outbox ORDER BY entry_seq, report_no"
        )
        return [(row[0], row[1]) for row in rows]


def torn_commits(before: Image, after: Image) -> Iterator[tuple[str, Image]]:
    """Every image of a power cut while the commit between the two was on its way to the disk."""
    for name, wal in torn_wals(before.wal, after.wal):
        yield name, replace(before, wal=wal)
    yield "all written, the anchor not yet", replace(after, anchor=before.anchor)
    for kept in range(1, len(after.anchor), 3):
        torn = after.anchor[:kept] + before.anchor[kept:]
        yield f"the anchor torn at {kept}", replace(after, anchor=torn)
        yield f"the anchor cut at {kept}", replace(after, anchor=after.anchor[:kept])


def torn_wals(old: bytes, new: bytes) -> Iterator[tuple[str, bytes]]:
    """Tear what is new; a sector keeps those of its bytes that were on the disk before."""
    differs = [place for place in range(len(new)) if new[place] != was(old, place, place + 1)[0]]
    start = differs[0] - (differs[0] - WAL_HEADER) % FRAME if differs[0] >= WAL_HEADER else 0
    stop = differs[-1] + 1
    for place in range(start, stop):
        if (place - WAL_HEADER) % FRAME == 0 or place % SECTOR == 0:
            yield f"cut at {place}", new[:place]
            yield f"new up to {place}, then as before", new[:place] + old[place:]
    for sector in range(start // SECTOR * SECTOR, stop, SECTOR):
        first, end = max(sector, start), min(sector + SECTOR, len(new))
        middle = (first + end) // 2
        yield f"sector {first} not written", new[:first] + was(old, first, end) + new[end:]
        yield f"sector {first} zeros", new[:first] + bytes(end - first) + new[end:]
        yield f"sector {first} half", new[:middle] + was(old, middle, end) + new[end:]
        only = b"".join((was(old, 0, first), new[first:end], was(old, end, len(new))))
        yield f"only sector {first} written", only


def was(old: bytes, first: int, end: int) -> bytes:
    """What stood there before; a place behind the end reads as zeros when the file has grown."""
    return old[first:end].ljust(end - first, b"\0")
