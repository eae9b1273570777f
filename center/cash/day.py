"""A station's day: what slips say, what terminals say and what the books say must be the same.

It is asked of the periods that were closed on the day, whenever their notes were paid: only a box
that was taken out can be reconciled. The books are asked as they are now, so a note that came late
heals a day that did not agree when its period was closed.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import Connection, select

from center.cash import periods
from center.cash.compare import by_business
from center.cash.periods import CashError
from center.cash.vault import Story, tell
from center.store.tables import terminals
from vending.cash import Business, BusinessSum, Figures

MOST_MISSING = 100
"""Periods without a report that are listed before one that was closed."""
TOTAL = "total"


class Equality(Struct, frozen=True, kw_only=True):
    """One business, or all: three sums that must be equal, in fen."""

    what: str
    """Name of the business, or ``total``."""
    slips: int
    slips_fen: int
    terminal_orders: int
    terminal_fen: int
    center_orders: int
    center_fen: int
    completed_fen: int
    """Of the books' sum: sold and proved, posted to bills."""

    @property
    def holds(self) -> bool:
        """Tell whether all three are equal."""
        return self.slips_fen == self.terminal_fen == self.center_fen


class StationDay(Struct, frozen=True, kw_only=True):
    """The periods that were closed at a station on one day."""

    site: str
    day: date
    stories: tuple[Story, ...]
    equalities: tuple[Equality, ...]
    """Each business, then the total."""
    terminal_loose_fen: int
    center_loose_fen: int
    terminal_fen: int
    """What terminals say was in the boxes: all that was paid, and what belongs to no order."""
    center_fen: int
    found_fen: int
    """Of the books' sums: uncertain notes that a count has found. Terminals do not count them."""
    missing: tuple[str, ...]
    """Periods without a report, ``terminal/period``."""

    @property
    def holds(self) -> bool:
        """Tell whether everything agrees and no report is missing."""
        return (
            all(line.holds for line in self.equalities)
            and self.is_loose_equal
            and self.is_box_equal
            and not self.missing
        )

    @property
    def is_loose_equal(self) -> bool:
        """Tell whether terminals and books agree about what belongs to no order."""
        return self.terminal_loose_fen + self.found_fen == self.center_loose_fen

    @property
    def is_box_equal(self) -> bool:
        """Tell whether terminals and books agree about what must be in the boxes."""
        return self.terminal_fen + self.found_fen == self.center_fen


def between(
    connection: Connection, first: date, last: date, site: str | None = None
) -> list[StationDay]:
    """Return the days on which periods were closed, of one station or of each, by station.

    Raises CashError for a station that no terminal belongs to: it would agree for ever.
    """
    sites = _sites(connection)
    if site is not None and site not in sites.values():
        named = ", ".join(sorted({name for name in sites.values() if name})) or "none"
        raise CashError(f"no terminal belongs to station {site!r}; stations: {named}")
    own = None if site is None else {no for no, name in sites.items() if name == site}
    found: dict[tuple[str, date], list[Story]] = {}
    for period in periods.closed_between(connection, first, last, own):
        key = (sites.get(period.terminal_no, ""), period.closed_on)
        found.setdefault(key, []).append(tell(connection, period))
    return [
        station_day(*key, found[key], _missing(connection, found[key])) for key in sorted(found)
    ]


def station_day(
    site: str, day: date, stories: Sequence[Story], missing: Iterable[str] = ()
) -> StationDay:
    """Return what a station's periods of a day add up to. Pure."""
    told = [story.period.report.figures for story in stories if story.period.report]
    own = [story.figures for story in stories]
    lines = [_equality(business, told, own) for business in Business]
    return StationDay(
        site=site,
        day=day,
        stories=tuple(stories),
        equalities=(*lines, _sum(lines)),
        terminal_loose_fen=sum(each.loose_fen for each in told),
        center_loose_fen=sum(each.loose_fen for each in own),
        terminal_fen=sum(each.expected_fen for each in told),
        center_fen=sum(each.expected_fen for each in own),
        found_fen=sum(_found_fen(story) for story in stories),
        missing=tuple(missing),
    )


def _equality(business: Business, told: Sequence[Figures], own: Sequence[Figures]) -> Equality:
    at_terminals = _of(business, told)
    in_books = _of(business, own)
    return Equality(
        what=business.value,
        slips=sum(each.slips for each in at_terminals),
        slips_fen=sum(each.slips_fen for each in at_terminals),
        terminal_orders=sum(each.orders for each in at_terminals),
        terminal_fen=sum(by_business(each, business)[1] for each in told),
        center_orders=sum(each.orders for each in in_books),
        center_fen=sum(by_business(each, business)[1] for each in own),
        completed_fen=sum(each.completed_fen for each in in_books),
    )


def _found_fen(story: Story) -> int:
    found = story.entries[-1].found if story.entries else ()
    loose = story.figures.loose
    return sum(note.value_fen for note in loose if note.certain and note.note_id in found)


def _of(business: Business, figures: Sequence[Figures]) -> list[BusinessSum]:
    return [line for each in figures for line in each.sums if line.business is business]


def _sum(lines: Sequence[Equality]) -> Equality:
    return Equality(
        what=TOTAL,
        slips=sum(line.slips for line in lines),
        slips_fen=sum(line.slips_fen for line in lines),
        terminal_orders=sum(line.terminal_orders for line in lines),
        terminal_fen=sum(line.terminal_fen for line in lines),
        center_orders=sum(line.center_orders for line in lines),
        center_fen=sum(line.center_fen for line in lines),
        completed_fen=sum(line.completed_fen for line in lines),
    )


def _missing(connection: Connection, stories: Sequence[Story]) -> list[str]:
    """Periods that were closed by hand, and those before them of which nobody has told."""
    found = [str(story.period) for story in stories if story.period.report is None]
    for story in stories:
        period = story.period
        lowest = max(1, period.period_no - MOST_MISSING)
        before = range(lowest, period.period_no)
        known = periods.taken(connection, period.terminal_no, before) if before else set()
        last_known = max(known, default=lowest - 1)
        found += [
            f"{period.terminal_no}/{number}" for number in range(last_known + 1, period.period_no)
        ]
    return found


def _sites(connection: Connection) -> dict[str, str]:
    query = select(terminals.c.terminal_no, terminals.c.site)
    return {row.terminal_no: row.site for row in connection.execute(query)}
