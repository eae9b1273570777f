"""What happens at the terminals of a random month."""

from tests.center.cash.stage import CUSTOMERS, VALUES, Stage
from tests.center.cash.truth import Banknote, Purchase
from tests.center.orders.office import confirmed
from vending.bill import BillPaid, BillPayRequest, BillQuery, BillStatement
from vending.cash import Business
from vending.messages import (
    Note,
    OrderOpened,
    OrderParked,
    Vend,
    VendRequest,
)
from vending.order_no import make_order_no


class Hall(Stage):
    """Customers, notes that go astray, and boxes that are taken out."""

    def _happen(self, terminal_no: str) -> None:
        kinds = (
            (self._buy, 50),
            (self._pay_bill, 20),
            (self._loose, 6),
            (self._settle_doubt, 3),
            (self._clear, 7),
            (self._unannounced, 1),
            (self._tell_late, 4),
        )
        acts, weights = zip(*kinds, strict=True)
        (act,) = self.dice.choices(acts, weights=weights)
        act(terminal_no)
        if self.dice.random() < 0.6:
            self._deliver(terminal_no)

    def _order_no(self, terminal_no: str) -> str:
        self.orders_made += 1
        order_no = make_order_no(terminal_no, self.now_ms, self.orders_made)
        self.truth.orders[order_no] = Purchase()
        return order_no

    def _customer(self) -> int:
        idle = [number for number in self.counts if number not in self.busy]
        return self.dice.choice(idle) if idle else 0

    def _swallow(
        self, terminal_no: str, order_no: str, business: Business, *, may_be_lost: bool
    ) -> Note:
        """A note for an order; its report waits, comes too late, or never arrives."""
        till = self.tills[terminal_no]
        report = till.pay(order_no, self.dice.choice(VALUES), business)
        note = report.note
        fate = self.dice.random() if may_be_lost else 1.0
        self.truth.notes[note.note_id] = Banknote(
            note_id=note.note_id,
            value_fen=note.value_fen,
            key=(terminal_no, note.period_no),
            order_no=order_no,
            business=business,
            told=fate > 0.3,
        )
        if fate > 0.3:
            self.mail[terminal_no].append(report)
        elif fate > 0.1:
            self.late.append((terminal_no, report))
        return note

    def _notes(
        self, terminal_no: str, order_no: str, business: Business, *, may_be_lost: bool = False
    ) -> list[Note]:
        found = []
        for _ in range(self.dice.randint(1, 4)):
            found.append(self._swallow(terminal_no, order_no, business, may_be_lost=may_be_lost))
            if self.dice.random() < 0.03:
                self._clear(terminal_no)  # in the middle of a purchase
        return found

    def _buy(self, terminal_no: str) -> None:
        number = self._customer()
        if not number:
            return
        order_no = self._order_no(terminal_no)
        identity = {
            "order_no": order_no,
            "opened_at_ms": self.now_ms,
            "customer_no": f"1{number:011d}",
            "meter_no": f"2{number:011d}",
            "card_serial": f"{number:016X}",
        }
        opened_at = OrderOpened(**identity)  # type: ignore[arg-type]
        self.mail[terminal_no].append(opened_at)
        if self.dice.random() < 0.12:
            self._stuck(terminal_no, order_no)
            return
        notes = self._notes(terminal_no, order_no, Business.ENERGY)
        body = VendRequest(
            **identity,  # type: ignore[arg-type]
            purchase_count=self.counts[number],
            notes=tuple(notes),
        )
        answers = [self.desk.vend(terminal_no, body) for _ in range(self._times())]
        if not isinstance(answers[0], Vend):
            self._note("refused")
            self.busy.add(number)
            self.refundable.append(order_no)
            return
        self._note("bought")
        self.counts[number] += 1
        self.tills[terminal_no].completed.add(order_no)
        self.tills[terminal_no].slips.add(order_no)
        self.mail[terminal_no].append(confirmed(order_no, answers[0].purchase_count))
        self.busy.add(number)
        self.unproved[order_no] = number

    def _stuck(self, terminal_no: str, order_no: str) -> None:
        """Paid, nothing sold: notes are told by reports alone, which may be lost."""
        notes = self._notes(terminal_no, order_no, Business.ENERGY, may_be_lost=True)
        parked = OrderParked(
            order_no=order_no,
            paid_fen=sum(note.value_fen for note in notes),
            sold=False,
            verdict=None,
            why="no-answer",
            at_ms=self.now_ms,
        )
        self.mail[terminal_no].append(parked)
        self.tills[terminal_no].slips.add(order_no)
        self.refundable.append(order_no)

    def _pay_bill(self, terminal_no: str) -> None:
        number = self.dice.randint(1, CUSTOMERS)
        customer_no = f"1{number:011d}"
        statement = self.desk.query_bill(terminal_no, BillQuery(customer_no=customer_no))
        assert isinstance(statement, BillStatement)
        if not statement.months:
            return
        order_no = self._order_no(terminal_no)
        chosen = tuple(
            each.month for each in statement.months[: self.dice.randint(1, len(statement.months))]
        )
        opened = OrderOpened(
            order_no=order_no,
            opened_at_ms=self.now_ms,
            customer_no=customer_no,
            meter_no="",
            card_serial="",
            business=Business.BILL,
            months=chosen,
        )
        self.mail[terminal_no].append(opened)
        notes = self._notes(terminal_no, order_no, Business.BILL)
        body = BillPayRequest(
            order_no=order_no,
            opened_at_ms=opened.opened_at_ms,
            customer_no=customer_no,
            months=chosen,
            notes=tuple(notes),
        )
        self._note("bill paid")
        for _ in range(self._times()):
            assert isinstance(self.desk.pay_bill(terminal_no, body), BillPaid)
        self.truth.orders[order_no].where = "delivered"
        self.tills[terminal_no].completed.add(order_no)
        self.tills[terminal_no].slips.add(order_no)

    def _loose(self, terminal_no: str) -> None:
        """A note of no order: certain, uncertain, or not even its value is known."""
        till, value_fen = self.tills[terminal_no], self.dice.choice(VALUES)
        certain = self.dice.random() < 0.4
        told_fen = value_fen if certain or self.dice.random() < 0.7 else 0
        report = till.lose(told_fen, certain=certain)
        self.truth.notes[report.note.note_id] = Banknote(
            note_id=report.note.note_id,
            value_fen=value_fen,
            key=(terminal_no, till.period_no),
            order_no=None,
            certain=certain,
            there=certain or self.dice.random() < 0.5,
        )
        self.mail[terminal_no].append(report)
        self._note("loose" if certain else "uncertain")

    def _settle_doubt(self, terminal_no: str) -> None:
        """An uncertain note turns out stacked, perhaps after a count has not found it."""
        doubted = [
            note
            for note in self.truth.notes.values()
            if note.key[0] == terminal_no
            and not note.certain
            and note.there
            and not self.truth.is_booked(note)
        ]
        if not doubted:
            return
        note, till = self.dice.choice(doubted), self.tills[terminal_no]
        known = Note(note_id=note.note_id, value_fen=note.value_fen)
        note.certain, note.key = True, (terminal_no, till.period_no)
        self.mail[terminal_no].append(till.find(known))
        self._note("settled")

    def _clear(self, terminal_no: str) -> None:
        """Close the period; now and then its report never arrives."""
        report = self.tills[terminal_no].clear()
        if self.dice.random() < 0.04:
            self.lost_periods.add((terminal_no, report.period_no))
            self._note("report lost")
        else:
            self.mail[terminal_no].append(report)
            self._note("cleared")

    def _unannounced(self, terminal_no: str) -> None:
        """Somebody takes the box out, and perhaps notes out of it; then it is cleared."""
        till = self.tills[terminal_no]
        self.mail[terminal_no].append(till.frozen())
        for note in self.truth.of((terminal_no, till.period_no)):
            note.there = note.there and self.dice.random() < 0.8
        self._clear(terminal_no)
        self._note("unannounced")
