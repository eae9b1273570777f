"""The network thread: every question ends in its fact, and the line's state is told once."""

import pytest

from kiosk.backend.port import NoAnswer, NotAllowed
from kiosk.engine.clock import ManualClock
from kiosk.engine.office import (
    MOST_QUESTIONS,
    LineStatus,
    OfficeLane,
)
from kiosk.flow import command as wish
from kiosk.flow import event as ev
from kiosk.flow.event import Device, DeviceState, Event
from tests.engine.samples import (
    ACCOUNT,
    BILL_PAID,
    CARD,
    OWED,
    QUOTE,
    RESELL,
    SEAL_ANSWER,
    SEAL_REQUEST,
    STATEMENT,
    VEND,
    VEND_REQUEST,
)
from vending.bill import (
    BillAnswer,
    BillInquiryAnswer,
    BillPayAnswer,
    BillPayRequest,
    BillQuery,
)
from vending.card import SealRequest
from vending.messages import (
    AccountAnswer,
    AccountQuery,
    Ending,
    InquiryAnswer,
    NotSold,
    OrderOver,
    OwedAnswer,
    OwedQuery,
    Reason,
    Refused,
    ReportEnvelope,
    ReportTaken,
    ResellRequest,
    Sealed,
    SealRefused,
    SealReply,
    SignedIn,
    TrialAnswer,
    TrialRequest,
    TrialResult,
    VendAnswer,
    VendRequest,
)
from vending.roster import Roster

PROBE_S = 60.0


