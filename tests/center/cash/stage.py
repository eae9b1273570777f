"""The stage of a random month: a real head office on one connection, and a line that is bad."""

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar

from sqlalchemy import Connection

from center.cash.vault import Vault
from center.keys.soft import TEST_KEYS, SoftKeyService
from center.orders.desk import Desk
from center.store.engine import open_writer
from center.store.store import Store, Units
from center.utility.embedded import EmbeddedUtility
from center.utility.seed import parse_seed, plant
from tests.center.cash.till import Till
from tests.center.cash.truth import Bag, Key, Truth
from tests.center.orders.office import NOW_MS
from vending.cash import Business, CashReport
from vending.messages import (
    NoteTaken,
    Report,
    VendConfirmed,
)

T = TypeVar("T")
DAY_MS = 86_400_000
TERMINALS = ("000001", "000002", "000003")
VALUES = (10_000, 10_000, 10_000, 5_000, 5_000, 2_000, 1_000)
CUSTOMERS = 40
SLOTS = 5
"""Things that happen at each terminal on each day."""


class Direct:
    """Units of work one after the other on one connection, each in a savepoint."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(self, unit: Callable[[Connection], T], timeout_s: float = 0.0) -> T:
        with self._connection.begin_nested():
            return unit(self._connection)

    def read(self, question: Callable[[Connection], T]) -> T:
        return question(self._connection)


def desk(units: Units, now: Callable[[], int]) -> Desk:
    keys = SoftKeyService(TEST_KEYS, allow_test_keys=True)
    return Desk(units, EmbeddedUtility(), keys, now)


@cache
def template() -> Path:
    """A database with its customers, to be copied for each month."""
    path = Path(mkdtemp(prefix="months")) / "template.db"
    store = Store(f"sqlite:///{path}")
    text = "\n".join(_account(number) for number in range(1, CUSTOMERS + 1))
    store.write(lambda connection: plant(connection, parse_seed(text), NOW_MS))
    store.close()
    return path


def _account(number: int) -> str:
    return f"""[[account]]
customer_no = "1{number:011d}"
meter_no = "2{number:011d}"
card_serial = "{number:016X}"
name = "住户"
address = "春江花园"
wallet_unit = "{("energy", "money")[number % 2]}"
purchase_count = {number % 50}
balance_fen = {number * 37 % 300}
arrears_fen = {number % 5 * 700}
"""


class Stage:
    """What a month has: an office, terminals, what is on its way, and the truth about it."""

    def __init__(self, database: Path, seed: int, days: int = 30) -> None:
        self.dice = random.Random(seed)
        self.days = days
        self.now_ms = NOW_MS
        self.engine = open_writer(f"sqlite:///{database}")
        self.connection = self.engine.connect()
        units = Direct(self.connection)
        self.desk = desk(units, lambda: self.now_ms)
        self.vault = Vault(units, lambda: self.now_ms)
        self.truth = Truth()
        self.tills = {no: Till(self.desk, no, lambda: self.now_ms) for no in TERMINALS}
        self.mail: dict[str, list[Report]] = {no: [] for no in TERMINALS}
        self.late: list[tuple[str, NoteTaken]] = []
        self.lost_periods: set[Key] = set()
        self.counts = {number: number % 50 for number in range(1, CUSTOMERS + 1)}
        self.busy: set[int] = set()
        """Customers whose order is not at its end."""
        self.unproved: dict[str, int] = {}
        """Orders whose confirmation waits, and whose they are."""
        self.wrong: dict[Key, int] = {}
        """Counts that somebody will correct, and their entries."""
        self.orders_made = 0
        self.deposits_made = 0
        self.refundable: list[str] = []
        self.happened: dict[str, int] = {}

    # -- on the line

    def _times(self) -> int:
        return self.dice.choice((1, 1, 1, 2, 3))

    def _deliver(self, terminal_no: str, *, everything: bool = False) -> None:
        """Some of what waits arrives: in nearly any order, a cash report only when it is first."""
        mail = self.mail[terminal_no]
        left = len(mail) if everything else self.dice.randint(0, len(mail))
        while left:
            place = self.dice.randrange(min(4, len(mail)))
            if isinstance(mail[place], CashReport):
                place = 0
            self._arrive(terminal_no, mail.pop(place))
            left -= 1

    def _arrive(self, terminal_no: str, report: Report) -> None:
        till = self.tills[terminal_no]
        taken = till.tell(report)
        for _ in range(self._times() - 1):
            assert till.tell_again() == taken
        order_no = getattr(report, "order_no", "")
        if order_no in self.unproved and isinstance(report, VendConfirmed):
            self.busy.discard(self.unproved.pop(order_no))
            self.truth.orders[order_no].where = "delivered"
        if isinstance(report, CashReport):
            assert taken.answer is not None
            key = (terminal_no, report.period_no)
            told = [line.what for line in taken.answer.differences]
            assert told == self._expected_differences(key)
            assert taken.answer.figures.expected_fen == self.truth.booked_fen(key)
            self.truth.bags[key] = Bag()
            self._note("differs" if told else "agrees")

    def _expected_differences(self, key: Key) -> list[str]:
        """What comparing must tell: the notes that the head office does not know of, and a gap."""
        unknown = [note for note in self.truth.of(key) if note.certain and not note.told]
        told = ["total"] if unknown else []
        values = {note.value_fen for note in unknown}
        told += [f"note:{value}" for value in sorted(values, reverse=True)]
        told += [
            f"business:{each}"
            for each in Business
            if any(note.business is each for note in unknown)
        ]
        return told + (["period"] if key[1] > self._last_taken(key[0]) + 1 else [])

    def _last_taken(self, terminal_no: str) -> int:
        return max((period for no, period in self.truth.bags if no == terminal_no), default=0)

    def _tell_late(self, terminal_no: str, *, everything: bool = False) -> None:
        """Notes that were kept back arrive at last, their periods long taken."""
        for waiting in [each for each in self.late if each[0] == terminal_no]:
            if everything or self.dice.random() < 0.5:
                self.late.remove(waiting)
                self.truth.notes[waiting[1].note.note_id].told = True
                self._arrive(*waiting)
                self._note("late")

    def _note(self, what: str) -> None:
        self.happened[what] = self.happened.get(what, 0) + 1
