"""A hall where anything happens: plausible answers, late ones, repeated ones, impatient people."""

from typing import Self

from msgspec.structs import replace

from kiosk.flow import command as wish
from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.command import Command
from kiosk.flow.device import SelfTest
from kiosk.flow.event import CardFault, Device, DeviceState, Event, Fault, RejectCause
from kiosk.flow.phase import Phase
from kiosk.flow.policy import Policy
from kiosk.flow.session import Order
from tests.flow.bills import paid_of, statement_of
from tests.flow.cash_laws import CashLaws
from tests.flow.cashier import BOX_IN, BOX_OUT, next_of_clearing
from tests.flow.laws import Laws
from tests.flow.world import (
    START_MS,
    Walk,
    account_of,
    card_of,
    owed_of,
    part,
    seal_request,
    vend_of,
)
from vending.card import CardSnapshot, SealAnswer, SealStage, Verdict, WalletUnit
from vending.messages import Ending, Limits, Reason
from vending.order_no import make_order_no
from vending.staff import Role

POLICY = Policy(terminal_no="310042", parked_orders=2, max_notes=4)
LIMITS = Limits(min_fen=1_000, max_fen=20_000, multiple_fen=1_000, max_wallet_amount=40_000)
CARDS = (card_of(1), card_of(2), card_of(3, WalletUnit.MONEY))
_CARDS = (ev.CardInserted(), ev.ResellPressed())
_SCAN = ev.CodeScanned(text=f"{CARDS[0].customer_no}|2025-11")
_OTHER_SCAN = ev.CodeScanned(text=CARDS[2].customer_no)
_BILLS = statement_of(balance_fen=300, max_fen=20_000)
_FORWARD: dict[Phase, tuple[Event, ...]] = {
    Phase.OUT_OF_SERVICE: (*_CARDS, *_CARDS, ev.BillPressed(), _SCAN),
    Phase.IDLE: (*_CARDS, *_CARDS, ev.BillPressed(), _SCAN, staff_event.StaffCalled()),
    Phase.ACCOUNT: (ev.ContinuePressed(),),
    Phase.CHOOSING: (ev.CashChosen(),),
    Phase.TENDERING: (ev.FinishPressed(),),
    Phase.VENDING: (ev.CardRemoved(), ev.CardInserted()),
    Phase.PROVING: (ev.CardRemoved(), ev.CardInserted()),
    Phase.CARD_BACK: (ev.CardInserted(),),
    Phase.REFUSED: (ev.CardRemoved(), ev.CardInserted()),
    Phase.RESELL: (ev.CardInserted(), ev.CardInserted(), ev.CancelPressed()),
    Phase.CODE: (
        ev.CodeEntered(order_no=make_order_no("310099", START_MS, 7)),
        ev.CancelPressed(),
        ev.CardRemoved(),
    ),
    Phase.OWED: (ev.DeliverPressed(), ev.DeliverPressed(), ev.CancelPressed(), ev.CardRemoved()),
    Phase.STAFF: (
        staff_event.StaffSignedIn(staff="wang", role=Role.MAINTENANCE),
        staff_event.StaffSignedIn(staff="zhao", role=Role.OPERATOR),
        staff_event.StaffSignedIn(staff="li", role=Role.SUPERVISOR, second=True),
        *(staff_event.SelfTestStarted(test=test) for test in SelfTest),
        staff_event.ResetWanted(device=Device.ACCEPTOR),
        staff_event.RestartWanted(),
        ev.CardInserted(),
        staff_event.StaffLeft(),
    ),
    Phase.TESTING: (
        ev.CardInserted(),
        ev.CardRemoved(),
        ev.CodeScanned(text="1000200030"),
        staff_event.StaffStirred(),
        staff_event.SelfTestStopped(),
        staff_event.StaffLeft(),
        part(Device.SCANNER, DeviceState.OFFLINE, Fault.NO_ANSWER),
    ),
    Phase.BILL_ASK: (
        ev.CustomerNoEntered(customer_no=CARDS[1].customer_no),
        ev.CardInserted(),
        _SCAN,
    ),
    Phase.BILL_CARD: (ev.CardRemoved(),),
    Phase.BILL_LOOKUP: (ev.CancelPressed(),),
    Phase.BILL: (*(ev.MonthsChosen(months=months) for months in (1, 2, 3)), _OTHER_SCAN),
    Phase.DONE: (ev.CardRemoved(), _SCAN, _OTHER_SCAN),
    Phase.DOUBTFUL: (ev.CardRemoved(), _SCAN, _OTHER_SCAN),
}
_PEOPLE: tuple[Event, ...] = (
    ev.CardInserted(),
    ev.CardRemoved(),
    ev.ContinuePressed(),
    ev.CashChosen(),
    ev.FinishPressed(),
    ev.CancelPressed(),
    ev.MoreTimePressed(),
    ev.LanguageChosen(language="en"),
    ev.ResellPressed(),
    ev.DeliverPressed(),
    ev.BillPressed(),
    ev.CustomerNoEntered(customer_no="12"),
    _SCAN,
    ev.CodeScanned(text="no bill"),
    ev.MonthsChosen(months=9),
    staff_event.StaffCalled(),
)
_MACHINES: tuple[Event, ...] = (
    BOX_OUT,
    BOX_IN,
    part(Device.CARD_READER, DeviceState.OFFLINE, Fault.READER_GONE),
    part(Device.CARD_READER),
    part(Device.HEAD_OFFICE, DeviceState.OFFLINE, Fault.NO_ANSWER),
    part(Device.HEAD_OFFICE),
    part(Device.PRINTER, DeviceState.FAULT, Fault.PAPER_OUT),
    ev.NoteRejected(cause=RejectCause.DOUBLE),
    ev.SignedInAt(last_order_sequence=17),
    ev.AcceptorClosed(),
    ev.TimedOut(phase="idle", round=0),
)


