"""The desk: every question and request about orders comes here. One unit of work for each."""

from collections.abc import Callable

from sqlalchemy import Connection

from center.keys.port import CardIdentity, KeyService, KeysRefused
from center.ledger import book
from center.orders import alarm, reporting, selling
from center.orders import order as orders
from center.orders.order import Order
from center.orders.port import LedgerEntry
from center.orders.reporting import Work
from center.orders.state import OrderState
from center.store.store import Store
from center.utility.port import Utility
from vending.card import SealAnswer, SealRequest, SealStage
from vending.messages import (
    AccountAnswer,
    AccountQuery,
    InquiryAnswer,
    Reason,
    Refused,
    ReportEnvelope,
    ReportTaken,
    Sealed,
    SealRefused,
    SealReply,
    TrialAnswer,
    TrialRequest,
    Vend,
    VendAnswer,
    VendRequest,
)

_NO_SEAL = {
    OrderState.CONFIRMED: Reason.ORDER_FINISHED,
    OrderState.CANCELLED: Reason.ORDER_CANCELLED,
    OrderState.ABANDONED: Reason.ORDER_FINISHED,
}


class Desk:
    """Implements `center.orders.port.OrderDesk`. Safe from every thread.

    ``clock`` tells UTC milliseconds; every moment and business date in the books is its.
    """

    def __init__(
        self, store: Store, utility: Utility, keys: KeyService, clock: Callable[[], int]
    ) -> None:
        self._store = store
        self._utility = utility
        self._keys = keys
        self._clock = clock

    def query_account(self, terminal_no: str, query: AccountQuery) -> AccountAnswer:
        """Who is this card, and may it buy? Remembers what the meter wrote on the card."""
        now_ms = self._clock()

        def unit(connection: Connection) -> AccountAnswer:
            return self._utility.query_account(connection, query.card, now_ms)

        return self._store.write(unit)

    def trial_vend(self, terminal_no: str, request: TrialRequest) -> TrialAnswer:
        """What would this sum buy?"""
        now_ms = self._clock()

        def question(connection: Connection) -> TrialAnswer:
            return self._utility.trial_vend(connection, request, now_ms)

        return self._store.read(question)

    def vend(self, terminal_no: str, request: VendRequest) -> VendAnswer:
        """Take the request's notes and sell."""
        orders.require_own(terminal_no, request.order_no)
        now_ms = self._clock()

        def unit(connection: Connection) -> VendAnswer:
            return selling.sell(connection, self._utility, request, now_ms)

        try:
            return self._store.write(unit)
        except selling.Undone as refusal:
            return Refused(refusal.reason)

    def inquire(self, terminal_no: str, order_no: str) -> InquiryAnswer:
        """Tell what was sold; through the writer, so that what was asked before is decided."""
        orders.require_own(terminal_no, order_no)

        def unit(connection: Connection) -> InquiryAnswer:
            return self._utility.inquire(connection, order_no)

        return self._store.write(unit)

    def cancel(self, terminal_no: str, order_no: str) -> Vend | Refused:
        """Void a vend that was never confirmed."""
        orders.require_own(terminal_no, order_no)
        now_ms = self._clock()

        def unit(connection: Connection) -> Vend | Refused:
            return selling.void(connection, self._utility, order_no, now_ms)

        return self._store.write(unit)

    def seal(self, terminal_no: str, request: SealRequest) -> SealReply:
        """Answer the card's challenge while the order's sale to this very card is open."""
        orders.require_own(terminal_no, request.order_no)

        def question(connection: Connection) -> tuple[Order, Vend] | Reason:
            return _sealable(connection, self._utility, request)

        found = self._store.read(question)
        if isinstance(found, Reason):
            return SealRefused(found)
        order, vend = found
        try:
            return Sealed(self._ask_keys(request, order, vend))
        except KeysRefused as refusal:
            self._sound(terminal_no, request.order_no, refusal)
            return SealRefused(Reason.SEAL_REFUSED)

    def report(self, terminal_no: str, envelope: ReportEnvelope) -> ReportTaken:
        """Take a must-arrive report."""
        now_ms = self._clock()

        def unit(connection: Connection) -> None:
            work = Work(
                connection=connection,
                utility=self._utility,
                terminal_no=terminal_no,
                now_ms=now_ms,
            )
            reporting.take(work, envelope)

        self._store.write(unit)
        return ReportTaken(envelope.report_no)

    def last_order_sequence(self, terminal_no: str) -> int:
        """Return the last order sequence seen from this terminal; 0: none."""
        return self._store.read(lambda connection: orders.last_sequence(connection, terminal_no))

    def ledger_entries(self, order_no: str) -> list[LedgerEntry]:
        """Return what the ledger holds about an order, in the order of posting."""
        found = self._store.read(lambda connection: book.entries(connection, order_no))
        return [_readable(entry) for entry in found]

    def _ask_keys(self, request: SealRequest, order: Order, vend: Vend) -> SealAnswer:
        if request.stage is SealStage.AUTHENTICATE:
            return self._keys.authenticate(request)
        assert order.identity is not None  # a sale has one
        card = CardIdentity(
            serial=request.serial,
            meter_no=order.identity.meter_no,
            customer_no=order.identity.customer_no,
        )
        return self._keys.seal(request, vend, card)

    def _sound(self, terminal_no: str, order_no: str, refusal: KeysRefused) -> None:
        now_ms, code = self._clock(), alarm.Code.SEAL_REFUSED

        def unit(connection: Connection) -> None:
            alarm.sound(connection, terminal_no, order_no, code, refusal.reason.value, now_ms)

        self._store.write(unit)


def _sealable(
    connection: Connection, utility: Utility, request: SealRequest
) -> tuple[Order, Vend] | Reason:
    """Return the open sale that explains the request, or why there is none."""
    order = orders.find(connection, request.order_no, lock=False)
    if order is None:
        return Reason.ORDER_UNKNOWN
    if order.state is not OrderState.SOLD or order.identity is None:
        return _NO_SEAL.get(order.state, Reason.SEAL_REFUSED)
    is_its_card = (
        order.identity.card_serial.upper() == request.serial.upper()
        and order.identity.meter_no == request.meter_no
    )
    vend = utility.inquire(connection, request.order_no)
    return (order, vend) if is_its_card and isinstance(vend, Vend) else Reason.SEAL_REFUSED


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
