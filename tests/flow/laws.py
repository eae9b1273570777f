"""What must hold at every step of every walk, checked from outside, by books of its own."""

from collections import Counter

from kiosk.flow import command as wish
from kiosk.flow import event as ev
from kiosk.flow.command import Command, Tell
from kiosk.flow.event import Event
from kiosk.flow.machine import MOST_PENDING
from kiosk.flow.notes import local_quote
from kiosk.flow.phase import Phase
from kiosk.flow.posting import OVER
from kiosk.flow.session import BillOrder, Session
from tests.flow.world import notes_of
from vending.card import Verdict, WalletUnit
from vending.energy import WH_PER_WALLET_UNIT
from vending.messages import (
    Account,
    NoteInSuspense,
    NoteTaken,
    OrderAbandoned,
    OrderOpened,
    OrderParked,
    Reason,
    Report,
    VendConfirmed,
)

DEEDS = {
    wish.StackNote,
    wish.ReturnNote,
    wish.RequestVend,
    wish.PayBill,
    wish.WriteCard,
    wish.ContinueWrite,
    wish.OpenAcceptor,
    wish.PrintSlip,
}
_JUDGING = {Phase.PROVING, Phase.CARD_BACK}
_SLOT_MAY_BE_OPEN = {Phase.TENDERING, Phase.STACKING, Phase.TESTING}
MAY_BE_WRITTEN = {None, Verdict.NOT_WRITTEN, Verdict.TORN}


