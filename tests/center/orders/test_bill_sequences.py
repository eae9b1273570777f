"""Random sequences of all that terminals and staff can say about bills, in any order and again.

After every step the books must add up (`center.orders.audit`: no month twice, every payment and
every fen payable), and every note must be where a plain model says.
"""

import shutil
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from center.orders.order import QUIET_MS
from center.orders.port import Decision
from center.staff.people import Person
from center.utility import bills
from tests.center.orders.billing import (
    LIN,
    MONTHS,
    SHEN,
    ZHOU,
    Counter,
    bill_opened,
    bill_parked,
    pay_request,
)
from tests.center.orders.office import NOW_MS, OTHER_TERMINAL, TERMINAL, taken
from vending.bill import BillPaid, BillPayRequest, MonthBill
from vending.messages import (
    Ending,
    Note,
    NotSold,
    OrderAbandoned,
    OrderOver,
    Reason,
    ReportEnvelope,
)
from vending.order_no import make_order_no, terminal_of
from vending.staff import Action, ActionDone, Evidence, Role

CLERK = Person(name="clerk", role=Role.SUPERVISOR)
ORDERS = [
    make_order_no(terminal_no, NOW_MS, sequence)
    for terminal_no in (TERMINAL, OTHER_TERMINAL)
    for sequence in (1, 2)
]
CUSTOMERS = (ZHOU, LIN, SHEN)
CHOICES = (MONTHS, MONTHS[:1], MONTHS[:2], ("2025-10",))
VALUES_FEN = (10_000, 5_000, 2_000, 500)
NEW_MONTHS = ("2025-07", "2025-11", "2025-12")

orders = st.sampled_from(ORDERS)
customers = st.sampled_from(CUSTOMERS)


def notes_of(order_no: str) -> tuple[Note, ...]:
    """The notes that lie in the box for an order; which of them anybody tells is the draw's."""
    return tuple(
        Note(note_id=f"{order_no}-{place}", value_fen=value)
        for place, value in enumerate(VALUES_FEN)
    )


