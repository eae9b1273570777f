"""May this card buy? Each check is pure and answers with the reason why not, or None."""

from center.utility.account import MeterAccount
from vending.card import CardSnapshot
from vending.messages import Reason


def refuse_card(account: MeterAccount) -> Reason | None:
    """The card must be the one that the utility has issued for this meter, and not replaced."""
    if account.card is None:
        return Reason.ACCOUNT_UNKNOWN
    if account.card.meter_no != account.meter_no:
        return Reason.WRONG_METER
    return Reason.CARD_REPLACED if account.card.replaced else None


def refuse_account(account: MeterAccount) -> Reason | None:
    """The account must not be blocked, and its last purchase must be settled."""
    if account.blocked:
        return Reason.ACCOUNT_BLOCKED
    return Reason.ORDER_OPEN if account.open_order_no is not None else None


def refuse_count(account: MeterAccount, purchase_count: int) -> Reason | None:
    """Card and account must agree on N: else the meter would not take N+1."""
    return None if purchase_count == account.purchase_count else Reason.COUNT_MISMATCH


def refuse_snapshot(account: MeterAccount, card: CardSnapshot) -> Reason | None:
    """What the card itself says: its unit, its count, and whether the meter has taken purchase N.

    The meter writes N back when it takes purchase N (return file); a card of which nothing was ever
    sold has been in no meter yet.
    """
    if card.wallet_unit is not account.wallet_unit:
        return Reason.WALLET_MISMATCH
    if reason := refuse_account(account) or refuse_count(account, card.purchase_count):
        return reason
    if card.returned is None:
        return Reason.NOT_LOADED if card.purchase_count else None
    return None if card.returned.purchase_count == card.purchase_count else Reason.NOT_LOADED
