"""The chart of accounts: every fen stands on exactly one at every moment. See docs/ledger.md.

An account is a kind and its owner, written ``suspense:0000012401010000012``. Debits raise what we
have and what is owed to us (assets), credits raise what we owe (liabilities).
"""

from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """The accounts there are."""

    CASH = "cash"
    SUSPENSE = "suspense"
    UNASSIGNED = "unassigned"
    CUSTOMER = "customer"
    ARREARS = "arrears"
    SALES = "sales"
    OPENING = "opening"
    REFUND = "refund"
    PAID_OUT = "paid-out"
    BILLS = "bills"
    TRANSIT = "transit"
    BANK = "bank"
    LONG = "long"
    SHORT = "short"


ASSETS = frozenset({Kind.CASH, Kind.ARREARS, Kind.TRANSIT, Kind.BANK, Kind.SHORT})
"""Kinds whose balance is debits less credits; of all others it is credits less debits."""

_TITLES = {
    Kind.CASH: "cash in terminal",
    Kind.SUSPENSE: "paid for order, not delivered",
    Kind.UNASSIGNED: "found in terminal, belongs to no order",
    Kind.CUSTOMER: "balance of customer",
    Kind.ARREARS: "arrears of customer",
    Kind.SALES: "energy sold, payable to the utility",
    Kind.OPENING: "opening balances taken over from the utility",
    Kind.REFUND: "to be paid back for order",
    Kind.BILLS: "bills collected, payable to the utility",
    Kind.PAID_OUT: "refunds that staff have paid out, to be made good from the cash boxes",
    Kind.TRANSIT: "taken out of the cash box, not at the bank, terminal and period",
    Kind.BANK: "cash brought to the bank",
    Kind.LONG: "counted more than the books say, terminal",
    Kind.SHORT: "counted less than the books say, terminal",
}


class Account(Struct, frozen=True, order=True):
    """One account: its kind, and whose it is (empty: the house's own)."""

    kind: Kind
    owner: str = ""

    def __str__(self) -> str:
        """Return the account as people write it."""
        return f"{self.kind}:{self.owner}" if self.owner else str(self.kind)

    @property
    def title(self) -> str:
        """What the account holds, in words."""
        return f"{_TITLES[self.kind]} {self.owner}".rstrip()

    def balance_fen(self, debits_fen: int, credits_fen: int) -> int:
        """Return the balance on the side where this kind of account grows."""
        return debits_fen - credits_fen if self.kind in ASSETS else credits_fen - debits_fen


def cash(terminal_no: str) -> Account:
    """Banknotes in a terminal's cash box."""
    return Account(Kind.CASH, terminal_no)


def suspense(order_no: str) -> Account:
    """What was paid for an order that is not finished. Zero exactly when it is."""
    return Account(Kind.SUSPENSE, order_no)


def unassigned(terminal_no: str) -> Account:
    """Notes in a terminal's cash box that no order can use any more: a person must look."""
    return Account(Kind.UNASSIGNED, terminal_no)


def customer(customer_no: str) -> Account:
    """What earlier purchases left on a customer's account."""
    return Account(Kind.CUSTOMER, customer_no)


def arrears(customer_no: str) -> Account:
    """What a customer owes and the next purchase collects first."""
    return Account(Kind.ARREARS, customer_no)


def refund(order_no: str) -> Account:
    """What is to be paid back for an order. Zero once it is paid out."""
    return Account(Kind.REFUND, order_no)


def transit(terminal_no: str, period_no: int) -> Account:
    """Money of a period that was taken out of the cash box and is not at the bank yet."""
    return Account(Kind.TRANSIT, f"{terminal_no}/{period_no}")


def long(terminal_no: str) -> Account:
    """What was counted beyond the books (长款)."""
    return Account(Kind.LONG, terminal_no)


def short(terminal_no: str) -> Account:
    """What the books say and nobody has found (短款)."""
    return Account(Kind.SHORT, terminal_no)


SALES = Account(Kind.SALES)
OPENING = Account(Kind.OPENING)
BILLS = Account(Kind.BILLS)
PAID_OUT = Account(Kind.PAID_OUT)
BANK = Account(Kind.BANK)
