"""What the orders need of a utility, whoever runs it. Embedded: `center.utility.embedded`.

Every operation runs inside the order's unit of work, so that a sale and its postings are one
transaction, and answers from what the database holds. An adapter to a utility across a network
therefore asks it before the unit of work begins and brings the answer here.

Operations are idempotent under the order number; the same number with another body is refused.
"""

from typing import Protocol

from msgspec import Struct
from sqlalchemy import Connection

from vending.bill import BillPaid, BillStatement
from vending.card import CardSnapshot
from vending.messages import Account, NotSold, Refused, TrialAnswer, TrialRequest, Vend


class Sale(Struct, frozen=True, kw_only=True):
    """What is to be sold under an order number."""

    order_no: str
    customer_no: str
    meter_no: str
    card_serial: str
    purchase_count: int
    """N, as the card holds it."""
    paid_fen: int


class Payment(Struct, frozen=True, kw_only=True):
    """What is to be paid towards a customer's bills under an order number."""

    order_no: str
    customer_no: str
    months: tuple[str, ...]
    """Those that the customer chose, the oldest first."""
    paid_fen: int
    """All that was paid under the number so far."""


class Holder(Struct, frozen=True, kw_only=True):
    """Whose a card says that it is."""

    customer_no: str
    meter_no: str
    card_serial: str


class Billing(Protocol):
    """What post-paid customers owe, and what they have paid."""

    def query_bill(self, connection: Connection, customer_no: str) -> BillStatement | Refused:
        """What does this customer owe? Refuses with ACCOUNT_UNKNOWN only."""

    def pay_bill(self, connection: Connection, payment: Payment, now_ms: int) -> BillPaid | Refused:
        """Settle what is unpaid up to the newest month that was chosen, the oldest first, each in
        full; the rest goes to the customer's account.

        The same payment again returns the same answer. A higher sum under the number is money that
        came later: it settles on, and the answer is about all of it. Anything else under the number
        is an ORDER_CONFLICT. Money is refused for an unknown customer only (ACCOUNT_UNKNOWN). No
        money at all: pays from the account what was chosen, or nothing: NOTHING_DUE when the oldest
        unpaid months are not those any more, BELOW_MINIMUM when the account does not suffice.
        """

    def inquire_bill(self, connection: Connection, order_no: str) -> BillPaid | NotSold:
        """Tell what was posted under ``order_no``."""


class Utility(Billing, Protocol):
    """Customers, meters, prices and purchase counts."""

    def query_account(
        self, connection: Connection, card: CardSnapshot, now_ms: int
    ) -> Account | Refused:
        """Who is this card, and may it buy? Sells nothing; remembers what the meter wrote on it."""

    def recognise(self, connection: Connection, holder: Holder, now_ms: int) -> Account | Refused:
        """Return the account that a card was issued for; whether it may buy is not judged.

        Refuses a card that is not the meter's, and with CARD_REPLACED one that was.
        """

    def find_account(
        self, connection: Connection, customer_no: str, meter_no: str, now_ms: int
    ) -> Account | None:
        """Return a customer's account of a meter; None: there is none."""

    def trial_vend(self, connection: Connection, request: TrialRequest, now_ms: int) -> TrialAnswer:
        """Answer as `vend` would, and sell nothing."""

    def vend(self, connection: Connection, sale: Sale, now_ms: int) -> Vend | Refused:
        """Sell purchase N+1, which is then open until it is confirmed or cancelled."""

    def inquire(self, connection: Connection, order_no: str) -> Vend | NotSold:
        """Tell what was sold under ``order_no`` and not cancelled."""

    def rebind(self, connection: Connection, order_no: str, card_serial: str) -> None:
        """Let another card of the same meter bring an open purchase."""

    def confirm(self, connection: Connection, order_no: str, purchase_count: int) -> Vend | Refused:
        """Close purchase N+1: the card holds it."""

    def cancel(self, connection: Connection, order_no: str) -> Vend | Refused:
        """Void an open purchase and return it: N+1 is free again, the account as it was before."""
