"""How the fleet is: which terminals serve, what customers can do at each, and what is wrong."""

from enum import StrEnum

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, select

from center.ledger import audit as ledger
from center.ledger.chart import Kind
from center.store.tables import terminals
from center.store.tables_health import terminal_health
from vending.health import Health


class State(StrEnum):
    """Whether customers are served at a terminal, as far as the head office knows."""

    SERVES = "serves"
    OUT_OF_SERVICE = "out-of-service"
    """It says so itself; `Health.why` says why."""
    SILENT = "silent"
    """Nothing was heard of it for too long: what it said last may not hold any more."""
    UNTOLD = "untold"
    """It is heard of, and has not said how it is (yet)."""
    BLOCKED = "blocked"
    EXPECTED = "expected"
    """Not registered yet."""


NEEDS_A_LOOK = frozenset({State.OUT_OF_SERVICE, State.SILENT})


class Status(Struct, frozen=True, kw_only=True):
    """One terminal."""

    terminal_no: str
    name: str
    state: State
    health: Health | None
    """What it said last."""
    heard_at_ms: int | None
    """When it last asked or reported anything, a minute late at most."""
    software_version: str
    cash_fen: int
    """In its cash box, by our books."""


def of_fleet(connection: Connection, now_ms: int, silent_ms: int) -> list[Status]:
    """Return how every terminal is, by number; silent is who was not heard of for ``silent_ms``."""
    cash = ledger.balances(connection, Kind.CASH)
    query = (
        select(terminals, terminal_health.c.body)
        .select_from(
            terminals.outerjoin(
                terminal_health, terminal_health.c.terminal_no == terminals.c.terminal_no
            )
        )
        .order_by(terminals.c.terminal_no)
    )
    rows = connection.execute(query).all()
    return [_status(row, cash.get(row.terminal_no, 0), now_ms, silent_ms) for row in rows]


def _status(row: Row[tuple[object, ...]], cash_fen: int, now_ms: int, silent_ms: int) -> Status:
    health = None if row.body is None else msgspec.json.decode(row.body, type=Health)
    heard_at_ms = max(filter(None, (row.seen_at_ms, row.signed_in_at_ms)), default=None)
    if row.blocked:
        state = State.BLOCKED
    elif row.public_key is None:
        state = State.EXPECTED
    elif heard_at_ms is None or now_ms - heard_at_ms >= silent_ms:
        state = State.SILENT
    else:
        state = _told(health)
    return Status(
        terminal_no=row.terminal_no,
        name=row.name,
        state=state,
        health=health,
        heard_at_ms=heard_at_ms,
        software_version=(health and health.software_version) or row.software_version or "",
        cash_fen=cash_fen,
    )


def _told(health: Health | None) -> State:
    if health is None:
        return State.UNTOLD
    return State.OUT_OF_SERVICE if health.why else State.SERVES
