"""Taking in what terminals say about their cash boxes. A report is a fact: it is never refused."""

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, insert, select, update

from center.cash import alarm, figures, periods
from center.cash.alarm import Code
from center.cash.compare import differences
from center.cash.periods import CashError, Period
from center.ledger import book, clearing
from center.staff import trail
from center.store.tables import notes, terminals
from center.store.tables_cash import cash_evidence
from vending.cash import CashReport, Difference, Figures, PeriodAnswer, PeriodFrozen
from vending.money import format_yuan
from vending.wire import MOST_ITEMS

MS_PER_DAY = 86_400_000
OLDEST_MS = 366 * MS_PER_DAY
"""A terminal's clock that is further behind, or more than a day ahead, tells no day of closing."""


def take_report(
    connection: Connection, terminal_no: str, report: CashReport, now_ms: int
) -> PeriodAnswer:
    """Take a closed period and say what the books have of it; once, however often it is told.

    The first report of a period stands; another one raises an alarm and gets the first one's
    answer.
    """
    if not 1 <= report.period_no <= clearing.LARGEST_PERIOD_NO:
        detail = f"period {report.period_no} of {format_yuan(report.figures.expected_fen)} yuan"
        alarm.sound(connection, terminal_no, Code.PERIOD_INVALID, detail, now_ms)
        return _nonsense(report)
    periods.lock(connection, terminal_no)
    held = periods.find(connection, terminal_no, report.period_no)
    if held is not None and held.answer is not None:
        if held.report != report:
            detail = f"period {held} was reported again with other figures; the first stand"
            alarm.sound(connection, terminal_no, Code.PERIOD_CONFLICT, detail, now_ms)
        return held.answer
    gap = None if held else _gap(connection, terminal_no, report.period_no)
    if held is None and report.period_no > periods.last_period_no(connection, terminal_no):
        _adopt(connection, terminal_no, report.period_no)
    period = _judged(connection, terminal_no, report, gap, now_ms)
    if held is not None:
        periods.fill(
            connection, replace(period, expected_fen=held.expected_fen, deposit=held.deposit)
        )
    else:
        _clear(connection, period, now_ms)
    _sound(connection, period, now_ms)
    return period.answer or _nonsense(report)


def answer_again(connection: Connection, terminal_no: str, report: CashReport) -> PeriodAnswer:
    """Return what was answered to a report that was taken before."""
    held = periods.find(connection, terminal_no, report.period_no)
    return held.answer if held and held.answer else _nonsense(report)


def take_frozen(
    connection: Connection, terminal_no: str, frozen: PeriodFrozen, now_ms: int
) -> None:
    """Keep the figures of a box that was taken out without a clearing, beside ours, and alarm."""
    own = figures.of_period(connection, terminal_no, frozen.period_no)
    row = {
        "terminal_no": terminal_no,
        "period_no": frozen.period_no,
        "at_ms": frozen.at_ms,
        "received_at_ms": now_ms,
        "body": msgspec.json.encode(frozen).decode(),
        "own_figures": msgspec.json.encode(own).decode(),
    }
    connection.execute(insert(cash_evidence), row)
    detail = (
        f"period {frozen.period_no}: the box went out without a clearing with"
        f" {format_yuan(frozen.figures.expected_fen)} yuan in it, by the books"
        f" {format_yuan(own.expected_fen)}"
    )
    alarm.sound(connection, terminal_no, Code.PERIOD_FROZEN, detail, now_ms)


def close_unreported(
    connection: Connection, terminal_no: str, period_no: int, by: str, reason: str, now_ms: int
) -> Period:
    """Take a period whose report can never come: a later one was reported, its journal is lost; or
    the terminal is blocked, and this was its last one.

    Raises CashError when that is not so. Doing it again changes nothing.
    """
    periods.lock(connection, terminal_no)
    held = periods.find(connection, terminal_no, period_no)
    if held is not None:
        return held
    last_no = periods.last_period_no(connection, terminal_no)
    if not 1 <= period_no <= last_no + _is_blocked(connection, terminal_no):
        raise CashError(
            f"period {terminal_no}/{period_no} may still be running: nothing was done. If the"
            " machine never comes back, block it first"
        )
    if not reason.strip():
        raise CashError("say why the period is closed by hand")
    if period_no > last_no:
        _adopt(connection, terminal_no, period_no)
    period = Period(
        terminal_no=terminal_no,
        period_no=period_no,
        report=None,
        answer=None,
        agrees=False,
        expected_fen=figures.expected_fen(connection, terminal_no, period_no),
        operator=by,
        opened_at_ms=0,
        closed_at_ms=now_ms,
        closed_on=periods.closing_day(now_ms),
        received_at_ms=now_ms,
    )
    _clear(connection, period, now_ms)
    step = trail.Step(what="cash-closed", staff=by, detail=f"{period}: {reason}")
    trail.add(connection, step, now_ms)
    return period


