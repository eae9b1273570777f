"""The people who may take an order's ways out, as the database holds them."""

from collections.abc import Callable

from msgspec import Struct
from sqlalchemy import Connection, Row, select, update

from center.staff import roster, trail
from center.staff.lock import locked_until_ms
from center.staff.pins import Pins
from center.store.engine import insert_if_absent
from center.store.store import Store
from center.store.tables import staff
from vending.staff import NAME_CHARACTERS, PIN_DIGITS, Role

NAME_LENGTH = 60


class StaffError(Exception):
    """What was asked about somebody cannot be done; its text says why."""


class Person(Struct, frozen=True, kw_only=True):
    """Somebody of the staff."""

    name: str
    role: Role


class Entry(Struct, frozen=True, kw_only=True):
    """Somebody of the staff, with everything that is kept."""

    person: Person
    pin_hash: str
    blocked: bool
    failures: int
    """Since the last sign-in."""
    locked_until_ms: int | None
    last_sign_in_ms: int | None
    is_in_roster: bool
    """Their PIN is kept for terminals too. False: it is older than rosters."""

    def is_locked(self, now_ms: int) -> bool:
        """Tell whether too many failures keep this person out."""
        return self.locked_until_ms is not None and now_ms < self.locked_until_ms


class People:
    """Keeps the staff. Safe from every thread; `center.store.errors` are raised.

    ``changed_by`` is who works at the head office; each change leaves a step in the trail.
    """

    def __init__(self, store: Store, wall_ms: Callable[[], int], pins: Pins) -> None:
        self._store = store
        self._wall_ms = wall_ms
        self._pins = pins

    def add(self, name: str, role: Role, pin: str, changed_by: str) -> None:
        """Make somebody known. Raises StaffError: the name is taken, or name or PIN is no good."""
        check_name(name)
        check_pin(pin)
        row = {
            "name": name,
            "role": role.value,
            **self._hashes(pin),
            "blocked": False,
            "failures": 0,
            "changed_at_ms": self._wall_ms(),
            "changed_by": changed_by,
        }

        def unit(connection: Connection) -> None:
            if not insert_if_absent(connection, staff, row):
                raise StaffError(f"{name} is known already")
            roster.renew(connection)
            self._keep(connection, "staff-added", name, f"{role} by {changed_by}")

        self._store.write(unit)

    def all(self) -> list[Entry]:
        """Return everybody, by name."""

        def question(connection: Connection) -> list[Entry]:
            return [_entry(row) for row in connection.execute(select(staff).order_by(staff.c.name))]

        return self._store.read(question)

    def block(self, name: str, blocked: bool, changed_by: str) -> None:
        """Let somebody in no more, or again: that also ends a lock. Raises StaffError."""
        what = "staff-blocked" if blocked else "staff-unblocked"
        self._change(name, what, changed_by, blocked=blocked)

    def set_pin(self, name: str, pin: str, changed_by: str) -> None:
        """Give somebody another PIN, which also ends a lock. Raises StaffError."""
        check_pin(pin)
        self._change(name, "staff-pin", changed_by, **self._hashes(pin))

    def _hashes(self, pin: str) -> dict[str, str]:
        """Return what is kept of a PIN: one hash for here, another for the roster."""
        return {"pin_hash": self._pins.hash(pin), "roster_pin_hash": self._pins.hash(pin)}

    def _change(self, name: str, what: str, changed_by: str, **values: object) -> None:
        common = {
            "failures": 0,
            "locked_until_ms": None,
            "changed_at_ms": self._wall_ms(),
            "changed_by": changed_by,
        }

        def unit(connection: Connection) -> None:
            changed = update(staff).where(staff.c.name == name).values(**common, **values)
            if not connection.execute(changed).rowcount:
                raise StaffError(f"nobody is called {name}")
            roster.renew(connection)
            self._keep(connection, what, name, f"by {changed_by}")

        self._store.write(unit)

    def _keep(self, connection: Connection, what: str, name: str, detail: str) -> None:
        step = trail.Step(what=what, staff=name, detail=detail)
        trail.add(connection, step, self._wall_ms())


def find(connection: Connection, name: str) -> Entry | None:
    """Return somebody; None: nobody is called so."""
    row = connection.execute(select(staff).where(staff.c.name == name)).one_or_none()
    return None if row is None else _entry(row)


def count_attempt(connection: Connection, entry: Entry, now_ms: int) -> None:
    """Count a failure, before the PIN is looked at: many attempts at once are many failures."""
    failures = entry.failures + 1
    until_ms = locked_until_ms(failures, now_ms)
    changed = update(staff).where(staff.c.name == entry.person.name)
    connection.execute(changed.values(failures=failures, locked_until_ms=until_ms))


def let_in(connection: Connection, name: str, now_ms: int) -> None:
    """The PIN was right: forget the failures."""
    changed = update(staff).where(staff.c.name == name)
    connection.execute(changed.values(failures=0, locked_until_ms=None, last_sign_in_ms=now_ms))


def join_roster(connection: Connection, name: str, roster_pin_hash: str) -> None:
    """Let terminals know somebody whose PIN was set before there were rosters."""
    changed = update(staff).where(staff.c.name == name, staff.c.roster_pin_hash.is_(None))
    if connection.execute(changed.values(roster_pin_hash=roster_pin_hash)).rowcount:
        roster.renew(connection)


def check_name(name: str) -> None:
    """Raise StaffError unless it can be typed at a terminal."""
    if not 1 <= len(name) <= NAME_LENGTH or set(name) - NAME_CHARACTERS:
        raise StaffError(f"a name has 1 to {NAME_LENGTH} small letters, digits and - . _")


def check_pin(pin: str) -> None:
    """Raise StaffError unless it can be a PIN: six to twelve digits, not the most likely ones."""
    least, most = PIN_DIGITS
    if not (least <= len(pin) <= most and pin.isascii() and pin.isdigit()):
        raise StaffError(f"a PIN has {least} to {most} digits")
    if len(set(pin)) == 1 or pin in "01234567890123" or pin in "98765432109876":
        raise StaffError("this PIN would be guessed first: take digits in no row")


def _entry(row: Row[tuple[object, ...]]) -> Entry:
    return Entry(
        person=Person(name=row.name, role=Role(row.role)),
        pin_hash=row.pin_hash,
        blocked=row.blocked,
        failures=row.failures,
        locked_until_ms=row.locked_until_ms,
        last_sign_in_ms=row.last_sign_in_ms,
        is_in_roster=row.roster_pin_hash is not None,
    )