class Bills(RuleBasedStateMachine):
    """Two terminals, three customers, four orders, each for one customer, choice and notes."""

    @initialize(
        choices=st.lists(
            st.tuples(customers, st.sampled_from(CHOICES), st.integers(0, len(VALUES_FEN))),
            min_size=len(ORDERS),
            max_size=len(ORDERS),
        )
    )
    def open_office(self, choices: list[tuple[str, tuple[str, ...], int]]) -> None:
        self.folder = Path(mkdtemp(prefix="bills"))
        self.office = Counter(self.folder)
        self.bodies = {
            order_no: pay_request(order_no, notes_of(order_no)[:count], months, customer_no)
            for order_no, (customer_no, months, count) in zip(ORDERS, choices, strict=True)
        }
        self.cash: dict[str, int] = {}
        self.answers: dict[str, BillPaid] = {}
        self.refunded: set[str] = set()
        self.abandoned: set[str] = set()
        self.reported: list[tuple[str, ReportEnvelope]] = []

    def teardown(self) -> None:
        self.check_fates()
        self.office.close()
        shutil.rmtree(self.folder)

    def tell(self, order_no: str, said: object) -> None:
        envelope = ReportEnvelope(
            report_no=len(self.reported) + 1,
            journal_id="j",
            report=said,  # type: ignore[arg-type]
        )
        self.reported.append((terminal_of(order_no), envelope))
        self.office.desk.report(terminal_of(order_no), envelope)

    @rule(order_no=orders)
    def open_order(self, order_no: str) -> None:
        body = self.bodies[order_no]
        self.tell(order_no, bill_opened(order_no, body.months, body.customer_no))

    @rule(order_no=orders, place=st.integers(0, len(VALUES_FEN) - 1))
    def tell_note(self, order_no: str, place: int) -> None:
        """Also a note that the request does not have: it must not be lost either."""
        note = notes_of(order_no)[place]
        self.tell(order_no, taken(order_no, note))
        self.cash[note.note_id] = note.value_fen

    @rule(order_no=orders)
    def park(self, order_no: str) -> None:
        paid_fen = sum(note.value_fen for note in self.bodies[order_no].notes)
        self.tell(order_no, bill_parked(order_no, paid_fen))

    @rule(order_no=orders)
    def get_stuck(self, order_no: str) -> None:
        """As a terminal that works tells it: opened, one note, no answer."""
        self.open_order(order_no)
        self.tell_note(order_no, 0)
        self.park(order_no)

    @rule(order_no=orders)
    def abandon(self, order_no: str) -> None:
        self.tell(order_no, OrderAbandoned(order_no=order_no, at_ms=NOW_MS))
        if self.office.state(order_no) == "abandoned":
            self.abandoned.add(order_no)

    @precondition(lambda self: self.reported)
    @rule(data=st.data())
    def tell_again(self, data: st.DataObject) -> None:
        self.office.desk.report(*data.draw(st.sampled_from(self.reported)))

    @rule(order_no=orders)
    def pay(self, order_no: str) -> None:
        self.pay_with(self.bodies[order_no])

    @rule(order_no=orders, other=st.sampled_from(["customer", "months", "notes"]))
    def pay_otherwise(self, order_no: str, other: str) -> None:
        """Once a request was answered, no other is taken under its number."""
        body = self.bodies[order_no]
        if order_no not in self.answers:
            return
        customer_no = SHEN if body.customer_no == ZHOU else ZHOU
        changed = {
            "customer": pay_request(order_no, body.notes, body.months, customer_no),
            "months": pay_request(order_no, body.notes, ("2020-01",), body.customer_no),
            "notes": pay_request(
                order_no,
                (*body.notes, Note(note_id=f"{order_no}-x", value_fen=100)),
                body.months,
                body.customer_no,
            ),
        }[other]
        answer = self.office.desk.pay_bill(terminal_of(order_no), changed)
        assert not isinstance(answer, BillPaid)
        assert answer.reason is Reason.ORDER_CONFLICT

    def pay_with(self, body: BillPayRequest) -> None:
        answer = self.office.desk.pay_bill(terminal_of(body.order_no), body)
        if isinstance(answer, BillPaid):
            assert body.order_no not in self.refunded | self.abandoned
            assert self.answers.setdefault(body.order_no, answer) == answer
            self.count(body)
            return
        assert body.order_no not in self.answers
        if answer.reason is Reason.ORDER_REFUNDED:
            assert body.order_no in self.refunded
            self.count(body)
        elif answer.reason is Reason.ORDER_FINISHED:
            assert body.order_no in self.abandoned
        else:
            assert answer.reason in {Reason.NOTHING_DUE, Reason.BELOW_MINIMUM}
            assert not body.notes

    def count(self, body: BillPayRequest) -> None:
        self.cash.update({note.note_id: note.value_fen for note in body.notes})

    @rule(customer_no=customers, terminal_no=st.sampled_from([TERMINAL, OTHER_TERMINAL]))
    def ask(self, customer_no: str, terminal_no: str) -> None:
        told = self.office.bill(customer_no, terminal_no)
        assert [month.month for month in told.months] == sorted(m.month for m in told.months)

    @rule()
    def settle(self) -> None:
        self.office.desk.settle_bills()

    @rule()
    def be_quiet(self) -> None:
        self.office.now_ms += QUIET_MS

    @rule(customer_no=customers, month=st.sampled_from(NEW_MONTHS), amount=st.just(3_000))
    def bill(self, customer_no: str, month: str, amount: int) -> None:
        new = MonthBill(month=month, energy_wh=1, amount_fen=amount)
        self.office.store.write(lambda connection: bills.add(connection, customer_no, new, NOW_MS))

    @rule(order_no=orders)
    def pay_back(self, order_no: str) -> None:
        """As staff meet it most: it got stuck, and its customer asks for the money."""
        self.get_stuck(order_no)
        self.decide(order_no, Action.REFUND)

    @precondition(lambda self: self.refunded)
    @rule(data=st.data())
    def pay_what_was_paid_back(self, data: st.DataObject) -> None:
        """The terminal was silent meanwhile, and asks at last."""
        self.pay_with(self.bodies[data.draw(st.sampled_from(sorted(self.refunded)))])

    @rule(order_no=orders, action=st.sampled_from([Action.REFUND, Action.RESELL]))
    def choose(self, order_no: str, action: Action) -> None:
        self.decide(order_no, action)

    def decide(self, order_no: str, action: Action) -> None:
        decision = Decision(
            order_no=order_no, action=action, by=CLERK, evidence=Evidence.CUSTOMER_ASKS
        )
        answer = self.office.desk.act(terminal_of(order_no), decision)
        if isinstance(answer, ActionDone) and action is Action.REFUND:
            assert order_no not in self.answers
            self.refunded.add(order_no)

    @invariant()
    def the_books_add_up(self) -> None:
        assert self.office.violations() == []

    @invariant()
    def every_note_is_counted_once(self) -> None:
        for terminal_no in (TERMINAL, OTHER_TERMINAL):
            total = sum(
                fen for note_id, fen in self.cash.items() if terminal_of(note_id) == terminal_no
            )
            assert -self.office.balance("cash", terminal_no) == total

    def check_fates(self) -> None:
        """What was told once stands: posted stays posted, paid back stays paid back."""
        for order_no in ORDERS:
            told = self.office.desk.inquire_bill(terminal_of(order_no), order_no)
            if order_no in self.refunded:
                assert told == OrderOver(order_no, Ending.REFUNDED)
            elif order_no in self.answers:
                assert told == self.answers[order_no]
            elif order_no in self.abandoned:
                assert told == NotSold(order_no)


TestBills = Bills.TestCase
TestBills.settings = settings(max_examples=20, stateful_step_count=25)
