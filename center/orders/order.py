"""An order as the database holds it."""

from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Insert, Row, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from center.ledger.book import business_date
from center.orders.port import OrderOfAnother
from center.orders.state import TAKES_MONEY, OrderState, Resolution, check_move
from center.store.engine import insert_if_absent
from center.store.tables import IS_BILL_WAITING, IS_OPEN, order_sequences, orders
from vending.card import Verdict
from vending.cash import Business
from vending.order_no import LAST_SEQUENCE, is_order_no, sequence_of, terminal_of

QUIET_MS = 10 * 60_000
"""An order of which nobody has said anything for so long has been given up by its terminal."""
RESOLD = "resell"
"""Instead of a request's digest: the sale was made from what the books held."""


class Identity(Struct, frozen=True, kw_only=True):
    """What an order's number stands for. All messages about the order must agree on it."""

    opened_at_ms: int
    customer_no: str
    meter_no: str
    """Empty for a bill, like the card's serial number."""
    card_serial: str
    business: Business = Business.ENERGY
    months: tuple[str, ...] = ()
    """The bills that the customer chose to pay."""


class Order(Struct, frozen=True, kw_only=True):
    """One purchase, or one payment of bills."""

    order_no: str
    terminal_no: str
    identity: Identity | None
    """None: only its notes are known yet."""
    state: OrderState
    paid_fen: int
    request_digest: str | None
    """Of the request that sold; None: nothing was sold."""
    parked: bool = False
    parked_why: str | None = None
    verdict: Verdict | None = None
    """The last that a terminal reported of the card."""
    card_digest: str | None = None
    changed_at_ms: int = 0
    resolution: Resolution | None = None
    resold_by: str | None = None
    """The terminal that took it upon itself to deliver it again."""
    seals: int = 0
    """How often cards were sealed for it."""
    verdict_seals: int | None = None
    """As many were known to whoever judged the card."""
    bound_serial: str | None = None
    """The card that gets it instead of the identity's."""
    bound_at_seals: int = 0
    """How many seals went to other cards, before that one was bound."""
    is_other_card_doubtful: bool = False
    """A card before the present one was sealed, and never proved unwritten."""

    @property
    def business(self) -> Business:
        """What it is for; energy until somebody says otherwise."""
        return self.identity.business if self.identity else Business.ENERGY

    @property
    def takes_money(self) -> bool:
        """Tell whether a late note is still its: it can be sold for, posted, or paid back.

        A bill that was posted from the books takes what its terminal alone has known of.
        """
        is_posted = self.business is Business.BILL and self.state is OrderState.CONFIRMED
        return self.state in TAKES_MONEY or (is_posted and self.request_digest == RESOLD)

    @property
    def card_serial(self) -> str | None:
        """The card that gets it; None: not known yet."""
        if self.bound_serial is not None or self.identity is None:
            return self.bound_serial
        return self.identity.card_serial

    @property
    def is_verdict_good(self) -> bool:
        """Tell whether the verdict still holds: nobody can have written without new seals."""
        return self.verdict is not None and self.verdict_seals == self.seals

    @property
    def is_card_unwritten(self) -> bool:
        """Tell whether the present card cannot hold it: never sealed, or proved since."""
        proved = self.verdict is Verdict.NOT_WRITTEN and self.is_verdict_good
        return proved or self.seals == self.bound_at_seals

    def is_busy(self, now_ms: int) -> bool:
        """Tell whether its terminal may still be at it. A clock set back makes nobody busy."""
        return not self.parked and self._is_fresh(now_ms)

    def is_being_resold(self, now_ms: int) -> bool:
        """Tell whether a terminal may be delivering it again just now."""
        return self.resolution is Resolution.RESELL and self._is_fresh(now_ms)

    def _is_fresh(self, now_ms: int) -> bool:
        return 0 <= now_ms - self.changed_at_ms < QUIET_MS


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
    return None if row is None else _order(row)


def of_meter(connection: Connection, customer_no: str, meter_no: str) -> list[Order]:
    """Return what was paid or sold for a meter and is not at its end: the sale, then by age."""
    rows = connection.execute(_OF_METER, {"customer_no": customer_no, "meter_no": meter_no})
    found = [_order(row) for row in rows]
    return sorted(found, key=lambda order: order.state is not OrderState.SOLD)


def of_terminal(connection: Connection, terminal_no: str, most: int) -> list[Order]:
    """Return the open orders whose money a terminal has taken, the oldest first."""
    rows = connection.execute(_OF_TERMINAL, {"terminal_no": terminal_no, "most": most})
    return [_order(row) for row in rows]


def waiting_bills(connection: Connection, customer_no: str | None = None) -> list[Order]:
    """Return the payments of bills that are not posted; of a customer, or all. The oldest first."""
    query = select(orders).where(IS_BILL_WAITING)
    if customer_no is not None:
        query = query.where(orders.c.customer_no == customer_no)
    ordered = query.order_by(orders.c.opened_at_ms, orders.c.order_no).with_for_update()
    return [_order(row) for row in connection.execute(ordered)]


