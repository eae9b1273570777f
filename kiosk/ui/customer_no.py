"""Typing a customer's number digit by digit: how many may come, how many must."""

from kiosk.ui.keys import typed
from vending.bill import CUSTOMER_NO_DIGITS

FEWEST, MOST = CUSTOMER_NO_DIGITS


def with_key(digits: str, key: str) -> str:
    """Return ``digits`` after ``key``; what is typed after the last one is dropped."""
    return typed(digits, key)[:MOST]


def missing(digits: str) -> int:
    """Return how many digits must still come at the least."""
    return max(0, FEWEST - len(digits))
