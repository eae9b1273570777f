"""Bills of post-paid customers (现金缴费): what is owed by month, and what a payment settles.

No card is written. Money pays the chosen months in full, the oldest first; what is left stays on
the customer's account and pays the next bill: nothing is ever given back as change.
"""

from msgspec import Struct

from vending.messages import Note, NotSold, OrderOver, Refused

CUSTOMER_NO_DIGITS = (6, 16)
"""Fewest and most digits of a customer's number."""
MOST_MONTHS = 24
"""Months of one statement, and of one payment."""


class MonthBill(Struct, frozen=True, kw_only=True):
    """What is owed for one month."""

    month: str
    """``yyyy-mm``."""
    energy_wh: int
    amount_fen: int
    late_fee_fen: int = 0

    @property
    def due_fen(self) -> int:
        """What settles the month."""
        return self.amount_fen + self.late_fee_fen


class BillQuery(Struct, frozen=True, kw_only=True):
    """What does this customer owe?"""

    customer_no: str


class BillStatement(Struct, frozen=True, kw_only=True, tag="bill-statement"):
    """What a customer owes, personal data masked by the head office."""

    customer_no: str
    name_masked: str
    address_masked: str
    months: tuple[MonthBill, ...]
    """Unpaid months, the oldest first; at most 24. Empty: nothing is owed."""
    balance_fen: int
    """On the account already; it is used before new money."""
    max_fen: int
    """The most that one payment may be."""


class Settlement(Struct, frozen=True, kw_only=True):
    """What a payment does."""

    months: tuple[str, ...]
    """Settled in full, the oldest first."""
    settled_fen: int
    balance_before_fen: int
    balance_after_fen: int


class BillPayRequest(Struct, frozen=True, kw_only=True):
    """Pay under this order number. Repeating it changes nothing; another body is refused."""

    order_no: str
    opened_at_ms: int
    customer_no: str
    months: tuple[str, ...]
    """Those that the customer chose, the oldest first."""
    notes: tuple[Note, ...]


class BillPaid(Struct, frozen=True, kw_only=True, tag="bill-paid"):
    """Posted to the customer's bills and account. Definite: the order has come to its end."""

    order_no: str
    customer_no: str
    receipt_no: str
    """The utility's number of the payment."""
    paid_fen: int
    settlement: Settlement
    paid_at_ms: int


BillAnswer = BillStatement | Refused
BillPayAnswer = BillPaid | Refused
BillInquiryAnswer = BillPaid | NotSold | OrderOver


def due_fen(months: tuple[MonthBill, ...], balance_fen: int) -> int:
    """Return what must be paid so that ``months`` are settled."""
    return max(0, sum(month.due_fen for month in months) - balance_fen)


def settle(months: tuple[MonthBill, ...], balance_fen: int, paid_fen: int) -> Settlement:
    """Return what ``paid_fen`` settles of ``months`` (the oldest first) beside the balance.

    A month is settled in full or not at all; the first that cannot be ends it.
    """
    left_fen = balance_fen + paid_fen
    settled: list[str] = []
    for month in months:
        if month.due_fen > left_fen:
            break
        left_fen -= month.due_fen
        settled.append(month.month)
    return Settlement(
        months=tuple(settled),
        settled_fen=balance_fen + paid_fen - left_fen,
        balance_before_fen=balance_fen,
        balance_after_fen=left_fen,
    )


def customer_no_in(code: str) -> str | None:
    """Return the customer's number in what was typed, or scanned from a bill; None: there is none.

    A bill's code begins with the number; more may follow behind a sign that is no digit.
    """
    digits = ""
    for sign in code.strip():
        if not (sign.isascii() and sign.isdigit()):
            break
        digits += sign
    fewest, most = CUSTOMER_NO_DIGITS
    return digits if fewest <= len(digits) <= most else None
