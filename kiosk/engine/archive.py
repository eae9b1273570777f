"""The archives of a journal: files beside it with the entries that have left it, read in place.

``archive/journal-<first seq>-<last seq>.db``, each with the tables of the journal. Which files
there are is told by their names; a file is opened when somebody needs what is in it.
"""

import logging
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kiosk.engine import tables
from kiosk.engine.chain import BrokenLink, Entry, Head, follow
from kiosk.engine.damage import Damage
from kiosk.engine.database import JournalDamaged
from kiosk.engine.finished import Unsound, followed

_logger = logging.getLogger(__name__)

_NAME = re.compile(r"(\d{10})-(\d{10})")


class Archive(NamedTuple):
    """One file and the entries it holds."""

    first_seq: int
    last_seq: int
    file: Path


class Archives:
    """All archives of one journal. Reading needs no lock: a file never changes."""

    def __init__(self, journal_file: Path) -> None:
        self.directory = journal_file.parent / "archive"
        self._stem = journal_file.stem

    def file(self, first_seq: int, last_seq: int) -> Path:
        """Return the name of the archive of these entries."""
        return self.directory / f"{self._stem}-{first_seq:010}-{last_seq:010}.db"

    def all(self) -> list[Archive]:
        """Return the archives in order."""
        found = []
        for file in self.directory.glob(f"{self._stem}-*.db"):
            numbers = _NAME.fullmatch(file.stem.removeprefix(f"{self._stem}-"))
            if numbers:
                found.append(Archive(int(numbers[1]), int(numbers[2]), file))
        return sorted(found)

    def missing(self, last_seq: int) -> int | None:
        """Return the first entry up to ``last_seq`` that no file is there for; None: all are."""
        seq = 1
        for archive in self.all():
            if archive.first_seq <= seq <= archive.last_seq:
                seq = archive.last_seq + 1
        return seq if seq <= last_seq else None

    def check(self, archive: Archive) -> Iterator[Head]:
        """Follow one archive, a head for each slice. Raises Unsound."""
        head = None
        for head in followed(archive.file):
            if head.seq < archive.first_seq - 1 or head.seq > archive.last_seq:
                raise Unsound(archive.first_seq, f"{archive.file.name}: holds entry {head.seq}")
            yield head
        if head is None or head.seq != archive.last_seq:
            seq = head.seq + 1 if head else archive.first_seq
            raise Unsound(seq, f"{archive.file.name}: ends too early")

    def entries(
        self, first_seq: int, last_seq: int, base: Head, before: Head | None
    ) -> Generator[Entry, None, Head | None]:
        """Give archived entries and return the head after them; the chain is followed meanwhile.

        ``base``: the live file's. ``before``: the head before ``first_seq`` where it is known.
        Raises JournalDamaged for an entry that is missing or is not what was archived.
        """
        head = before
        seq = first_seq
        while seq <= last_seq:
            archive = self._holding(seq)
            with _opened(archive, seq) as source:
                for entry in tables.stored(source, seq, min(last_seq, archive.last_seq)):
                    head = _next(archive, head, entry)
                    yield entry
            if head is None or head.seq < min(last_seq, archive.last_seq):
                seq = head.seq + 1 if head else seq
                raise _unsound(archive, seq, "ends too early")
            seq = head.seq + 1
        if head and head.seq == base.seq and head.hash != base.hash:
            raise JournalDamaged(head.seq, "the archives do not lead here", Damage.ARCHIVE)
        return head

    def naming(self, order_no: str, up_to_seq: int) -> set[int]:
        """Return the archived entries that name an order, as far as the files can be read."""
        found: set[int] = set()
        for archive in self._up_to(up_to_seq):
            found |= _asked(archive, lambda source: tables.naming(source, order_no)) or set()
        return found

    def last_of(self, kind: str, up_to_seq: int) -> int | None:
        """Return the last archived entry of a kind that is not behind ``up_to_seq``."""
        for archive in reversed(self._up_to(up_to_seq)):
            found = _asked(archive, lambda source: tables.last_of(source, kind, up_to_seq))
            if found:
                return found
        return None

    def first_of(self, kind: str, after_seq: int, up_to_seq: int) -> int | None:
        """Return the first archived entry of a kind behind ``after_seq``."""
        for archive in self._up_to(up_to_seq):
            if archive.last_seq > after_seq:
                found = _asked(archive, lambda source: tables.first_of(source, kind, after_seq))
                if found:
                    return found
        return None

    def _up_to(self, seq: int) -> list[Archive]:
        return [archive for archive in self.all() if archive.first_seq <= seq]

    def _holding(self, seq: int) -> Archive:
        for archive in self.all():
            if archive.first_seq <= seq <= archive.last_seq:
                return archive
        raise JournalDamaged(seq, f"no file for it in {self.directory}", Damage.ARCHIVE)


def _next(archive: Archive, head: Head | None, entry: Entry) -> Head:
    try:
        return follow(head or Head(entry.seq - 1, 0, entry.previous), entry)
    except BrokenLink as broken:
        raise _unsound(archive, broken.seq, broken.why) from broken


@contextmanager
def _opened(archive: Archive, seq: int) -> Iterator[Connection]:
    try:
        with tables.reading(archive.file) as source:
            yield source
    except (OSError, DBAPIError, UnicodeDecodeError) as error:
        raise _unsound(archive, seq, f"cannot be read: {error}") from error


def _asked(archive: Archive, ask: Callable[[Connection], tables.Answer]) -> tables.Answer | None:
    """Ask a file; one that cannot be read is told and has no answer."""
    try:
        with _opened(archive, archive.first_seq) as source:
            return ask(source)
    except JournalDamaged as damage:
        _logger.error("%s", damage)
        return None


def _unsound(archive: Archive, seq: int, why: str) -> JournalDamaged:
    return JournalDamaged(seq, f"{archive.file.name}: {why}", Damage.ARCHIVE)
