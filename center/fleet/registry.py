"""The terminals that the head office knows: their keys, codes and whether they may trade."""

import hmac
from collections.abc import Callable
from contextlib import suppress

from msgspec import Struct
from sqlalchemy import Connection, Row, select, update

from center.fleet import code as codes
from center.fleet.seal import SealedRequest, TurnedAway
from center.store.engine import insert_if_absent
from center.store.errors import StoreError
from center.store.store import Store
from center.store.tables import terminals
from vending.messages import Registration
from vending.wire import ProblemCode

TIMEOUT_S = 5.0
CONTACT_MS = 60_000
"""How often it is kept that a terminal has asked something."""


class TerminalUnknown(Exception):
    """There is no terminal of this number."""


class Terminal(Struct, frozen=True, kw_only=True):
    """One terminal as staff see it."""

    terminal_no: str
    name: str
    blocked: bool
    public_key: str | None
    """Ed25519, hexadecimal; None: not registered yet."""
    registered_at_ms: int | None
    signed_in_at_ms: int | None
    software_version: str | None
    seen_at_ms: int | None
    """When it was last heard of, up to a minute late; None: never."""
    code_is_out: bool
    """A one-time code was issued and not used (it may have expired)."""


class Registry:
    """Reads and changes the terminals. Safe from every thread; `center.store.errors` are raised."""

    def __init__(self, store: Store, wall_ms: Callable[[], int]) -> None:
        self._store = store
        self._wall_ms = wall_ms
        self._noted_ms: dict[str, int] = {}

    # -- for staff --

    def add(self, terminal_no: str, name: str = "") -> str:
        """Issue a one-time code and return it; nobody can read it again.

        A terminal that is known gets another code: with it a new key replaces its old one.
        """
        code = codes.make(self._wall_ms())
        digest = codes.digest(terminal_no, code)

        def unit(connection: Connection) -> None:
            row = {"terminal_no": terminal_no, "name": name, "blocked": False}
            insert_if_absent(connection, terminals, row)
            _change(connection, terminal_no, one_time_code_digest=digest)

        self._store.write(unit, TIMEOUT_S)
        return code

    def all(self) -> list[Terminal]:
        """Return every terminal, by number."""

        def question(connection: Connection) -> list[Terminal]:
            rows = connection.execute(select(terminals).order_by(terminals.c.terminal_no))
            return [_terminal(row) for row in rows]

        return self._store.read(question)

    def get(self, terminal_no: str) -> Terminal | None:
        """Return one terminal; None: there is none."""
        return self._store.read(lambda connection: _find(connection, terminal_no))

    def block(self, terminal_no: str, blocked: bool) -> None:
        """Let a terminal trade no more, or again. Raises TerminalUnknown."""

        def unit(connection: Connection) -> int:
            return _change(connection, terminal_no, blocked=blocked)

        if not self._store.write(unit, TIMEOUT_S):
            raise TerminalUnknown(terminal_no)

    def ping(self) -> None:
        """Ask the database for nothing."""
        self._store.read(lambda connection: connection.execute(select(1)).scalar_one())

    # -- for terminals --

    def register(self, request: SealedRequest, registration: Registration) -> None:
        """Take a terminal's key against its one-time code; a repeat with that key is taken again.

        The new key must have sealed the request, so that nobody registers a key that they do not
        hold. Raises TurnedAway.
        """
        mark = request.seal
        if mark.terminal_no != registration.terminal_no:
            raise TurnedAway(ProblemCode.BAD_SIGNATURE)
        if not request.is_signed_by(registration.public_key):
            raise TurnedAway(ProblemCode.BAD_SIGNATURE)
        if not self._store.write(
            lambda connection: self._take_key(connection, registration), TIMEOUT_S
        ):
            raise TurnedAway(ProblemCode.CODE_REFUSED)

    def note_sign_in(self, terminal_no: str, software_version: str) -> None:
        """Keep when a terminal signed in, and with what."""
        now_ms = self._wall_ms()

        def unit(connection: Connection) -> int:
            changes = {"signed_in_at_ms": now_ms, "software_version": software_version}
            return _change(connection, terminal_no, **changes)

        self._store.write(unit, TIMEOUT_S)

    def note_contact(self, terminal_no: str) -> None:
        """Keep that a terminal has just asked something, once in `CONTACT_MS`.

        Whoever asked gets an answer even when this cannot be kept now.
        """
        now_ms = self._wall_ms()
        if 0 <= now_ms - self._noted_ms.get(terminal_no, -CONTACT_MS) < CONTACT_MS:
            return
        self._noted_ms[terminal_no] = now_ms

        def unit(connection: Connection) -> int:
            return _change(connection, terminal_no, seen_at_ms=now_ms)

        with suppress(StoreError):
            self._store.write(unit, TIMEOUT_S)

    def _take_key(self, connection: Connection, registration: Registration) -> bool:
        row = connection.execute(
            select(terminals).where(terminals.c.terminal_no == registration.terminal_no)
        ).one_or_none()
        if row is None or row.blocked:
            return False
        if row.one_time_code_digest is None:
            return bool(row.public_key == registration.public_key)  # the answer got lost
        if not _opens(row.one_time_code_digest, registration, self._wall_ms()):
            return False
        _change(
            connection,
            registration.terminal_no,
            public_key=registration.public_key,
            registered_at_ms=self._wall_ms(),
            one_time_code_digest=None,
        )
        return True


def _opens(digest: str, registration: Registration, now_ms: int) -> bool:
    """Tell whether the code in ``registration`` is the one issued, and still good."""
    offered = codes.digest(registration.terminal_no, registration.one_time_code)
    fits = hmac.compare_digest(digest, offered)
    return fits and not codes.is_expired(registration.one_time_code, now_ms)


def _change(connection: Connection, terminal_no: str, **values: object) -> int:
    """Change a terminal; return how many there were of this number."""
    changed = update(terminals).where(terminals.c.terminal_no == terminal_no).values(**values)
    return connection.execute(changed).rowcount


def _find(connection: Connection, terminal_no: str) -> Terminal | None:
    row = connection.execute(
        select(terminals).where(terminals.c.terminal_no == terminal_no)
    ).one_or_none()
    return None if row is None else _terminal(row)


def _terminal(row: Row[tuple[object, ...]]) -> Terminal:
    return Terminal(
        terminal_no=row.terminal_no,
        name=row.name,
        blocked=row.blocked,
        public_key=row.public_key,
        registered_at_ms=row.registered_at_ms,
        signed_in_at_ms=row.signed_in_at_ms,
        software_version=row.software_version,
        seen_at_ms=max(filter(None, (row.seen_at_ms, row.signed_in_at_ms)), default=None),
        code_is_out=row.one_time_code_digest is not None,
    )
