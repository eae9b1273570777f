"""The terminal's one database: SQLite in WAL mode, each commit on the disk before it is believed.

One connection, one process: the file is locked for as long as it is open, and threads take turns.
After any failure the database closes itself, so that nobody builds on a commit whose fate is not
known; opening it again shows what is really on the disk.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from kiosk.backend.outbox import StoreError
from kiosk.engine import wal
from kiosk.engine.damage import Damage

_logger = logging.getLogger(__name__)

_WAL_LIMIT_BYTES = 8 * 1024 * 1024
_HEADER_BYTES = 100
_MAGIC = b"SQLite format 3\0"
_FORMATS = slice(18, 20)
_PRAGMAS = (
    "PRAGMA locking_mode = EXCLUSIVE",  # before WAL: then no shared memory file is needed
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # NORMAL loses acknowledged entries at a power cut
    f"PRAGMA journal_size_limit = {_WAL_LIMIT_BYTES}",
    "PRAGMA cell_size_check = ON",
    "PRAGMA trusted_schema = OFF",
)
_FAILURES = {
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOMEM,
}
"""The machine's fault. Everything else that a fixed statement can meet is damage in the file."""


class JournalError(StoreError):
    """The journal cannot be used as it should."""


class JournalInUse(JournalError):
    """Another process has the journal open."""


class JournalFull(JournalError):
    """The disk is full: the entry was not made."""


class JournalFailed(JournalError):
    """The disk or the file system failed: whether the entry was made shows when it is reopened."""


class JournalTooNew(JournalError):
    """A newer version of the software wrote the journal."""


class JournalOfAnother(JournalError):
    """The journal belongs to another terminal: its order numbers would not fit this one's."""


class JournalDamaged(JournalError):
    """The journal is not what was written. ``seq``: the first entry that cannot be trusted."""

    def __init__(self, seq: int, why: str, kind: Damage = Damage.STRUCTURE) -> None:
        super().__init__(f"entry {seq}: {why} ({kind})")
        self.seq = seq
        self.why = why
        self.kind = kind


class Database:
    """A file with tables. Safe from every thread; may be opened again after it was closed."""

    def __init__(self, file: Path, *, lock_wait_s: float = 2.0, max_pages: int = 0) -> None:
        """``max_pages`` bounds the file's size; 0: as large as the disk."""
        self.file = file
        self.trusted_seq = 0
        """The last entry known to be sound, for telling where damage begins."""
        self.commits_dropped = 0
        """Commits behind the sound part of the write-ahead file when it was opened. One: a power
        cut tore it, nobody had been told of it. More: some of them had been acknowledged.
        """
        self._wal_found = b""
        self._lock_wait_s = lock_wait_s
        self._max_pages = max_pages
        self._lock = threading.RLock()
        self._closed_by: JournalError = JournalFailed("the journal is closed")
        """What whoever comes next is told."""
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        self._driver: sqlite3.Connection | None = None
        """The same connection without its wrapper: begins and ends transactions, 20 us faster."""

    def open(self) -> None:
        """Open the file (made when missing) and lock it. Raises JournalError."""
        with self._lock:
            self.close()
            try:
                self.file.parent.mkdir(parents=True, exist_ok=True)
                self._check_header()
                self._wal_found = self._read_wal()
                self._connect()
                self.commits_dropped = self._dropped()
            except (DBAPIError, OSError, UnicodeDecodeError) as error:
                self.close()
                raise self._translated(error) from error

    def close(self) -> None:
        """Give the file back. Everything committed stays."""
        with self._lock:
            self._closed_by = JournalFailed("the journal is closed")
            connection, engine = self._connection, self._engine
            self._connection = self._engine = self._driver = None
            with suppress(DBAPIError, sqlite3.Error):
                if connection:
                    connection.close()
            with suppress(DBAPIError, sqlite3.Error):
                if engine:
                    engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open a transaction: durable when left without an exception, undone when left with one.

        Raises JournalError; the database is closed then.
        """
        with self._lock:
            connection, driver = self._connection, self._driver
            if connection is None or driver is None:
                raise self._closed_by.with_traceback(None)
            try:
                driver.execute("BEGIN IMMEDIATE")
                yield connection
                driver.execute("COMMIT")
            except (DBAPIError, sqlite3.Error, UnicodeDecodeError) as error:
                self.close()
                self._closed_by = self._translated(error)
                raise self._closed_by from error
            except BaseException:
                self._roll_back(driver)
                raise

    def keep_evidence(self) -> None:
        """Keep the write-ahead file as it was found: SQLite drops what it cannot read of it."""
        kept = self.file.with_name(self.file.name + "-wal.found")
        if not self._wal_found or kept.exists():
            return
        try:
            kept.write_bytes(self._wal_found)
            _logger.error("the write-ahead file is kept as it was found: %s", kept)
        except OSError as error:
            _logger.error("the write-ahead file could not be kept: %s", error)

    def forget_evidence(self) -> None:
        """Let go of what `keep_evidence` would keep: the journal was found whole."""
        self._wal_found = b""

    def _roll_back(self, driver: sqlite3.Connection) -> None:
        try:
            driver.execute("ROLLBACK")
        except sqlite3.Error:
            self.close()

    def _make_engine(self) -> Engine:
        return create_engine(
            URL.create("sqlite", database=str(self.file)),
            connect_args={"check_same_thread": False, "timeout": self._lock_wait_s},
            isolation_level="AUTOCOMMIT",  # transactions are begun and ended by name
            poolclass=StaticPool,
        )

    def _connect(self) -> None:
        self._engine = self._make_engine()
        self._connection = self._engine.connect()
        for pragma in _PRAGMAS:
            self._connection.exec_driver_sql(pragma)
        if self._max_pages:
            self._connection.exec_driver_sql(f"PRAGMA max_page_count = {self._max_pages}")
        self._driver = self._connection.connection.driver_connection
        self._connection.exec_driver_sql("BEGIN EXCLUSIVE")
        self._connection.exec_driver_sql("COMMIT")

    def _check_header(self) -> None:
        """A header of a format that does not exist makes SQLite call the file read-only."""
        if not self.file.exists():
            return
        with self.file.open("rb") as file:
            header = file.read(_HEADER_BYTES)
        if header and not (header.startswith(_MAGIC) and set(header[_FORMATS]) <= {1, 2}):
            raise JournalDamaged(1, "not the beginning of a journal")

    def _wal_file(self) -> Path:
        return self.file.with_name(self.file.name + "-wal")

    def _read_wal(self) -> bytes:
        try:
            return self._wal_file().read_bytes()
        except FileNotFoundError:
            return b""

    def _dropped(self) -> int:
        """Fold the write-ahead file into the database; count what SQLite could not use of it.

        A complete fold lets the next commit begin a new generation, so that nothing left over from
        this one can be taken for a commit later.
        """
        if not self._wal_found or self._connection is None:
            return 0
        fold = self._connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
        _, frames, _ = fold.one()
        if frames <= 0:  # torn at its very beginning: what lies behind may be long folded
            return 0
        return sum(wal.commits(self._wal_found)[frames:])

    def _translated(self, error: Exception) -> JournalError:
        """Also of a UnicodeDecodeError: SQLite's complaint about a table quotes damaged text."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, OSError):
            return JournalFailed(str(cause))
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return JournalInUse(str(cause))
        if code == sqlite3.SQLITE_FULL:
            return JournalFull(str(cause))
        if code in _FAILURES:
            return JournalFailed(str(cause))
        return JournalDamaged(self.trusted_seq + 1, str(cause))
