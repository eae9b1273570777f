"""Moves old entries out of the live file: copied, proved, only then deleted.

At every instant each entry is in the live file or in a finished archive. Each deletion moves the
live file's base in the same transaction; what a crash leaves (a part of a file, an archive whose
entries are still live) is cleared away or carried on by the next run.
"""

import logging
from collections.abc import Iterator

from kiosk.engine import finished, tables
from kiosk.engine.archive import Archive, Archives
from kiosk.engine.chain import Head
from kiosk.engine.database import Database
from kiosk.engine.finished import Unsound
from kiosk.engine.tables import Identity

_logger = logging.getLogger(__name__)

FILE_ENTRIES = 50_000
SCHEMA_WITH_BASE = "2"
"""Older software must not take the missing beginning for damage: it refuses this number."""


class Archiving:
    """The move, one slice at a time. Only the engine's thread archives."""

    def __init__(self, database: Database, archives: Archives, identity: Identity) -> None:
        self._database = database
        self._archives = archives
        self.identity = identity
        """As the live file has it by now."""

    @property
    def base(self) -> Head:
        """The last entry that has left the live file."""
        return self.identity.base

    def slices(self, up_to_seq: int) -> Iterator[None]:
        """Move everything up to ``up_to_seq``, pausing after each slice.

        Raises NotMade when an archive could not be made, JournalError when the live file failed.
        """
        yield from self._empty(up_to_seq)
        while self.base.seq < up_to_seq:
            yield from self._make(min(up_to_seq, self.base.seq + FILE_ENTRIES))
            yield from self._empty(up_to_seq)

    def is_unfinished(self, up_to_seq: int) -> bool:
        """Tell whether entries of a finished archive are still in the live file."""
        return any(self._can_empty(archive, up_to_seq) for archive in self._archives.all())

    def _can_empty(self, archive: Archive, up_to_seq: int) -> bool:
        return archive.first_seq - 1 <= self.base.seq < archive.last_seq <= up_to_seq

    def _make(self, last_seq: int) -> Iterator[None]:
        first_seq = self.base.seq + 1
        part = finished.begin(self._archives.file(first_seq, last_seq), self.identity)
        count = finished.SLICE_ENTRIES
        for seq in range(first_seq, last_seq + 1, count):
            with self._database.transaction() as live:
                rows = list(tables.stored(live, seq, min(last_seq, seq + count - 1)))
            finished.grow(part, rows)
            yield
        for _ in self._archives.check(Archive(first_seq, last_seq, part)):
            yield
        finished.finish(part)
        yield

    def _empty(self, up_to_seq: int) -> Iterator[None]:
        """Delete from the live file what finished archives hold, and prove first that they do."""
        for archive in self._archives.all():
            if not self._can_empty(archive, up_to_seq):
                continue
            heads: list[Head] = []
            try:
                for head in self._archives.check(archive):
                    heads.append(head)
                    yield
            except Unsound as unsound:
                self._set_aside(archive, str(unsound))
                continue
            if not self._is_live(heads[-1]):
                self._set_aside(archive, "it is of another history")
                continue
            for head in heads:
                if head.seq > self.base.seq:
                    self._delete(head)
                    yield

    def _is_live(self, head: Head) -> bool:
        """Tell whether the live file has this head: chains that meet agree in all before."""
        with self._database.transaction() as live:
            found = [entry.hash for entry in tables.stored(live, head.seq, head.seq)]
        return found == [head.hash]

    def _delete(self, head: Head) -> None:
        identity = self.identity._replace(schema=SCHEMA_WITH_BASE, base=head)
        with self._database.transaction() as live:
            live.execute(tables.entries.delete().where(tables.entries.c.seq <= head.seq))
            tables.write_identity(live, identity)
        self.identity = identity

    def _set_aside(self, archive: Archive, why: str) -> None:
        """Keep a file that is of no use, out of the way: the live file still holds its entries."""
        _logger.error("archive %s is set aside: %s", archive.file.name, why)
        try:
            archive.file.rename(archive.file.with_suffix(".aside"))
        except OSError as error:
            raise finished.NotMade(str(error)) from error
