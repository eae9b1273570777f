"""What the staff's page shows, as one immutable value, and what may be pressed on it."""

from enum import StrEnum

from msgspec import Struct

from kiosk.engine.staff import StoryLine
from vending.messages import Reason
from vending.order_no import is_order_no
from vending.staff import PIN_DIGITS, Action, Evidence, Forbidden, Permission, StuckOrder

NAME_CHARACTERS = 60
"""Most characters of a staff name."""


class View(StrEnum):
    """One question or one answer at a time."""

    CLOSED = "closed"
    """There is no desk: the machine is not set up, or still starting."""
    NAME = "name"
    PIN = "pin"
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
    """The buttons at the bottom."""

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


class State(Struct, frozen=True, kw_only=True):
    """Everything but the PIN: of that only how many digits are typed."""

    view: View
    busy: bool = False
    """The desk owes an answer."""
    trouble: Trouble | None = None
    locked_until_ms: int | None = None
    second: bool = False
    """Name and PIN are asked of the second person."""
    name: str = ""
    """As typed."""
    pin_digits: int = 0
    signed_in: str = ""
    """The first person."""
    witness: str = ""
    """The second person."""
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


def presses(state: State, per_page: int) -> dict[Press, bool]:
    """Return the buttons at the bottom in their order, each with whether it can be pressed now.

    ``per_page``: how many rows of a long list are shown at once.
    """
    wanted = _presses(state, per_page)
    if not state.busy:
        return wanted
    stays = {Press.LEAVE} if state.view is View.CONFIRM else {Press.LEAVE, Press.BACK}
    return {press: lit and press in stays for press, lit in wanted.items()}


def _presses(state: State, per_page: int) -> dict[Press, bool]:
    out = {Press.LEAVE: True}
    back = {**out, Press.BACK: True}
    match state.view:
        case View.NAME:
            return {**(back if state.second else out), Press.NEXT: bool(state.name)}
        case View.PIN:
            fewest, most = PIN_DIGITS
            return {**back, Press.SIGN_IN: fewest <= state.pin_digits <= most}
        case View.LIST:
            paging = _paging(state.first_order, len(state.orders), per_page)
            return {**out, **paging, Press.RELOAD: True, Press.BY_NUMBER: True}
        case View.NUMBER:
            return {**back, Press.FIND: is_order_no(state.number)}
        case View.ORDER:
            return {**back, Press.STORY: True}
        case View.STORY:
            return {**back, **_paging(state.first_line, len(state.lines), per_page)}
        case View.CONFIRM:
            return {**back, Press.DO_IT: True}
        case View.EVIDENCE | View.RESULT:
            return back
        case _:
            return out


def _paging(first: int, count: int, per_page: int) -> dict[Press, bool]:
    if count <= per_page:
        return {}
    return {Press.EARLIER: first > 0, Press.LATER: first + per_page < count}
