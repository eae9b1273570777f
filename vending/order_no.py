"""Order numbers: made by the terminal before any money moves, unique for ever.

Shape: 19 digits = terminal (6) + date yymmdd (6) + sequence (6) + check digit (1, Luhn).
The sequence never restarts, so a clock that is set back cannot make a number twice.
"""

TERMINAL_NO_DIGITS = 6
SEQUENCE_DIGITS = 6
ORDER_NO_DIGITS = 19
LAST_SEQUENCE = 10**SEQUENCE_DIGITS - 1
GROUP_DIGITS = 4

_MS_PER_DAY = 86_400_000
_CHINA_OFFSET_MS = 8 * 3_600_000


def make_order_no(terminal_no: str, at_ms: int, sequence: int) -> str:
    """Return the order number for the ``sequence``-th order of a terminal.

    ``terminal_no`` is six digits, ``at_ms`` UTC milliseconds since 1970, ``sequence`` counts from 1
    and wraps after 999,999 (the date then tells the numbers apart).
    Raises ValueError when the terminal number has another shape.
    """
    if len(terminal_no) != TERMINAL_NO_DIGITS or not (
        terminal_no.isascii() and terminal_no.isdigit()
    ):
        raise ValueError(f"a terminal number is six digits, not {terminal_no!r}")
    year, month, day = china_date(at_ms)
    body = f"{terminal_no}{year % 100:02d}{month:02d}{day:02d}{sequence % (LAST_SEQUENCE + 1):06d}"
    return body + luhn_digit(body)


def is_order_no(text: str) -> bool:
    """Tell whether ``text`` has the shape and the check digit of an order number."""
    shaped = len(text) == ORDER_NO_DIGITS and text.isascii() and text.isdigit()
    return shaped and luhn_digit(text[:-1]) == text[-1]


def grouped(order_no: str) -> str:
    """Return ``order_no`` as people read and type it: ``3100 4226 0101 0000 012``.

    Any other long number, a meter's or a customer's, is grouped alike.
    """
    starts = range(0, len(order_no), GROUP_DIGITS)
    return " ".join(order_no[start : start + GROUP_DIGITS] for start in starts)


def terminal_of(order_no: str) -> str:
    """Return the number of the terminal that made ``order_no``."""
    return order_no[:TERMINAL_NO_DIGITS]


def sequence_of(order_no: str) -> int:
    """Return the sequence inside ``order_no``."""
    return int(order_no[TERMINAL_NO_DIGITS + 6 : -1])


def luhn_digit(digits: str) -> str:
    """Return the Luhn check digit (ISO/IEC 7812-1 annex B) that completes ``digits``."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def china_date(at_ms: int) -> tuple[int, int, int]:
    """Return (year, month, day) in China Standard Time (UTC+8, no summer time) of UTC ``at_ms``."""
    days = (at_ms + _CHINA_OFFSET_MS) // _MS_PER_DAY + 719_468
    era, day_of_era = divmod(days, 146_097)
    year_of_era = (
        day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096
    ) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted_month + 2) // 5 + 1
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    return year_of_era + era * 400 + (1 if month <= 2 else 0), month, day
