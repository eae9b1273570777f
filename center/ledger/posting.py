"""A posting: lines whose debits equal their credits, under a key that can be posted once.

Posted money is never edited. What may still come to nothing is posted PENDING first and then either
POSTED or VOIDED, once, by a row of its own.
"""

from enum import StrEnum

from msgspec import Struct

from center.ledger.chart import Account


class Unbalanced(ValueError):
    """Debits and credits differ, or a line is no line: a mistake in our program."""


class Phase(StrEnum):
    """How a posting enters the ledger."""

    POSTED = "posted"
    PENDING = "pending"


class Outcome(StrEnum):
    """What became of a pending posting."""

    POSTED = "posted"
    VOIDED = "voided"


class Line(Struct, frozen=True):
    """One side of a movement; exactly one of the two amounts is not zero."""

    account: Account
    debit_fen: int = 0
    credit_fen: int = 0


class Posting(Struct, frozen=True, kw_only=True):
    """A transaction of the ledger. Making one that does not balance raises Unbalanced."""

    key: str
    lines: tuple[Line, ...]
    phase: Phase = Phase.POSTED
    order_no: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no ledger may hold."""
        for line in self.lines:
            if min(line.debit_fen, line.credit_fen) != 0 or line.debit_fen + line.credit_fen <= 0:
                raise Unbalanced(f"{self.key}: a line needs one positive amount")
        if len(self.lines) < 2 or self.debits_fen != sum(line.credit_fen for line in self.lines):
            raise Unbalanced(f"{self.key}: debits and credits differ")

    @property
    def debits_fen(self) -> int:
        """The sum of all debits, which is the sum of all credits."""
        return sum(line.debit_fen for line in self.lines)


def debit(account: Account, amount_fen: int) -> Line:
    """Return a debit line."""
    return Line(account, debit_fen=amount_fen)


def credit(account: Account, amount_fen: int) -> Line:
    """Return a credit line."""
    return Line(account, credit_fen=amount_fen)
