"""What every value of a request must be like, by the name of its field; the published contract says
the same. Types are msgspec's business, meaning is the desk's.
"""

import re
from typing import Any, NamedTuple

from msgspec import Struct

from vending.bill import MOST_MONTHS
from vending.order_no import is_order_no
from vending.wire import LARGEST_NUMBER, LONGEST_TEXT, MOST_ITEMS

LATEST_MS = 253_370_764_800_000
"""Moments end with the year 9998 (UTC): calendars cannot say more."""
LARGEST_SUM_FEN = 10**12
"""Ten thousand million yuan: sums and products of such amounts still fit 64 bits."""


class Range(NamedTuple):
    """Whole numbers that a field may be."""

    least: int
    most: int


_ANY_NUMBER = Range(0, LARGEST_NUMBER)
_BY_UNIT = {"_ms": Range(0, LATEST_MS), "_fen": Range(0, LARGEST_SUM_FEN)}
_BY_NAME = {
    "report_no": Range(1, LARGEST_NUMBER),
    # Four bytes on the card: a torn write leaves any count, and is asked about all the same.
    "purchase_count": Range(0, 2**32 - 1),
    "wallet_amount": Range(0, LARGEST_SUM_FEN),
    "remaining": Range(0, LARGEST_SUM_FEN),
    "overdraft": Range(0, LARGEST_SUM_FEN),
    # No banknote and no box is larger: what they come to still fits 64 bits.
    "value_fen": Range(0, 10**8),
    "notes": Range(0, 10**6),
}
_MOST_BY_NAME = {"months": MOST_MONTHS}

PLAIN_TEXT = rf"^[^\x00]{{0,{LONGEST_TEXT}}}$"
PATTERNS = {
    "order_no": r"^[0-9]{19}$",
    "near_order_no": r"^[0-9]{19}$",
    "terminal_no": r"^[0-9]{6}$",
    "customer_no": r"^[0-9A-Za-z-]{0,20}$",
    "months": r"^[0-9]{4}-(?:0[1-9]|1[0-2])$",
    "meter_no": r"^[0-9A-Za-z-]{0,20}$",
    "serial": r"^[0-9A-Fa-f]{16}$",
    "card_serial": r"^[0-9A-Fa-f]{16}$",
    "note_id": r"^[!-~]{1,64}$",
    "journal_id": r"^[!-~]{1,64}$",
    "digest": r"^[0-9a-f]{64}$",
    "card_digest": r"^[0-9a-f]{0,64}$",
    "public_key": r"^[0-9a-f]{64}$",
    "one_time_code": r"^[0-9A-Za-z -]{1,40}$",
    "layout": r"^[!-~]{1,64}$",
    "code": r"^[!-~]{1,60}$",
    "software_version": r"^[ -~]{1,60}$",
    "written_at": r"^[0-9]{0,12}$",
    "challenge": r"^[0-9A-Fa-f]{0,128}$",
    "name": r"^[^\x00-\x1f\x7f]{1,60}$",
    "pin": r"^[0-9]{6,12}$",
    "token": r"^[0-9a-f]{32}$",
    "witness_token": r"^(?:[0-9a-f]{32})?$",
    "commands": r"^(?:[0-9A-Fa-f]{2}){0,255}$",
}
_OR_NONE = "^(?:[0-9]{19})?$"
_IN_MESSAGE = {
    ("OwedQuery", "order_no"): _OR_NONE,
    ("StuckQuery", "order_no"): _OR_NONE,
    ("OrderOpened", "card_serial"): r"^(?:[0-9A-Fa-f]{16})?$",
    ("Health", "software_version"): r"^[ -~]{0,60}$",
}
"""What a field must be like in one message only."""
_COMPILED = {
    pattern: re.compile(pattern)
    for pattern in (PLAIN_TEXT, *PATTERNS.values(), *_IN_MESSAGE.values())
}
_ORDER_NUMBERS = {"order_no", "near_order_no"}


def range_of(name: str) -> Range:
    """Return what a number field of this name may be."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    return next((kind for unit, kind in _BY_UNIT.items() if name.endswith(unit)), _ANY_NUMBER)


def most_items(name: str) -> int:
    """Return how many items a list field of this name may have."""
    return _MOST_BY_NAME.get(name, MOST_ITEMS)


def pattern_of(name: str, message: str = "") -> str:
    """Return what a text field of this name must be like, in a message of that name."""
    return _IN_MESSAGE.get((message, name)) or PATTERNS.get(name, PLAIN_TEXT)


def fault(value: Any, name: str = "body", message: str = "") -> str | None:
    """Return what is wrong with ``value``, in words without the value itself; None: nothing is.

    ``message`` is the kind of message that it is a field of.
    """
    match value:
        case bool() | None:
            return None
        case int():
            return _number_fault(value, name)
        case str():
            return _text_fault(value, name, pattern_of(name, message))
        case tuple() | list():
            return _list_fault(value, name)
        case Struct():
            kind = type(value).__name__
            fields = ((getattr(value, field), field, kind) for field in value.__struct_fields__)
            return next((found for field in fields if (found := fault(*field))), None)
        case _:
            return f"{name} is of a kind that no message has"


def _number_fault(value: int, name: str) -> str | None:
    least, most = range_of(name)
    return None if least <= value <= most else f"{name} must be from {least} to {most}"


def _text_fault(value: str, name: str, pattern: str) -> str | None:
    if not _COMPILED[pattern].fullmatch(value):
        return f"{name} must match {pattern}"
    if value and name in _ORDER_NUMBERS and not is_order_no(value):
        return f"{name} has a wrong check digit"
    return None


def _list_fault(values: tuple[Any, ...] | list[Any], name: str) -> str | None:
    if len(values) > most_items(name):
        return f"{name} may have {most_items(name)} items"
    return next((found for value in values if (found := fault(value, name))), None)
