"""What people have counted, entry by entry, as the database holds it."""

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, bindparam, select

from center.store.engine import insert_if_absent
from center.store.tables_cash import cash_counts

Counted = tuple[tuple[int, int], ...]
"""Pairs of a denomination in fen and a number of notes, the highest first, none of them zero."""


class Entry(Struct, frozen=True, kw_only=True):
    """What somebody has counted in a period's bag. Never changed: a correction is another one."""

    terminal_no: str
    period_no: int
    entry_no: int
    """1, 2, 3 ...; the last one holds."""
    counted: Counted
    found: tuple[str, ...] = ()
    """Uncertain notes that were there; all others of the period were not."""
    bag_no: str = ""
    comment: str = ""
    counted_by: str
    reason: str | None = None
    """Why the entry before it was wrong; None: it is the first."""
    at_ms: int = 0

    @property
    def total_fen(self) -> int:
        """What was there."""
        return sum(value_fen * notes for value_fen, notes in self.counted)


def last(connection: Connection, terminal_no: str, period_no: int) -> Entry | None:
    """Return the entry that holds; None: nobody has counted."""
    found = of_period(connection, terminal_no, period_no)
    return found[-1] if found else None


def of_period(connection: Connection, terminal_no: str, period_no: int) -> list[Entry]:
    """Return all entries of a period, the first one first."""
    key = {"terminal_no": terminal_no, "period_no": period_no}
    return [_entry(row) for row in connection.execute(_OF_PERIOD, key)]


def add(connection: Connection, entry: Entry) -> bool:
    """Keep an entry; False: its number is taken."""
    row = {
        **msgspec.structs.asdict(entry),
        "counted": msgspec.json.encode(entry.counted).decode(),
        "found": msgspec.json.encode(entry.found).decode(),
        "total_fen": entry.total_fen,
    }
    return insert_if_absent(connection, cash_counts, row)


_OF_PERIOD = (
    select(cash_counts)
    .where(
        cash_counts.c.terminal_no == bindparam("terminal_no"),
        cash_counts.c.period_no == bindparam("period_no"),
    )
    .order_by(cash_counts.c.entry_no)
)


def _entry(row: Row[tuple[object, ...]]) -> Entry:
    return Entry(
        terminal_no=row.terminal_no,
        period_no=row.period_no,
        entry_no=row.entry_no,
        counted=msgspec.json.decode(row.counted, type=Counted),
        found=msgspec.json.decode(row.found, type=tuple[str, ...]),
        bag_no=row.bag_no,
        comment=row.comment,
        counted_by=row.counted_by,
        reason=row.reason,
        at_ms=row.at_ms,
    )