class Chaos(Walk):
    """A walk that numbers choose: each picks one of the facts that may come next."""

    def __init__(self, card_number: int = 0) -> None:
        super().__init__(POLICY, CARDS[card_number % len(CARDS)])
        self.laws = Laws()
        self.cash_laws = CashLaws()
        self.open_shop()

    def feed(self, *facts: Event) -> Self:
        for fact in facts:
            before = self.session
            super().feed(fact)
            self.laws.check(before, self.facts[-1], self.session, self.wishes)
            self.cash_laws.check(before, self.facts[-1], self.session, self.wishes)
        return self

    def choose(self, number: int) -> None:
        """Weighed: answers and the usual next fact come more often than the rest."""
        kind, pick = number % 16, number // 16
        answers = [fact for asked in self.session.pending for fact in self.answers(asked)]
        usual = [
            *_FORWARD.get(self.session.phase, ()),
            *self._notes(),
            *next_of_clearing(self.session) * 2,
        ]
        match kind:
            case 0:
                facts: list[Event] = [*_PEOPLE]
            case 1:
                facts = [*_MACHINES]
            case 2:
                facts = [self._timed_out()]
            case 3:
                facts = [fact for fact in self.facts[-12:] if not self._is_overtaken(fact)]
            case 4:
                facts = [ev.Restarted(boot_id="b"), *_repaired()]
            case 5 | 6 | 7 | 8:
                facts = usual
            case _:
                facts = answers
        facts = facts or usual or [*_repaired()]
        self.feed(facts[pick % len(facts)])

    def _is_overtaken(self, fact: Event) -> bool:
        """The head office does not say of an order that it is owed once it has ended."""
        return isinstance(fact, ev.OwedFound) and fact.owed.order_no in self.laws.over

    def _timed_out(self) -> Event:
        return ev.TimedOut(phase=str(self.session.phase), round=self.session.round)

    def _notes(self) -> list[Event]:
        """A note may be put in as long as the slot stands open, and a moment longer."""
        open_for = {Phase.TENDERING, Phase.CLOSING, Phase.STACKING, Phase.TESTING}
        if self.session.phase not in open_for:
            return []
        self.notes += 1
        values = (500, 1_000, 2_000, 5_000, 10_000, 100_000)
        return [ev.NoteEscrowed(note_id=f"n{self.notes}", value_fen=value) for value in values]

    def _order(self, order_no: str) -> Order | None:
        in_hand = (self.session.order,) if self.session.order else ()
        orders = {order.order_no: order for order in (*self.session.parked, *in_hand)}
        return orders.get(order_no)

    def answers(self, asked: Command) -> list[Event]:
        """What the outside may answer, well or badly."""
        match asked:
            case wish.ReadCard():
                faults = (CardFault.PULLED, CardFault.MUTE)
                return [
                    *(ev.CardRead(card=card) for card in CARDS),
                    *(ev.CardRead(card=self.card),) * 3,
                    *(ev.CardUnreadable(fault=fault) for fault in faults),
                    ev.CardUnreadable(fault=CardFault.DAMAGED, serial=self.card.serial),
                ]
            case wish.LookUpAccount():
                found = ev.AccountFound(account=account_of(asked.card, LIMITS, arrears_fen=1_500))
                reasons = (Reason.ACCOUNT_BLOCKED, Reason.CARD_REPLACED, Reason.NOT_LOADED)
                refused = [ev.AccountRefused(reason=reason) for reason in reasons]
                silent = ev.OfficeUnreachable(question="account")
                other = ev.AccountFound(account=account_of(card_of(9), LIMITS))
                owed = self._owed(asked.card)
                return [found, found, found, found, *owed, *owed, other, *refused, silent]
            case wish.FindOwed():
                nothing = ev.OwedRefused(reason=Reason.NOTHING_OWED)
                silent = ev.OfficeUnreachable(question="owed")
                return [*self._owed(asked.card), nothing, silent]
            case wish.StackNote():
                about = {"note_id": asked.note_id, "value_fen": asked.value_fen}
                kinds = (ev.NoteStacked, ev.NoteStacked, ev.NoteReturned, ev.NoteUnknown)
                return [kind(**about) for kind in kinds]  # type: ignore[arg-type]
            case wish.CloseAcceptor():
                return [ev.AcceptorClosed()]
            case wish.RequestVend() | wish.RequestResell() | wish.InquireVend():
                return self._sales(asked)
            case wish.LookUpBill():
                return _bill_answers(asked.query.customer_no)
            case wish.PayBill() | wish.InquireBill():
                return self._postings(asked)
            case wish.WriteCard() | wish.ProveCard() | wish.AskSeals():
                return self._card_work(asked)
            case wish.PrintSlip() | wish.PrintPaper() | wish.TryOffice():
                return _upkeep_answers(asked)
        raise AssertionError(f"nobody answers a {type(asked).__name__}")

    def _owed(self, card: CardSnapshot) -> list[Event]:
        """What the head office may tell: an order of ours, or one that was paid elsewhere."""
        ours = [order for order in self.session.parked if order.card.serial == card.serial]
        if ours:
            told = owed_of(ours[0])
            sealed = replace(told, seals=told.seals + 1)
            return [ev.OwedFound(owed=owed) for owed in (told, told, sealed)]
        paid = Order(
            order_no="", opened_at_ms=START_MS, account=account_of(card, LIMITS), card=card,
            adopted_fen=5_000,
        )  # fmt: skip
        elsewhere = owed_of(paid, here=False)
        if elsewhere.order_no in self.laws.over:
            return []
        sold = replace(elsewhere, vend=replace(vend_of(paid), order_no=elsewhere.order_no))
        lagging = replace(card, returned=None)
        other = replace(elsewhere, account=account_of(replace(lagging, purchase_count=8), LIMITS))
        staff_only = replace(elsewhere, by_machine=False)
        return [ev.OwedFound(owed=owed) for owed in (elsewhere, sold, other, staff_only)]

    def _sales(
        self, asked: wish.RequestVend | wish.RequestResell | wish.InquireVend
    ) -> list[Event]:
        number, order = asked.order_no, self._order(asked.order_no)
        approved = [ev.VendApproved(vend=vend_of(order))] * 2 if order else []
        reasons = (Reason.OVERSTOCK, Reason.ORDER_CANCELLED, Reason.ORDER_FINISHED)
        no = [ev.VendRefused(order_no=number, reason=reason) for reason in reasons]
        silent = [ev.VendUnknown(order_no=number)] * 2
        if isinstance(asked, wish.InquireVend):
            ended = [ev.OrderEnded(order_no=number, how=how) for how in Ending]
            unsold = [] if order and order.vend else [ev.VendNotSold(order_no=number)] * 2
            return [*approved, *unsold, *ended, *silent]
        return [*approved, *no, *silent]

    def _postings(self, asked: wish.PayBill | wish.InquireBill) -> list[Event]:
        number, session = asked.order_no, self.session
        known = (*session.parked_bills, *((session.bill,) if session.bill else ()))
        posted = [ev.BillPosted(paid=paid_of(b)) for b in known if b.order_no == number and b.notes]
        silent = ev.BillUnknown(order_no=number)
        if isinstance(asked, wish.InquireBill):
            ended = [ev.OrderEnded(order_no=number, how=how) for how in Ending]
            unposted = ev.BillNotPosted(order_no=number)
            return [*posted, *ended, *(unposted,) * 3, silent, silent]
        reasons = (Reason.ACCOUNT_BLOCKED, Reason.ORDER_REFUNDED)
        no = [ev.BillNotPosted(order_no=number, reason=reason) for reason in reasons]
        return [*posted, *posted, *no, *(silent,) * 3]

    def _card_work(self, asked: wish.WriteCard | wish.ProveCard | wish.AskSeals) -> list[Event]:
        number, order = asked.order_no, self._order(asked.order_no)
        if isinstance(asked, wish.ProveCard):
            verdicts = (Verdict.WRITTEN, Verdict.WRITTEN, *Verdict)
            cards = (asked.before, card_of(9))
            return [
                ev.CardProved(order_no=number, verdict=verdict, card=card)
                for verdict in verdicts
                for card in cards
            ]
        seals = SealAnswer(stage=SealStage.AUTHENTICATE)
        given = ev.SealsGiven(order_no=number, answer=seals)
        failed = ev.SealsFailed(order_no=number)
        ended = ev.CardWriteEnded(order_no=number)
        wanted = [ev.SealsWanted(request=seal_request(order))] if order else []
        return [given, failed, *wanted, ended, ended]


def _bill_answers(customer_no: str) -> list[Event]:
    found = [ev.BillFound(statement=replace(_BILLS, customer_no=customer_no))] * 4
    paid = ev.BillFound(statement=statement_of(customer_no, months=()))
    unknown = ev.BillRefused(customer_no=customer_no, reason=Reason.ACCOUNT_UNKNOWN)
    return [*found, paid, unknown, ev.BillUnreachable(customer_no=customer_no)]


def _repaired() -> tuple[Event, ...]:
    return tuple(part(device) for device in Device)


def _upkeep_answers(asked: wish.PrintSlip | wish.PrintPaper | wish.TryOffice) -> list[Event]:
    if isinstance(asked, wish.TryOffice):
        return [
            staff_event.OfficeTried(answered=True, took_ms=184),
            staff_event.OfficeTried(answered=False, took_ms=0),
        ]
    number = asked.order_no if isinstance(asked, wish.PrintSlip) else asked.paper.number
    failed = ev.SlipFailed(order_no=number, fault=Fault.PAPER_OUT)
    return [ev.SlipPrinted(order_no=number), failed]
