"""Where every fen is, by a model that knows no ledger: notes, periods, orders, and plain sums.

Nothing here is taken from the head office. What its accounts must hold is worked out anew from the
list of all notes whenever it is asked for.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from sqlalchemy import Connection

from center.ledger import audit as ledger
from center.ledger.chart import Kind
from vending.cash import Business

Key = tuple[str, int]
"""A terminal and its period."""


@dataclass
class Banknote:
    """One note that a machine swallowed, or may have."""

    note_id: str
    value_fen: int
    key: Key
    order_no: str | None
    business: Business = Business.ENERGY
    certain: bool = True
    """Its terminal knows that it is in the box."""
    there: bool = True
    """It is in the box; only we know."""
    told: bool = True
    """The head office knows of it."""


@dataclass
class Bag:
    """A period that was taken."""

    counted_fen: int | None = None
    found: set[str] = field(default_factory=set)
    deposit: str | None = None


@dataclass
class Purchase:
    """An order's money: where it is."""

    where: str = "suspense"
    """``suspense``, ``delivered``, ``refund`` or ``paid-out``."""


class Truth:
    """All of it."""

    def __init__(self) -> None:
        self.notes: dict[str, Banknote] = {}
        self.bags: dict[Key, Bag] = {}
        self.orders: dict[str, Purchase] = {}

    # -- what lies where

    def of(self, key: Key) -> list[Banknote]:
        return [note for note in self.notes.values() if note.key == key]

    def in_bag(self, key: Key) -> Counter[int]:
        """What somebody who counts well finds, by denomination."""
        return Counter(note.value_fen for note in self.of(key) if note.there)

    def found_in_bag(self, key: Key) -> list[Banknote]:
        """Uncertain notes that are there."""
        return [note for note in self.of(key) if note.there and not note.certain and note.told]

    def is_booked(self, note: Banknote) -> bool:
        """Whether the head office counts it as money."""
        if not note.told:
            return False
        bag = self.bags.get(note.key)
        return note.certain or (bag is not None and note.note_id in bag.found)

    def booked_fen(self, key: Key) -> int:
        return sum(note.value_fen for note in self.of(key) if self.is_booked(note))

    # -- what the accounts must hold

    def accounts(self) -> dict[str, int]:
        held: dict[str, int] = defaultdict(int)
        booked: dict[Key, int] = defaultdict(int)
        for note in self.notes.values():
            if self.is_booked(note):
                booked[note.key] += note.value_fen
                self._owe(held, note)
        for key, fen in booked.items():
            if key not in self.bags:
                held[f"cash:{key[0]}"] += fen
        for key, bag in self.bags.items():
            found_fen = booked[key] if bag.counted_fen is None else bag.counted_fen
            place = "bank:" if bag.deposit else f"transit:{key[0]}/{key[1]}"
            held[place] += found_fen
            over_fen = found_fen - booked[key]
            held[f"{'long' if over_fen > 0 else 'short'}:{key[0]}"] += abs(over_fen)
        return {account: fen for account, fen in held.items() if fen}

    def _owe(self, held: dict[str, int], note: Banknote) -> None:
        terminal_no = note.key[0]
        if note.order_no is None:
            held[f"unassigned:{terminal_no}"] += note.value_fen
            return
        where = self.orders[note.order_no].where
        owner = note.order_no if where in {"suspense", "refund"} else ""
        held[f"{where}:{owner}"] += note.value_fen


def booked_accounts(connection: Connection, opening: dict[str, int]) -> dict[str, int]:
    """What the ledger holds, in the words of the model: delivered money is one sum."""
    kinds = (
        Kind.CASH,
        Kind.TRANSIT,
        Kind.BANK,
        Kind.LONG,
        Kind.SHORT,
        Kind.UNASSIGNED,
        Kind.SUSPENSE,
        Kind.REFUND,
        Kind.PAID_OUT,
    )
    found = {
        f"{kind}:{owner}": fen
        for kind in kinds
        for owner, fen in ledger.balances(connection, kind).items()
    }
    found["delivered:"] = delivered_fen(connection) - opening.get("delivered:", 0)
    return {account: fen for account, fen in found.items() if fen}


def delivered_fen(connection: Connection) -> int:
    """Energy, bills, and what customers have on their accounts beyond what they owe."""
    total = {
        kind: sum(ledger.balances(connection, kind).values())
        for kind in (Kind.SALES, Kind.BILLS, Kind.CUSTOMER, Kind.ARREARS)
    }
    return total[Kind.SALES] + total[Kind.BILLS] + total[Kind.CUSTOMER] - total[Kind.ARREARS]
