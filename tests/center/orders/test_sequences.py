"""Random sequences of all that terminals and staff can say, in any order, again and otherwise.

After every step the books must add up; in the end every note must be where a plain model says, and
what was sold must still be what was sold.
"""

import shutil
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from center.orders.port import ReportConflict
from center.utility.seed import SeedAccount
from tests.center.orders.office import (
    NOW_MS,
    OTHER_TERMINAL,
    TERMINAL,
    Office,
    confirmed,
    opened,
    person,
    request,
    taken,
)
from vending.card import Verdict
from vending.messages import (
    Ending,
    Note,
    NoteInSuspense,
    NotSold,
    OrderAbandoned,
    OrderOver,
    OrderParked,
    Reason,
    Refused,
    Report,
    ReportEnvelope,
    Vend,
    VendRequest,
)
from vending.order_no import make_order_no, terminal_of

ORDERS = [
    (terminal_no, make_order_no(terminal_no, NOW_MS, sequence))
    for terminal_no in (TERMINAL, OTHER_TERMINAL)
    for sequence in (1, 2, 3)
]
VALUES_FEN = {"n1": 10_000, "n2": 5_000, "n3": 2_000, "n4": 10_000, "n5": 5_000}
UNDONE = {Reason.ORDER_CONFLICT, Reason.ORDER_FINISHED, Reason.ORDER_CANCELLED}
"""Refusals of a request as such: its notes are not counted."""

orders = st.sampled_from(ORDERS)
PEOPLE = [person(1), person(2), person(3)]
people = st.sampled_from(PEOPLE)
note_ids = st.sampled_from(sorted(VALUES_FEN))
values = st.sampled_from([None, None, None, None, 2_000])
"""Mostly the note's own value, sometimes a contradiction."""
counts = st.sampled_from([0, 0, 0, 1, 2])


