"""Every role, action and state: what is permitted, and the reason why not."""

from itertools import product

import pytest

from center.orders.permission import Case, forbids, lacks
from center.orders.state import OrderState
from vending.staff import Action, Evidence, Forbidden, Role

F, S, A, E = Forbidden, OrderState, Action, Evidence
OK = None

BY_STATE = {
    # state: rewrite, resell, mark as loaded, refund (sealed, nothing proved, nobody at it)
    S.OPENED: (F.STILL_BUSY, F.STILL_BUSY, F.STILL_BUSY, F.STILL_BUSY),
    S.PAID: (F.NOT_SOLD, OK, F.NOT_SOLD, OK),
    S.SOLD: (OK, F.SOLD, OK, F.CARD_MAY_BE_WRITTEN),
    S.CANCELLED: (F.NOT_SOLD, F.ORDER_OVER, F.NOT_SOLD, OK),
    S.CONFIRMED: (F.ORDER_OVER,) * 4,
    S.ABANDONED: (F.ORDER_OVER,) * 4,
    S.REFUNDED: (F.REFUND_DECIDED,) * 4,
}


@pytest.mark.parametrize(("state", "role"), list(product(OrderState, Role)))
def test_the_table(state: OrderState, role: Role) -> None:
    found = tuple(forbids(action, Case(state=state), role) for action in Action)
    assert found == ((F.ROLE,) * 4 if role is Role.OPERATOR else BY_STATE[state])


BILLS_BY_STATE = {
    **dict.fromkeys((S.PAID, S.SOLD, S.CANCELLED), (F.NO_CARD, OK, F.NO_CARD, OK)),
    S.OPENED: (F.STILL_BUSY,) * 4,
    S.CONFIRMED: (F.ORDER_OVER,) * 4,
    S.ABANDONED: (F.ORDER_OVER,) * 4,
    S.REFUNDED: (F.REFUND_DECIDED,) * 4,
}
"""A bill is never sold nor cancelled; were it, it could still only be posted or paid back."""


@pytest.mark.parametrize(("state", "role"), list(product(OrderState, Role)))
def test_the_table_of_bills(state: OrderState, role: Role) -> None:
    case = Case(state=state, is_bill=True)
    found = tuple(forbids(action, case, role) for action in Action)
    assert found == ((F.ROLE,) * 4 if role is Role.OPERATOR else BILLS_BY_STATE[state])


@pytest.mark.parametrize(
    ("action", "facts", "why"),
    [
        (A.RESELL, {"is_busy": True}, F.STILL_BUSY),
        (A.REFUND, {"is_busy": True}, F.STILL_BUSY),
        (A.RESELL, {"is_customer_unknown": True}, F.CUSTOMER_UNKNOWN),
        (A.REFUND, {"is_customer_unknown": True}, OK),
    ],
)
def test_what_else_decides_about_a_bill(
    action: Action, facts: dict[str, bool], why: Forbidden | None
) -> None:
    case = Case(state=S.PAID, is_bill=True, **facts)
    for role in (Role.MAINTENANCE, Role.SUPERVISOR):
        assert forbids(action, case, role) is why


def sold(**facts: bool) -> Case:
    return Case(state=S.SOLD, **facts)


@pytest.mark.parametrize(
    ("action", "case", "why"),
    [
        (A.REFUND, sold(is_unwritten=True), OK),
        (A.REFUND, sold(is_unreachable=True), OK),
        (A.REFUND, sold(is_unwritten=True, is_busy=True), F.STILL_BUSY),
        (A.REFUND, sold(is_unwritten=True, is_being_resold=True), F.RESELL_DECIDED),
        (A.REFUND, sold(is_unreachable=True, is_card_written=True), F.CARD_WRITTEN),
        (A.REFUND, Case(state=S.PAID, is_busy=True), F.STILL_BUSY),
        (A.REFUND, Case(state=S.PAID, is_sold_after_all=True), F.SOLD),
        (A.RESELL, Case(state=S.PAID, is_sold_after_all=True), F.SOLD),
        (A.RESELL, Case(state=S.PAID, is_busy=True), F.STILL_BUSY),
        (A.REWRITE, sold(is_busy=True), OK),
        (A.MARK_LOADED, sold(is_busy=True), F.STILL_BUSY),
        (A.MARK_LOADED, sold(is_unwritten=True), F.EVIDENCE),
    ],
)
def test_what_else_decides(action: Action, case: Case, why: Forbidden | None) -> None:
    for role in (Role.MAINTENANCE, Role.SUPERVISOR):
        assert forbids(action, case, role) is why


ENOUGH = {
    A.REWRITE: set(Evidence),
    A.RESELL: set(Evidence),
    A.MARK_LOADED: {E.METER_SHOWS_IT, E.CARD_READ_ELSEWHERE},
    A.REFUND: {E.CUSTOMER_ASKS, E.CARD_DESTROYED},
}


@pytest.mark.parametrize(("action", "evidence"), list(product(Action, Evidence)))
def test_what_must_have_been_seen(action: Action, evidence: Evidence) -> None:
    found = lacks(action, Case(state=S.PAID), evidence)
    assert found is (OK if evidence in ENOUGH[action] else F.EVIDENCE)


def test_a_card_that_may_be_written_must_have_been_destroyed() -> None:
    lost = sold(is_unreachable=True)
    assert lacks(A.REFUND, lost, E.CUSTOMER_ASKS) is F.EVIDENCE
    assert lacks(A.REFUND, lost, E.CARD_DESTROYED) is OK
    assert lacks(A.REFUND, sold(is_unwritten=True), E.CUSTOMER_ASKS) is OK
