"""The staff's page as a state machine: keys and presses in, questions to the desk, states out.

No widget is known here. Answers come from the desk's thread; ``relay`` brings them into the page's
own. An answer to a question that nobody asks any more is dropped.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec.structs import replace

from kiosk.engine.staff import StaffDesk, StoryLine
from kiosk.ui.keys import typed
from kiosk.ui.order_code import with_key
from kiosk.ui.staff.state import (
    EVIDENCE,
    NAME_CHARACTERS,
    Press,
    State,
    Trouble,
    View,
    is_open,
    permission,
    presses,
)
from kiosk.ui.stirring import Stirring
from vending.messages import Refused
from vending.staff import (
    PIN_DIGITS,
    Action,
    ActionAnswer,
    ActionDone,
    ActionForbidden,
    Evidence,
    Forbidden,
    NotSignedIn,
    StaffAnswer,
    StaffRefused,
    StaffSignedIn,
    StuckAnswer,
    StuckOrder,
    StuckOrders,
)

Answer = TypeVar("Answer")
Relay = Callable[[Callable[[], None]], None]

_BACK: dict[View, View] = {
    View.PIN: View.NAME,
    View.NUMBER: View.LIST,
    View.ORDER: View.LIST,
    View.STORY: View.ORDER,
    View.EVIDENCE: View.ORDER,
    View.CONFIRM: View.ORDER,
    View.NAME: View.ORDER,
}
"""Where the way back leads; from the first person's name there is none."""


