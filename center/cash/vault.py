"""The vault: what people at the head office do with the money of cash boxes, and who may do it."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, select, update

from center.cash import banking, counting, counts, figures, intake, periods
from center.cash.banking import Deposit, Deposited
from center.cash.counting import Count
from center.cash.counts import Entry
from center.cash.figures import HeldNote
from center.cash.periods import CashError, Period
from center.cash.place import Place
from center.staff import trail
from center.staff.people import Person
from center.store.store import Units
from center.store.tables import terminals
from center.store.tables_cash import cash_evidence
from vending.cash import Figures
from vending.rights import Role

T = TypeVar("T")
MOST_PERIODS = 200
MOST_EVIDENCE = 200
SITE_LENGTH = 60


class Deed(StrEnum):
    """What is done with money that was taken out of the boxes."""

    COUNT = "count"
    CORRECT = "correct"
    """Say that a count was wrong."""
    CLOSE = "close"
    """Take a period whose report can never come."""
    DEPOSIT = "deposit"


MAY: dict[Deed, frozenset[Role]] = {
    Deed.COUNT: frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    Deed.CORRECT: frozenset({Role.SUPERVISOR}),
    Deed.CLOSE: frozenset({Role.SUPERVISOR}),
    Deed.DEPOSIT: frozenset({Role.OPERATOR, Role.SUPERVISOR}),
}
"""Whoever counts does not correct: an operator's mistake needs a second pair of eyes."""


class Story(Struct, frozen=True, kw_only=True):
    """Everything about a period that was taken."""

    period: Period
    figures: Figures
    """Ours, as they are now: notes may have become known since."""
    entries: tuple[Entry, ...]
    over_fen: int | None
    """Counted beyond the books, negative: missing; None: nobody has counted."""
    uncertain: tuple[HeldNote, ...]
    """Notes of which nobody knows; a count decides about them."""


class Evidence(Struct, frozen=True, kw_only=True):
    """A box that was taken out without a clearing."""

    terminal_no: str
    period_no: int
    at_ms: int
    received_at_ms: int
    body: str
    own_figures: str


class Vault:
    """Safe from every thread. Raises CashError, and `center.store.errors`."""

    def __init__(self, store: Units, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock

    def count(self, person: Person, count: Count) -> Entry:
        """Keep what somebody has counted, or, with ``corrects``, that an entry was wrong."""
        require(person, Deed.CORRECT if count.corrects else Deed.COUNT)
        mine = replace(count, by=person.name)
        return self._write(lambda connection, now_ms: counting.record(connection, mine, now_ms))

    def deposit(self, person: Person, deposit: Deposit) -> Deposited:
        """Keep that counted money was brought to the bank."""
        require(person, Deed.DEPOSIT)
        mine = replace(deposit, by=person.name)
        return self._write(lambda connection, now_ms: banking.record(connection, mine, now_ms))

    def close(self, person: Person, terminal_no: str, period_no: int, reason: str) -> Period:
        """Take a period whose report can never come."""
        require(person, Deed.CLOSE)
        name = person.name

        def unit(connection: Connection, now_ms: int) -> Period:
            return intake.close_unreported(connection, terminal_no, period_no, name, reason, now_ms)

        return self._write(unit)

    def set_site(self, terminal_no: str, site: str, by: str) -> None:
        """Say to which station a terminal belongs. Empty: to none."""
        if len(site) > SITE_LENGTH:
            raise CashError(f"a station's name has at most {SITE_LENGTH} characters")

        def unit(connection: Connection, now_ms: int) -> None:
            changed = update(terminals).where(terminals.c.terminal_no == terminal_no)
            if not connection.execute(changed.values(site=site)).rowcount:
                raise CashError(f"there is no terminal {terminal_no}")
            step = trail.Step(what="site-set", terminal_no=terminal_no, detail=f"{site} by {by}")
            trail.add(connection, step, now_ms)

        self._write(unit)

    def periods(
        self,
        terminal_no: str | None = None,
        *,
        uncounted: bool = False,
        not_deposited: bool = False,
    ) -> Sequence[Story]:
        """Return the last periods, of one terminal or of all, the youngest first.

        ``uncounted``, ``not_deposited``: of those only that wait for it, however old they are.
        """

        def question(connection: Connection) -> list[Story]:
            found = periods.of_terminals(
                connection,
                terminal_no,
                MOST_PERIODS,
                uncounted=uncounted,
                not_deposited=not_deposited,
            )
            return [tell(connection, period) for period in found]

        return self._store.read(question)

    def story(self, terminal_no: str, period_no: int) -> Story:
        """Return everything about a period."""
        return self._store.read(
            lambda connection: tell(connection, periods.get(connection, terminal_no, period_no))
        )

    def evidence(self, terminal_no: str | None = None) -> Sequence[Evidence]:
        """Return the boxes that were taken out without a clearing, the youngest first."""
        query = select(cash_evidence).order_by(cash_evidence.c.evidence_no.desc())
        if terminal_no is not None:
            query = query.where(cash_evidence.c.terminal_no == terminal_no)

        def question(connection: Connection) -> list[Evidence]:
            rows = connection.execute(query.limit(MOST_EVIDENCE)).mappings()
            return [
                Evidence(**{name: row[name] for name in Evidence.__struct_fields__}) for row in rows
            ]

        return self._store.read(question)

    def _write(self, unit: Callable[[Connection, int], T]) -> T:
        now_ms = self._clock()
        return self._store.write(lambda connection: unit(connection, now_ms))


def tell(connection: Connection, period: Period) -> Story:
    """Return everything about a period."""
    held = figures.held(connection, period.terminal_no, period.period_no)
    entries = counts.of_period(connection, period.terminal_no, period.period_no)
    own = figures.fold(held)
    return Story(
        period=period,
        figures=own,
        entries=tuple(entries),
        over_fen=entries[-1].total_fen - own.expected_fen if entries else None,
        uncertain=tuple(note for note in held if note.place is Place.UNCERTAIN),
    )


def require(person: Person, deed: Deed) -> None:
    """Raise CashError unless this person may do it."""
    if person.role not in MAY[deed]:
        who = ", ".join(sorted(MAY[deed]))
        raise CashError(f"{person.name} is {person.role}; this is for: {who}")
