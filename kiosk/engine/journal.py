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

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.dialects import sqlite

from kiosk.backend import outbox
from kiosk.engine.anchor import Anchor
from kiosk.engine.chain import BrokenLink, Entry, Head, follow, genesis, link
from kiosk.engine.database import (
    Database,
    JournalDamaged,
    JournalFailed,
    JournalOfAnother,
    JournalTooNew,
)
from kiosk.engine.encoding import ENCODING, EventCodec, NotUnderstood, kind_of, kinds_of
from kiosk.flow.event import Event
from vending.messages import Report

SCHEMA = 1

_TABLES = MetaData()
_meta = Table(
    "meta",
    _TABLES,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
_entries = Table(
    "entries",
    _TABLES,
    Column("seq", Integer, primary_key=True),
    Column("at_ms", Integer, nullable=False),
    Column("encoding", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
_checkpoints = Table(
    "checkpoints",
    _TABLES,
    Column("seq", Integer, primary_key=True),
    Column("version", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)
_INSERT = str(
    _entries.insert()
    .values({column.name: bindparam(column.name) for column in _entries.columns})
    .compile(dialect=sqlite.dialect())
)
_CHECKPOINTS_KEPT = 2


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
        self.journal_id = ""
        """Random, made with the journal: the name under which its reports are numbered."""

    @property
    def head(self) -> Head:
        """The last entry; seq 0 when there is none."""
        return self._head

    def open(self) -> None:
        """Open, lock and check the whole journal; it may have been open before.

        Raises JournalInUse, JournalTooNew, JournalOfAnother, JournalDamaged with the first entry
        that cannot be trusted, JournalFull or JournalFailed.
        """
        with self._opening:
            self.close()
            try:
                self._open()
            except BaseException:
                self.close()
                raise
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
            outbox.insert_prepared(connection, _INSERT, entry)
            if reports:
                outbox.put(connection, entry.seq, event.at_ms, reports)
        self._head = Head(entry.seq, entry.at_ms, entry.hash)
        self.database.trusted_seq = entry.seq
        self._anchor.write(entry.seq, entry.hash)
        return entry.seq

    def entries(
        self, first_seq: int = 1, last_seq: int | None = None
    ) -> Generator[Entry, None, None]:
        """Return the stored entries from ``first_seq`` to ``last_seq`` in order."""
        query = select(_entries).where(_entries.c.seq >= first_seq).order_by(_entries.c.seq)
        if last_seq is not None:
            query = query.where(_entries.c.seq <= last_seq)
        with self.database.transaction() as connection:
            for row in connection.execute(query):
                yield Entry(*row)

    def mentions(self, order_no: str) -> list[int]:
        """Return the entries that name an order, or queued a report about it."""
        body = cast(_entries.c.body, String)
        named = select(_entries.c.seq).where(func.instr(body, order_no) > 0)
        reports = outbox.outbox.c
        told = select(reports.entry_seq).where(reports.order_no == order_no)
        with self.database.transaction() as connection:
            return sorted(connection.scalars(named.union(told)))

    def around(self, seq: int, kind: str) -> tuple[int, int]:
        """Return the entries from the last ``kind`` up to ``seq`` to just before the next one."""
        same = select(_entries.c.seq).where(_entries.c.kind == kind)
        before = same.where(_entries.c.seq <= seq).order_by(_entries.c.seq.desc()).limit(1)
        after = same.where(_entries.c.seq > seq).order_by(_entries.c.seq).limit(1)
        with self.database.transaction() as connection:
            first = connection.scalar(before) or 1
            following = connection.scalar(after) or self._head.seq + 1
        return first, following - 1

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
        newest = select(_checkpoints.c.seq).order_by(_checkpoints.c.seq.desc())
        with self.database.transaction() as connection:
            connection.execute(_checkpoints.insert().prefix_with("OR REPLACE"), row)
            kept = connection.scalars(newest.limit(_CHECKPOINTS_KEPT)).all()
            connection.execute(_checkpoints.delete().where(_checkpoints.c.seq < min(kept)))

    def checkpoint(self, version: str) -> Checkpoint | None:
        """Return the newest checkpoint of ``version`` that fits the chain."""
        stored = (
            select(_checkpoints, _entries.c.hash)
            .join(_entries, _entries.c.seq == _checkpoints.c.seq)
            .where(_checkpoints.c.version == version)
            .order_by(_checkpoints.c.seq.desc())
        )
        with self.database.transaction() as connection:
            rows = connection.execute(stored).all()
        for row in rows:
            body = row.body if isinstance(row.body, bytes) else b""
            if row.digest == _checkpoint_digest(row.hash, version, body):
                return Checkpoint(row.seq, body)
        return None

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
        _TABLES.create_all(connection)
        outbox.TABLES.create_all(connection)
        stored = {row.name: row.value for row in connection.execute(select(_meta))}
        if not stored:
            stored = {"schema": str(SCHEMA), "id": self._new_id(), "owner": self._owner}
            rows = [{"name": name, "value": value} for name, value in stored.items()]
            connection.execute(_meta.insert(), rows)
        if stored.get("schema") != str(SCHEMA):
            raise JournalTooNew(f"schema {stored.get('schema')} is not known")
        if self._owner and stored.get("owner") != self._owner:
            raise JournalOfAnother(f"of terminal {stored.get('owner')}, not {self._owner}")
        self.journal_id = stored.get("id", "")

    def _checked(self, connection: Connection, anchored: tuple[int, bytes] | None) -> Head:
        """Return the head of the chain after following all of it."""
        head = genesis(self.journal_id)
        query = select(_entries).order_by(_entries.c.seq)
        try:
            for row in connection.execute(query):
                head = follow(head, Entry(*row))
                self.database.trusted_seq = head.seq
                if anchored and anchored[0] == head.seq and anchored[1] != head.hash:
                    raise BrokenLink(head.seq, "is another one than was written here before")
        except BrokenLink as broken:
            raise JournalDamaged(broken.seq, broken.why) from broken
        if anchored and anchored[0] > head.seq:
            raise JournalDamaged(head.seq + 1, f"missing, entries up to {anchored[0]} were written")
        return head


def _check_rest(connection: Connection, head: Head) -> None:
    """Check what the chain does not cover: the file's structure and the waiting reports."""
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if found != "ok":
        raise JournalDamaged(head.seq + 1, str(found))
    report_no = outbox.damaged(connection)
    if report_no is not None:
        raise JournalDamaged(head.seq + 1, f"report {report_no} is not what was queued")


def _checkpoint_digest(chain_hash: bytes, version: str, body: bytes) -> bytes:
    return hashlib.sha256(chain_hash + version.encode() + b"\n" + body).digest()


def journal_at(directory: Path, terminal_no: str) -> Journal:
    """Return the journal that a terminal keeps in ``directory``, not yet open."""
    return Journal(Database(directory / "journal.db"), owner=terminal_no)
