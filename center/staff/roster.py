"""The roster: whom terminals let in by themselves while they cannot ask.

A PIN is kept for it as a hash of its own, made when the PIN is set: nobody signs in with what a
terminal holds. But a PIN of few digits can be tried out against it: when a terminal is stolen, the
PINs of everybody in its roster must be changed (docs/operators.md). Somebody whose PIN is older
than rosters joins with the next sign-in.
"""

from collections.abc import Callable

from sqlalchemy import Connection, select, update

from center.store.store import Store
from center.store.tables import roster, staff
from vending.rights import Role
from vending.roster import Roster, RosterPerson


class Rosters:
    """Issues the roster. Safe from every thread; `center.store.errors` are raised."""

    def __init__(self, store: Store, wall_ms: Callable[[], int], good_for_days: int) -> None:
        self._store = store
        self._wall_ms = wall_ms
        self._good_for_days = good_for_days

    def version(self) -> int:
        """Return the number of the present roster; it rises with every change of the staff."""
        return self._store.read(version)

    def issue(self) -> Roster:
        """Return everybody who may sign in: not blocked, with a PIN that terminals can check."""

        def question(connection: Connection) -> Roster:
            return Roster(
                version=version(connection),
                issued_at_ms=self._wall_ms(),
                good_for_days=self._good_for_days,
                people=_people(connection),
            )

        return self._store.read(question)


def version(connection: Connection) -> int:
    """Return the number of the present roster."""
    return int(connection.execute(select(roster.c.version)).scalar_one())


def renew(connection: Connection) -> None:
    """Count a change of the staff, in the unit of work that makes it."""
    connection.execute(update(roster).values(version=roster.c.version + 1))


def _people(connection: Connection) -> tuple[RosterPerson, ...]:
    query = (
        select(staff)
        .where(staff.c.blocked.is_(False), staff.c.roster_pin_hash.is_not(None))
        .order_by(staff.c.name)
    )
    return tuple(
        RosterPerson(name=row.name, role=Role(row.role), pin_hash=row.roster_pin_hash)
        for row in connection.execute(query)
    )
