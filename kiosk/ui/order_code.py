"""Typing an order number digit by digit: what is wrong with it, as soon as that can be known."""

from datetime import date
from enum import StrEnum

from kiosk.ui.keys import typed
from vending.order_no import ORDER_NO_DIGITS, TERMINAL_NO_DIGITS, is_order_no

_DATE = slice(TERMINAL_NO_DIGITS, TERMINAL_NO_DIGITS + 6)
"""Where yymmdd stands in an order number."""


class Mistake(StrEnum):
    """What a slip cannot say."""

    DATE = "date"
    """The digits of the day are no day: a known place is wrong."""
    CHECK = "check"
    """All digits are there and the check digit does not fit: some place is wrong."""


def with_key(digits: str, key: str) -> str:
    """Return ``digits`` after ``key``; what is typed after the last one is dropped."""
    return typed(digits, key)[:ORDER_NO_DIGITS]


def missing(digits: str) -> int:
    """Return how many digits are still to come."""
    return ORDER_NO_DIGITS - len(digits)


def mistake(digits: str) -> Mistake | None:
    """Return what is certainly wrong with what was typed so far, or None."""
    if is_order_no(digits):
        return None
    if len(digits) >= _DATE.stop and not _is_day(digits[_DATE]):
        return Mistake.DATE
    return None if missing(digits) else Mistake.CHECK


def _is_day(yymmdd: str) -> bool:
    try:
        date(2000 + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:]))
    except ValueError:
        return False
    return True
