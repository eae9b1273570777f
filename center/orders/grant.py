"""Staff let one terminal deliver one order, for a while."""

from sqlalchemy import Connection, bindparam, delete, insert, select

from center.orders.order import Order
from center.orders.policy import Resell
from center.orders.work import Work
from center.store.tables import grants

GRANT_MS = 10 * 60_000


def give(connection: Connection, terminal_no: str, order_no: str, now_ms: int) -> None:
    """Let the terminal deliver the order from now on for `GRANT_MS`."""
    key = {"order_no": order_no, "terminal_no": terminal_no}
    connection.execute(delete(grants).filter_by(**key))
    connection.execute(insert(grants), {**key, "until_ms": now_ms + GRANT_MS})


def stands(connection: Connection, terminal_no: str, order_no: str, now_ms: int) -> bool:
    """Tell whether a grant for this terminal and order is still good."""
    until_ms = connection.scalar(_FIND, {"order_no": order_no, "terminal_no": terminal_no})
    return until_ms is not None and until_ms - GRANT_MS <= now_ms <= until_ms


def is_by_machine(work: Work, order_no: str) -> bool:
    """Tell whether the terminal at work may deliver an order that got stuck."""
    if work.policy.resell is Resell.MACHINE:
        return True
    return stands(work.connection, work.terminal_no, order_no, work.now_ms)


def is_withheld(work: Work, order: Order) -> bool:
    """Tell whether an order may not go on at this terminal without staff.

    A purchase under way, also one that its terminal takes up after a restart, is no re-sell: only
    what was parked, or what somebody else delivers, waits for staff.
    """
    is_resell = order.parked or order.resold_by is not None
    return is_resell and not is_by_machine(work, order.order_no)


_FIND = select(grants.c.until_ms).where(
    grants.c.order_no == bindparam("order_no"), grants.c.terminal_no == bindparam("terminal_no")
)