class StaffModel:
    """One visit of the staff, from the first key to the sign-out."""

    def __init__(
        self, relay: Relay, changed: Callable[[], None], clock: Callable[[], float]
    ) -> None:
        """``relay`` runs a call in the page's thread; ``changed`` says that the state is new."""
        self._relay, self._changed = relay, changed
        self._stirring = Stirring(clock, lambda: self._desk.stir() if self._desk else None)
        self._desk: StaffDesk | None = None
        self._pin = ""
        self._question = 0
        """Number of the question whose answer counts."""
        self.rows = {View.LIST: 3, View.STORY: 8}
        """How many rows of a long list are shown at once."""
        self.state = State(view=View.CLOSED)

    def open(self, desk: StaffDesk | None) -> None:
        """Begin a visit; without a desk the page can only say so."""
        self._desk, self._pin = desk, ""
        self._question += 1
        self.state = State(view=View.NAME if desk else View.CLOSED)

    def close(self) -> None:
        """Forget everything: the page is no longer shown."""
        self.open(None)

    def presses(self) -> dict[Press, bool]:
        """Return the buttons at the bottom and whether each can be pressed."""
        return presses(self.state, self.rows.get(self.state.view, 1))

    def touch(self) -> None:
        """Somebody touched the page: it stays open."""
        self._stirring.stir()

    # -- keys ------------------------------------------------------------------------------------

    def type(self, key: str) -> None:
        """Take a key of the keyboard or the keypad."""
        self.touch()
        if self.state.busy:
            return
        match self.state.view:
            case View.NAME:
                name = typed(self.state.name, key)[:NAME_CHARACTERS]
                self._show(name=name, trouble=None)
            case View.PIN:
                self._pin = typed(self._pin, key)[: PIN_DIGITS[1]]
                self._show(pin_digits=len(self._pin), trouble=None)
            case View.NUMBER:
                self._show(number=with_key(self.state.number, key), trouble=None)

    # -- presses ---------------------------------------------------------------------------------

    def press(self, press: Press) -> None:
        """Take a button of the bottom, if it is offered and lit."""
        self.touch()
        if not self.presses().get(press, False):
            return
        match press:
            case Press.LEAVE if self._desk:
                self._desk.leave()
            case Press.BACK:
                self._go_back()
            case Press.EARLIER | Press.LATER:
                self._turn_page(1 if press is Press.LATER else -1)
            case Press.NEXT:
                self._to(View.PIN)
            case Press.SIGN_IN:
                self._sign_in()
            case Press.RELOAD:
                self._load_list()
            case Press.BY_NUMBER:
                self._to(View.NUMBER, number="")
            case Press.FIND:
                self._find(self.state.number)
            case Press.STORY:
                self._load_story()
            case Press.DO_IT:
                self._act()

    def look_at(self, order: StuckOrder) -> None:
        """Show one order of the list."""
        self.touch()
        if not self.state.busy and self.state.view is View.LIST:
            self._to(View.ORDER, order=order)

    def begin(self, action: Action) -> None:
        """Begin one of the ways out: first what proves it, then who else, then "really?"."""
        self.touch()
        told = permission(self.state.order, action)
        if self.state.busy or self.state.view is not View.ORDER or not told or not is_open(told):
            return
        self._show(action=action, evidence=Evidence.NONE, witness="")
        if EVIDENCE[action]:
            self._to(View.EVIDENCE)
        else:
            self._ask_second_or_confirm()

    def prove(self, evidence: Evidence) -> None:
        """Take what somebody says to have seen."""
        self.touch()
        action = self.state.action
        if self.state.view is View.EVIDENCE and action and evidence in EVIDENCE[action]:
            self._show(evidence=evidence)
            self._ask_second_or_confirm()

    # -- going about -----------------------------------------------------------------------------

    def _show(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
        self._changed()

    def _to(self, view: View, **changes: Any) -> None:
        """Show another view; whatever was asked before does not matter any more."""
        self._question += 1
        self._pin = ""
        cleared = {"busy": False, "trouble": None, "locked_until_ms": None, "pin_digits": 0}
        self._show(view=view, **{**cleared, **changes})

    def _go_back(self) -> None:
        state = self.state
        if state.view is View.RESULT and state.order:
            self._find(state.order.order_no)
        elif state.busy:
            self._to(state.view)
        elif state.view is View.LIST or (state.view is View.NAME and not state.second):
            return
        else:
            after = _BACK[state.view]
            still_second = state.second and after is View.NAME
            self._to(after, second=still_second, first_line=0)

    def _turn_page(self, pages: int) -> None:
        state = self.state
        step = pages * self.rows.get(state.view, 1)
        if state.view is View.STORY:
            self._show(first_line=max(0, state.first_line + step))
        else:
            self._show(first_order=max(0, state.first_order + step))

    # -- signing in ------------------------------------------------------------------------------

    def _sign_in(self) -> None:
        name, pin = self.state.name, self._pin
        self._pin = ""
        if self._desk:
            self._show(busy=True, trouble=None, pin_digits=0)
            self._desk.sign_in(name, pin, self._awaited(self._signed_in))

    def _signed_in(self, answer: StaffAnswer | None) -> None:
        match answer:
            case None:
                self._show(busy=False, trouble=Trouble.NO_ANSWER)
            case StaffRefused(reason=NotSignedIn.LOCKED):
                until_ms = answer.locked_until_ms
                self._to(View.PIN, trouble=Trouble.LOCKED, locked_until_ms=until_ms)
            case StaffRefused():
                self._to(View.PIN, trouble=Trouble.WRONG)
            case StaffSignedIn():
                self._welcome(answer.name)

    def _welcome(self, name: str) -> None:
        if not self.state.second:
            self._to(View.LIST, signed_in=name, witness="", name="", orders=(), first_order=0)
            self._load_list()
        elif name == self.state.signed_in:
            self._to(View.NAME, name="", trouble=Trouble.SAME_PERSON)
        else:
            self._to(View.CONFIRM, witness=name, name="", second=False)

    def _sign_in_again(self) -> None:
        self._to(
            View.NAME, second=False, name="", signed_in="", witness="", trouble=Trouble.NOT_KNOWN
        )

    # -- orders ----------------------------------------------------------------------------------

    def _load_list(self) -> None:
        if self._desk:
            self._to(View.LIST, busy=True)
            self._desk.stuck_orders("", self._awaited(self._listed))

    def _listed(self, answer: StuckAnswer | None) -> None:
        match answer:
            case None:
                self._show(busy=False, trouble=Trouble.NO_ANSWER)
            case StuckOrders(orders=orders):
                first = self.state.first_order if self.state.first_order < len(orders) else 0
                self._show(busy=False, orders=orders, first_order=first)
            case _:
                self._sign_in_again()

    def _find(self, order_no: str) -> None:
        if self._desk:
            self._show(busy=True, trouble=None)
            self._desk.stuck_orders(order_no, self._awaited(self._found))

    def _found(self, answer: StuckAnswer | None) -> None:
        match answer:
            case None:
                self._show(busy=False, trouble=Trouble.NO_ANSWER)
            case StuckOrders(orders=()) if self.state.view is View.RESULT:
                self._load_list()
            case StuckOrders(orders=()):
                self._show(busy=False, trouble=Trouble.NOT_FOUND)
            case StuckOrders(orders=(order, *_)):
                self._to(View.ORDER, order=order, action=None)
            case _:
                self._sign_in_again()

    def _load_story(self) -> None:
        if self._desk and self.state.order:
            self._show(busy=True, trouble=None)
            self._desk.story(self.state.order.order_no, self._awaited(self._told))

    def _told(self, lines: tuple[StoryLine, ...]) -> None:
        self._to(View.STORY, lines=lines, first_line=0)

    # -- the ways out ----------------------------------------------------------------------------

    def _ask_second_or_confirm(self) -> None:
        told = self.state.permission
        alone = told is not None and (
            told.needs_second or told.forbidden is Forbidden.SECOND_PERSON
        )
        if alone and not self.state.witness:
            self._to(View.NAME, second=True, name="")
        else:
            self._to(View.CONFIRM, second=False)

    def _act(self) -> None:
        state = self.state
        if self._desk and state.order and state.action:
            self._show(busy=True, trouble=None)
            self._desk.act(
                state.order.order_no, state.action, state.evidence, self._awaited(self._acted)
            )

    def _acted(self, answer: ActionAnswer | None) -> None:
        match answer:
            case None:
                self._result(trouble=Trouble.NO_ANSWER)
            case ActionDone(order=order):
                self._result(done=True, order=order)
            case ActionForbidden(why=Forbidden.SIGN_IN_AGAIN):
                self._sign_in_again()
            case ActionForbidden(why=Forbidden.SECOND_PERSON) if not self.state.witness:
                self._to(View.NAME, second=True, name="")
            case ActionForbidden(why=why):
                self._result(forbidden=why)
            case Refused(reason=reason):
                self._result(refused=reason)

    def _result(self, **what: Any) -> None:
        nothing = {"done": False, "forbidden": None, "refused": None}
        self._to(View.RESULT, **{**nothing, "witness": "", **what})

    # -- answers ---------------------------------------------------------------------------------

    def _awaited(self, take: Callable[[Answer], None]) -> Callable[[Answer], None]:
        """Return what the desk may call from its own thread with the answer to this question."""
        self._question += 1
        asked = self._question

        def then(answer: Answer) -> None:
            self._relay(lambda: take(answer) if asked == self._question else None)

        return then
