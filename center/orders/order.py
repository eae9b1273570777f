"""An order as the database holds it."""

from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Insert, Update, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from center.ledger.book import business_date
from center.orders.port import OrderOfAnother
from center.orders.state import OrderState, check_move
from center.store.engine import insert_if_absent
from center.store.tables import order_sequences, orders
from vending.order_no import LAST_SEQUENCE, is_order_no, sequence_of, terminal_of


class Identity(Struct, frozen=True, kw_only=True):
    """What an order's number stands for. All messages about the order must agree on it."""

    opened_at_ms: int
    customer_no: str
    meter_no: str
    card_serial: str


class Order(Struct, frozen=True, kw_only=True):
    """One purchase."""

    order_no: str
    terminal_no: str
    identity: Identity | None
    """None: only its notes are known yet."""
    state: OrderState
    paid_fen: int
    request_digest: str | None
    """Of the request that sold; None: nothing was sold."""
    parked: bool


def is_own(terminal_no: str, order_no: str) -> bool:
    """Tell whether ``order_no`` is an order number that this terminal made."""
    return is_order_no(order_no) and terminal_of(order_no) == terminal_no


def require_own(terminal_no: str, order_no: str) -> None:
    """Raise OrderOfAnother unless this terminal made the number."""
    if not is_own(terminal_no, order_no):
        raise OrderOfAnother(order_no)


def find(connection: Connection, order_no: str, *, lock: bool = True) -> Order | None:
    """Return the order; ``lock`` keeps other processes off it for the rest of a unit of work."""
    row = connection.execute(_LOCK if lock else _FIND, {"order_no": order_no}).one_or_none()
    if row is None:
        return None
    identity = None
    if row.opened_at_ms is not None:
        identity = Identity(
            opened_at_ms=row.opened_at_ms,
            customer_no=row.customer_no,
            meter_no=row.meter_no,
            card_serial=row.card_serial,
        )
    return Order(
        order_no=order_no,
        terminal_no=row.terminal_no,
        identity=identity,
        state=OrderState(row.state),
        paid_fen=row.paid_fen,
        request_digest=row.request_digest,
        parked=row.parked,
    )


def find_or_open(
    connection: Connection, order_no: str, identity: Identity | None, now_ms: int
) -> Order:
    """Return the order; the first word about it opens it, whichever message brings that word."""
    found = find(connection, order_no)
    if found is not None:
        return found
    opened = Order(
        order_no=order_no,
        terminal_no=terminal_of(order_no),
        identity=identity,
        state=OrderState.OPENED,
        paid_fen=0,
        request_digest=None,
        parked=False,
    )
    if insert_if_absent(connection, orders, _row(opened, now_ms)):
        _count(connection, order_no)
        return opened
    return find_or_open(connection, order_no, identity, now_ms)  # another process was faster


def change(connection: Connection, order: Order, now_ms: int, **values: Any) -> Order:
    """Change columns of an order and return it as it is now. Raises IllegalMove."""
    if "state" in values:
        check_move(order.state, values["state"])
    stored = {**values, "changed_at_ms": now_ms}
    connection.execute(_changed(*stored), {**stored, "key": order.order_no})
    known = {name: value for name, value in values.items() if name in Order.__struct_fields__}
    return replace(order, **known)


def identify(connection: Connection, order: Order, identity: Identity, now_ms: int) -> Order | None:
    """Keep what the order's number stands for; None: it stands for something else already."""
    if order.identity == identity:
        return order
    if order.identity is not None:
        return None
    columns = {name: getattr(identity, name) for name in Identity.__struct_fields__}
    return replace(change(connection, order, now_ms, **columns), identity=identity)


def last_sequence(connection: Connection, terminal_no: str) -> int:
    """Return the last sequence in this terminal's order numbers; 0: it has made none."""
    found = select(order_sequences.c.last_sequence).where(
        order_sequences.c.terminal_no == terminal_no
    )
    return connection.scalar(found) or 0


_FIND = select(orders).where(orders.c.order_no == bindparam("order_no"))
_LOCK = _FIND.with_for_update()


def _row(order: Order, now_ms: int) -> dict[str, Any]:
    known = order.identity
    return {
        "order_no": order.order_no,
        "terminal_no": order.terminal_no,
        "business_date": business_date(now_ms),
        "opened_at_ms": known and known.opened_at_ms,
        "customer_no": known and known.customer_no,
        "meter_no": known and known.meter_no,
        "card_serial": known and known.card_serial,
        "state": order.state.value,
        "paid_fen": order.paid_fen,
        "parked": order.parked,
        "changed_at_ms": now_ms,
    }


@cache
def _changed(*columns: str) -> Update:
    values: dict[str, Any] = {column: bindparam(column) for column in columns}
    return update(orders).where(orders.c.order_no == bindparam("key")).values(values)


def _count(connection: Connection, order_no: str) -> None:
    row = {"terminal_no": terminal_of(order_no), "last_sequence": sequence_of(order_no)}
    connection.execute(_raised_sequence(connection.dialect.name), row)


@cache
def _raised_sequence(dialect: str) -> Insert:
    """Raise the last sequence; one that arrives late does not lower it, the wrap-around does."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    new = insert(order_sequences)
    span = LAST_SEQUENCE + 1
    ahead = (new.excluded.last_sequence - order_sequences.c.last_sequence + span) % span
    return new.on_conflict_do_update(
        index_elements=["terminal_no"],
        set_={"last_sequence": new.excluded.last_sequence},
        where=ahead < span // 2,
    )
