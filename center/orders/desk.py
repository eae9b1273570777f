"""The desk: every question and request about orders comes here. One unit of work for each."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from center.cash import periods
from center.keys.port import KeyService, KeysRefused
from center.ledger import book
from center.orders import (
    alarm,
    bills,
    carrier,
    guesses,
    owed,
    refund,
    reporting,
    sealing,
    selling,
    stuck,
)
from center.orders import order as orders
from center.orders import resell as reselling
from center.orders.guesses import Guesses
from center.orders.order import Order
from center.orders.policy import Policy
from center.orders.port import Decision, LedgerEntry, Refund
from center.orders.work import Work
from center.staff.people import Person
from center.store.store import Units
from center.utility.port import Utility
from vending.bill import BillAnswer, BillInquiryAnswer, BillPayAnswer, BillPayRequest, BillQuery
from vending.card import SealRequest, SealStage
from vending.messages import (
    AccountAnswer,
    AccountQuery,
    InquiryAnswer,
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
    TrialAnswer,
    TrialRequest,
    Vend,
    VendAnswer,
    VendRequest,
)
from vending.staff import ActionDone, ActionForbidden, StuckOrders

T = TypeVar("T")


class Desk:
    """Implements `center.orders.port.OrderDesk`. Safe from every thread.

    ``clock`` tells UTC milliseconds; every moment and business date in the books is its.
    """

    def __init__(
        self,
        store: Units,
        utility: Utility,
        keys: KeyService,
        clock: Callable[[], int],
        policy: Policy = Policy(),  # noqa: B008  (frozen)
    ) -> None:
        self._store = store
        self._utility = utility
        self._keys = keys
        self._clock = clock
        self._policy = policy
        self._guesses = Guesses()

    def query_account(self, terminal_no: str, query: AccountQuery) -> AccountAnswer:
        """What is owed for this card? Nothing: may it buy? Remembers what the meter wrote on it."""

        def unit(work: Work) -> AccountAnswer:
            first = owed.before_purchase(work, query.card)
            if first is not None:
                return first
            return work.utility.query_account(work.connection, query.card, work.now_ms)

        return self._write(terminal_no, unit)

    def trial_vend(self, terminal_no: str, request: TrialRequest) -> TrialAnswer:
        """What would this sum buy?"""
        now_ms = self._clock()

        def question(connection: Connection) -> TrialAnswer:
            return self._utility.trial_vend(connection, request, now_ms)

        return self._store.read(question)

    def vend(self, terminal_no: str, request: VendRequest) -> VendAnswer:
        """Take the request's notes and sell."""
        orders.require_own(terminal_no, request.order_no)
        try:
            return self._write(terminal_no, lambda work: selling.sell(work, request))
        except selling.Undone as refusal:
            return Refused(refusal.reason)

    def inquire(self, terminal_no: str, order_no: str) -> InquiryAnswer:
        """Tell what was sold; through the writer, so that what was asked before is decided."""

        def unit(work: Work) -> InquiryAnswer:
            carrier.require_party(work.connection, terminal_no, order_no)
            return selling.inquire(work, order_no)

        return self._write(terminal_no, unit)

    def query_bill(self, terminal_no: str, query: BillQuery) -> BillAnswer:
        """What does this customer owe? Payments that got stuck are posted first."""

        def unit(work: Work) -> BillAnswer:
            answer = bills.query(work, query.customer_no)
            if isinstance(answer, Refused) and self._guesses.miss(terminal_no, work.now_ms):
                detail = f"more than {guesses.MOST} numbers that no customer has, within an hour"
                work.alarm(None, alarm.Code.CUSTOMERS_GUESSED, detail)
            return answer

        return self._write(terminal_no, unit)

    def pay_bill(self, terminal_no: str, request: BillPayRequest) -> BillPayAnswer:
        """Take the request's notes and post them."""
        orders.require_own(terminal_no, request.order_no)
        try:
            return self._write(terminal_no, lambda work: bills.pay(work, request))
        except selling.Undone as refusal:
            return Refused(refusal.reason)

    def inquire_bill(self, terminal_no: str, order_no: str) -> BillInquiryAnswer:
        """Tell what was posted; through the writer, so that what was asked before is decided."""
        orders.require_own(terminal_no, order_no)
        return self._write(terminal_no, lambda work: bills.inquire(work, order_no))

    def settle_bills(self) -> tuple[Order, ...]:
        """Post every payment of bills that is parked or quiet; return those that were."""
        return self._write("", bills.settle_waiting)

    def find_owed(self, terminal_no: str, query: OwedQuery) -> OwedAnswer:
        """What was paid and not delivered for this card, or under the code of a slip?"""
        return self._write(terminal_no, lambda work: owed.find(work, query))

    def resell(self, terminal_no: str, request: ResellRequest) -> VendAnswer:
        """Let this terminal deliver an order that is owed; sells if nothing was sold yet."""

        def unit(work: Work) -> VendAnswer:
            carrier.require_party(work.connection, terminal_no, request.order_no)
            return reselling.resell(work, request)

        return self._write(terminal_no, unit)

    def cancel(self, terminal_no: str, order_no: str) -> Vend | Refused:
        """Void a vend that was never confirmed."""
        orders.require_own(terminal_no, order_no)
        return self._write(terminal_no, lambda work: selling.void(work, order_no))

    def seal(self, terminal_no: str, request: SealRequest) -> SealReply:
        """Answer the card's challenge while the order's sale to this very card is open."""

        def question(work: Work) -> tuple[Order, Vend] | Reason:
            carrier.require_party(work.connection, terminal_no, request.order_no)
            return sealing.explain(work, request)

        found = self._read(terminal_no, question)
        if isinstance(found, Reason):
            return SealRefused(found)
        try:
            if request.stage is SealStage.AUTHENTICATE:
                return Sealed(self._keys.authenticate(request), found[0].seals)
            return self._seal(terminal_no, request, *found)
        except KeysRefused as refusal:
            self._sound(terminal_no, request.order_no, refusal)
            return SealRefused(Reason.SEAL_REFUSED)

    def report(self, terminal_no: str, envelope: ReportEnvelope) -> ReportTaken:
        """Take a must-arrive report."""
        answer = self._write(terminal_no, lambda work: reporting.take(work, envelope))
        return ReportTaken(envelope.report_no, answer)

    def stuck_orders(self, terminal_no: str, person: Person, order_no: str = "") -> StuckOrders:
        """Return the orders that are stuck, each with what this person may do about it."""
        return self._read(
            terminal_no, lambda work: StuckOrders(stuck.show(work, person.role, order_no))
        )

    def act(self, terminal_no: str, decision: Decision) -> ActionDone | ActionForbidden:
        """Take one of the ways out, if that is permitted at the moment of deciding."""
        return self._write(terminal_no, lambda work: stuck.act(work, decision))

    def pay_out(self, payout: refund.Payout) -> Refund:
        """Keep that a refund was paid out at the head office. Raises `refund.CannotPay`."""
        return self._write("", lambda work: refund.pay_out(work, payout))

    def last_order_sequence(self, terminal_no: str) -> int:
        """Return the last order sequence seen from this terminal; 0: none."""
        return self._store.read(lambda connection: orders.last_sequence(connection, terminal_no))

    def last_period_no(self, terminal_no: str) -> int:
        """Return the last period of this terminal's cash box that was closed; 0: none."""
        return self._store.read(lambda connection: periods.last_period_no(connection, terminal_no))

    def ledger_entries(self, order_no: str) -> list[LedgerEntry]:
        """Return what the ledger holds about an order, in the order of posting."""
        found = self._store.read(lambda connection: book.entries(connection, order_no))
        return [_readable(entry) for entry in found]

    def _seal(self, terminal_no: str, request: SealRequest, order: Order, vend: Vend) -> SealReply:
        """Make the seals, count them, and only then give them away."""
        answer = self._keys.seal(request, vend, sealing.card_of(order))
        counted = self._write(terminal_no, lambda work: sealing.count(work, request))
        if isinstance(counted, Reason):
            return SealRefused(counted)
        return Sealed(answer, counted.seals)

    def _sound(self, terminal_no: str, order_no: str, refusal: KeysRefused) -> None:
        code, detail = alarm.Code.SEAL_REFUSED, refusal.reason.value
        self._write(terminal_no, lambda work: work.alarm(order_no, code, detail))

    def _write(self, terminal_no: str, unit: Callable[[Work], T]) -> T:
        now_ms = self._clock()
        return self._store.write(
            lambda connection: unit(self._work(connection, terminal_no, now_ms))
        )

    def _read(self, terminal_no: str, question: Callable[[Work], T]) -> T:
        now_ms = self._clock()
        return self._store.read(
            lambda connection: question(self._work(connection, terminal_no, now_ms))
        )

    def _work(self, connection: Connection, terminal_no: str, now_ms: int) -> Work:
        return Work(
            connection=connection,
            utility=self._utility,
            policy=self._policy,
            terminal_no=terminal_no,
            now_ms=now_ms,
        )


def _readable(entry: book.Entry) -> LedgerEntry:
    return LedgerEntry(
        posting_key=entry.posting_key,
        state=entry.state,
        business_date=entry.business_date.isoformat(),
        account=str(entry.account),
        account_title=entry.account.title,
        debit_fen=entry.debit_fen,
        credit_fen=entry.credit_fen,
    )
