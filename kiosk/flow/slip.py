"""What goes on paper."""

from msgspec.structs import replace

from kiosk.flow.command import PrintSlip
from kiosk.flow.paper import Slip, SlipLine, SlipMonth
from kiosk.flow.phase import Cause
from kiosk.flow.session import BillOrder, Order, Session
from vending.card import WalletUnit
from vending.messages import Vend

PURCHASE = "purchase"
DOUBTFUL = "doubtful"
BILL = "bill"
BILL_DOUBTFUL = "bill-doubtful"


def print_slip(
    session: Session, order: Order, at_ms: int, reason: Cause | None = None
) -> PrintSlip:
    """Return the wish for the order's slip; with a ``reason`` the one for an order in doubt."""
    slip = Slip(
        layout=DOUBTFUL if reason else PURCHASE,
        language=session.language,
        order_no=order.order_no,
        terminal_no=session.policy.terminal_no,
        at_ms=at_ms,
        customer_no=order.account.customer_no,
        meter_no=order.account.meter_no,
        name_masked=order.account.name_masked,
        paid_fen=order.paid_fen,
        notes_fen=tuple(note.value_fen for note in order.notes),
        reason=str(reason) if reason else None,
    )
    whole = _with_vend(slip, order.vend) if order.vend else slip
    return PrintSlip(order_no=order.order_no, slip=whole)


def _with_vend(slip: Slip, vend: Vend) -> Slip:
    quote = vend.quote
    energy = vend.wallet_unit is WalletUnit.ENERGY
    return replace(
        slip,
        arrears_fen=quote.arrears_fen,
        balance_before_fen=quote.balance_before_fen,
        balance_after_fen=quote.balance_after_fen,
        energy_wh=quote.energy_wh if energy else None,
        wallet_money_fen=None if energy else vend.wallet_amount,
        purchase_count=vend.purchase_count,
        lines=tuple(
            SlipLine(line.step, line.price_hao_per_kwh, line.energy_wh, line.cost_fen)
            for line in quote.lines
        ),
    )


def print_bill_slip(
    session: Session, bill: BillOrder, at_ms: int, reason: Cause | None = None
) -> PrintSlip:
    """Return the wish for a payment's slip; with a ``reason`` the one for a payment that is not, or
    not surely, posted: it promises nothing of months and balance.
    """
    slip = Slip(
        layout=BILL_DOUBTFUL if reason else BILL,
        language=session.language,
        order_no=bill.order_no,
        terminal_no=session.policy.terminal_no,
        at_ms=at_ms,
        customer_no=bill.statement.customer_no,
        meter_no="",
        name_masked=bill.statement.name_masked,
        paid_fen=bill.paid_fen,
        notes_fen=tuple(note.value_fen for note in bill.notes),
        reason=str(reason) if reason else None,
    )
    return PrintSlip(order_no=bill.order_no, slip=_with_payment(slip, bill))


def _with_payment(slip: Slip, bill: BillOrder) -> Slip:
    if bill.paid is None:
        return slip
    settlement = bill.paid.settlement
    return replace(
        slip,
        receipt_no=bill.paid.receipt_no,
        months=tuple(
            SlipMonth(each.month, each.energy_wh, each.due_fen)
            for each in bill.statement.months
            if each.month in settlement.months
        ),
        balance_before_fen=settlement.balance_before_fen,
        balance_after_fen=settlement.balance_after_fen,
    )