class Office:
    """A head office that says what the test wants, or raises it."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.says: dict[str, object] = {}
        self.sequence = 7
        self.period_no = 0
        self.roster_version = 0

    def _answer(self, call: str) -> object:
        self.calls.append(call)
        said = self.says.get(call, self.says.get("*"))
        if isinstance(said, Exception):
            raise said
        return said

    def sign_in(self, software_version: str) -> SignedIn:
        self._answer("sign_in")
        return SignedIn(
            session_id="s",
            server_time_ms=0,
            last_order_sequence=self.sequence,
            last_period_no=self.period_no,
            roster_version=self.roster_version,
        )

    def query_account(self, query: AccountQuery) -> AccountAnswer:
        return self._answer("query_account")  # type: ignore[return-value]

    def trial_vend(self, request: TrialRequest) -> TrialAnswer:
        return self._answer("trial_vend")  # type: ignore[return-value]

    def vend(self, request: VendRequest) -> VendAnswer:
        return self._answer("vend")  # type: ignore[return-value]

    def inquire(self, order_no: str) -> InquiryAnswer:
        return self._answer("inquire")  # type: ignore[return-value]

    def find_owed(self, query: OwedQuery) -> OwedAnswer:
        return self._answer("find_owed")  # type: ignore[return-value]

    def resell(self, request: ResellRequest) -> VendAnswer:
        return self._answer("resell")  # type: ignore[return-value]

    def seal(self, request: SealRequest) -> SealReply:
        return self._answer("seal")  # type: ignore[return-value]

    def query_bill(self, query: BillQuery) -> BillAnswer:
        return self._answer("query_bill")  # type: ignore[return-value]

    def pay_bill(self, request: BillPayRequest) -> BillPayAnswer:
        return self._answer("pay_bill")  # type: ignore[return-value]

    def inquire_bill(self, order_no: str) -> BillInquiryAnswer:
        return self._answer("inquire_bill")  # type: ignore[return-value]

    def roster(self) -> Roster:
        return self._answer("roster")  # type: ignore[return-value]

    def report(self, envelope: ReportEnvelope) -> ReportTaken:
        return ReportTaken(report_no=envelope.report_no)


class Stand:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.office = Office()
        self.facts: list[Event] = []
        self.status = LineStatus(self.facts.append, self.clock)
        self.lane = OfficeLane(
            self.office,
            self.facts.append,
            self.clock,
            self.status,
            software_version="1",
            probe_s=PROBE_S,
        )

    def signed_in(self) -> "Stand":
        self.lane.turn()
        self.facts.clear()
        self.office.calls.clear()
        return self

    def ask(self, asked: wish.Command, said: object) -> list[Event]:
        self.office.says["*"] = said
        self.lane.ask(asked)
        self.lane.turn()
        return [fact for fact in self.facts if not isinstance(fact, ev.DeviceChanged)]

    def states(self) -> list[DeviceState]:
        changes = [fact for fact in self.facts if isinstance(fact, ev.DeviceChanged)]
        assert all(change.device is Device.HEAD_OFFICE for change in changes)
        return [change.state for change in changes]


@pytest.fixture
def stand() -> Stand:
    return Stand().signed_in()


ORDER_NO = VEND.order_no
LOOK_UP = wish.LookUpAccount(card=CARD)
CODE = wish.FindOwed(card=CARD, code=ORDER_NO)
CLAIM = wish.RequestResell(order_no=ORDER_NO, request=RESELL)
TRIAL = wish.AskTrial(request=TrialRequest(customer_no="1", meter_no="2", paid_fen=500))
BUY = wish.RequestVend(order_no=ORDER_NO, request=VEND_REQUEST)
INQUIRE = wish.InquireVend(order_no=ORDER_NO)
SEALS = wish.AskSeals(order_no=ORDER_NO, request=SEAL_REQUEST)
LOOK_UP_BILL = wish.LookUpBill(query=BillQuery(customer_no="20003000"))
PAY = wish.PayBill(
    order_no=ORDER_NO,
    request=BillPayRequest(
        order_no=ORDER_NO,
        opened_at_ms=1,
        customer_no="20003000",
        months=("2025-11",),
        notes=VEND_REQUEST.notes,
    ),
)
INQUIRE_BILL = wish.InquireBill(order_no=ORDER_NO)
SILENCE = NoAnswer("nothing came")


@pytest.mark.parametrize(
    ("asked", "said", "fact"),
    [
        (LOOK_UP, ACCOUNT, ev.AccountFound(account=ACCOUNT, card_serial=LOOK_UP.card.serial)),
        (
            LOOK_UP,
            Refused(Reason.ACCOUNT_BLOCKED),
            ev.AccountRefused(reason=Reason.ACCOUNT_BLOCKED, card_serial=LOOK_UP.card.serial),
        ),
        (
            LOOK_UP,
            SILENCE,
            ev.OfficeUnreachable(question="account", card_serial=LOOK_UP.card.serial),
        ),
        (LOOK_UP, OWED, ev.OwedFound(owed=OWED, card_serial=CARD.serial)),
        (CODE, OWED, ev.OwedFound(owed=OWED, card_serial=CARD.serial)),
        (
            CODE,
            Refused(Reason.ORDER_REFUNDED),
            ev.OwedRefused(reason=Reason.ORDER_REFUNDED, card_serial=CARD.serial),
        ),
        (CODE, SILENCE, ev.OfficeUnreachable(question="owed", card_serial=CARD.serial)),
        (CLAIM, VEND, ev.VendApproved(vend=VEND)),
        (
            CLAIM,
            Refused(Reason.STAFF_ONLY),
            ev.VendRefused(order_no=ORDER_NO, reason=Reason.STAFF_ONLY),
        ),
        (CLAIM, SILENCE, ev.VendUnknown(order_no=ORDER_NO)),
        (
            INQUIRE,
            OrderOver(ORDER_NO, Ending.REFUNDED),
            ev.OrderEnded(order_no=ORDER_NO, how=Ending.REFUNDED),
        ),
        (INQUIRE, OrderOver("2", Ending.DELIVERED), ev.VendUnknown(order_no=ORDER_NO)),
        (TRIAL, TrialResult(QUOTE), ev.TrialAnswered(paid_fen=500, quote=QUOTE)),
        (TRIAL, Refused(Reason.BELOW_MINIMUM), None),
        (TRIAL, SILENCE, None),
        (BUY, VEND, ev.VendApproved(vend=VEND)),
        (
            BUY,
            Refused(Reason.OVERSTOCK),
            ev.VendRefused(order_no=ORDER_NO, reason=Reason.OVERSTOCK),
        ),
        (BUY, SILENCE, ev.VendUnknown(order_no=ORDER_NO)),
        (INQUIRE, VEND, ev.VendApproved(vend=VEND)),
        (INQUIRE, NotSold(ORDER_NO), ev.VendNotSold(order_no=ORDER_NO)),
        (INQUIRE, SILENCE, ev.VendUnknown(order_no=ORDER_NO)),
        (
            SEALS,
            Sealed(SEAL_ANSWER, seals=2),
            ev.SealsGiven(order_no=ORDER_NO, answer=SEAL_ANSWER, seals=2),
        ),
        (
            SEALS,
            SealRefused(Reason.SEAL_REFUSED),
            ev.SealsFailed(order_no=ORDER_NO, reason=Reason.SEAL_REFUSED),
        ),
        (SEALS, SILENCE, ev.SealsFailed(order_no=ORDER_NO)),
        (LOOK_UP_BILL, STATEMENT, ev.BillFound(statement=STATEMENT)),
        (
            LOOK_UP_BILL,
            Refused(Reason.ACCOUNT_UNKNOWN),
            ev.BillRefused(customer_no="20003000", reason=Reason.ACCOUNT_UNKNOWN),
        ),
        (LOOK_UP_BILL, SILENCE, ev.BillUnreachable(customer_no="20003000")),
        (PAY, BILL_PAID, ev.BillPosted(paid=BILL_PAID)),
        (
            PAY,
            Refused(Reason.ORDER_CONFLICT),
            ev.BillNotPosted(order_no=ORDER_NO, reason=Reason.ORDER_CONFLICT),
        ),
        (PAY, SILENCE, ev.BillUnknown(order_no=ORDER_NO)),
        (INQUIRE_BILL, BILL_PAID, ev.BillPosted(paid=BILL_PAID)),
        (INQUIRE_BILL, NotSold(ORDER_NO), ev.BillNotPosted(order_no=ORDER_NO)),
        (
            INQUIRE_BILL,
            OrderOver(ORDER_NO, Ending.REFUNDED),
            ev.OrderEnded(order_no=ORDER_NO, how=Ending.REFUNDED),
        ),
        (INQUIRE_BILL, SILENCE, ev.BillUnknown(order_no=ORDER_NO)),
        # answers that make no sense decide nothing
        (
            wish.LookUpBill(query=BillQuery(customer_no="777777")),
            STATEMENT,
            ev.BillUnreachable(customer_no="777777"),
        ),
        (wish.PayBill(order_no="2", request=PAY.request), BILL_PAID, ev.BillUnknown(order_no="2")),
        (wish.InquireBill(order_no="2"), BILL_PAID, ev.BillUnknown(order_no="2")),
        (INQUIRE_BILL, NotSold("2"), ev.BillUnknown(order_no=ORDER_NO)),
        (wish.RequestVend(order_no="2", request=VEND_REQUEST), VEND, ev.VendUnknown(order_no="2")),
        (wish.InquireVend(order_no="2"), VEND, ev.VendUnknown(order_no="2")),
        (INQUIRE, NotSold("2"), ev.VendUnknown(order_no=ORDER_NO)),
        # nor does a client that fails
        (BUY, RuntimeError("a bug"), ev.VendUnknown(order_no=ORDER_NO)),
        (BUY, NotAllowed("blocked"), ev.VendUnknown(order_no=ORDER_NO)),
    ],
)
def test_every_question_ends_in_its_fact(
    stand: Stand, asked: wish.Command, said: object, fact: Event | None
) -> None:
    assert stand.ask(asked, said) == ([] if fact is None else [fact])
    assert len(stand.office.calls) == 1


def test_the_facts_are_what_the_wishes_wait_for(stand: Stand) -> None:
    for asked in (
        LOOK_UP,
        CODE,
        BUY,
        CLAIM,
        INQUIRE,
        SEALS,
        LOOK_UP_BILL,
        PAY,
        INQUIRE_BILL,
        wish.TryOffice(),
    ):
        (fact,) = stand.ask(asked, SILENCE)
        assert isinstance(fact, asked.answers)
        assert asked.matches(fact)
        stand.facts.clear()


def test_an_inquiry_can_be_put_off_without_holding_up_others(stand: Stand) -> None:
    stand.office.says = {"inquire": VEND, "query_account": ACCOUNT}
    stand.lane.ask(INQUIRE, after_s=5)
    stand.lane.ask(LOOK_UP)
    assert stand.lane.turn() == 5.0
    assert stand.lane.turn() == 5.0
    assert stand.office.calls == ["query_account"]
    stand.clock.advance(5)
    stand.lane.turn()
    assert stand.office.calls == ["query_account", "inquire"]


def test_too_many_questions_are_answered_by_silence(stand: Stand) -> None:
    for _ in range(MOST_QUESTIONS):
        stand.lane.ask(INQUIRE, after_s=100)
    assert stand.facts == []
    stand.lane.ask(BUY)
    assert stand.facts == [ev.VendUnknown(order_no=ORDER_NO)]
