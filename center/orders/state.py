"""The life of an order, as a table. What is not in it cannot happen."""

from enum import StrEnum

from vending.cash import Business
from vending.messages import Reason


class OrderState(StrEnum):
    """Where an order is. Parked is no state but a mark: a person or the card must come back."""

    OPENED = "opened"
    PAID = "paid"
    """Something was paid, nothing sold."""
    SOLD = "sold"
    """Purchase N+1 is open; the card may or may not hold it."""
    CONFIRMED = "confirmed"
    """The card holds it; a bill: it is posted."""
    CANCELLED = "cancelled"
    """The sale was voided; what was paid waits for whoever decides about it."""
    ABANDONED = "abandoned"
    """Nothing was paid."""
    REFUNDED = "refunded"
    """The money goes back; nothing will ever be delivered."""


EXITS = {
    OrderState.OPENED: {OrderState.PAID, OrderState.ABANDONED},
    OrderState.PAID: {OrderState.SOLD, OrderState.REFUNDED},
    OrderState.SOLD: {OrderState.CONFIRMED, OrderState.CANCELLED},
    OrderState.CONFIRMED: set[OrderState](),
    OrderState.CANCELLED: {OrderState.REFUNDED},
    OrderState.ABANDONED: set[OrderState](),
    OrderState.REFUNDED: set[OrderState](),
}
"""Of energy: what is sold must be proved on a card."""

BILL_EXITS = {
    OrderState.OPENED: {OrderState.PAID, OrderState.ABANDONED, OrderState.CONFIRMED},
    OrderState.PAID: {OrderState.CONFIRMED, OrderState.REFUNDED},
}
"""Of bills: what is posted has come to its end. From OPENED: paid from the account alone."""

FINISHED = frozenset({OrderState.CONFIRMED, OrderState.ABANDONED, OrderState.REFUNDED})
"""Nothing is in suspense for these orders, and for no others with money."""

OVER = {
    OrderState.CONFIRMED: Reason.ORDER_FINISHED,
    OrderState.CANCELLED: Reason.ORDER_CANCELLED,
    OrderState.ABANDONED: Reason.ORDER_FINISHED,
    OrderState.REFUNDED: Reason.ORDER_REFUNDED,
}
"""Why a terminal can do nothing for an order any more."""

TAKES_MONEY = frozenset({OrderState.OPENED, OrderState.PAID, OrderState.CANCELLED})
"""A late note still belongs to these: it can be sold for, or goes back with the rest."""


class IllegalMove(Exception):
    """An order cannot go from this state to that: a mistake in our program."""


def check_move(before: OrderState, after: OrderState, business: Business = Business.ENERGY) -> None:
    """Raise IllegalMove unless the table allows it; staying is always allowed."""
    exits = EXITS if business is Business.ENERGY else BILL_EXITS
    if after is not before and after not in exits.get(before, ()):
        raise IllegalMove(f"{before} -> {after}")


class Resolution(StrEnum):
    """How an order that got stuck is to end. Never both; None: nobody has decided."""

    RESELL = "resell"
    """A terminal delivers it again. It may turn out impossible: then nobody has decided."""
    REFUND = "refund"
    """Final."""