class Laws:
    """The books: what was stacked, told, asked, sold and written."""

    def __init__(self) -> None:
        self.stacked: set[str] = set()
        self.boxed: Counter[str] = Counter()
        self.places: dict[str, str] = {}
        self.opened: list[str] = []
        self.paid: set[str] = set()
        self.over: set[str] = set()
        self.unanswered: set[str] = set()
        self.approved: set[str] = set()
        self.confirmed: Counter[str] = Counter()
        self.bodies: dict[str, object] = {}
        self.posted: set[str] = set()
        self.refused: set[str] = set()
        self.judged: dict[str, int] = {}
        """How many seals were known when the order's card was judged last."""
        self.slot_is_open = False

    def check(
        self, before: Session, event: Event, after: Session, wishes: tuple[Command, ...]
    ) -> None:
        """Take one step into the books; every law is an assertion."""
        self._hear(before, event)
        self._let_go(before, event, after)
        for one in wishes:
            if isinstance(one, Tell):
                self._told(one.report)
            self._wished(before, after, one)
        self._credit(after)
        self._memory(after)
        self._slot(event, after, wishes)
        if isinstance(event, ev.Restarted):
            assert not [one for one in wishes if type(one) in DEEDS]
        if wish.OpenAcceptor in map(type, wishes) and after.phase is not Phase.TESTING:
            assert after.payment
            assert after.payment.order_no == self.opened[-1]

    def _hear(self, before: Session, event: Event) -> None:
        match event:
            case ev.NoteStacked():
                self.stacked.add(event.note_id)
            case ev.VendApproved():
                number = event.vend.order_no
                self.unanswered.discard(number)
                self.approved.add(number)
            case ev.CardProved() if before.phase in _JUDGING and _in_hand(before, event.order_no):
                assert before.order
                self.judged[event.order_no] = before.order.seals
            case ev.OwedFound() if event.owed.vend:
                self.approved.add(event.owed.order_no)
            case ev.OrderEnded():
                parked = any(order.order_no == event.order_no for order in before.parked)
                if parked or (before.phase is Phase.VENDING and _in_hand(before, event.order_no)):
                    self.over.add(event.order_no)
            case ev.VendRefused():
                self.unanswered.discard(event.order_no)
                if before.phase is Phase.VENDING and event.reason is Reason.ORDER_CANCELLED:
                    self.over |= {event.order_no} if _in_hand(before, event.order_no) else set()
            case ev.VendUnknown() | ev.BillUnknown():
                self.unanswered.discard(event.order_no)
            case ev.Restarted():
                self.unanswered.clear()
            case _:
                self._hear_of_bills(event)

    def _hear_of_bills(self, event: Event) -> None:
        match event:
            case ev.BillPosted():
                self.unanswered.discard(event.paid.order_no)
                self.posted.add(event.paid.order_no)
            case ev.BillNotPosted() if event.reason:
                self.unanswered.discard(event.order_no)

    def _let_go(self, before: Session, event: Event, after: Session) -> None:
        """A payment of bills is forgotten when it is posted, or has its end, or nothing was paid;
        one that was refused is never asked for again.
        """
        for number in _bills(before).keys() - _bills(after).keys() & self.paid:
            ended = isinstance(event, ev.OrderEnded) or getattr(event, "reason", None) in OVER
            about = getattr(event, "order_no", None) == number
            assert number in self.posted or (ended and about)
            self.over.add(number)
        self.refused |= {number for number, bill in _bills(after).items() if bill.refused}
        if after.phase is Phase.DONE and after.bill:
            assert after.bill.paid
            assert after.bill.order_no in self.posted

    def _told(self, report: Report) -> None:
        match report:
            case OrderOpened():
                assert report.order_no not in self.opened
                self.opened.append(report.order_no)
            case OrderAbandoned():
                assert report.order_no not in self.paid
            case NoteTaken():
                assert report.order_no == self.opened[-1]
                self.boxed[report.note.note_id] += 1
                self.places[report.note.note_id] = report.order_no
                self.paid.add(report.order_no)
            case OrderParked() if report.verdict is not None:
                assert report.seals == self.judged[report.order_no]
            case NoteInSuspense() if report.certain:
                self.boxed[report.note.note_id] += 1
            case NoteInSuspense():
                assert report.note.note_id not in self.boxed
            case VendConfirmed():
                self.confirmed[report.order_no] += 1
                self.over.add(report.order_no)
            case _:
                pass

    def _wished(self, before: Session, after: Session, one: Command) -> None:
        match one:
            case wish.AskNote() | wish.ReturnNote():
                pass
            case wish.StackNote() if before.phase is Phase.TENDERING:
                assert before.payment
                assert len(before.payment.notes) < before.policy.max_notes
                if before.bill:
                    assert before.paid_fen < before.bill.due_fen
                    assert before.paid_fen + one.value_fen <= before.bill.statement.max_fen
                    return
                assert before.account
                assert before.card_present
                keeps_limits(before.account, before.paid_fen + one.value_fen)
            case wish.StackNote():
                assert before.escrow
                assert before.escrow.note_id == one.note_id
            case wish.RequestVend():
                assert one.order_no not in self.unanswered | self.approved | self.over
                assert self.bodies.setdefault(one.order_no, one.request) == one.request
                self.unanswered.add(one.order_no)
            case wish.PayBill():
                assert one.order_no not in self.unanswered | self.over | self.refused
                assert one.request.notes
                assert self.bodies.setdefault(one.order_no, one.request) == one.request
                self.unanswered.add(one.order_no)
            case wish.WriteCard():
                assert one.order_no in self.approved - self.over
                assert after.order
                assert after.order.verdict in MAY_BE_WRITTEN
                assert after.card_present
            case _:
                pass

    def _credit(self, after: Session) -> None:
        """A stacked note is told once; an order holds the notes that were told for it."""
        assert set(self.boxed) == self.stacked
        assert not self.boxed or max(self.boxed.values()) == 1
        assert not self.confirmed or max(self.confirmed.values()) == 1
        alive = (
            *after.parked,
            *((after.order,) if after.order else ()),
            *_bills(after).values(),
        )
        held = notes_of(alive)
        assert len(held) == len(set(held))
        numbers = {order.order_no for order in alive}
        assert len(numbers) == len(alive)
        assert self.paid - self.over <= numbers
        assert set(held) == {note for note, number in self.places.items() if number in numbers}

    def _slot(self, event: Event, after: Session, wishes: tuple[Command, ...]) -> None:
        """Money is let in only while somebody pays, or staff test the acceptor."""
        if isinstance(event, ev.Restarted):
            self.slot_is_open = False  # a driver that starts opens nothing
        for one in wishes:
            if isinstance(one, wish.OpenAcceptor | wish.CloseAcceptor):
                self.slot_is_open = isinstance(one, wish.OpenAcceptor)
        assert not self.slot_is_open or after.phase in _SLOT_MAY_BE_OPEN

    def _memory(self, after: Session) -> None:
        assert len(after.pending) <= MOST_PENDING
        assert len(after.parked) + len(after.parked_bills) <= after.policy.parked_orders
        assert all(order.notes and not order.is_adopted for order in after.parked)
        assert all(bill.notes and bill.asked and not bill.paid for bill in after.parked_bills)
        assert after.order is None or after.bill is None


def _in_hand(session: Session, order_no: str) -> bool:
    return session.order is not None and session.order.order_no == order_no


def _bills(session: Session) -> dict[str, BillOrder]:
    in_hand = (session.bill,) if session.bill else ()
    return {bill.order_no: bill for bill in (*session.parked_bills, *in_hand)}


def keeps_limits(account: Account, paid_fen: int) -> None:
    """With this sum in, the purchase can be made."""
    limits = account.limits
    assert limits.min_fen <= paid_fen <= limits.max_fen
    assert paid_fen % limits.multiple_fen == 0
    quote = local_quote(account, paid_fen)
    assert quote
    energy = account.wallet_unit is WalletUnit.ENERGY
    amount = (
        quote.energy_wh // WH_PER_WALLET_UNIT
        if energy
        else (paid_fen + account.balance_fen - account.arrears_fen)
    )
    assert amount > 0
    assert limits.max_wallet_amount is None or amount <= limits.max_wallet_amount
