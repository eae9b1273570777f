"""A customer with unpaid bills, what the head office says, and a walk through paying them."""

from collections.abc import Callable
from functools import partial

from kiosk.flow import event as ev
from kiosk.flow.command import LookUpBill, PayBill
from kiosk.flow.event import CardFault, Device, DeviceState, Event, Fault
from kiosk.flow.phase import Phase
from kiosk.flow.policy import Policy
from kiosk.flow.session import BillOrder
from tests.flow.world import POLICY, START_MS, Walk, part
from vending.bill import BillPaid, BillStatement, MonthBill, settle

CUSTOMER_NO = "0000000001"
"""Also that of the first card."""
MONTHS = (
    MonthBill(month="2025-09", energy_wh=120_000, amount_fen=6_456, late_fee_fen=44),
    MonthBill(month="2025-10", energy_wh=90_000, amount_fen=4_842),
    MonthBill(month="2025-11", energy_wh=100_000, amount_fen=5_380),
)
"""65.00, 48.42 and 53.80 yuan."""
READER_GONE = part(Device.CARD_READER, DeviceState.OFFLINE, Fault.READER_GONE)
LINE_DOWN = part(Device.HEAD_OFFICE, DeviceState.OFFLINE, Fault.NO_ANSWER)
JAM = part(Device.ACCEPTOR, DeviceState.FAULT, Fault.JAM_IN_ACCEPTOR)
LINE_UP = part(Device.HEAD_OFFICE)


def statement_of(
    customer_no: str = CUSTOMER_NO,
    months: tuple[MonthBill, ...] = MONTHS,
    balance_fen: int = 0,
    max_fen: int = 100_000,
) -> BillStatement:
    return BillStatement(
        customer_no=customer_no,
        name_masked="李*",
        address_masked="**路 5 号",
        months=months,
        balance_fen=balance_fen,
        max_fen=max_fen,
    )


def paid_of(bill: BillOrder) -> BillPaid:
    """What the head office says when it has posted what is in."""
    chosen = bill.statement.months[: bill.months]
    return BillPaid(
        order_no=bill.order_no,
        customer_no=bill.statement.customer_no,
        receipt_no=f"R{bill.order_no[-7:]}",
        paid_fen=bill.paid_fen,
        settlement=settle(chosen, bill.statement.balance_fen, bill.paid_fen),
        paid_at_ms=START_MS,
    )


class BillWalk(Walk):
    """Somebody who comes with a bill in the hand."""

    def __init__(self, statement: BillStatement | None = None, policy: Policy = POLICY) -> None:
        super().__init__(policy)
        self.statement = statement or statement_of()

    @property
    def bill(self) -> BillOrder:
        assert self.session.bill is not None
        return self.session.bill

    def found(self) -> Event:
        return ev.BillFound(statement=self.statement)

    def to_ask(self) -> "BillWalk":
        self.open_shop().feed(ev.BillPressed()).at(Phase.BILL_ASK)
        return self

    def to_lookup(self) -> "BillWalk":
        self.to_ask().feed(ev.CustomerNoEntered(customer_no=self.statement.customer_no))
        assert self.wish(LookUpBill).query.customer_no == self.statement.customer_no
        self.at(Phase.BILL_LOOKUP)
        return self

    def to_bill(self) -> "BillWalk":
        self.to_lookup().feed(self.found()).at(Phase.BILL)
        return self

    def to_tender_bill(self, months: int | None = None) -> "BillWalk":
        count = len(self.statement.months) if months is None else months
        self.to_bill().feed(ev.MonthsChosen(months=count)).at(Phase.TENDERING)
        return self

    def to_posting(self, *values_fen: int, months: int | None = None) -> "BillWalk":
        """Pay 100 yuan unless told otherwise, and finish."""
        self.to_tender_bill(months).pay(*(values_fen or (10_000,)))
        if self.session.phase is Phase.TENDERING:
            self.feed(ev.FinishPressed())
        self.at(Phase.CLOSING).feed(ev.AcceptorClosed()).at(Phase.POSTING)
        assert self.wish(PayBill).request.notes == self.bill.notes
        return self

    def posted(self) -> Event:
        return ev.BillPosted(paid=paid_of(self.bill))

    def unknown(self) -> Event:
        return ev.BillUnknown(order_no=self.bill.order_no)

    def to_parked(self, *values_fen: int) -> "BillWalk":
        """Nobody answered; the customer has gone with a slip that says so."""
        self.to_posting(*values_fen).feed(self.unknown()).time_out().at(Phase.DOUBTFUL)
        self.time_out().at(Phase.IDLE)
        return self


# -- ways that chance seldom takes ---------------------------------------------------------------


def leave_by(last: ev.Event | None, make: Callable[[BillWalk], BillWalk], gone: ev.Event) -> Walk:
    """Leave after something happened to the reader; without a last press, by silence."""
    walk = make(BillWalk()).feed(gone)
    return walk.feed(last) if last else walk.time_out().time_out()


def leave_the_question_by(last: ev.Event | None) -> Walk:
    """A card that says nothing still lies in the slot."""
    mute = ev.CardUnreadable(fault=CardFault.MUTE)
    walk = BillWalk().to_ask().feed(ev.CardInserted(), mute)
    return walk.feed(last) if last else walk.time_out().time_out()


def find_no_note_small_enough() -> Walk:
    return BillWalk(statement_of(max_fen=400)).to_bill().feed(ev.MonthsChosen(months=1))


def come_while_too_many_wait(fact: ev.Event) -> Walk:
    walk = BillWalk(policy=Policy(terminal_no="310042", parked_orders=1))
    return walk.to_parked().feed(fact)


_CANCEL = ev.CancelPressed()
RARE: tuple[Callable[[], Walk], ...] = (
    *(
        partial(leave_by, last, make, gone)
        for last in (_CANCEL, None)
        for make in (BillWalk.to_ask, BillWalk.to_lookup, BillWalk.to_bill)
        for gone in (READER_GONE, part(Device.PRINTER))
        if last or make is not BillWalk.to_lookup
    ),
    *(partial(leave_by, last, BillWalk.to_bill, ev.CardInserted()) for last in (_CANCEL, None)),
    *(partial(leave_the_question_by, last) for last in (_CANCEL, None)),
    find_no_note_small_enough,
    *(
        partial(come_while_too_many_wait, fact)
        for fact in (ev.BillPressed(), ev.CodeScanned(text=CUSTOMER_NO))
    ),
)
