"""The cash report: tables of what was taken out of the boxes, compared, counted and deposited.

One set of tables, written twice: as CSV for other programs, as one HTML page to print.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import Connection

from center.cash import banking, day
from center.cash.compare import by_value
from center.cash.day import StationDay
from center.cash.vault import Story
from center.cash.words import Language, word
from vending.money import FEN_PER_YUAN, format_yuan
from vending.order_no import china_date

_MS_PER_MINUTE = 60_000
_MINUTES_PER_DAY = 1_440
_CHINA_MINUTES = 480
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Wide ones too: where Chinese is written a spreadsheet takes them for the narrow ones."""

Cell = str | int


class Table(Struct, frozen=True, kw_only=True):
    """A table of the report. Amounts are yuan with two decimals, as text."""

    name: str
    """Of the file, and the key of its heading."""
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class CashReport(Struct, frozen=True, kw_only=True):
    """Everything that the report shows."""

    first: date
    last: date
    site: str | None
    language: Language
    made_at_ms: int
    days: tuple[StationDay, ...]
    tables: tuple[Table, ...]
    per_day: tuple[tuple[str, int], ...]
    """Days and the fen that the books have of their periods."""
    per_value: tuple[tuple[int, int, int], ...]
    """Denomination in fen, notes, fen; the highest first."""
    missing: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Tell whether every day agrees."""
        return all(each.holds for each in self.days)


def make(
    connection: Connection,
    first: date,
    last: date,
    site: str | None,
    language: Language,
    now_ms: int,
) -> CashReport:
    """Return the report about the periods that were closed on these days."""
    days = tuple(day.between(connection, first, last, site))
    stories = [story for each in days for story in each.stories]
    per_value = _per_value(stories)
    return CashReport(
        first=first,
        last=last,
        site=site,
        language=language,
        made_at_ms=now_ms,
        days=days,
        tables=(
            _equality(days, language),
            _periods(days, language),
            _differences(stories, language),
            _notes(per_value),
            _counts(stories),
            _deposits(connection, stories),
        ),
        per_day=_per_day(days),
        per_value=per_value,
        missing=tuple(period for each in days for period in each.missing),
    )


def as_csv(table: Table, language: Language) -> str:
    """Return a table as CSV (RFC 4180), its heads in words.

    Text that a spreadsheet would take for a formula is quoted with an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(word(language, column) for column in table.columns)
    for row in table.rows:
        writer.writerow(_harmless(cell) for cell in row)
    return out.getvalue()


def plain_yuan(amount_fen: int) -> str:
    """Return yuan with two decimals and no separators: programs read it."""
    return format_yuan(amount_fen).replace(",", "")


