"""What people at the head office do in a random month."""

from center.cash.banking import Deposit
from center.cash.counting import Count, Found
from center.orders.port import Decision
from center.orders.refund import Payout
from center.utility import bills
from tests.center.cash.people import BOSS, CLERK
from tests.center.cash.stage import CUSTOMERS, VALUES, Stage
from tests.center.cash.truth import Bag, Key
from vending.bill import MonthBill
from vending.staff import Action, ActionDone, Evidence


class Clerks(Stage):
    """They bill, close by hand, count, correct, deposit and pay back."""

    def _bill_everybody(self) -> None:
        for number in range(1, CUSTOMERS + 1):
            for month in range(self.dice.randint(0, 5)):
                bill = MonthBill(
                    month=f"2025-{month + 5:02d}",
                    energy_wh=0,
                    amount_fen=self.dice.randint(1, 9_999),
                    late_fee_fen=self.dice.choice((0, 0, 33)),
                )
                bills.add(self.connection, f"1{number:011d}", bill, self.now_ms)

    def _office_hours(self) -> None:
        for key in sorted(self.lost_periods):
            if key[1] < max(
                (no for terminal, no in self.truth.bags if terminal == key[0]), default=0
            ):
                self._close_by_hand(key)
        for key, bag in sorted(self.truth.bags.items()):
            if bag.counted_fen is None and self.dice.random() < 0.5:
                self._count(key)
            elif key in self.wrong and self.dice.random() < 0.5:
                self._count(key, corrects=self.wrong.pop(key))
        if self.dice.random() < 0.25:
            self._deposit()
        if self.refundable and self.dice.random() < 0.3:
            self._refund(self.refundable.pop(self.dice.randrange(len(self.refundable))))

    def _close_by_hand(self, key: Key) -> None:
        if self.dice.random() < 0.5:
            for _ in range(self._times()):
                self.vault.close(BOSS, *key, "the report is lost")
            self.lost_periods.discard(key)
            self.truth.bags[key] = Bag()
            self._note("closed by hand")

    def _count(self, key: Key, corrects: int = 0) -> None:
        """Count a bag; one in seven is counted wrong, and corrected another day."""
        piles = self.truth.in_bag(key)
        found = self.truth.found_in_bag(key)
        is_wrong = self.dice.random() < 0.15
        if is_wrong:
            piles[self.dice.choice(VALUES)] += self.dice.choice((1, 2))
            found = found[:-1]
        count = Count(
            terminal_no=key[0],
            period_no=key[1],
            counted=tuple(piles.items()),
            found=tuple(Found(note_id=note.note_id, value_fen=note.value_fen) for note in found),
            bag_no=f"bag-{key[1]}",
            corrects=corrects,
            reason="counted again" if corrects else None,
        )
        for _ in range(self._times()):
            entry = self.vault.count(BOSS if corrects else CLERK, count)
        bag = self.truth.bags[key]
        bag.counted_fen, bag.found = entry.total_fen, {note.note_id for note in found}
        if is_wrong:
            self.wrong[key] = entry.entry_no
        self._note("corrected" if corrects else "counted")

    def _deposit(self) -> None:
        ready = [
            (key, bag)
            for key, bag in sorted(self.truth.bags.items())
            if bag.counted_fen is not None and bag.deposit is None and key not in self.wrong
        ]
        if not ready:
            return
        self.deposits_made += 1
        reference = f"B-{self.deposits_made}"
        chosen = self.dice.sample(ready, self.dice.randint(1, len(ready)))
        deposit = Deposit(
            reference=reference,
            amount_fen=sum(bag.counted_fen or 0 for _, bag in chosen),
            periods=tuple(key for key, _ in chosen),
        )
        for _ in range(self._times()):
            self.vault.deposit(CLERK, deposit)
        for _, bag in chosen:
            bag.deposit = reference
        self._note("deposited")

    def _refund(self, order_no: str) -> None:
        """Pay back what the books have of an order, when nothing of it can still arrive."""
        terminal_no = order_no[:6]
        self._deliver(terminal_no, everything=True)
        booked = [
            note for note in self.truth.notes.values() if note.order_no == order_no and note.told
        ]
        if not booked or any(report.order_no == order_no for _, report in self.late):
            return
        decision = Decision(
            order_no=order_no, action=Action.REFUND, by=BOSS, evidence=Evidence.CUSTOMER_ASKS
        )
        assert isinstance(self.desk.act("", decision), ActionDone)
        self.truth.orders[order_no].where = "refund"
        self._note("refunded")
        if self.dice.random() < 0.5:
            self.desk.pay_out(Payout(order_no=order_no, by=BOSS.name, evidence="receipt"))
            self.truth.orders[order_no].where = "paid-out"
