"""What the staff's page shows, as one immutable value."""

from enum import StrEnum

from msgspec import Struct

from kiosk.engine.staff import StoryLine
from kiosk.ui.staff.care_state import CareState
from kiosk.ui.staff.cash_state import CashState
from vending.messages import Reason
from vending.staff import Action, Evidence, Forbidden, Permission, StuckOrder

NAME_CHARACTERS = 60
"""Most characters of a staff name."""


class View(StrEnum):
    """One question or one answer at a time. Other parts of the page have enumerations of their own;
    no two views have the same value.
    """

    CLOSED = "closed"
    """There is no desk: the machine is not set up, or still starting."""
    NAME = "name"
    PIN = "pin"
    HOME = "home"
    """What can be done here, for somebody who is signed in."""
    LIST = "list"
    NUMBER = "number"
    ORDER = "order"
    STORY = "story"
    EVIDENCE = "evidence"
    CONFIRM = "confirm"
    RESULT = "result"


class Trouble(StrEnum):
    """Why it did not go on, where a sentence above the page is enough."""

    WRONG = "wrong"
    LOCKED = "locked"
    NO_ANSWER = "no-answer"
    NOT_KNOWN = "not-known"
    """Signed out meanwhile."""
    SAME_PERSON = "same-person"
    NOT_FOUND = "not-found"


class Press(StrEnum):
    """The buttons at the bottom. Other parts of the page add buttons of their own; no two have the
    same value.
    """

    LEAVE = "leave"
    BACK = "back"
    EARLIER = "earlier"
    LATER = "later"
    RELOAD = "reload"
    BY_NUMBER = "by-number"
    STORY = "story"
    NEXT = "next"
    SIGN_IN = "sign-in"
    FIND = "find"
    DO_IT = "do-it"


EVIDENCE: dict[Action, tuple[Evidence, ...]] = {
    Action.REWRITE: (),
    Action.RESELL: (),
    Action.MARK_LOADED: (Evidence.METER_SHOWS_IT, Evidence.CARD_READ_ELSEWHERE),
    Action.REFUND: (Evidence.CUSTOMER_ASKS, Evidence.CARD_DESTROYED),
}
"""What somebody may have seen; none: the action needs no proof."""

ASKED_FOR = frozenset({Forbidden.SECOND_PERSON})
"""Objections that the page itself meets by asking. `Forbidden.EVIDENCE` is none: beforehand it says
that what was read from the card contradicts the action.
"""


class Second(Struct, frozen=True):
    """Why a second person is asked for."""

    before: StrEnum
    """The view that asked."""
    after: StrEnum
    """The view that needs both."""


class State(Struct, frozen=True, kw_only=True):
    """Everything but the PIN: of that only how many digits are typed."""

    view: StrEnum
    """`View`, or a view of one of the other parts."""
    busy: bool = False
    """The desk owes an answer."""
    trouble: Trouble | None = None
    locked_until_ms: int | None = None
    second: Second | None = None
    """Name and PIN are asked of the second person."""
    name: str = ""
    """As typed."""
    pin_digits: int = 0
    signed_in: str = ""
    """The first person."""
    witness: str = ""
    """The second person."""
    landed: bool = False
    """The first view after signing in was chosen."""
    number: str = ""
    """An order number, as typed so far."""
    orders: tuple[StuckOrder, ...] = ()
    first_order: int = 0
    """Place of the first order that is shown."""
    order: StuckOrder | None = None
    lines: tuple[StoryLine, ...] = ()
    first_line: int = 0
    action: Action | None = None
    evidence: Evidence = Evidence.NONE
    done: bool = False
    """The action was taken."""
    forbidden: Forbidden | None = None
    """Why it was not."""
    refused: Reason | None = None
    """Why it was not, in the head office's words about orders."""
    cash: CashState = CashState()
    care: CareState = CareState()

    @property
    def permission(self) -> Permission | None:
        """What the head office said about the action that was chosen."""
        return permission(self.order, self.action)


def permission(order: StuckOrder | None, action: Action | None) -> Permission | None:
    """Return what the head office says about an action for an order, if it says anything."""
    told = order.permissions if order else ()
    return next((each for each in told if each.action is action), None)


def is_open(told: Permission) -> bool:
    """Tell whether the action can be begun: permitted, or only what the page asks is missing."""
    return told.forbidden is None or told.forbidden in ASKED_FOR
