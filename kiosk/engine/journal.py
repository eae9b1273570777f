"""The journal: every fact, durable before anything is done about it, kept for ever, provably whole.

One entry per fact, chained by hash, and with it in one transaction the reports that the head office
must learn of. `kiosk.engine.story` tells what is in it.
"""

import hashlib
import secrets
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from kiosk.backend import outbox
from kiosk.engine import tables
from kiosk.engine.anchor import Anchor
from kiosk.engine.archive import Archives
from kiosk.engine.archiving import Archiving
from kiosk.engine.chain import BrokenLink, Entry, Head, follow, genesis, link
from kiosk.engine.damage import Damage
from kiosk.engine.database import (
    Database,
    JournalDamaged,
    JournalFailed,
    JournalOfAnother,
    JournalTooNew,
)
from kiosk.engine.encoding import ENCODING, EventCodec, NotUnderstood, kind_of, kinds_of
from kiosk.engine.tables import INSERT_ENTRY, Identity
from kiosk.flow.event import Event
from vending.messages import Alarm, Report

SCHEMA = "1"
_KNOWN_SCHEMAS = {"1", "2"}
"""2: the beginning of the chain has moved into archives."""
_CHECKPOINTS_KEPT = 2
_BEAT_ENTRIES = 10_000


@dataclass(frozen=True)
class Checkpoint:
    """The state after entry ``seq``, so that a start need not fold everything before it."""

    seq: int
    body: bytes


