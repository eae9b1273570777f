"""What the kiosk needs of a head office. An integrator of another head office implements
`HeadOffice`.

All calls block up to their deadline and are made from the network thread only. Each raises
`NoAnswer` when the outcome is not known (time-out, broken line, an answer that makes no sense) and
`NotAllowed` when the terminal itself is refused. A business refusal is an answer, not an exception.
All operations are idempotent under the order number or the report number; the same number with
another body must be refused.
"""

from typing import Protocol

from vending.bill import BillAnswer, BillInquiryAnswer, BillPayAnswer, BillPayRequest, BillQuery
from vending.card import SealRequest
from vending.messages import (
    AccountAnswer,
    AccountQuery,
    InquiryAnswer,
    OwedAnswer,
    OwedQuery,
    ReportEnvelope,
    ReportTaken,
    ResellRequest,
    SealReply,
    SignedIn,
    TrialAnswer,
    TrialRequest,
    VendAnswer,
    VendRequest,
)
from vending.roster import Roster
from vending.staff import (
    ActionAnswer,
    ActionRequest,
    StaffAnswer,
    StaffSignIn,
    StuckAnswer,
    StuckQuery,
)


class OfficeError(Exception):
    """Base of what can go wrong between terminal and head office."""


class NoAnswer(OfficeError):
    """Whether the head office did it is not known."""


class NotAllowed(OfficeError):
    """The head office does not accept this terminal (unknown, blocked, bad signature)."""


class HeadOffice(Protocol):
    """The far side, whoever runs it."""

    def sign_in(self, software_version: str) -> SignedIn:
        """Open a session. Called at start and whenever the session was lost."""

    def query_account(self, query: AccountQuery) -> AccountAnswer:
        """Who is this card, and may it buy? `Owed`: deliver that first. Changes nothing."""

    def trial_vend(self, request: TrialRequest) -> TrialAnswer:
        """What would this sum buy? Changes nothing."""

    def vend(self, request: VendRequest) -> VendAnswer:
        """Sell under the order number. The notes in the request count as paid even if their reports
        have not arrived yet. A repeat returns the same vend.
        """

    def inquire(self, order_no: str) -> InquiryAnswer:
        """Did you sell under this number? `NotSold` is definite: a later vend under it may sell.
        `OrderOver` is definite too: nothing is left to do.
        """

    def find_owed(self, query: OwedQuery) -> OwedAnswer:
        """What was paid and not delivered for this card, or under the code on a slip?"""

    def resell(self, request: ResellRequest) -> VendAnswer:
        """Let this terminal deliver an order that is owed; sells if nothing was sold yet. A repeat
        returns the same vend.
        """

    def seal(self, request: SealRequest) -> SealReply:
        """Answer the card's challenge for an order that was sold to this card."""

    def query_bill(self, query: BillQuery) -> BillAnswer:
        """What does this customer owe? Changes nothing of it."""

    def pay_bill(self, request: BillPayRequest) -> BillPayAnswer:
        """Post a payment under the order number. The notes in the request count as paid even if
        their reports have not arrived yet. A repeat returns the same answer.
        """

    def inquire_bill(self, order_no: str) -> BillInquiryAnswer:
        """Did you post under this number? `NotSold` is definite: a later payment under it may be
        posted. `OrderOver` is definite too: nothing is left to do.
        """

    def roster(self) -> Roster:
        """Return the staff that may sign in at this terminal without the line."""

    def report(self, envelope: ReportEnvelope) -> ReportTaken:
        """Take a must-arrive report; a repeat is taken again without effect, and with the same
        answer.
        """


class StaffOffice(Protocol):
    """The far side of the staff's desk. Called from a thread of its own."""

    def staff_sign_in(self, message: StaffSignIn) -> StaffAnswer:
        """Who is at the terminal? Failures are counted, and lock."""

    def stuck_orders(self, query: StuckQuery) -> StuckAnswer:
        """Which orders are stuck, and what may be done about each?"""

    def staff_action(self, request: ActionRequest) -> ActionAnswer:
        """Take one of the ways out."""
