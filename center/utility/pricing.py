"""What a payment buys for one meter. Pure; energy is priced by `vending.tariff.quote`."""

from center.utility.account import MeterAccount
from vending.card import WalletUnit
from vending.energy import WH_PER_WALLET_UNIT
from vending.messages import Limits, Reason
from vending.tariff import Quote, quote


def price(account: MeterAccount, paid_fen: int) -> Quote:
    """Return how ``paid_fen`` divides: arrears first, then energy, the rest stays on the account.

    A wallet that counts money takes the rest whole, the meter prices the energy itself.
    """
    if account.wallet_unit is WalletUnit.ENERGY:
        return quote(
            account.tariff,
            used_wh=account.used_this_year_wh,
            arrears_fen=account.arrears_fen,
            balance_fen=account.balance_fen,
            paid_fen=paid_fen,
        )
    available_fen = paid_fen + account.balance_fen
    arrears_fen = min(account.arrears_fen, available_fen)
    return Quote(
        paid_fen=paid_fen,
        balance_before_fen=account.balance_fen,
        arrears_fen=arrears_fen,
        energy_fen=available_fen - arrears_fen,
        energy_wh=0,
        balance_after_fen=0,
        lines=(),
    )


def wallet_amount(account: MeterAccount, priced: Quote) -> int:
    """Return what the card's wallet must hold after a sale, in its unit."""
    if account.wallet_unit is WalletUnit.ENERGY:
        return priced.energy_wh // WH_PER_WALLET_UNIT
    return priced.energy_fen


def limits(account: MeterAccount, remaining: int) -> Limits:
    """Return what one purchase may be while the meter still holds ``remaining``."""
    room = None
    if account.overstock_amount is not None:
        room = max(0, account.overstock_amount - remaining)
    return Limits(
        min_fen=account.min_fen,
        max_fen=account.max_fen,
        multiple_fen=account.multiple_fen,
        max_wallet_amount=room,
    )


def refuse_sum(within: Limits, paid_fen: int) -> Reason | None:
    """Return why this sum is not taken; None: it is."""
    if paid_fen < within.min_fen:
        return Reason.BELOW_MINIMUM
    if paid_fen > within.max_fen:
        return Reason.ABOVE_MAXIMUM
    if paid_fen % within.multiple_fen:
        return Reason.NOT_MULTIPLE
    return None


def refuse_amount(within: Limits, amount: int) -> Reason | None:
    """Return why this wallet amount cannot be sold; None: it can."""
    if amount <= 0:
        return Reason.NOTHING_TO_BUY
    if within.max_wallet_amount is not None and amount > within.max_wallet_amount:
        return Reason.OVERSTOCK
    return None
