"""The posting rules: what each fact does to the accounts. Pure. docs/ledger.md has the table.

Facts that move nothing make no posting (None).
"""

from center.ledger import chart
from center.ledger.posting import Line, Phase, Posting, credit, debit
from vending.bill import BillPaid
from vending.messages import Note, Vend


def note_for_order(terminal_no: str, order_no: str, note: Note) -> Posting:
    """A stacked note pays for an order."""
    return Posting(
        key=note_key(terminal_no, note),
        order_no=order_no,
        lines=(
            debit(chart.cash(terminal_no), note.value_fen),
            credit(chart.suspense(order_no), note.value_fen),
        ),
    )


def note_unassigned(terminal_no: str, near_order_no: str | None, note: Note) -> Posting:
    """A stacked note belongs to no order that can use it."""
    return Posting(
        key=note_key(terminal_no, note),
        order_no=near_order_no,
        lines=_found_lines(terminal_no, note),
    )


def note_uncertain(terminal_no: str, near_order_no: str | None, note: Note) -> Posting | None:
    """A note may lie in the box: pending until somebody has counted. None: of unknown value."""
    if not note.value_fen:
        return None
    return Posting(
        key=note_key(terminal_no, note),
        order_no=near_order_no,
        phase=Phase.PENDING,
        lines=_found_lines(terminal_no, note),
    )


def note_released(terminal_no: str, order_no: str, note: Note) -> Posting:
    """A note kept for an order is not in the request that sold: the order cannot use it."""
    return Posting(
        key=f"release:{terminal_no}:{note.note_id}",
        order_no=order_no,
        lines=(
            debit(chart.suspense(order_no), note.value_fen),
            credit(chart.unassigned(terminal_no), note.value_fen),
        ),
    )


def vend(sold: Vend, customer_no: str) -> Posting:
    """A sale: pending until the card proves it, then posted; voided when it is cancelled."""
    quote = sold.quote
    kept_fen = quote.balance_after_fen - quote.balance_before_fen
    lines = (
        Line(chart.suspense(sold.order_no), debit_fen=quote.paid_fen),
        Line(chart.customer(customer_no), debit_fen=max(0, -kept_fen), credit_fen=max(0, kept_fen)),
        Line(chart.arrears(customer_no), credit_fen=quote.arrears_fen),
        Line(chart.SALES, credit_fen=quote.energy_fen),
    )
    return Posting(
        key=vend_key(sold.order_no),
        order_no=sold.order_no,
        phase=Phase.PENDING,
        lines=tuple(line for line in lines if line.debit_fen or line.credit_fen),
    )


def bill(paid: BillPaid, before: BillPaid | None = None) -> Posting:
    """A payment of bills: posted at once, there is nothing left to prove.

    ``before``: what was posted under the number already; only what came since is posted now.
    """
    paid_fen = paid.paid_fen - (before.paid_fen if before else 0)
    settled_fen = paid.settlement.settled_fen - (before.settlement.settled_fen if before else 0)
    kept_fen = paid_fen - settled_fen
    account = chart.customer(paid.customer_no)
    lines = (
        Line(chart.suspense(paid.order_no), debit_fen=paid_fen),
        Line(account, debit_fen=max(0, -kept_fen), credit_fen=max(0, kept_fen)),
        Line(chart.BILLS, credit_fen=settled_fen),
    )
    return Posting(
        key=f"bill:{paid.order_no}:{paid.paid_fen}" if before else f"bill:{paid.order_no}",
        order_no=paid.order_no,
        lines=tuple(line for line in lines if line.debit_fen or line.credit_fen),
    )


def refund_decided(order_no: str, amount_fen: int) -> Posting:
    """What was paid for an order is to be paid back."""
    return Posting(
        key=f"refund:{order_no}",
        order_no=order_no,
        lines=(
            debit(chart.suspense(order_no), amount_fen),
            credit(chart.refund(order_no), amount_fen),
        ),
    )


def refund_paid_out(order_no: str, amount_fen: int) -> Posting:
    """Staff have paid a refund out of the office's money."""
    return Posting(
        key=f"payout:{order_no}",
        order_no=order_no,
        lines=(debit(chart.refund(order_no), amount_fen), credit(chart.PAID_OUT, amount_fen)),
    )


def opening(customer_no: str, balance_fen: int, arrears_fen: int) -> Posting | None:
    """A customer comes to us with a balance or arrears. None: with neither."""
    lines: list[Line] = []
    if balance_fen:
        lines += [
            debit(chart.OPENING, balance_fen),
            credit(chart.customer(customer_no), balance_fen),
        ]
    if arrears_fen:
        lines += [
            debit(chart.arrears(customer_no), arrears_fen),
            credit(chart.OPENING, arrears_fen),
        ]
    return Posting(key=f"opening:{customer_no}", lines=tuple(lines)) if lines else None


def note_key(terminal_no: str, note: Note) -> str:
    """Return a note's key, one whatever becomes of it: it cannot be posted to two accounts."""
    return f"note:{terminal_no}:{note.note_id}"


def vend_key(order_no: str) -> str:
    """Return the key of an order's sale."""
    return f"vend:{order_no}"


def _found_lines(terminal_no: str, note: Note) -> tuple[Line, ...]:
    return (
        debit(chart.cash(terminal_no), note.value_fen),
        credit(chart.unassigned(terminal_no), note.value_fen),
    )
