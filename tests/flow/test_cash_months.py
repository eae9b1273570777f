"""Months of trade and clearing, cut anywhere: old journals, any journal."""

from collections.abc import Callable
from typing import Self

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.cashbox.count import figures
from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.event import Event
from kiosk.flow.machine import step
from kiosk.flow.phase import Phase
from kiosk.flow.session import OF_A_VISIT, Session, fresh
from tests.flow.bills import paid_of
from tests.flow.cash_laws import CashLaws
from tests.flow.cashier import (
    BOX_IN,
    BOX_OUT,
    Cashier,
)
from tests.flow.world import POLICY, Walk
from vending.cash import CashReport
from vending.messages import Ending

# -- old journals, and any journal ---------------------------------------------------------------


def test_a_journal_without_periods_is_one_period() -> None:
    """Of software that knew none: everything in it lies in the first."""
    walk = Walk().restart().to_vending(10_000)
    opened_at_ms = walk.facts[0].at_ms
    assert walk.session.cash.period.opened_at_ms == opened_at_ms
    assert figures(walk.session.cash.period).expected_fen == 10_000


def test_a_visit_and_the_machine_have_nothing_in_common() -> None:
    """Whoever adds a field says whether it goes when the customer goes."""
    the_machines = {
        "policy",
        "phase",
        "round",
        "parts",
        "card_present",
        "care",
        "cash",
        "parked",
        "parked_bills",
        "orders_made",
        "notes_seen",
        "note_end",
        "pending",
    }
    assert the_machines | OF_A_VISIT == set(Session.__struct_fields__)
    assert not the_machines & OF_A_VISIT


class Months(Cashier):
    """Trade and clearing, with the laws of the box watching."""

    def __init__(self) -> None:
        self.laws = CashLaws()
        super().__init__()
        self.number = 0

    def feed(self, *facts: Event) -> Self:
        for fact in facts:
            before = self.session
            super().feed(fact)
            self.laws.check(before, self.facts[-1], self.session, self.wishes)
        return self

    def day(self, what: str) -> None:
        """What needs customers happens only while they are served."""
        self.number += 1
        if what in TRADE and self.session.phase is Phase.IDLE:
            TRADE[what](self)
        elif what in TROUBLE:
            TROUBLE[what](self)

    def next_customer(self) -> int:
        """Another card; return what is in the purse besides 100 yuan."""
        self.card = replace(self.card, serial=f"{self.number:016X}")
        return POLICY.note_values_fen[self.number % 5]

    def post_a_bill(self) -> None:
        for parked in self.session.parked_bills[:1]:
            self.feed(ev.BillPosted(paid=paid_of(parked)))

    def deliver_elsewhere(self) -> None:
        for parked in self.session.parked[:1]:
            self.feed(ev.OrderEnded(order_no=parked.order_no, how=Ending.DELIVERED))

    def stack(self, note_id: str) -> None:
        self.feed(ev.NoteStacked(note_id=note_id, value_fen=500))

    def clear_whatever_was(self) -> None:
        self.sign_in().start().swap().end().leave().at(Phase.IDLE)


TRADE: dict[str, Callable[[Months], object]] = {
    "buy": lambda walk: walk.buy(walk.next_customer(), 10_000),
    "buy more": lambda walk: walk.buy(walk.next_customer(), 5_000, 10_000),
    "walk off": lambda walk: walk.walk_off(walk.next_customer(), 10_000),
    "bill": lambda walk: walk.pay_bill(1_000, 500),
    "bill in doubt": lambda walk: walk.pay_bill(1_000, posted=False),
}
TROUBLE: dict[str, Callable[[Months], object]] = {
    "post": Months.post_a_bill,
    "deliver": Months.deliver_elsewhere,
    "late": lambda walk: walk.stack(f"late-{walk.number}"),
    "found": lambda walk: walk.stack(next(iter(walk.laws.uncertain), f"late-{walk.number}")),
    "lost": lambda walk: walk.feed(ev.NoteUnknown(note_id=f"lost-{walk.number}", value_fen=500)),
    "power": Months.plug_in,
    "clear": Months.clear_whatever_was,
    "cancel": lambda walk: walk.sign_in().start().feed(staff_event.ClearingCancelled()).leave(),
    "disturb": lambda walk: walk.feed(BOX_OUT, BOX_IN),
    "half": lambda walk: walk.sign_in().start().feed(BOX_OUT).leave(),
    "go on": lambda walk: walk.feed(BOX_IN).sign_in().end().leave(),
    "x-report": lambda walk: walk.sign_in().feed(staff_event.CashReportWanted(period_no=1)).leave(),
}
DAYS = st.lists(st.sampled_from([*TRADE, *TRADE, *TROUBLE]), max_size=30)


@settings(max_examples=60)
@given(DAYS)
def test_months_of_trade_and_clearing(days: list[str]) -> None:
    walk = Months()
    for day in days:
        walk.day(day)
    walk.clear_whatever_was()
    reports = walk.told(CashReport)
    in_the_reports = sum(report.figures.expected_fen for report in reports)
    assert in_the_reports == sum(note.value_fen for _, note, _ in walk.laws.certain.values())


@settings(max_examples=40)
@given(DAYS, st.integers(0, 10_000))
def test_a_cut_leaves_one_period_and_the_right_figures(days: list[str], cut: int) -> None:
    """Any beginning of a journal, followed anew: the same box, and it can still be cleared."""
    walk = Months()
    for day in days:
        walk.day(day)
    kept = walk.facts[: cut % (len(walk.facts) + 1)]
    session, laws = fresh(POLICY), CashLaws()
    for fact in kept:
        before = session
        session, wishes = step(session, fact)
        laws.check(before, fact, session, wishes)
    again = Months()
    again.session, again.laws, again.facts, again.at_ms = session, laws, [*kept], walk.at_ms
    again.number = 1_000
    again.plug_in()
    for _ in range(8):
        if again.session.phase in {Phase.IDLE, Phase.OUT_OF_SERVICE}:
            break
        again.time_out()
    again.clear_whatever_was()
    reports = again.laws.closed
    assert [report.period_no for report in reports] == list(range(1, len(reports) + 1))
    assert sum(report.figures.expected_fen for report in reports) == sum(
        note.value_fen for _, note, _ in again.laws.certain.values()
    )
