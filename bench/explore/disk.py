"""A kiosk's disk: the journal's real files, and what a power cut leaves of the last write."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from random import Random

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

from bench.explore.fuse import Fuse
from kiosk.engine.database import Database, JournalFailed

Image = dict[str, bytes]

JOURNAL = "journal.db"
WAL = "journal.db-wal"
ANCHOR = "journal.db.head"

SECTOR = 512
IN_THE_COMMIT = "journal: in the commit"
_WAL_HEADER = 32


class Tear(StrEnum):
    """What is left of a write that the power cut met."""

    LOST = "lost"
    WHOLE = "whole"
    """All of it is on the disk, and nobody was told."""
    PREFIX = "prefix"
    SECTORS = "sectors"
    """Some sectors reached the disk, others did not."""
    ZEROS = "zeros"
    """The file has grown, and part of what was to be there is zeros."""


class Disk:
    """The files in a folder: the journal's, its anchor, its archives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.rglob("*"):
            if file.is_file():
                file.unlink()
        self.full = False
        """No space is left: every commit fails."""
        self.failures = 0
        """So many commits reach the disk, and an error is told."""

    def image(self) -> Image:
        """Return all that is on it."""
        files = (file for file in self.folder.rglob("*") if file.is_file())
        return {file.relative_to(self.folder).as_posix(): file.read_bytes() for file in files}

    def restore(self, image: Image) -> None:
        """Put back what was on it at some moment."""
        for name in self.image().keys() - image.keys():
            (self.folder / name).unlink()
        for name, data in image.items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)


def torn(before: Image, after: Image, tear: Tear, chance: Random) -> Image:
    """Return what may be on the disk when the power fails in the middle of a commit.

    The order in which SQLite makes things durable is respected: the log's header before its frames,
    the whole log before the database.
    """
    if before.get(JOURNAL) != after.get(JOURNAL) and tear is not Tear.LOST:
        mixed = mangled(before.get(JOURNAL, b""), after.get(JOURNAL, b""), tear, chance)
        return {**after, JOURNAL: mixed}
    if WAL not in after or tear is Tear.WHOLE:
        return after
    if tear is Tear.LOST:
        return before
    old, new = before.get(WAL, b""), after[WAL]
    mixed = mangled(old, new, tear, chance)
    return {**after, WAL: new[:_WAL_HEADER] + mixed[_WAL_HEADER:]}


def mangled(old: bytes, new: bytes, tear: Tear, chance: Random) -> bytes:
    """Return a mixture of two contents of a file, as sectors of a disk have it."""
    if tear is Tear.WHOLE:
        return new
    changed = [
        at for at in range(0, len(new), SECTOR) if old[at : at + SECTOR] != new[at:][:SECTOR]
    ]
    if not changed:
        return new
    stays = {
        Tear.PREFIX: set(changed[: chance.randrange(len(changed))]),
        Tear.SECTORS: {at for at in changed if chance.random() < 0.5},
        Tear.ZEROS: set(changed[: chance.randrange(len(changed))]),
    }.get(tear, set())
    mixed = bytearray(old.ljust(len(new), b"\0") if tear is not Tear.PREFIX else old)
    for at in sorted(stays):
        piece = new[at : at + SECTOR]
        if len(mixed) < at + len(piece):
            mixed.extend(bytes(at + len(piece) - len(mixed)))
        mixed[at : at + len(piece)] = piece
    if tear is Tear.PREFIX and stays and (last := max(stays) + SECTOR) in changed:
        cut = chance.randrange(SECTOR)  # in the middle of a sector, as some disks do
        piece = new[last : last + cut]
        mixed[last : last + cut] = piece
    return bytes(mixed)


class _Files:
    """One engine of the toolkit for every file in turn: what it has compiled it need not again."""

    def __init__(self) -> None:
        self._file = Path()
        self._engine = create_engine(
            "sqlite://",
            creator=lambda: sqlite3.connect(self._file, check_same_thread=False),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
        )

    def engine_for(self, file: Path) -> Engine:
        """Return the engine, which connects to ``file`` next."""
        self._file = file
        return self._engine


_files = _Files()


class SimDatabase(Database):
    """The terminal's real database, whose power, space and luck may end at any commit."""

    def __init__(self, disk: Disk, fuse: Fuse, checkpoint_pages: int) -> None:
        super().__init__(disk.folder / JOURNAL)
        self.torn_from: Image | None = None
        """What was on the disk before the commit that the power cut met."""
        self._disk = disk
        self._fuse = fuse
        self._checkpoint_pages = checkpoint_pages

    def open(self) -> None:
        """Open, and let the log be taken over at the size of the run."""
        super().open()
        assert self._driver
        self._driver.execute(f"PRAGMA wal_autocheckpoint = {self._checkpoint_pages}")

    def _make_engine(self) -> Engine:
        return _files.engine_for(self.file)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """See `Database.transaction`; three effects where something is written."""
        wrote = False
        with super().transaction() as connection:
            driver = self._driver
            assert driver
            changes = driver.total_changes
            yield connection
            wrote = driver.total_changes != changes
            if wrote:
                self._before_commit()
        if wrote:
            self._after_commit()

    def _before_commit(self) -> None:
        if self._disk.full:
            raise _error("database or disk is full", sqlite3.SQLITE_FULL)
        self._fuse.burn("journal: before the commit")
        if self._fuse.is_next(IN_THE_COMMIT):
            self.torn_from = self._disk.image()

    def _after_commit(self) -> None:
        self._fuse.burn(IN_THE_COMMIT)
        self._fuse.burn("journal: after the commit")
        if self._disk.failures:
            self._disk.failures -= 1
            self.close()
            self._closed_by = JournalFailed("disk I/O error")
            raise self._closed_by


def _error(text: str, code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error
