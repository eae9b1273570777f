"""How terminals are, as they tell it: the last word of each, and the ones before, a bounded number.

Read by `center.fleet.status`.
"""

from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select

from center.store.tables_health import health_log, terminal_health
from vending.health import Health

MOST_BEFORE = 200
"""Words of one terminal that are kept besides the last."""


def keep(connection: Connection, terminal_no: str, health: Health, now_ms: int) -> None:
    """Keep how a terminal is now; what it said before goes into the log."""
    before = connection.execute(
        select(terminal_health).filter_by(terminal_no=terminal_no)
    ).one_or_none()
    if before is not None:
        _log(connection, terminal_no, {**before._mapping})
        connection.execute(delete(terminal_health).filter_by(terminal_no=terminal_no))
    row = {
        "terminal_no": terminal_no,
        "received_at_ms": now_ms,
        "body": msgspec.json.encode(health).decode(),
    }
    connection.execute(insert(terminal_health), row)


def _log(connection: Connection, terminal_no: str, before: dict[str, Any]) -> None:
    connection.execute(insert(health_log), before)
    of_terminal = select(health_log.c.log_no).where(health_log.c.terminal_no == terminal_no)
    newest = of_terminal.order_by(health_log.c.log_no.desc()).limit(1).offset(MOST_BEFORE)
    last_to_go = connection.scalar(newest)
    if last_to_go is not None:
        connection.execute(
            delete(health_log).where(
                health_log.c.terminal_no == terminal_no, health_log.c.log_no <= last_to_go
            )
        )
