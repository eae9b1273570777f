"""Which note may still go in. Whatever is in the box is always a payment that may be made."""

from kiosk.flow.notes import local_quote
from kiosk.flow.phase import Notice
from kiosk.flow.session import BillOrder, Session
from vending.card import WalletUnit
from vending.energy import WH_PER_WALLET_UNIT
from vending.messages import Account


def objections(session: Session) -> set[Notice | None]:
    """Return what is said about each denomination; without a None nothing more can be put in."""
    return {objection(session, value_fen) for value_fen in session.policy.note_values_fen}


def objection(session: Session, value_fen: int) -> Notice | None:
    """Return why a note of ``value_fen`` must go back, or None."""
    payment = session.payment
    if value_fen not in session.policy.note_values_fen:
        return Notice.NOTE_RETURNED
    if payment and len(payment.notes) >= session.policy.max_notes:
        return Notice.NOTE_TOO_MANY
    if isinstance(payment, BillOrder):
        return _not_for_bill(payment, value_fen)
    if session.account is None:
        return Notice.NOTE_RETURNED
    return _not_for_energy(session.account, session.paid_fen + value_fen)


def _not_for_bill(bill: BillOrder, value_fen: int) -> Notice | None:
    """Any sum may be paid: what settles no whole month stays on the account."""
    if bill.paid_fen >= bill.due_fen:
        return Notice.NOTE_NOT_NEEDED
    over = bill.paid_fen + value_fen > bill.statement.max_fen
    return Notice.NOTE_OVER_LIMIT if over else None


def _not_for_energy(account: Account, total_fen: int) -> Notice | None:
    limits = account.limits
    if total_fen > limits.max_fen:
        return Notice.NOTE_OVER_LIMIT
    if total_fen < limits.min_fen:
        return Notice.NOTE_TOO_SMALL
    if total_fen % limits.multiple_fen:
        return Notice.NOTE_NOT_MULTIPLE
    amount, most = wallet_amount(account, total_fen), limits.max_wallet_amount
    if amount <= 0:
        return Notice.NOTE_TOO_SMALL
    if most is not None and amount > most:
        return Notice.NOTE_OVERSTOCK
    return None


def wallet_amount(account: Account, paid_fen: int) -> int:
    """Return what the card would get for ``paid_fen``, in the wallet's unit."""
    if account.wallet_unit is WalletUnit.MONEY or account.tariff is None:
        return max(0, paid_fen + account.balance_fen - account.arrears_fen)
    local = local_quote(account, paid_fen)
    return local.energy_wh // WH_PER_WALLET_UNIT if local else 0