class Terminals(RuleBasedStateMachine):
    """Two terminals, three customers, six orders, five banknotes in each terminal."""

    @initialize()
    def open_office(self) -> None:
        self.folder = Path(mkdtemp(prefix="sequence"))
        self.office = Office(self.folder)
        self.cash: dict[tuple[str, str], int] = {}
        self.doubtful: set[tuple[str, str]] = set()
        self.sold: dict[str, Vend] = {}
        self.bodies: dict[str, VendRequest] = {}
        self.cancelled: set[str] = set()
        self.proved: set[str] = set()
        self.reported: list[tuple[str, ReportEnvelope]] = []

    def teardown(self) -> None:
        self.check_cash()
        self.check_sales()
        self.office.close()
        shutil.rmtree(self.folder)

    def report(self, terminal_no: str, said: Report) -> None:
        envelope = ReportEnvelope(report_no=len(self.reported) + 1, journal_id="j", report=said)
        self.reported.append((terminal_no, envelope))
        self.office.desk.report(terminal_no, envelope)

    def count(self, terminal_no: str, note: Note) -> None:
        key = (terminal_no, note.note_id)
        if key not in self.doubtful:
            self.cash.setdefault(key, note.value_fen)

    @rule(order=orders, who=people)
    def open_order(self, order: tuple[str, str], who: SeedAccount) -> None:
        self.report(order[0], opened(order[1], who))

    @rule(order=orders, note_id=note_ids, value=values)
    def take_note(self, order: tuple[str, str], note_id: str, value: int | None) -> None:
        note = Note(note_id=note_id, value_fen=value or VALUES_FEN[note_id])
        self.report(order[0], taken(order[1], note))
        self.count(order[0], note)

    @rule(order=orders, note_id=note_ids, certain=st.booleans())
    def find_note(self, order: tuple[str, str], note_id: str, certain: bool) -> None:
        terminal_no, order_no = order
        note = Note(note_id=note_id, value_fen=VALUES_FEN[note_id])
        said = NoteInSuspense(note=note, near_order_no=order_no, certain=certain, at_ms=NOW_MS)
        self.report(terminal_no, said)
        if certain:
            self.doubtful.discard((terminal_no, note_id))
            self.count(terminal_no, note)
        elif (terminal_no, note_id) not in self.cash:
            self.doubtful.add((terminal_no, note_id))

    @rule(
        order=orders,
        who=people,
        ids=st.lists(note_ids, max_size=3),
        value=values,
        ahead=counts,
    )
    def vend(
        self,
        order: tuple[str, str],
        who: SeedAccount,
        ids: list[str],
        value: int | None,
        ahead: int,
    ) -> None:
        notes = [Note(note_id=each, value_fen=value or VALUES_FEN[each]) for each in ids]
        body = request(order[1], who, notes, count=who.purchase_count + ahead)
        self.sell(order[0], body)

    @rule(order=orders)
    def buy(self, order: tuple[str, str]) -> None:
        """As a terminal that works does it: the order's own customer, note and count."""
        terminal_no, order_no = order
        place = ORDERS.index(order)
        who = PEOPLE[place % len(PEOPLE)]
        note = Note(note_id=f"own-{place}", value_fen=10_000)
        bought = [
            no
            for no, body in self.bodies.items()
            if body.meter_no == who.meter_no and no not in self.cancelled
        ]
        count = who.purchase_count + len(bought)
        self.sell(
            terminal_no, self.bodies.get(order_no, request(order_no, who, [note], count=count))
        )

    @precondition(lambda self: self.sold)
    @rule(data=st.data())
    def prove(self, data: st.DataObject) -> None:
        """The card of a sale is read back."""
        order_no = data.draw(st.sampled_from(sorted(self.sold)))
        self.confirm_as(order_no, 0, Verdict.WRITTEN)

    @precondition(lambda self: self.bodies)
    @rule(data=st.data())
    def vend_again(self, data: st.DataObject) -> None:
        order_no = data.draw(st.sampled_from(sorted(self.bodies)))
        self.sell(order_no[:6], self.bodies[order_no])

    @precondition(lambda self: self.bodies)
    @rule(data=st.data())
    def vend_otherwise(self, data: st.DataObject) -> None:
        order_no = data.draw(st.sampled_from(sorted(self.bodies)))
        body = self.bodies[order_no]
        self.sell(order_no[:6], replace(body, opened_at_ms=body.opened_at_ms + 1))

    def sell(self, terminal_no: str, body: VendRequest) -> None:
        answer = self.office.desk.vend(terminal_no, body)
        before = self.sold.get(body.order_no)
        if isinstance(answer, Vend):
            assert body.order_no not in self.cancelled
            assert before in {None, answer}
            assert before is None or self.bodies[body.order_no] == body
            self.sold[body.order_no] = answer
            self.bodies[body.order_no] = body
        elif before is not None:
            assert answer.reason in {Reason.ORDER_CONFLICT, Reason.ORDER_CANCELLED}
        if isinstance(answer, Vend) or answer.reason not in UNDONE:
            for note in body.notes:
                self.count(terminal_no, note)

    @rule(
        order=orders,
        off=st.sampled_from([0, 0, 0, 1]),
        verdict=st.sampled_from([Verdict.WRITTEN, Verdict.LOADED, Verdict.UNKNOWN]),
    )
    def confirm(self, order: tuple[str, str], off: int, verdict: Verdict) -> None:
        self.confirm_as(order[1], off, verdict)

    def confirm_as(self, order_no: str, off: int, verdict: Verdict) -> None:
        vend = self.sold.get(order_no)
        count = vend.purchase_count + off if vend else off
        self.report(terminal_of(order_no), confirmed(order_no, count, verdict))
        is_proof = vend is not None and off == 0 and verdict is not Verdict.UNKNOWN
        if is_proof and order_no not in self.cancelled:
            self.proved.add(order_no)

    @rule(order=orders)
    def cancel(self, order: tuple[str, str]) -> None:
        answer = self.office.desk.cancel(*order)
        vend = self.sold.get(order[1])
        if vend is None:
            assert answer == Refused(Reason.ORDER_UNKNOWN)
        elif order[1] in self.proved:
            assert answer == Refused(Reason.ORDER_FINISHED)
        else:
            assert answer == vend
            self.cancelled.add(order[1])

    @rule(order=orders)
    def abandon(self, order: tuple[str, str]) -> None:
        self.report(order[0], OrderAbandoned(order_no=order[1], at_ms=NOW_MS))

    @rule(order=orders)
    def park(self, order: tuple[str, str]) -> None:
        said = OrderParked(
            order_no=order[1], paid_fen=0, sold=False, verdict=None, why="x", at_ms=NOW_MS
        )
        self.report(order[0], said)

    @precondition(lambda self: self.reported)
    @rule(data=st.data())
    def report_again(self, data: st.DataObject) -> None:
        self.office.desk.report(*data.draw(st.sampled_from(self.reported)))

    @precondition(lambda self: self.reported)
    @rule(data=st.data(), order=orders)
    def report_otherwise(self, data: st.DataObject, order: tuple[str, str]) -> None:
        terminal_no, envelope = data.draw(st.sampled_from(self.reported))
        other = ReportEnvelope(
            report_no=envelope.report_no,
            journal_id=envelope.journal_id,
            report=OrderAbandoned(order_no=order[1], at_ms=NOW_MS + 1),
        )
        try:
            self.office.desk.report(terminal_no, other)
        except ReportConflict:
            return
        raise AssertionError("another body under the same report number was taken")

    @invariant()
    def the_books_add_up(self) -> None:
        assert self.office.violations() == []

    def check_cash(self) -> None:
        """Every note is in the books once, with the value that was told first."""
        for terminal_no in (TERMINAL, OTHER_TERMINAL):
            total = sum(fen for (place, _), fen in self.cash.items() if place == terminal_no)
            assert -self.office.balance("cash", terminal_no) == total

    def check_sales(self) -> None:
        """What was sold is still sold, and each count of a meter once."""
        for terminal_no, order_no in ORDERS:
            told = self.office.desk.inquire(terminal_no, order_no)
            if order_no in self.cancelled:
                assert told == OrderOver(order_no, Ending.CANCELLED)
            elif order_no in self.proved:
                assert told == OrderOver(order_no, Ending.DELIVERED)
            else:
                assert told == self.sold.get(order_no, NotSold(order_no))
        kept = [order_no for order_no in self.sold if order_no not in self.cancelled]
        counts = [(self.bodies[no].meter_no, self.sold[no].purchase_count) for no in kept]
        assert len(set(counts)) == len(counts)


TestTerminals = Terminals.TestCase
TestTerminals.settings = settings(max_examples=40, stateful_step_count=25)
