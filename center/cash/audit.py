"""What must hold between periods, counts, deposits, notes and the ledger at every moment."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from center.cash.place import CERTAIN, Place
from center.ledger import audit as ledger
from center.ledger.chart import Kind
from center.store.tables import notes
from center.store.tables_cash import cash_counts, cash_deposits, cash_periods


class _Key(NamedTuple):
    terminal_no: str
    period_no: int

    def __str__(self) -> str:
        return f"{self.terminal_no}/{self.period_no}"


def check(connection: Connection) -> list[str]:
    """Return every violation in words."""
    return [*_where_money_is(connection), *_uncertain(connection), *_entries(connection)]


def _where_money_is(connection: Connection) -> Iterable[str]:
    """Notes lie in the box until their period is taken, then on their way, then at the bank."""
    notes_fen, deposits = _sums_of_notes(connection), _taken(connection)
    counted = _counted(connection)
    box: dict[str, int] = {}
    transit: dict[str, int] = {}
    long: dict[str, int] = {}
    short: dict[str, int] = {}
    for key, fen in notes_fen.items():
        if key not in deposits:
            box[key.terminal_no] = box.get(key.terminal_no, 0) + fen
    for key, deposit in deposits.items():
        expected_fen = notes_fen.get(key, 0)
        found_fen = counted.get(key, expected_fen)
        transit[str(key)] = 0 if deposit else found_fen
        over_fen = found_fen - expected_fen
        long[key.terminal_no] = long.get(key.terminal_no, 0) + max(0, over_fen)
        short[key.terminal_no] = short.get(key.terminal_no, 0) + max(0, -over_fen)
    for kind, wanted in (
        (Kind.CASH, box),
        (Kind.TRANSIT, transit),
        (Kind.LONG, long),
        (Kind.SHORT, short),
        (Kind.BANK, {"": _deposited_fen(connection)}),
    ):
        yield from _differences(f"account {kind}", ledger.balances(connection, kind), wanted)


def _uncertain(connection: Connection) -> Iterable[str]:
    """A count decides about the uncertain notes that it knew of; none is absent without one."""
    counted = _counted(connection)
    query = select(notes.c.terminal_no, notes.c.period_no).where(notes.c.place == Place.ABSENT)
    for row in connection.execute(query):
        if _Key(*row) not in counted:
            yield f"period {_Key(*row)} was not counted, and a note of it is absent"


def _entries(connection: Connection) -> Iterable[str]:
    """Counts are numbered without gap and belong to periods; what is at the bank was counted."""
    deposits = _taken(connection)
    query = select(
        cash_counts.c.terminal_no,
        cash_counts.c.period_no,
        func.count(),
        func.max(cash_counts.c.entry_no),
    ).group_by(cash_counts.c.terminal_no, cash_counts.c.period_no)
    counted = {_Key(*row[:2]): row[2:] for row in connection.execute(query)}
    for key, (entries, last) in counted.items():
        if entries != last or key not in deposits:
            yield f"period {key}: {entries} counts up to {last}, taken: {key in deposits}"
    for key, deposit in deposits.items():
        if deposit and key not in counted:
            yield f"period {key} is at the bank and was not counted"


def _sums_of_notes(connection: Connection) -> dict[_Key, int]:
    query = (
        select(notes.c.terminal_no, notes.c.period_no, func.sum(notes.c.value_fen))
        .where(notes.c.place.in_(sorted(CERTAIN)))
        .group_by(notes.c.terminal_no, notes.c.period_no)
    )
    return {_Key(no, period): int(fen) for no, period, fen in connection.execute(query)}


def _taken(connection: Connection) -> dict[_Key, str | None]:
    query = select(cash_periods.c.terminal_no, cash_periods.c.period_no, cash_periods.c.deposit)
    return {_Key(no, period): deposit for no, period, deposit in connection.execute(query)}


def _counted(connection: Connection) -> dict[_Key, int]:
    query = select(
        cash_counts.c.terminal_no, cash_counts.c.period_no, cash_counts.c.total_fen
    ).order_by(cash_counts.c.entry_no)
    return {_Key(no, period): fen for no, period, fen in connection.execute(query)}


def _deposited_fen(connection: Connection) -> int:
    return int(connection.scalar(select(func.sum(cash_deposits.c.amount_fen))) or 0)


def _differences(what: str, found: dict[str, Any], wanted: dict[str, Any]) -> Iterable[str]:
    for key in sorted(found.keys() | wanted.keys()):
        if (found.get(key) or 0) != (wanted.get(key) or 0):
            yield f"{what} {key}: {found.get(key)} instead of {wanted.get(key)}"
