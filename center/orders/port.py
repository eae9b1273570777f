"""What those who speak for terminals and staff need of the orders: the desk.

All calls are made from worker threads, block until what they did is durable, and are safe from
every thread. Besides what each says they raise the store's errors (`center.store.errors`):
`StoreBusy` when nothing was done, `OutcomeUnknown` when nobody knows (ask or repeat under the same
number), `StoreFailed` when the database refuses to work, `StoreClosed` after the shutdown began.
"""

from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from center.staff.people import Person
from vending.bill import BillAnswer, BillInquiryAnswer, BillPayAnswer, BillPayRequest, BillQuery
from vending.card import SealRequest
from vending.messages import (
    AccountAnswer,
    AccountQuery,
    InquiryAnswer,
    OwedAnswer,
    OwedQuery,
    Refused,
    ReportEnvelope,
    ReportTaken,
    ResellRequest,
    SealReply,
    TrialAnswer,
    TrialRequest,
    Vend,
    VendAnswer,
    VendRequest,
)
from vending.staff import Action, ActionDone, ActionForbidden, Evidence, StuckOrders


class DeskError(Exception):
    """Base of what a terminal can do wrong at the desk; nothing was done."""


class OrderOfAnother(DeskError):
    """The order number is malformed, or this terminal neither made it nor was told of it."""


class ReportConflict(DeskError):
    """A report number of this journal was taken before, with another body."""


class Decision(Struct, frozen=True, kw_only=True):
    """Somebody takes one of the ways out."""

    order_no: str
    action: Action
    by: Person
    witness: Person | None = None
    """The second person; both have proved who they are."""
    evidence: Evidence = Evidence.NONE


class RefundState(StrEnum):
    """Where a refund is."""

    DECIDED = "decided"
    PAID_OUT = "paid-out"


class Refund(Struct, frozen=True, kw_only=True):
    """Money that goes back instead of energy."""

    order_no: str
    terminal_no: str
    """Of the order."""
    amount_fen: int
    state: RefundState
    decided_at_ms: int
    decided_by: str
    witness: str | None
    evidence: str
    paid_at_ms: int | None
    paid_by: str | None
    paid_evidence: str | None


class LedgerEntry(Struct, frozen=True, kw_only=True):
    """One line of the ledger as a person reads it. Exactly one of debit and credit is not zero."""

    posting_key: str
    """The transaction: ``note:...``, ``vend:...``; its debits equal its credits."""
    state: str
    """``pending``, ``posted`` or ``voided``."""
    business_date: str
    """``yyyy-mm-dd`` in China."""
    account: str
    """For example ``suspense:0000012401010000012``."""
    account_title: str
    debit_fen: int
    credit_fen: int


class OrderDesk(Protocol):
    """Orders, their notes and their vends, each taken once however often it is said."""

    def query_account(self, terminal_no: str, query: AccountQuery) -> AccountAnswer:
        """What is owed for this card, and if nothing is: may it buy?

        Whoever is told `Owed` may ask about, deliver and report that order from then on.
        """

    def trial_vend(self, terminal_no: str, request: TrialRequest) -> TrialAnswer:
        """What would this sum buy? Sells nothing."""

    def vend(self, terminal_no: str, request: VendRequest) -> VendAnswer:
        """Take the request's notes and sell. A repeat returns the same vend, another body is
        refused, and a refused sale leaves the notes in the order's suspense.

        Raises OrderOfAnother.
        """

    def inquire(self, terminal_no: str, order_no: str) -> InquiryAnswer:
        """Tell what became of an order; decided after everything that was asked before.

        Raises OrderOfAnother.
        """

    def query_bill(self, terminal_no: str, query: BillQuery) -> BillAnswer:
        """What does this customer owe? Payments that got stuck are posted first."""

    def pay_bill(self, terminal_no: str, request: BillPayRequest) -> BillPayAnswer:
        """Take the request's notes and post them. A repeat returns the same answer, another body is
        refused, and a refusal leaves the notes in the order's suspense.

        Raises OrderOfAnother.
        """

    def inquire_bill(self, terminal_no: str, order_no: str) -> BillInquiryAnswer:
        """Tell what became of a payment; decided after everything that was asked before.

        Raises OrderOfAnother.
        """

    def find_owed(self, terminal_no: str, query: OwedQuery) -> OwedAnswer:
        """What was paid and not delivered for this card, or under the code of a slip?"""

    def resell(self, terminal_no: str, request: ResellRequest) -> VendAnswer:
        """Let this terminal deliver an order that is owed: the open sale, or a sale now for what
        the books have of its money. A repeat returns the same vend; a refusal decides nothing.

        Raises OrderOfAnother.
        """

    def cancel(self, terminal_no: str, order_no: str) -> Vend | Refused:
        """Void a vend that was never confirmed: N+1 is free again, the money stays in suspense.

        Only for someone who knows that the card does not hold it. Raises OrderOfAnother.
        """

    def seal(self, terminal_no: str, request: SealRequest) -> SealReply:
        """Answer the card's challenge while the order's sale to this very card is open.

        Seals are counted durably before they are given: the order's present number tells whether
        a card that was proved unwritten is so still.

        Raises OrderOfAnother, and KeysUnavailable when the key service does not answer.
        """

    def report(self, terminal_no: str, envelope: ReportEnvelope) -> ReportTaken:
        """Take a must-arrive report. What it says is never refused: what does not fit is an alarm.

        Raises ReportConflict.
        """

    def stuck_orders(self, terminal_no: str, person: Person, order_no: str) -> StuckOrders:
        """Return the orders that are stuck, each with what this person may do about it.

        Without an order number: those whose money this terminal has taken.
        """

    def act(self, terminal_no: str, decision: Decision) -> ActionDone | ActionForbidden:
        """Take one of the ways out, if that is permitted at the moment of deciding.

        Empty ``terminal_no``: at the head office. A repeat by the same person changes nothing.
        """

    def last_order_sequence(self, terminal_no: str) -> int:
        """Return the last order sequence seen from this terminal; 0: none."""

    def last_period_no(self, terminal_no: str) -> int:
        """Return the last period of this terminal's cash box that was closed; 0: none."""

    def ledger_entries(self, order_no: str) -> list[LedgerEntry]:
        """Return what the ledger holds about an order, in the order of posting."""
