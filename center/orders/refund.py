"""Refunds: decided once, instead of delivering; paid out once, by staff.

A refund and a delivery exclude each other: the decision voids the sale and ends the order in one
unit of work, and a sale, seals and a re-sell each look at the order in theirs.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Row, insert, select, update

from center.ledger import book, rules
from center.orders import order as orders
from center.orders import selling
from center.orders.order import Order
from center.orders.port import Decision, Refund, RefundState
from center.orders.state import OrderState, Resolution
from center.orders.work import Work
from center.staff import trail
from center.store.tables import refunds
from vending.messages import Refused


class CannotPay(Exception):
    """There is no refund to pay out; its text says why."""


class Payout(Struct, frozen=True, kw_only=True):
    """Somebody has handed the money over."""

    order_no: str
    by: str
    evidence: str
    """What shows it: a receipt's number, a signature's place in the files."""


def decide(work: Work, order: Order, decision: Decision) -> Order:
    """Void the sale, if there is one, and owe the money instead. The caller has asked whether."""
    if order.state is OrderState.SOLD:
        voided = selling.void(work, order.order_no)
        assert not isinstance(voided, Refused), voided.reason
        order = _found(work.connection, order.order_no)
    refunded = replace(
        orders.move(order, OrderState.REFUNDED), resolution=Resolution.REFUND, resold_by=None
    )
    orders.save(work.connection, order, refunded, work.now_ms)
    posting = rules.refund_decided(order.order_no, order.paid_fen)
    book.post(work.connection, [posting], work.now_ms)
    row = {
        "order_no": order.order_no,
        "terminal_no": order.terminal_no,
        "amount_fen": order.paid_fen,
        "state": RefundState.DECIDED.value,
        "decided_at_ms": work.now_ms,
        "decided_by": decision.by.name,
        "witness": decision.witness.name if decision.witness else None,
        "evidence": decision.evidence.value,
    }
    work.connection.execute(insert(refunds), row)
    return refunded


def pay_out(work: Work, payout: Payout) -> Refund:
    """Keep that a refund was paid out. A repeat by the same person changes nothing.

    Raises CannotPay.
    """
    found = find(work.connection, payout.order_no)
    if found is None:
        raise CannotPay("no refund was decided for this order")
    if found.state is RefundState.PAID_OUT:
        if (found.paid_by, found.paid_evidence) != (payout.by, payout.evidence):
            raise CannotPay(f"it was paid out before by {found.paid_by}: {found.paid_evidence}")
        return found
    posting = rules.refund_paid_out(found.order_no, found.amount_fen)
    book.post(work.connection, [posting], work.now_ms)
    paid = {
        "state": RefundState.PAID_OUT.value,
        "paid_at_ms": work.now_ms,
        "paid_by": payout.by,
        "paid_evidence": payout.evidence,
    }
    work.connection.execute(
        update(refunds).where(refunds.c.order_no == found.order_no).values(paid)
    )
    step = trail.Step(
        what="paid-out",
        terminal_no=work.terminal_no or None,
        staff=payout.by,
        order_no=found.order_no,
        detail=f"{found.amount_fen} fen: {payout.evidence}",
    )
    trail.add(work.connection, step, work.now_ms)
    after = find(work.connection, payout.order_no)
    assert after is not None
    return after


def find(connection: Connection, order_no: str) -> Refund | None:
    """Return an order's refund; None: there is none."""
    row = connection.execute(select(refunds).filter_by(order_no=order_no)).one_or_none()
    return None if row is None else _refund(row)


def waiting(connection: Connection, terminal_no: str | None = None) -> Sequence[Refund]:
    """Return the refunds that are decided and not paid out; of all terminals, or of one."""
    query = select(refunds).where(refunds.c.state == RefundState.DECIDED.value)
    if terminal_no is not None:
        query = query.where(refunds.c.terminal_no == terminal_no)
    return [_refund(row) for row in connection.execute(query.order_by(refunds.c.decided_at_ms))]


def _found(connection: Connection, order_no: str) -> Order:
    order = orders.find(connection, order_no)
    assert order is not None
    return order


def _refund(row: Row[tuple[object, ...]]) -> Refund:
    return Refund(
        order_no=row.order_no,
        terminal_no=row.terminal_no,
        amount_fen=row.amount_fen,
        state=RefundState(row.state),
        decided_at_ms=row.decided_at_ms,
        decided_by=row.decided_by,
        witness=row.witness,
        evidence=row.evidence,
        paid_at_ms=row.paid_at_ms,
        paid_by=row.paid_by,
        paid_evidence=row.paid_evidence,
    )
