"""Walks with somebody who clears the cash."""

from typing import Self

from kiosk.cashbox.box import Stage
from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.box import BOX_REMOVED_UNANNOUNCED
from kiosk.flow.clearing import cash_view
from kiosk.flow.command import PrintPaper
from kiosk.flow.event import Device, DeviceState, Event, Fault
from kiosk.flow.paper import CashPaper
from kiosk.flow.phase import Phase
from kiosk.flow.policy import Policy
from kiosk.flow.session import Session
from kiosk.flow.view import CashView
from tests.flow.bills import paid_of, statement_of
from tests.flow.world import POLICY, Walk, part
from vending.card import Verdict
from vending.cash import Figures, PeriodAnswer, StaffDeed
from vending.messages import Alarm
from vending.rights import Role

BOX_OUT = part(Device.ACCEPTOR, DeviceState.FAULT, Fault.BOX_REMOVED)
BOX_IN = part(Device.ACCEPTOR)
ACCEPTOR_STARTS = part(Device.ACCEPTOR, DeviceState.STARTING)
ACCEPTOR_DEAD = part(Device.ACCEPTOR, DeviceState.OFFLINE, Fault.NO_ANSWER)
ANSWER = PeriodAnswer(period_no=1, agrees=True, figures=Figures())
CLEARING_FACTS: tuple[Event, ...] = (
    staff_event.ClearingStarted(),
    staff_event.ClearingCancelled(),
    staff_event.ClearingEnded(box_id="B1", new_box_id="B2", bag_no="7"),
    staff_event.CashReportWanted(period_no=1),
    ev.PeriodAnswered(answer=ANSWER),
)
"""One of each kind."""


def next_of_clearing(session: Session) -> list[Event]:
    """What may well happen next about the box: somebody goes on with it, or leaves it."""
    cash, staff = session.cash, session.staff
    if session.phase is Phase.OUT_OF_SERVICE and not cash.is_open:
        return [staff_event.StaffCalled()] * 3
    if session.phase is not Phase.STAFF:
        return []
    if staff is None:
        return [staff_event.StaffSignedIn(staff="zhao", role=Role.OPERATOR)] * 2
    deeds = {
        Stage.OPEN: [staff_event.ClearingStarted(), staff_event.CashReportWanted(period_no=1)],
        Stage.CLEARING: [BOX_OUT, BOX_OUT, staff_event.ClearingCancelled()],
        Stage.TAKEN: [BOX_IN, ACCEPTOR_STARTS, staff_event.ClearingStarted()],
        Stage.REPLACED: [staff_event.ClearingStarted(), staff_event.ClearingEnded(), BOX_OUT],
    }
    return [*deeds[cash.stage], staff_event.StaffLeft()]


class Cashier(Walk):
    """A machine that has just been set up, its customers, and an operator."""

    def __init__(self, policy: Policy = POLICY) -> None:
        super().__init__(policy)
        self.feed(ev.Restarted(boot_id="1"))
        self.open_shop()

    def feed(self, *facts: Event) -> Self:
        super().feed(*facts)
        return self

    @property
    def view(self) -> CashView:
        return cash_view(self.session)

    # -- looking back ----------------------------------------------------------------------------

    def deeds(self) -> list[tuple[str, str, str]]:
        """Who did what, and who stood beside."""
        return [(deed.staff, deed.what, deed.witness) for deed in self.told(StaffDeed)]

    def unannounced(self) -> int:
        """How often the head office was alarmed about the box."""
        return [alarm.code for alarm in self.told(Alarm)].count(BOX_REMOVED_UNANNOUNCED)

    def paper(self) -> CashPaper:
        """What the last fact has printed."""
        paper = self.wish(PrintPaper).paper
        assert isinstance(paper, CashPaper)
        return paper

    # -- customers -------------------------------------------------------------------------------

    def buy(self, *values_fen: int) -> str:
        """Buy energy from the card in the slot to the slip in the hand; return the order."""
        number = self.tender(*values_fen)
        self.feed(ev.FinishPressed(), ev.AcceptorClosed()).approve().end_write()
        self.feed(ev.CardProved(order_no=number, verdict=Verdict.WRITTEN)).at(Phase.DONE)
        self.feed(ev.SlipPrinted(order_no=number), ev.CardRemoved()).time_out()
        return number

    def walk_off(self, *values_fen: int) -> str:
        """Pay, and take the card away before anything is on it; return the order."""
        number = self.tender(*values_fen)
        self.feed(ev.CardRemoved(), ev.AcceptorClosed()).at(Phase.CARD_BACK).time_out()
        self.at(Phase.DOUBTFUL).time_out()
        return number

    def pay_bill(self, *values_fen: int, posted: bool = True) -> str:
        """Pay what is owed, or a part of it, and leave with the receipt; return the order."""
        statement = statement_of(max_fen=1_000_000)
        self.at(Phase.IDLE).feed(ev.BillPressed())
        self.feed(ev.CustomerNoEntered(customer_no=statement.customer_no))
        self.feed(ev.BillFound(statement=statement), ev.MonthsChosen(months=3))
        self.at(Phase.TENDERING).pay(*values_fen).feed(ev.FinishPressed(), ev.AcceptorClosed())
        bill = self.session.bill
        assert bill is not None
        number = bill.order_no
        answer = ev.BillPosted(paid=paid_of(bill)) if posted else ev.BillUnknown(order_no=number)
        self.at(Phase.POSTING).feed(answer)
        if not posted:
            self.time_out().at(Phase.DOUBTFUL)
        self.feed(ev.SlipPrinted(order_no=number)).time_out().at(Phase.IDLE)
        return number

    def tender(self, *values_fen: int) -> str:
        self.at(Phase.IDLE).insert().feed(ev.AccountFound(account=self.account))
        self.feed(ev.ContinuePressed(), ev.CashChosen()).pay(*values_fen)
        return self.order.order_no

    # -- staff -----------------------------------------------------------------------------------

    def sign_in(self, role: Role = Role.OPERATOR, name: str = "wang", second: str = "") -> Self:
        self.feed(staff_event.StaffCalled(), staff_event.StaffSignedIn(staff=name, role=role))
        if second:
            self.feed(staff_event.StaffSignedIn(staff=second, role=role, second=True))
        return self

    def leave(self) -> Self:
        self.feed(staff_event.StaffLeft())
        return self

    def start(self) -> Self:
        self.feed(staff_event.ClearingStarted())
        return self

    def swap(self) -> Self:
        """Take the box out and put another one in."""
        self.feed(BOX_OUT, ACCEPTOR_STARTS, BOX_IN)
        return self

    def end(self) -> Self:
        self.feed(staff_event.ClearingEnded(box_id="B1", new_box_id="B2", bag_no="7"))
        return self

    def clear(self) -> Self:
        """The whole of it, from the door to the door."""
        self.sign_in().start().swap().end()
        self.feed(ev.SlipPrinted(order_no=self.paper().number))
        return self.leave()

    def plug_in(self, acceptor: Event = BOX_IN) -> Self:
        """The power was cut; everything reports itself anew."""
        others = (Device.CARD_READER, Device.PRINTER, Device.HEAD_OFFICE)
        self.restart()
        return self.feed(acceptor, *(part(device) for device in others))
