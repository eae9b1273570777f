"""Databases by DSN: an embedded SQLite file by default, PostgreSQL when one machine is not enough.

The rest of the head office sees SQLAlchemy Core only. What differs between the two stands here and
in the migrations.
"""

import sqlite3
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite

from center.store.errors import StoreFailed

BUSY_TIMEOUT_MS = 5_000
"""How long SQLite waits for another process (a backup, a repair by hand) that holds the file."""
POOL_SIZE = 8
POOL_OVERFLOW = 8
POOL_TIMEOUT_S = 10.0
"""Readers at the same time, and how long one more waits for its turn."""


def open_writer(dsn: str) -> Engine:
    """Return the engine that transactions which write use: one connection, held by one thread.

    Raises StoreFailed when the DSN names a database that cannot promise durability.
    """
    return _open(dsn, begin="BEGIN IMMEDIATE", pool_size=1, max_overflow=0)


def open_reader(dsn: str) -> Engine:
    """Return the engine for questions: each sees the database as it is at one moment."""
    return _open(dsn, begin="BEGIN", pool_size=POOL_SIZE, max_overflow=POOL_OVERFLOW)


def insert_if_absent(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert ``row`` unless a unique key of ``table`` has it; tell whether it was inserted.

    Two that race are both answered rightly: asking first and inserting then would not do.
    """
    return insert_absent(connection, table, [row]) == 1


def insert_absent(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> int:
    """Insert those of ``rows`` that no unique key of ``table`` has; return how many that were."""
    return connection.execute(_insert_or_ignore(connection.dialect.name, table), rows).rowcount


@cache
def _insert_or_ignore(dialect: str, table: Table) -> Any:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table).on_conflict_do_nothing()
    return statement.execution_options(preserve_rowcount=True)  # else not kept for an INSERT


def _open(dsn: str, *, begin: str, pool_size: int, max_overflow: int) -> Engine:
    url = make_url(dsn)
    if url.get_backend_name() == "sqlite":
        if url.database in {None, "", ":memory:"}:
            raise StoreFailed("money is not kept in memory: name a file in the DSN")
        connect_args: dict[str, Any] = {"check_same_thread": False}
    else:
        connect_args = {}
    engine = create_engine(
        url,
        connect_args=connect_args,
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=POOL_TIMEOUT_S,
    )
    if engine.dialect.name == "sqlite":
        _tame_sqlite(engine, begin)
    return engine


def _tame_sqlite(engine: Engine, begin: str) -> None:
    """Durable commits, real foreign keys, and transactions that begin when we say so."""

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        try:
            _configure_sqlite(connection)
        except sqlite3.Error as error:
            raise StoreFailed(f"the database cannot be used: {error}") from error

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _configure_sqlite(connection: sqlite3.Connection) -> None:
    connection.isolation_level = None  # else the driver begins and commits as it thinks fit
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise StoreFailed(f"this file system refuses SQLite's write-ahead log (mode {mode!r})")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
