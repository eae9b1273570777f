"""The tables of a journal, of its archives and of its copies, and what is asked of them.

An archive and a copy hold the same tables as the live file, so whoever reads one reads all.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    cast,
    create_engine,
    func,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.pool import NullPool

from kiosk.engine.chain import Entry, Head, genesis

Answer = TypeVar("Answer")

TABLES = MetaData()
meta = Table(
    "meta",
    TABLES,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
entries = Table(
    "entries",
    TABLES,
    Column("seq", Integer, primary_key=True),
    Column("at_ms", Integer, nullable=False),
    Column("encoding", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
checkpoints = Table(
    "checkpoints",
    TABLES,
    Column("seq", Integer, primary_key=True),
    Column("version", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)
LOWEST_SEQ = -(2**63)
"""From here an entry that somebody smuggled in before the first one shows as well."""
_CHECK = "check"
INSERT_ENTRY = str(
    entries.insert()
    .values({column.name: bindparam(column.name) for column in entries.columns})
    .compile(dialect=sqlite.dialect())
)


def is_empty(connection: Connection) -> bool:
    """Tell whether the file is new."""
    return connection.exec_driver_sql("SELECT 1 FROM sqlite_master").first() is None


class Identity(NamedTuple):
    """Whose journal a file belongs to, and where its chain begins."""

    schema: str
    journal_id: str
    owner: str
    base: Head
    """The last entry before the file's first; the beginning of the chain where nothing is."""


def read_identity(connection: Connection) -> Identity | None:
    """Return what ``meta`` says; None: nothing yet. Raises ValueError when it was changed."""
    values = {row.name: row.value for row in connection.execute(select(meta))}
    if not values:
        return None
    if values.get(_CHECK, _check(values)) != _check(values):  # older software wrote none
        raise ValueError("whose journal this is was changed after it was written")
    journal_id = values.get("id", "")
    base = genesis(journal_id)
    if "base_seq" in values:
        digest = bytes.fromhex(values.get("base_hash", ""))
        base = Head(int(values["base_seq"]), int(values.get("base_at_ms", "0")), digest)
    return Identity(values.get("schema", ""), journal_id, values.get("owner", ""), base)


def write_identity(connection: Connection, identity: Identity) -> None:
    """Store what `read_identity` returns."""
    values = {"schema": identity.schema, "id": identity.journal_id, "owner": identity.owner}
    base = identity.base
    if base.seq:
        values |= {"base_seq": str(base.seq), "base_at_ms": str(base.at_ms)}
        values |= {"base_hash": base.hash.hex()}
    values[_CHECK] = _check(values)
    rows = [{"name": name, "value": value} for name, value in values.items()]
    connection.execute(meta.insert().prefix_with("OR REPLACE"), rows)


def _check(values: Mapping[str, object]) -> str:
    """Return the digest over all that ``meta`` says, apart from the digest itself."""
    lines = [f"{name}={value}" for name, value in sorted(values.items()) if name != _CHECK]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def insert_entries(connection: Connection, rows: Sequence[Entry]) -> None:
    """Store entries as they are."""
    if rows:
        connection.exec_driver_sql(INSERT_ENTRY, [tuple(row) for row in rows])


def last(connection: Connection) -> Head | None:
    """Return the head that the last entry is; None: there is none."""
    query = select(entries.c.seq, entries.c.at_ms, entries.c.hash)
    row = connection.execute(query.order_by(entries.c.seq.desc()).limit(1)).first()
    return Head(*row) if row else None


def stored(connection: Connection, first_seq: int, last_seq: int | None = None) -> Iterator[Entry]:
    """Return the entries from ``first_seq`` to ``last_seq`` in order."""
    query = select(entries).where(entries.c.seq >= first_seq).order_by(entries.c.seq)
    if last_seq is not None:
        query = query.where(entries.c.seq <= last_seq)
    for row in connection.execute(query):
        yield Entry(*row)


def naming(connection: Connection, order_no: str) -> set[int]:
    """Return the entries whose fact names an order."""
    named = func.instr(cast(entries.c.body, String), order_no) > 0
    return set(connection.scalars(select(entries.c.seq).where(named)))


def last_of(connection: Connection, kind: str, up_to_seq: int) -> int | None:
    """Return the last entry of a kind that is not behind ``up_to_seq``."""
    same = select(entries.c.seq).where(entries.c.kind == kind, entries.c.seq <= up_to_seq)
    return connection.scalar(same.order_by(entries.c.seq.desc()).limit(1))


def first_of(connection: Connection, kind: str, after_seq: int) -> int | None:
    """Return the first entry of a kind behind ``after_seq``."""
    same = select(entries.c.seq).where(entries.c.kind == kind, entries.c.seq > after_seq)
    return connection.scalar(same.order_by(entries.c.seq).limit(1))


def first_since(connection: Connection, at_ms: int) -> int | None:
    """Return the first entry that is not older than ``at_ms``."""
    found: int | None = connection.scalar(
        select(func.min(entries.c.seq)).where(entries.c.at_ms >= at_ms)
    )
    return found


@contextmanager
def reading(file: Path) -> Iterator[Connection]:
    """Open a finished file that nobody writes. Raises sqlalchemy's DBAPIError."""
    where = URL.create(
        "sqlite",
        database=file.resolve().as_uri(),
        query={"mode": "ro", "immutable": "1", "uri": "true"},
    )
    engine = create_engine(where, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA cell_size_check = ON")
            connection.exec_driver_sql("PRAGMA trusted_schema = OFF")
            yield connection
    finally:
        engine.dispose()


@contextmanager
def filling(file: Path) -> Iterator[Connection]:
    """Open a file that is being made: each commit is on the disk, a crash leaves rubbish.

    For files under a temporary name, renamed when they were found right. Raises DBAPIError.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(file)), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = OFF")
            connection.exec_driver_sql("PRAGMA synchronous = FULL")
            yield connection
    finally:
        engine.dispose()
