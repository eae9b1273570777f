"""Periods of cash boxes that were taken, as the database holds them."""

from collections.abc import Collection
from datetime import date

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, bindparam, exists, func, select, text, update

from center.ledger.book import business_date
from center.ledger.clearing import LARGEST_PERIOD_NO
from center.store.engine import insert_if_absent
from center.store.tables_cash import cash_counts, cash_periods
from vending.cash import CashReport, PeriodAnswer

_LOCK_SPACE = 7_021_964
"""Of the advisory locks that keep two processes from working on one terminal's cash."""


class CashError(Exception):
    """What was asked about a period or a deposit cannot be done; its text says what to do."""


class Period(Struct, frozen=True, kw_only=True):
    """A period that was taken: its money is out of the box."""

    terminal_no: str
    period_no: int
    report: CashReport | None
    """None: it never came, staff have closed the period."""
    answer: PeriodAnswer | None
    agrees: bool
    expected_fen: int
    """Ours, when it was taken."""
    operator: str
    opened_at_ms: int
    closed_at_ms: int
    """Both by the terminal's clock."""
    closed_on: date
    received_at_ms: int
    deposit: str | None = None
    """The bank's reference; None: not at the bank."""

    def __str__(self) -> str:
        """Return the period as people write it."""
        return f"{self.terminal_no}/{self.period_no}"


def lock(connection: Connection, terminal_no: str) -> None:
    """Keep other processes off this terminal's cash for the rest of the unit of work.

    SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        key = {"space": _LOCK_SPACE, "terminal": int(terminal_no)}
        connection.execute(text("SELECT pg_advisory_xact_lock(:space, :terminal)"), key)


def check_text(what: str, text: str, most: int) -> None:
    """Raise CashError when a text is longer than is kept of it."""
    if len(text) > most:
        raise CashError(f"{what} has at most {most} characters")


def find(connection: Connection, terminal_no: str, period_no: int) -> Period | None:
    """Return a period; None: it was not taken."""
    if period_no > LARGEST_PERIOD_NO:
        return None
    key = {"terminal_no": terminal_no, "period_no": period_no}
    row = connection.execute(_FIND, key).one_or_none()
    return None if row is None else _period(row)


def get(connection: Connection, terminal_no: str, period_no: int) -> Period:
    """Return a period that was taken. Raises CashError."""
    found = find(connection, terminal_no, period_no)
    if found is None:
        raise CashError(
            f"period {terminal_no}/{period_no} was not reported: wait for the terminal, or close"
            " it by hand (cash close) when it can never tell"
        )
    return found


def taken(connection: Connection, terminal_no: str, numbers: Collection[int]) -> set[int]:
    """Return which of these periods were taken."""
    query = select(cash_periods.c.period_no).where(
        cash_periods.c.terminal_no == terminal_no, cash_periods.c.period_no.in_(sorted(numbers))
    )
    return set(connection.scalars(query))


def last_period_no(connection: Connection, terminal_no: str) -> int:
    """Return the last period that was closed at a terminal; 0: none was."""
    return connection.scalar(_LAST, {"terminal_no": terminal_no}) or 0


def closed_between(
    connection: Connection, first: date, last: date, terminals: Collection[str] | None = None
) -> list[Period]:
    """Return the periods that were closed on these days, by terminal and number."""
    query = (
        select(cash_periods)
        .where(cash_periods.c.closed_on.between(first, last))
        .order_by(cash_periods.c.terminal_no, cash_periods.c.period_no)
    )
    if terminals is not None:
        query = query.where(cash_periods.c.terminal_no.in_(sorted(terminals)))
    return [_period(row) for row in connection.execute(query)]


def of_terminals(
    connection: Connection,
    terminal_no: str | None,
    most: int,
    *,
    uncounted: bool = False,
    not_deposited: bool = False,
) -> list[Period]:
    """Return the last periods, of one terminal or of all, the youngest first.

    ``uncounted``, ``not_deposited``: of those only that wait for it, however old they are.
    """
    query = select(cash_periods).order_by(
        cash_periods.c.received_at_ms.desc(), cash_periods.c.terminal_no, cash_periods.c.period_no
    )
    if terminal_no is not None:
        query = query.where(cash_periods.c.terminal_no == terminal_no)
    if uncounted:
        query = query.where(~_IS_COUNTED)
    if not_deposited:
        query = query.where(cash_periods.c.deposit.is_(None))
    return [_period(row) for row in connection.execute(query.limit(most))]


def add(connection: Connection, period: Period) -> bool:
    """Keep a period that was taken; False: another process was faster."""
    return insert_if_absent(connection, cash_periods, _row(period))


def fill(connection: Connection, period: Period) -> None:
    """Keep the report of a period that staff had closed without it."""
    key = (
        cash_periods.c.terminal_no == period.terminal_no,
        cash_periods.c.period_no == period.period_no,
        cash_periods.c.report.is_(None),
    )
    connection.execute(update(cash_periods).where(*key).values(**_row(period)))


def mark_deposited(connection: Connection, period: Period, reference: str) -> bool:
    """Note that a period's money is at the bank; False: it was already."""
    key = (
        cash_periods.c.terminal_no == period.terminal_no,
        cash_periods.c.period_no == period.period_no,
        cash_periods.c.deposit.is_(None),
    )
    changed = connection.execute(update(cash_periods).where(*key).values(deposit=reference))
    return changed.rowcount == 1


def closing_day(at_ms: int) -> date:
    """Return the day in China of a moment."""
    return business_date(at_ms)


_FIND = select(cash_periods).where(
    cash_periods.c.terminal_no == bindparam("terminal_no"),
    cash_periods.c.period_no == bindparam("period_no"),
)
_IS_COUNTED = exists().where(
    cash_counts.c.terminal_no == cash_periods.c.terminal_no,
    cash_counts.c.period_no == cash_periods.c.period_no,
)
_LAST = select(func.max(cash_periods.c.period_no)).where(
    cash_periods.c.terminal_no == bindparam("terminal_no")
)


def _row(period: Period) -> dict[str, object]:
    row = msgspec.structs.asdict(period)
    for name in ("report", "answer"):
        row[name] = None if row[name] is None else msgspec.json.encode(row[name]).decode()
    return row


def _period(row: Row[tuple[object, ...]]) -> Period:
    return Period(
        terminal_no=row.terminal_no,
        period_no=row.period_no,
        report=None if row.report is None else msgspec.json.decode(row.report, type=CashReport),
        answer=None if row.answer is None else msgspec.json.decode(row.answer, type=PeriodAnswer),
        agrees=row.agrees,
        expected_fen=row.expected_fen,
        operator=row.operator,
        opened_at_ms=row.opened_at_ms,
        closed_at_ms=row.closed_at_ms,
        closed_on=row.closed_on,
        received_at_ms=row.received_at_ms,
        deposit=row.deposit,
    )
