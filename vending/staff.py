"""What staff at a terminal and the head office say to each other about orders that are stuck.

Staff are known to the head office alone: it checks the PIN, locks after failures, decides what is
permitted and keeps the audit. A terminal forwards, shows, and journals who did what.
"""

from enum import StrEnum

from msgspec import Struct

from vending.card import Verdict
from vending.cash import Business
from vending.messages import Refused
from vending.rights import Role as Role  # noqa: PLC0414  # part of the vocabulary

PIN_DIGITS = (6, 12)
"""Fewest and most digits of a staff PIN."""


NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._")
"""What a terminal's keyboard has: a name is made of these."""


class StaffSignIn(Struct, frozen=True, kw_only=True):
    """Who is at the terminal? Never logged, never journalled: it carries the PIN."""

    name: str
    pin: str


class StaffSignedIn(Struct, frozen=True, kw_only=True, tag="staff-signed-in"):
    """Known. ``token`` speaks for this person at this terminal until ``until_ms``."""

    name: str
    role: Role
    token: str
    until_ms: int
    last_sign_in_ms: int | None


class NotSignedIn(StrEnum):
    """Why somebody is not signed in."""

    WRONG = "wrong"
    """Name or PIN; which one is not told."""
    LOCKED = "locked"
    """Too many failures: wait, or ask a supervisor."""


class StaffRefused(Struct, frozen=True, kw_only=True, tag="staff-refused"):
    """Not known, or not now."""

    reason: NotSignedIn
    locked_until_ms: int | None = None


StaffAnswer = StaffSignedIn | StaffRefused


class Action(StrEnum):
    """The ways out for an order that is stuck."""

    REWRITE = "rewrite"
    """Write the same vend again (补写卡): this terminal may, at the card's next insertion."""
    RESELL = "resell"
    """Sell what was paid (补售电): this terminal may, at the card's next insertion.
    A bill is posted at once."""
    MARK_LOADED = "mark-loaded"
    """The card or the meter was inspected: it has the energy."""
    REFUND = "refund"
    """Money back instead of energy; the sale, if there is one, is cancelled first."""


class Forbidden(StrEnum):
    """Why an action is not permitted now. The page has a sentence for each."""

    ROLE = "role"
    ORDER_OVER = "order-over"
    NOT_SOLD = "not-sold"
    SOLD = "sold"
    STILL_BUSY = "still-busy"
    """The terminal that took the money may still be at it."""
    CARD_MAY_BE_WRITTEN = "card-may-be-written"
    """Seals were given, and no card was proved unwritten since: insert it once more."""
    CARD_WRITTEN = "card-written"
    REFUND_DECIDED = "refund-decided"
    RESELL_DECIDED = "resell-decided"
    SECOND_PERSON = "second-person"
    """This site wants a second person with a PIN of their own."""
    EVIDENCE = "evidence"
    """What proves it must be said."""
    SIGN_IN_AGAIN = "sign-in-again"
    ORDER_UNKNOWN = "order-unknown"
    NO_CARD = "no-card"
    """A bill is paid: nothing is written to a card."""
    CUSTOMER_UNKNOWN = "customer-unknown"
    """Nobody whose bills the money could pay: only a refund is left."""


class Permission(Struct, frozen=True, kw_only=True):
    """Whether an action is permitted now."""

    action: Action
    forbidden: Forbidden | None = None
    needs_second: bool = False


class Evidence(StrEnum):
    """What somebody has seen."""

    NONE = "none"
    METER_SHOWS_IT = "meter-shows-it"
    CARD_READ_ELSEWHERE = "card-read-elsewhere"
    CUSTOMER_ASKS = "customer-asks"
    CARD_DESTROYED = "card-destroyed"


class StuckOrder(Struct, frozen=True, kw_only=True):
    """A paid order that has not come to its end, as staff see it."""

    order_no: str
    opened_at_ms: int
    customer_no: str
    meter_no: str
    name_masked: str
    paid_fen: int
    sold: bool
    energy_wh: int | None
    wallet_money_fen: int | None
    verdict: Verdict | None
    """The last that was read from the card."""
    is_verdict_good: bool
    """Nobody was given seals since: the verdict still holds."""
    why: str | None
    refund: str | None
    """``decided`` or ``paid-out``; None: no refund."""
    permissions: tuple[Permission, ...]
    business: Business = Business.ENERGY


class StuckQuery(Struct, frozen=True, kw_only=True):
    """Which orders are stuck? Without a number: those whose money this terminal has taken."""

    token: str
    order_no: str = ""


class StuckOrders(Struct, frozen=True, tag="stuck-orders"):
    """The oldest first; at most 50."""

    orders: tuple[StuckOrder, ...]


class StaffNotKnown(Struct, frozen=True, tag="staff-not-known"):
    """The token is too old or of another terminal: sign in again."""


StuckAnswer = StuckOrders | StaffNotKnown


class ActionRequest(Struct, frozen=True, kw_only=True):
    """Take one of the ways out. Repeating it changes nothing."""

    token: str
    witness_token: str = ""
    """Of the second person, where the site wants one."""
    order_no: str
    action: Action
    evidence: Evidence = Evidence.NONE


class ActionDone(Struct, frozen=True, kw_only=True, tag="action-done"):
    """Decided, durably. ``order`` is how it stands now."""

    order: StuckOrder


class ActionForbidden(Struct, frozen=True, kw_only=True, tag="action-forbidden"):
    """Not permitted (any more); nothing happened."""

    why: Forbidden


ActionAnswer = ActionDone | ActionForbidden | Refused
