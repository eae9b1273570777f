"""The trail: who did what about an order, when and where, or was refused it. Never changed."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection, Row, insert, select

from center.store.tables import trail
from vending.wire import LONGEST_TEXT

MOST_STEPS = 500
LONGEST_WHAT = 40
LONGEST_NAME = 60
"""Characters that are kept of what a terminal tells."""


class Step(Struct, frozen=True, kw_only=True):
    """One step. No PIN and no name that was not recognised is ever part of it."""

    what: str
    terminal_no: str | None = None
    """None: at the head office."""
    staff: str | None = None
    """None: nobody who is known, or a machine by itself."""
    witness: str | None = None
    order_no: str | None = None
    detail: str = ""
    at_ms: int = 0
    """When it was added; what a terminal tells: when it happened, by the terminal's clock."""


def add(connection: Connection, step: Step, now_ms: int) -> None:
    """Add a step."""
    row = {
        "at_ms": now_ms,
        "terminal_no": step.terminal_no,
        "staff": step.staff and step.staff[:LONGEST_NAME],
        "witness": step.witness and step.witness[:LONGEST_NAME],
        "what": step.what[:LONGEST_WHAT],
        "order_no": step.order_no,
        "detail": step.detail[:LONGEST_TEXT],
    }
    connection.execute(insert(trail), row)


def read(connection: Connection, order_no: str | None = None) -> Sequence[Step]:
    """Return the steps about an order, or all; the last `MOST_STEPS`, in their order."""
    query = select(trail).order_by(trail.c.trail_no.desc()).limit(MOST_STEPS)
    if order_no is not None:
        query = query.where(trail.c.order_no == order_no)
    return [_step(row) for row in reversed(connection.execute(query).all())]


def _step(row: Row[tuple[object, ...]]) -> Step:
    return Step(
        what=row.what,
        terminal_no=row.terminal_no,
        staff=row.staff,
        witness=row.witness,
        order_no=row.order_no,
        detail=row.detail,
        at_ms=row.at_ms,
    )