class Journal:
    """The facts of one terminal. Written by the engine's thread, readable from every thread."""

    def __init__(
        self,
        database: Database,
        codec: EventCodec | None = None,
        *,
        owner: str = "",
        new_id: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        """``owner``: the terminal's number; empty: whose journal it is does not matter."""
        self.database = database
        self._owner = owner
        self._codec = codec or EventCodec(kinds_of(Event))
        self._new_id = new_id
        self._anchor = Anchor(database.file.with_suffix(database.file.suffix + ".head"))
        self._opening = threading.RLock()
        self._is_open = False
        self._head = genesis("")
        self._identity = Identity("", "", "", self._head)
        self.archives = Archives(database.file)
        self.beat: Callable[[], None] = lambda: None
        """Called now and then during a long check."""
        self.journal_id = ""
        """Random, made with the journal: the name under which its reports are numbered."""

    @property
    def head(self) -> Head:
        """The last entry; seq 0 when there is none."""
        return self._head

    def open(self) -> None:
        """Open, lock and check the whole live file; it may have been open before.

        Archives are not looked at.
        Raises JournalInUse, JournalTooNew, JournalOfAnother, JournalDamaged with the first entry
        that cannot be trusted, JournalFull or JournalFailed.
        """
        with self._opening:
            self.close()
            try:
                self._open()
            except JournalDamaged:
                self.database.keep_evidence()
                self.close()
                raise
            except BaseException:
                self.close()
                raise
            self.database.forget_evidence()
            self._is_open = True

    def close(self) -> None:
        """Close; every entry is already on the disk."""
        with self._opening:
            self._is_open = False
            self.database.close()
            self._anchor.close()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open a transaction on a journal that is open and was found whole.

        For whoever else keeps tables here, from any thread. Raises JournalError.
        """
        with self._opening:
            if not self._is_open:
                raise JournalFailed("the journal is not open")
            with self.database.transaction() as connection:
                yield connection

    def append(self, event: Event, reports: Sequence[Report] = ()) -> int:
        """Add a fact and queue ``reports``, both or neither; durable on return. Gives its seq.

        ``event.at_ms`` must not be before the last entry's. Raises JournalFull or JournalFailed:
        then nothing may be done about the fact, and the journal must be opened again.
        """
        if event.at_ms < self._head.at_ms:
            raise ValueError(f"journal time goes back from {self._head.at_ms} to {event.at_ms}")
        body = self._codec.encode(event)
        entry = link(self._head, event.at_ms, ENCODING, kind_of(event), body)
        with self.database.transaction() as connection:
            outbox.insert_prepared(connection, INSERT_ENTRY, entry)
            if reports:
                outbox.put(connection, entry.seq, event.at_ms, reports)
        self._head = Head(entry.seq, entry.at_ms, entry.hash)
        self.database.trusted_seq = entry.seq
        self._anchor.write(entry.seq, entry.hash)
        return entry.seq

    def entries(
        self, first_seq: int = 1, last_seq: int | None = None
    ) -> Generator[Entry, None, None]:
        """Return the stored entries from ``first_seq`` to ``last_seq`` in order.

        Archives are read where entries have left the live file, and their chain is followed.
        Raises JournalDamaged for an archived entry that cannot be had.
        """
        head = genesis(self.journal_id) if first_seq <= 1 else None
        seq = max(first_seq, 1)
        while last_seq is None or seq <= last_seq:
            with self.database.transaction() as connection:
                base = self._base(connection)
                if seq > base.seq:
                    yield from tables.stored(connection, seq, last_seq)
                    return
            last_archived_seq = base.seq if last_seq is None else min(base.seq, last_seq)
            head = yield from self.archives.entries(seq, last_archived_seq, base, head)
            seq = last_archived_seq + 1

    def since(self, at_ms: int) -> int:
        """Return the first entry of the live file that is not older than ``at_ms``."""
        with self.database.transaction() as connection:
            return tables.first_since(connection, at_ms) or self._head.seq + 1

    def waiting(self) -> tuple[int, int | None]:
        """Return how many reports wait, and when the oldest of them was queued."""
        reports = outbox.outbox.c
        query = select(func.count(), func.min(reports.at_ms))
        with self.transaction() as connection:
            number, oldest_ms = connection.execute(
                query.where(reports.state == outbox.WAITING)
            ).one()
        return number, oldest_ms

    def mentions(self, order_no: str) -> list[int]:
        """Return the entries that name an order, or queued a report about it.

        An archive that cannot be read is told in the log and passed over.
        """
        reports = outbox.outbox.c
        told = select(reports.entry_seq).where(reports.order_no == order_no)
        with self.database.transaction() as connection:
            base = self._base(connection)
            found = tables.naming(connection, order_no) | set(connection.scalars(told))
        return sorted(found | self.archives.naming(order_no, base.seq))

    def around(self, seq: int, kind: str) -> tuple[int, int]:
        """Return the entries from the last ``kind`` up to ``seq`` to just before the next one."""
        with self.database.transaction() as connection:
            base = self._base(connection)
            first = tables.last_of(connection, kind, seq)
            following = tables.first_of(connection, kind, max(seq, base.seq))
        first = first or self.archives.last_of(kind, min(seq, base.seq)) or 1
        if seq < base.seq:
            following = self.archives.first_of(kind, seq, base.seq) or following
        return first, (following or self._head.seq + 1) - 1

    def event(self, entry: Entry) -> Event:
        """Return the fact in an entry. Raises JournalTooNew."""
        try:
            return self._codec.decode(entry.encoding, entry.body)
        except NotUnderstood as error:
            raise JournalTooNew(f"entry {entry.seq} ({entry.kind}): {error}") from error

    def save_checkpoint(self, version: str, body: bytes) -> None:
        """Keep the state after the last entry. ``version`` names whoever can read ``body``."""
        row = {"seq": self._head.seq, "version": version, "body": body}
        row["digest"] = _checkpoint_digest(self._head.hash, version, body)
        kept = tables.checkpoints
        newest = select(kept.c.seq).order_by(kept.c.seq.desc()).limit(_CHECKPOINTS_KEPT)
        with self.database.transaction() as connection:
            connection.execute(kept.insert().prefix_with("OR REPLACE"), row)
            oldest = min(connection.scalars(newest))
            connection.execute(kept.delete().where(kept.c.seq < oldest))

    def checkpoint(self, version: str) -> Checkpoint | None:
        """Return the newest checkpoint of ``version`` that fits the chain."""
        kept, entries = tables.checkpoints, tables.entries
        stored = (
            select(kept, entries.c.hash)
            .outerjoin(entries, entries.c.seq == kept.c.seq)
            .where(kept.c.version == version)
            .order_by(kept.c.seq.desc())
        )
        with self.database.transaction() as connection:
            rows = connection.execute(stored).all()
            base = self._base(connection)
        for row in rows:
            digest = base.hash if row.seq == base.seq else row.hash
            body = row.body if isinstance(row.body, bytes) else b""
            if digest and row.digest == _checkpoint_digest(digest, version, body):
                return Checkpoint(row.seq, body)
        return None

    def archive(self, up_to_seq: int) -> Iterator[None]:
        """Move the entries up to ``up_to_seq`` into archives, a slice for each step taken.

        No entry behind the older checkpoint moves, so that a start never needs an archive. Taking
        fewer steps, or being killed, leaves nothing that the next run does not carry on. Only the
        thread that appends may call it. Raises JournalError and `finished.NotMade`.
        """
        archiving = Archiving(self.database, self.archives, self._identity)
        for _ in archiving.slices(min(up_to_seq, self._oldest_checkpoint())):
            self._identity = archiving.identity
            yield
        self._identity = archiving.identity

    def archivable(self, entries: int, before_ms: int) -> int | None:
        """Return up to which entry it is time to `archive`; None: not yet.

        It is time when more than ``entries`` lie before the older checkpoint, when the oldest is
        from before ``before_ms``, or when an earlier run did not come to its end.
        """
        up_to_seq = self._oldest_checkpoint()
        base = self._identity.base
        if up_to_seq <= base.seq:
            return None
        if up_to_seq - base.seq > entries or self._at_ms(base.seq + 1) < before_ms:
            return up_to_seq
        archiving = Archiving(self.database, self.archives, self._identity)
        return up_to_seq if archiving.is_unfinished(up_to_seq) else None

    def alarm(self, alarm: Alarm) -> None:
        """Queue an alarm that no fact stands behind; from any thread. Raises JournalError."""
        with self.transaction() as connection:
            outbox.put(connection, 0, alarm.at_ms, [alarm])

    @property
    def base(self) -> Head:
        """The last entry that is in archives only; seq 0: none is."""
        return self._identity.base

    def _base(self, connection: Connection) -> Head:
        """The base as it is now: archiving may have moved it since this thread looked last."""
        identity = tables.read_identity(connection)
        return identity.base if identity else genesis(self.journal_id)

    def _oldest_checkpoint(self) -> int:
        with self.database.transaction() as connection:
            seqs = connection.scalars(select(tables.checkpoints.c.seq)).all()
        return min(seqs, default=0)

    def _at_ms(self, seq: int) -> int:
        with self.database.transaction() as connection:
            return next(tables.stored(connection, seq, seq)).at_ms

    def _open(self) -> None:
        self.database.trusted_seq = 0
        self.database.open()
        anchored = self._open_anchor()
        with self.database.transaction() as connection:
            self._set_up(connection)
            self._head = self._checked(connection, anchored)
            _check_rest(connection, self._head)
        self._anchor.write(self._head.seq, self._head.hash)

    def _open_anchor(self) -> tuple[int, bytes] | None:
        try:
            return self._anchor.open()
        except OSError as error:
            raise JournalFailed(str(error)) from error

    def _set_up(self, connection: Connection) -> None:
        """Make the tables and the identity of a new journal, or read those of an old one."""
        if tables.is_empty(connection):  # never into a file whose table names were damaged
            tables.TABLES.create_all(connection, checkfirst=False)
            outbox.TABLES.create_all(connection, checkfirst=False)
        try:
            identity = tables.read_identity(connection)
        except ValueError as error:
            raise JournalDamaged(1, str(error), Damage.CHANGED) from error
        if identity is None:
            new_id = self._new_id()
            identity = Identity(SCHEMA, new_id, self._owner, genesis(new_id))
            tables.write_identity(connection, identity)
        if not identity.schema.isdecimal():
            raise JournalDamaged(1, "whose journal this is cannot be read", Damage.STRUCTURE)
        if identity.schema not in _KNOWN_SCHEMAS:
            raise JournalTooNew(f"schema {identity.schema} is not known")
        if self._owner and identity.owner != self._owner:
            raise JournalOfAnother(f"of terminal {identity.owner}, not {self._owner}")
        self._identity = identity
        self.journal_id = identity.journal_id

    def _checked(self, connection: Connection, anchored: tuple[int, bytes] | None) -> Head:
        """Return the head of the chain after following all of it from the base."""
        head = self._identity.base
        self._compare(head, anchored)
        try:
            for entry in tables.stored(connection, tables.LOWEST_SEQ):
                head = follow(head, entry)
                self.database.trusted_seq = head.seq
                self._compare(head, anchored)
                if head.seq % _BEAT_ENTRIES == 0:
                    self.beat()
        except BrokenLink as broken:
            raise JournalDamaged(broken.seq, broken.why, Damage.CHANGED) from broken
        if anchored and anchored[0] > head.seq:
            why = f"missing, entries up to {anchored[0]} were written"
            raise JournalDamaged(head.seq + 1, why, Damage.MISSING_TAIL)
        if self.database.commits_dropped > 1:
            why = f"missing, {self.database.commits_dropped} commits cannot be read"
            raise JournalDamaged(head.seq + 1, why, Damage.MISSING_TAIL)
        return head

    @staticmethod
    def _compare(head: Head, anchored: tuple[int, bytes] | None) -> None:
        if anchored and 0 < anchored[0] == head.seq and anchored[1] != head.hash:
            why = "is another one than was written here before"
            raise JournalDamaged(head.seq, why, Damage.REPLACED)


def _check_rest(connection: Connection, head: Head) -> None:
    """Check what the chain does not cover: the file's structure and the waiting reports.

    The quick check would not do: the index by which waiting reports are found must fit the table.
    """
    found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
    if found != "ok":
        raise JournalDamaged(head.seq + 1, str(found))
    report_no = outbox.damaged(connection)
    if report_no is not None:
        raise JournalDamaged(
            head.seq + 1, f"report {report_no} is not what was queued", Damage.CHANGED
        )


def _checkpoint_digest(chain_hash: bytes, version: str, body: bytes) -> bytes:
    return hashlib.sha256(chain_hash + version.encode() + b"\n" + body).digest()


def journal_at(directory: Path, terminal_no: str) -> Journal:
    """Return the journal that a terminal keeps in ``directory``, not yet open."""
    return Journal(Database(directory / "journal.db"), owner=terminal_no)
