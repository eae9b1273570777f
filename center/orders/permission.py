"""What may be done about an order that is stuck, and why not. Pure: one table of rules.

The page shows what this says; the unit of work asks it again before anything is done.
"""

from collections.abc import Callable

from msgspec import Struct

from center.orders.state import OrderState
from vending.staff import Action, Evidence, Forbidden, Role


class Case(Struct, frozen=True, kw_only=True):
    """What decides about an order."""

    state: OrderState
    is_sold_after_all: bool = False
    """The books hold no sale, the utility does."""
    is_busy: bool = False
    """The terminal that took the money may still be at it."""
    is_being_resold: bool = False
    is_card_written: bool = False
    is_unwritten: bool = False
    """No card can hold it: none was sealed, or it was proved and nobody was given seals since."""
    is_bill: bool = False
    """It pays bills: there is no card, and posting it is its end."""
    is_customer_unknown: bool = False
    """Of a bill: the utility does not know whose it is."""
    is_unreachable: bool = False
    """Every card that may hold it was replaced by the utility."""


def forbids(action: Action, case: Case, role: Role) -> Forbidden | None:
    """Return why somebody of this role may not do it now; None: they may."""
    if role is Role.OPERATOR:
        return Forbidden.ROLE
    if case.state is OrderState.REFUNDED:
        return Forbidden.REFUND_DECIDED
    if case.state in {OrderState.CONFIRMED, OrderState.ABANDONED}:
        return Forbidden.ORDER_OVER
    if case.state is OrderState.OPENED:
        return Forbidden.STILL_BUSY
    return (_BILL_RULES if case.is_bill else _RULES)[action](case)


def lacks(action: Action, case: Case, evidence: Evidence) -> Forbidden | None:
    """Return EVIDENCE when what was seen does not carry the action; None: it does."""
    accepted = _EVIDENCE.get(action)
    if accepted is None or evidence in accepted - _too_weak(action, case):
        return None
    return Forbidden.EVIDENCE


def _too_weak(action: Action, case: Case) -> set[Evidence]:
    """A card that may be written must have been seen destroyed."""
    doubtful = case.state is OrderState.SOLD and not case.is_unwritten
    return {Evidence.CUSTOMER_ASKS} if action is Action.REFUND and doubtful else set()


def _rewrite(case: Case) -> Forbidden | None:
    return None if case.state is OrderState.SOLD else Forbidden.NOT_SOLD


def _resell(case: Case) -> Forbidden | None:
    if case.state is OrderState.SOLD or case.is_sold_after_all:
        return Forbidden.SOLD
    if case.state is OrderState.CANCELLED:
        return Forbidden.ORDER_OVER  # its sale was given up: only the money is left
    return Forbidden.STILL_BUSY if case.is_busy else None


def _mark_loaded(case: Case) -> Forbidden | None:
    if case.state is not OrderState.SOLD:
        return Forbidden.NOT_SOLD
    if case.is_busy:
        return Forbidden.STILL_BUSY
    return Forbidden.EVIDENCE if case.is_unwritten else None  # what was proved says no


def _refund(case: Case) -> Forbidden | None:
    if case.state is OrderState.CANCELLED:
        return None
    if case.is_sold_after_all:
        return Forbidden.SOLD
    if case.is_card_written:
        return Forbidden.CARD_WRITTEN
    if case.is_busy:
        return Forbidden.STILL_BUSY
    if case.is_being_resold:
        return Forbidden.RESELL_DECIDED
    if case.state is OrderState.PAID or case.is_unwritten or case.is_unreachable:
        return None
    return Forbidden.CARD_MAY_BE_WRITTEN


def _no_card(case: Case) -> Forbidden | None:
    return Forbidden.NO_CARD


def _post_bill(case: Case) -> Forbidden | None:
    if case.is_busy:
        return Forbidden.STILL_BUSY
    return Forbidden.CUSTOMER_UNKNOWN if case.is_customer_unknown else None


def _refund_bill(case: Case) -> Forbidden | None:
    return Forbidden.STILL_BUSY if case.is_busy else None


_BILL_RULES: dict[Action, Callable[[Case], Forbidden | None]] = {
    Action.REWRITE: _no_card,
    Action.RESELL: _post_bill,
    Action.MARK_LOADED: _no_card,
    Action.REFUND: _refund_bill,
}
_RULES: dict[Action, Callable[[Case], Forbidden | None]] = {
    Action.REWRITE: _rewrite,
    Action.RESELL: _resell,
    Action.MARK_LOADED: _mark_loaded,
    Action.REFUND: _refund,
}
_EVIDENCE = {
    Action.MARK_LOADED: {Evidence.METER_SHOWS_IT, Evidence.CARD_READ_ELSEWHERE},
    Action.REFUND: {Evidence.CUSTOMER_ASKS, Evidence.CARD_DESTROYED},
}
"""What must have been seen; actions that are not here need nothing."""