def _judged(
    connection: Connection,
    terminal_no: str,
    report: CashReport,
    gap: Difference | None,
    now_ms: int,
) -> Period:
    own = figures.of_period(connection, terminal_no, report.period_no)
    found = differences(report.figures, own)
    lines = (*found, gap) if gap else found
    answer = PeriodAnswer(
        period_no=report.period_no, agrees=not lines, figures=_short(own), differences=lines
    )
    return Period(
        terminal_no=terminal_no,
        period_no=report.period_no,
        report=report,
        answer=answer,
        agrees=answer.agrees,
        expected_fen=own.expected_fen,
        operator=report.operator,
        opened_at_ms=report.opened_at_ms,
        closed_at_ms=report.closed_at_ms,
        closed_on=periods.closing_day(_plausible(report.closed_at_ms, now_ms)),
        received_at_ms=now_ms,
    )


def _clear(connection: Connection, period: Period, now_ms: int) -> None:
    """What the books have of the period leaves the box."""
    periods.add(connection, period)
    moved = clearing.taken(period.terminal_no, period.period_no, period.expected_fen)
    if moved is not None:
        book.post(connection, [moved], now_ms)


def _sound(connection: Connection, period: Period, now_ms: int) -> None:
    for line in period.answer.differences if period.answer else ():
        code = Code.PERIOD_GAP if line.what == "period" else Code.PERIOD_DIFFERS
        detail = (
            f"period {period.period_no}, {line.what}: the terminal has {line.terminal_notes} notes,"
            f" {format_yuan(line.terminal_fen)} yuan; the books {line.center_notes},"
            f" {format_yuan(line.center_fen)}"
        )
        alarm.sound(connection, period.terminal_no, code, detail, now_ms)


def _gap(connection: Connection, terminal_no: str, period_no: int) -> Difference | None:
    """Periods between the last one and this were never reported: what the books have of them."""
    last = periods.last_period_no(connection, terminal_no)
    if period_no <= last + 1:
        return None
    count, fen = figures.between(connection, terminal_no, last + 1, period_no - 1)
    return Difference(
        what="period", terminal_notes=0, terminal_fen=0, center_notes=count, center_fen=fen
    )


def _adopt(connection: Connection, terminal_no: str, period_no: int) -> None:
    """Notes told by software that knew no periods lie in the box that is taken out now."""
    connection.execute(
        update(notes)
        .where(notes.c.terminal_no == terminal_no, notes.c.period_no == 0)
        .values(period_no=period_no)
    )


def _is_blocked(connection: Connection, terminal_no: str) -> bool:
    query = select(terminals.c.blocked).where(terminals.c.terminal_no == terminal_no)
    return bool(connection.scalar(query))


def _plausible(at_ms: int, now_ms: int) -> int:
    return at_ms if now_ms - OLDEST_MS <= at_ms <= now_ms + MS_PER_DAY else now_ms


def _short(own: Figures) -> Figures:
    """A list on the wire has an end; the sums are whole all the same."""
    return replace(own, incomplete=own.incomplete[:MOST_ITEMS], loose=own.loose[:MOST_ITEMS])


def _nonsense(report: CashReport) -> PeriodAnswer:
    total = report.figures
    gap = Difference(
        what="period",
        terminal_notes=total.notes,
        terminal_fen=total.expected_fen,
        center_notes=0,
        center_fen=0,
    )
    return PeriodAnswer(
        period_no=report.period_no, agrees=False, figures=Figures(), differences=(gap,)
    )
