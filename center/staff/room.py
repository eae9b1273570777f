"""Signing in by name and PIN, and the tokens that speak for whoever has done so.

Tokens live in memory and are bound to their terminal: after a restart staff sign in again.
"""

import secrets
import threading
import time
from collections.abc import Callable

from msgspec import Struct
from sqlalchemy import Connection

from center.staff import people, trail
from center.staff.lock import Strangers, locked_until_ms
from center.staff.people import Entry, Person
from center.staff.pins import Pins
from center.store.store import Store
from vending.staff import NotSignedIn, StaffAnswer, StaffRefused, StaffSignedIn, StaffSignIn

TOKEN_MS = 10 * 60_000
TOKEN_BYTES = 16
_NS_PER_MS = 1_000_000


class _Token(Struct, frozen=True, kw_only=True):
    name: str
    terminal_no: str
    until_ns: int


class _Attempt(Struct, frozen=True, kw_only=True):
    """What is known about a name before its PIN is looked at."""

    entry: Entry | None
    """None: nobody is called so."""
    locked_until_ms: int | None
    """Locked before this attempt, which then does not count."""


class StaffRoom:
    """Lets staff in. Safe from every thread; `center.store.errors` are raised."""

    def __init__(
        self,
        store: Store,
        wall_ms: Callable[[], int],
        pins: Pins | None = None,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._store = store
        self._wall_ms = wall_ms
        self._pins = pins or Pins()
        self._now_ns = monotonic_ns
        self._strangers = Strangers()
        self._tokens: dict[str, _Token] = {}
        self._lock = threading.Lock()

    def sign_in(self, terminal_no: str, message: StaffSignIn) -> StaffAnswer:
        """Let somebody in at a terminal. Name and PIN wrong are not told apart."""
        found = self.check(terminal_no, message.name, message.pin)
        if isinstance(found, StaffRefused):
            return found
        token = secrets.token_hex(TOKEN_BYTES)
        until_ns = self._now_ns() + TOKEN_MS * _NS_PER_MS
        with self._lock:
            self._tokens = {
                key: held for key, held in self._tokens.items() if held.until_ns > self._now_ns()
            }
            self._tokens[token] = _Token(
                name=found.person.name, terminal_no=terminal_no, until_ns=until_ns
            )
        return StaffSignedIn(
            name=found.person.name,
            role=found.person.role,
            token=token,
            until_ms=self._wall_ms() + TOKEN_MS,
            last_sign_in_ms=found.last_sign_in_ms,
        )

    def whois(self, terminal_no: str, token: str) -> Person | None:
        """Return for whom a token speaks at this terminal now; None: for nobody (any more)."""
        held = self._tokens.get(token)
        if held is None or held.terminal_no != terminal_no or held.until_ns <= self._now_ns():
            return None
        entry = self._store.read(lambda connection: people.find(connection, held.name))
        return None if entry is None or entry.blocked else entry.person

    def check(self, terminal_no: str | None, name: str, pin: str) -> Entry | StaffRefused:
        """Return who proves to be somebody, as they were before. Leaves a step in the trail."""
        now_ms = self._wall_ms()
        attempt = self._store.write(lambda connection: self._begin(connection, name, now_ms))
        if attempt.locked_until_ms is not None:
            self._keep(terminal_no, attempt.entry, "sign-in-locked")
            return StaffRefused(reason=NotSignedIn.LOCKED, locked_until_ms=attempt.locked_until_ms)
        entry = attempt.entry
        fits = self._pins.fits(entry.pin_hash if entry else None, pin)
        if entry is None or not fits or entry.blocked:
            self._keep(terminal_no, entry, "sign-in-failed")
            return self._refusal(entry, name, now_ms)
        self._let_in(terminal_no, entry)
        if not entry.is_in_roster:
            self._join_roster(entry.person.name, entry.pin_hash, pin)
        return entry

    def _begin(self, connection: Connection, name: str, now_ms: int) -> _Attempt:
        entry = people.find(connection, name)
        if entry is None:
            return _Attempt(
                entry=None, locked_until_ms=self._strangers.locked_until_ms(name, now_ms)
            )
        if entry.is_locked(now_ms):
            return _Attempt(entry=entry, locked_until_ms=entry.locked_until_ms)
        people.count_attempt(connection, entry, now_ms)
        return _Attempt(entry=entry, locked_until_ms=None)

    def _refusal(self, entry: Entry | None, name: str, now_ms: int) -> StaffRefused:
        """Say LOCKED as soon as this failure has locked."""
        if entry is None:
            until_ms = self._strangers.fail(name, now_ms)
        else:
            until_ms = locked_until_ms(entry.failures + 1, now_ms)
        if until_ms is None:
            return StaffRefused(reason=NotSignedIn.WRONG)
        return StaffRefused(reason=NotSignedIn.LOCKED, locked_until_ms=until_ms)

    def _let_in(self, terminal_no: str | None, entry: Entry) -> None:
        now_ms, name = self._wall_ms(), entry.person.name

        def unit(connection: Connection) -> None:
            people.let_in(connection, name, now_ms)
            step = trail.Step(what="signed-in", terminal_no=terminal_no, staff=name)
            trail.add(connection, step, now_ms)

        self._store.write(unit)

    def _join_roster(self, name: str, pin_hash: str, pin: str) -> None:
        """Make what terminals check of a PIN that was just proved, unless it was changed since."""
        roster_pin_hash = self._pins.hash(pin)

        def unit(connection: Connection) -> None:
            entry = people.find(connection, name)
            if entry is not None and entry.pin_hash == pin_hash:
                people.join_roster(connection, name, roster_pin_hash)

        self._store.write(unit)

    def _keep(self, terminal_no: str | None, entry: Entry | None, what: str) -> None:
        """Leave a step. A name that nobody has is not kept: it may be a PIN."""
        name = entry.person.name if entry else None
        step = trail.Step(what=what, terminal_no=terminal_no, staff=name)
        now_ms = self._wall_ms()
        self._store.write(lambda connection: trail.add(connection, step, now_ms))
