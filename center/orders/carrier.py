"""Which terminals may speak of an order: the one that made it, and those that were told of it."""

from sqlalchemy import Connection, bindparam, select

from center.orders import order as orders
from center.orders.port import OrderOfAnother
from center.store.engine import insert_if_absent
from center.store.tables import order_carriers
from vending.order_no import is_order_no


def add(connection: Connection, terminal_no: str, order_no: str, now_ms: int) -> None:
    """Let a terminal ask about, deliver and report an order that another one has made."""
    if not orders.is_own(terminal_no, order_no):
        row = {"order_no": order_no, "terminal_no": terminal_no, "at_ms": now_ms}
        insert_if_absent(connection, order_carriers, row)


def is_party(connection: Connection, terminal_no: str, order_no: str) -> bool:
    """Tell whether a terminal made the order or was told of it."""
    if orders.is_own(terminal_no, order_no):
        return True
    key = {"order_no": order_no, "terminal_no": terminal_no}
    return is_order_no(order_no) and connection.scalar(_FIND, key) is not None


def require_party(connection: Connection, terminal_no: str, order_no: str) -> None:
    """Raise OrderOfAnother unless a terminal made the order or was told of it."""
    if not is_party(connection, terminal_no, order_no):
        raise OrderOfAnother(order_no)


def of_order(connection: Connection, order_no: str) -> list[str]:
    """Return the terminals that were told of an order."""
    found = select(order_carriers.c.terminal_no).where(order_carriers.c.order_no == order_no)
    return list(connection.scalars(found.order_by(order_carriers.c.at_ms)))


_FIND = select(order_carriers.c.at_ms).where(
    order_carriers.c.order_no == bindparam("order_no"),
    order_carriers.c.terminal_no == bindparam("terminal_no"),
)
