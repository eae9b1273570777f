"""Messages and counts in any order, again and too late: always balanced, every note where it is.

One terminal, random by Hypothesis; `tests.center.cash.months` lives whole months.
"""

import shutil
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from center.cash.banking import Deposit
from center.cash.counting import Count, Found
from center.cash.periods import CashError
from center.cash.vault import Vault
from center.orders import audit
from center.store.engine import open_writer
from tests.center.cash.people import BOSS
from tests.center.cash.stage import Direct, desk, template
from tests.center.cash.till import Till
from tests.center.cash.truth import Bag, Banknote, Purchase, Truth, booked_accounts, delivered_fen
from tests.center.orders.office import NOW_MS, TERMINAL
from vending.cash import CashReport
from vending.messages import Note, NoteInSuspense, NoteTaken
from vending.order_no import make_order_no

VALUES = (10_000, 5_000, 2_000)
values = st.sampled_from(VALUES)
Mail = NoteTaken | NoteInSuspense | CashReport


class Cash(RuleBasedStateMachine):
    """What was told waits in ``mail`` and may arrive in any order, or twice."""

    @initialize()
    def open_office(self) -> None:
        self.folder = Path(mkdtemp(prefix="cash"))
        shutil.copyfile(template(), self.folder / "center.db")
        self.engine = open_writer(f"sqlite:///{self.folder / 'center.db'}")
        self.connection = self.engine.connect()
        units = Direct(self.connection)
        self.till = Till(desk(units, lambda: NOW_MS))
        self.vault = Vault(units, lambda: NOW_MS)
        self.truth = Truth()
        self.mail: list[Mail] = []
        self.opening = {"delivered:": delivered_fen(self.connection)}

    def teardown(self) -> None:
        assert audit.check(self.connection) == []
        self.connection.close()
        self.engine.dispose()
        shutil.rmtree(self.folder)

    def keep(self, note: Note, order_no: str | None, *, certain: bool) -> None:
        self.truth.notes[note.note_id] = Banknote(
            note_id=note.note_id,
            value_fen=note.value_fen,
            key=(TERMINAL, note.period_no),
            order_no=order_no,
            certain=certain,
            told=False,
        )

    @rule(value=values)
    def pay(self, value: int) -> None:
        order_no = make_order_no(TERMINAL, NOW_MS, len(self.truth.orders) + 1)
        self.truth.orders[order_no] = Purchase()
        report = self.till.pay(order_no, value)
        self.keep(report.note, order_no, certain=True)
        self.mail.append(report)

    @rule(value=values, certain=st.booleans())
    def lose(self, value: int, certain: bool) -> None:
        report = self.till.lose(value, certain=certain)
        self.keep(report.note, None, certain=certain)
        self.mail.append(report)

    @rule()
    def clear(self) -> None:
        self.mail.append(self.till.clear())

    @precondition(lambda self: self.mail)
    @rule(data=st.data(), again=st.booleans())
    def arrive(self, data: st.DataObject, again: bool) -> None:
        """In any order, even a cash report before what it is about."""
        report = self.mail.pop(data.draw(st.integers(0, len(self.mail) - 1)))
        if isinstance(report, CashReport):
            self.compare(report)
        else:
            self.truth.notes[report.note.note_id].told = True
            self.till.tell(report)
        if again:
            self.till.tell_again()

    def compare(self, report: CashReport) -> None:
        key = (TERMINAL, report.period_no)
        before = max((period for _, period in self.truth.bags), default=0)
        unknown = [note for note in self.truth.of(key) if note.certain and not note.told]
        answer = self.till.tell(report).answer
        assert answer is not None
        assert answer.figures.expected_fen == self.truth.booked_fen(key)
        by_name = {line.what: line for line in answer.differences}
        assert answer.agrees is (not by_name)
        assert ("total" in by_name) is bool(unknown)
        assert ("period" in by_name) is (key[1] > before + 1)
        for value in VALUES:
            missing = sum(note.value_fen == value for note in unknown)
            line = by_name.get(f"note:{value}")
            assert missing == (line.terminal_notes - line.center_notes if line else 0)
        self.truth.bags[key] = Bag()

    @precondition(lambda self: self.truth.bags)
    @rule(data=st.data(), off=st.sampled_from([0, 0, 1, -1]), again=st.booleans())
    def count(self, data: st.DataObject, off: int, again: bool) -> None:
        """Whoever counts finds everything that is there, or one note more or less."""
        key = data.draw(st.sampled_from(sorted(self.truth.bags)))
        bag = self.truth.bags[key]
        piles = self.truth.in_bag(key)
        piles[VALUES[0]] = max(0, piles[VALUES[0]] + off)
        doubtful = [note for note in self.truth.of(key) if note.told and not note.certain]
        found = [note for note in doubtful if data.draw(st.booleans())]
        corrects = len(self.entries(key))
        count = Count(
            terminal_no=TERMINAL,
            period_no=key[1],
            counted=tuple(piles.items()),
            found=tuple(Found(note_id=note.note_id) for note in found),
            corrects=corrects,
            reason="again" if corrects else None,
        )
        if bag.deposit:
            self.refused(count)
            return
        for _ in range(1 + again):
            entry = self.vault.count(BOSS, count)
        bag.counted_fen, bag.found = entry.total_fen, {note.note_id for note in found}

    def entries(self, key: tuple[str, int]) -> tuple[object, ...]:
        return self.vault.story(*key).entries

    def refused(self, count: Count) -> None:
        try:
            self.vault.count(BOSS, count)
        except CashError:
            return
        raise AssertionError("money at the bank was counted again")

    @rule()
    def deposit(self) -> None:
        ready = {
            key: bag
            for key, bag in sorted(self.truth.bags.items())
            if bag.counted_fen is not None and not bag.deposit
        }
        if ready:
            reference = "-".join(str(period) for _, period in ready)
            amount_fen = sum(bag.counted_fen or 0 for bag in ready.values())
            made = Deposit(reference=reference, amount_fen=amount_fen, periods=tuple(ready))
            self.vault.deposit(BOSS, made)
            for bag in ready.values():
                bag.deposit = reference

    @invariant()
    def every_fen_is_where_it_is(self) -> None:
        assert booked_accounts(self.connection, self.opening) == self.truth.accounts()


TestCash = Cash.TestCase
TestCash.settings = settings(max_examples=20, stateful_step_count=25)