def moment(at_ms: int) -> str:
    """Return a moment as a clock in China shows it, to the minute."""
    year, month, day_of_month = china_date(at_ms)
    minute = (at_ms // _MS_PER_MINUTE + _CHINA_MINUTES) % _MINUTES_PER_DAY
    return f"{year}-{month:02d}-{day_of_month:02d} {minute // 60:02d}:{minute % 60:02d}"


def _equality(days: Sequence[StationDay], language: Language) -> Table:
    columns = (
        "day site business slips slips-yuan orders terminal-yuan center-yuan completed-yuan agrees"
    )
    rows = [row for each in days for row in _equality_rows(each, language)]
    return Table(name="equality", columns=tuple(columns.split()), rows=tuple(rows))


def _equality_rows(each: StationDay, language: Language) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = [
        (
            each.day.isoformat(),
            each.site,
            word(language, line.what),
            line.slips,
            plain_yuan(line.slips_fen),
            line.terminal_orders,
            plain_yuan(line.terminal_fen),
            plain_yuan(line.center_fen),
            plain_yuan(line.completed_fen),
            _yes(language, line.holds),
        )
        for line in each.equalities
    ]
    for key, terminal_fen, center_fen, holds in (
        (
            "loose",
            each.terminal_loose_fen,
            each.center_loose_fen - each.found_fen,
            each.is_loose_equal,
        ),
        ("found", 0, each.found_fen, True),
        ("box", each.terminal_fen, each.center_fen, each.is_box_equal),
    ):
        sums = (plain_yuan(terminal_fen), plain_yuan(center_fen), "")
        day_and_site = (each.day.isoformat(), each.site)
        name, agrees = word(language, key), _yes(language, holds)
        rows.append((*day_and_site, name, "", "", "", *sums, agrees))
    return rows


def _periods(days: Sequence[StationDay], language: Language) -> Table:
    columns = (
        "site terminal period closed operator bag agrees terminal-yuan center-yuan counted-yuan"
        " long-yuan short-yuan deposit"
    )
    rows = [_period_row(each.site, story, language) for each in days for story in each.stories]
    return Table(name="periods", columns=tuple(columns.split()), rows=tuple(rows))


def _period_row(site: str, story: Story, language: Language) -> tuple[Cell, ...]:
    period, report = story.period, story.period.report
    entry = story.entries[-1] if story.entries else None
    over_fen = story.over_fen or 0
    return (
        site,
        period.terminal_no,
        period.period_no,
        moment(period.closed_at_ms),
        period.operator,
        entry.bag_no if entry else (report.bag_no if report else ""),
        _yes(language, period.agrees) if report else word(language, "no-report"),
        plain_yuan(report.figures.expected_fen) if report else "",
        plain_yuan(story.figures.expected_fen),
        plain_yuan(entry.total_fen) if entry else "",
        plain_yuan(max(0, over_fen)) if entry else "",
        plain_yuan(max(0, -over_fen)) if entry else "",
        period.deposit or "",
    )


def _differences(stories: Sequence[Story], language: Language) -> Table:
    columns = "terminal period what terminal-notes terminal-yuan center-notes center-yuan"
    rows = [
        (
            story.period.terminal_no,
            story.period.period_no,
            _what(language, line.what),
            line.terminal_notes,
            plain_yuan(line.terminal_fen),
            line.center_notes,
            plain_yuan(line.center_fen),
        )
        for story in stories
        if story.period.answer
        for line in story.period.answer.differences
    ]
    return Table(name="differences", columns=tuple(columns.split()), rows=tuple(rows))


def _what(language: Language, what: str) -> str:
    """Return the name of a difference, ``note:2000`` or ``business:bill``, in words."""
    kind, _, name = what.partition(":")
    if kind == "note":
        return word(language, "note-of").format(value_label(int(name)))
    return word(language, name or {"period": "gap"}.get(kind, kind))


def _notes(per_value: Sequence[tuple[int, int, int]]) -> Table:
    rows = [(plain_yuan(value), count, plain_yuan(fen)) for value, count, fen in per_value]
    columns = ("denomination", "count", "amount-yuan")
    return Table(name="notes", columns=columns, rows=tuple(rows))


def _counts(stories: Sequence[Story]) -> Table:
    columns = "terminal period entry at counted-by bag counted-yuan comment reason"
    rows = [
        (
            entry.terminal_no,
            entry.period_no,
            entry.entry_no,
            moment(entry.at_ms),
            entry.counted_by,
            entry.bag_no,
            plain_yuan(entry.total_fen),
            entry.comment,
            entry.reason or "",
        )
        for story in stories
        for entry in story.entries
    ]
    return Table(name="counts", columns=tuple(columns.split()), rows=tuple(rows))


def _deposits(connection: Connection, stories: Sequence[Story]) -> Table:
    references = sorted({story.period.deposit for story in stories if story.period.deposit})
    found = [banking.find(connection, reference) for reference in references]
    rows = [
        (
            each.reference,
            moment(each.at_ms),
            each.by,
            plain_yuan(each.amount_fen),
            " ".join(f"{terminal_no}/{number}" for terminal_no, number, _ in each.parts),
            each.comment,
        )
        for each in found
        if each is not None
    ]
    columns = ("deposit", "at", "by", "amount-yuan", "of-periods", "comment")
    return Table(name="deposits", columns=columns, rows=tuple(rows))


def _per_day(days: Sequence[StationDay]) -> tuple[tuple[str, int], ...]:
    sums: dict[str, int] = {}
    for each in days:
        key = each.day.isoformat()
        sums[key] = sums.get(key, 0) + each.center_fen
    return tuple(sorted(sums.items()))


def _per_value(stories: Sequence[Story]) -> tuple[tuple[int, int, int], ...]:
    counts: dict[int, int] = {}
    for story in stories:
        for value_fen, (count, _) in by_value(story.figures).items():
            counts[value_fen] = counts.get(value_fen, 0) + count
    return tuple(
        (value_fen, count, value_fen * count)
        for value_fen, count in sorted(counts.items(), reverse=True)
    )


def value_label(value_fen: int) -> str:
    """Return a denomination as people call it: ``100``, ``0.50``."""
    yuan, fen = divmod(value_fen, FEN_PER_YUAN)
    return plain_yuan(value_fen) if fen else str(yuan)


def _yes(language: Language, holds: bool) -> str:
    return word(language, "yes" if holds else "no")


def _harmless(cell: Cell) -> Cell:
    is_amount = isinstance(cell, str) and cell.lstrip("-").replace(".", "", 1).isdigit()
    if isinstance(cell, int) or is_amount or not cell.startswith(_FORMULA_SIGNS):
        return cell
    return f"'{cell}"
