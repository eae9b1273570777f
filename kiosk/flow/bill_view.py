"""What a customer sees of the bill: what is owed, what is chosen and what is in."""

from kiosk.flow.bill import choices
from kiosk.flow.phase import Phase
from kiosk.flow.session import BillOrder, Session
from kiosk.flow.view import BillChoice, BillView
from vending.bill import BillStatement, due_fen


def bill_view(session: Session) -> BillView | None:
    """Return the bill that is shown, or None."""
    bill = session.bill
    statement = bill.statement if bill else session.statement
    if statement is None:
        return None
    view = BillView(
        statement=statement,
        choices=_choices(statement),
        note_values_fen=session.policy.note_values_fen,
    )
    return _paying(session, bill, view) if bill else view


def _choices(statement: BillStatement) -> tuple[BillChoice, ...]:
    """All months first, then the fewest."""
    counts = choices(statement)
    return tuple(
        BillChoice(months=count, due_fen=due_fen(statement.months[:count], statement.balance_fen))
        for count in (*counts[-1:], *counts[:-1])
    )


def _paying(session: Session, bill: BillOrder, view: BillView) -> BillView:
    last = session.escrow or (bill.notes[-1] if bill.notes else None)
    return BillView(
        statement=view.statement,
        choices=view.choices,
        note_values_fen=view.note_values_fen,
        order_no=bill.order_no,
        months=bill.months,
        due_fen=bill.due_fen,
        paid_fen=bill.paid_fen,
        notes=len(bill.notes),
        last_note_fen=last.value_fen if last else None,
        moving=session.phase is Phase.STACKING,
        settlement=bill.settlement,
        receipt_no=bill.paid.receipt_no if bill.paid else "",
        slip_failed=session.slip_failed,
        printing=session.printing,
    )
