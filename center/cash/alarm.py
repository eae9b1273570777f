"""Alarms about cash boxes."""

from enum import StrEnum

from sqlalchemy import Connection, insert

from center.store.tables import alarms
from vending.wire import LONGEST_TEXT


class Code(StrEnum):
    """What a person at the head office must look at."""

    PERIOD_DIFFERS = "period-differs"
    """Terminal and books do not agree about a period."""
    PERIOD_GAP = "period-gap"
    """Periods before this one were never reported."""
    PERIOD_CONFLICT = "period-conflict"
    """A period was reported again with other figures: the first report stands."""
    PERIOD_INVALID = "period-invalid"
    """No period has such a number."""
    PERIOD_FROZEN = "period-frozen"
    """A box was taken out without a clearing."""
    NOTE_AFTER_CLEARING = "note-after-clearing"
    """A note became known after its period was taken."""
    NOTE_TURNED_UP = "note-turned-up"
    """A note that a count has not found lies in a box after all."""


def sound(connection: Connection, terminal_no: str, code: Code, detail: str, now_ms: int) -> None:
    """Raise an alarm."""
    row = {
        "terminal_no": terminal_no,
        "order_no": None,
        "raised_by": "center",
        "code": code.value,
        "detail": detail[:LONGEST_TEXT],
        "at_ms": now_ms,
    }
    connection.execute(insert(alarms), row)