def _order(row: Row[tuple[object, ...]]) -> Order:
    identity = None
    if row.opened_at_ms is not None:
        identity = Identity(
            opened_at_ms=row.opened_at_ms,
            customer_no=row.customer_no,
            meter_no=row.meter_no,
            card_serial=row.card_serial,
            business=Business(row.business),
            months=tuple(row.months.split(",")) if row.months else (),
        )
    return Order(
        order_no=row.order_no,
        terminal_no=row.terminal_no,
        identity=identity,
        state=OrderState(row.state),
        paid_fen=row.paid_fen,
        request_digest=row.request_digest,
        parked=row.parked,
        parked_why=row.parked_why,
        verdict=None if row.verdict is None else Verdict(row.verdict),
        card_digest=row.card_digest,
        changed_at_ms=row.changed_at_ms,
        resolution=None if row.resolution is None else Resolution(row.resolution),
        resold_by=row.resold_by,
        seals=row.seals,
        verdict_seals=row.verdict_seals,
        bound_serial=row.bound_serial,
        bound_at_seals=row.bound_at_seals,
        is_other_card_doubtful=row.other_card_doubtful,
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
        changed_at_ms=now_ms,
    )
    if insert_if_absent(connection, orders, _first_row(opened, now_ms)):
        _count(connection, order_no)
        return opened
    return find_or_open(connection, order_no, identity, now_ms)  # another process was faster


def move(order: Order, state: OrderState) -> Order:
    """Return the order in another state. Raises IllegalMove."""
    check_move(order.state, state, order.business)
    return replace(order, state=state)


def identify(order: Order, identity: Identity) -> Order | None:
    """Return the order knowing what its number stands for; None: that is something else already."""
    if order.identity is None:
        return replace(order, identity=identity)
    return order if order.identity == identity else None


def save(connection: Connection, before: Order, after: Order, now_ms: int) -> None:
    """Keep what a unit of work has made of an order; once, at its end."""
    if after != before:
        connection.execute(_SAVE, {**_row(after, now_ms), "key": after.order_no})


def last_sequence(connection: Connection, terminal_no: str) -> int:
    """Return the last sequence in this terminal's order numbers; 0: it has made none."""
    found = select(order_sequences.c.last_sequence).where(
        order_sequences.c.terminal_no == terminal_no
    )
    return connection.scalar(found) or 0


_FIND = select(orders).where(orders.c.order_no == bindparam("order_no"))
_LOCK = _FIND.with_for_update()
_OF_METER = (
    select(orders)
    .where(
        orders.c.meter_no == bindparam("meter_no"),
        orders.c.customer_no == bindparam("customer_no"),
        orders.c.business == Business.ENERGY.value,
        IS_OPEN,
        orders.c.state != OrderState.CANCELLED.value,
    )
    .order_by(orders.c.opened_at_ms, orders.c.order_no)
    .with_for_update()
)
_OF_TERMINAL = (
    select(orders)
    .where(orders.c.terminal_no == bindparam("terminal_no"), IS_OPEN)
    .order_by(orders.c.opened_at_ms, orders.c.order_no)
    .limit(bindparam("most"))
)


_FIXED = {"order_no", "terminal_no", "business_date"}
_SAVE = (
    update(orders)
    .where(orders.c.order_no == bindparam("key"))
    .values({each.name: bindparam(each.name) for each in orders.c if each.name not in _FIXED})
)


def _row(order: Order, now_ms: int) -> dict[str, Any]:
    """Return the columns that change."""
    known = order.identity
    return {
        "opened_at_ms": known and known.opened_at_ms,
        "customer_no": known and known.customer_no,
        "meter_no": known and known.meter_no,
        "card_serial": known and known.card_serial,
        "state": order.state.value,
        "paid_fen": order.paid_fen,
        "request_digest": order.request_digest,
        "parked": order.parked,
        "parked_why": order.parked_why,
        "verdict": order.verdict,
        "card_digest": order.card_digest,
        "changed_at_ms": now_ms,
        "resolution": order.resolution,
        "resold_by": order.resold_by,
        "seals": order.seals,
        "verdict_seals": order.verdict_seals,
        "bound_serial": order.bound_serial,
        "bound_at_seals": order.bound_at_seals,
        "other_card_doubtful": order.is_other_card_doubtful,
        "business": order.business.value,
        "months": ",".join(known.months) if known else None,
    }


def _first_row(order: Order, now_ms: int) -> dict[str, Any]:
    fixed = {
        "order_no": order.order_no,
        "terminal_no": order.terminal_no,
        "business_date": business_date(now_ms),
    }
    return {**fixed, **_row(order, now_ms)}


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
