"""The life of an order, as a table. What is not in it cannot happen."""

from enum import StrEnum


class OrderState(StrEnum):
    """Where an order is. Parked is no state but a mark: a person or the card must come back."""

    OPENED = "opened"
    PAID = "paid"
    """Something was paid, nothing sold."""
    SOLD = "sold"
    """Purchase N+1 is open; the card may or may not hold it."""
    CONFIRMED = "confirmed"
    """The card holds it."""
    CANCELLED = "cancelled"
    """The sale was voided; what was paid waits for whoever decides about it."""
    ABANDONED = "abandoned"
    """Nothing was paid."""


EXITS = {
    OrderState.OPENED: {OrderState.PAID, OrderState.ABANDONED},
    OrderState.PAID: {OrderState.SOLD},
    OrderState.SOLD: {OrderState.CONFIRMED, OrderState.CANCELLED},
    OrderState.CONFIRMED: set[OrderState](),
    OrderState.CANCELLED: set[OrderState](),
    OrderState.ABANDONED: set[OrderState](),
}

FINISHED = frozenset({OrderState.CONFIRMED, OrderState.ABANDONED})
"""Nothing is in suspense for these orders, and for no others with money."""

TAKES_MONEY = frozenset({OrderState.OPENED, OrderState.PAID, OrderState.CANCELLED})
"""A late note still belongs to these: it can be sold for, or goes back with the rest."""


class IllegalMove(Exception):
    """An order cannot go from this state to that: a mistake in our program."""


def check_move(before: OrderState, after: OrderState) -> None:
    """Raise IllegalMove unless the table allows it; staying is always allowed."""
    if after is not before and after not in EXITS[before]:
        raise IllegalMove(f"{before} -> {after}")
