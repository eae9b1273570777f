"""Stuck orders: the list, one of them, its story, and the ways out that the head office permits."""

from enum import StrEnum
from typing import Any, ClassVar

from kiosk.engine.staff import StoryLine
from kiosk.ui.i18n import Words, grouped
from kiosk.ui.order_code import with_key
from kiosk.ui.staff.state import EVIDENCE, Press, Trouble, View, is_open, permission
from kiosk.ui.staff.visit import Part, Presses, Tile, paging, turned
from vending.messages import Refused
from vending.order_no import is_order_no
from vending.rights import Right
from vending.staff import (
    Action,
    ActionAnswer,
    ActionDone,
    ActionForbidden,
    Evidence,
    Forbidden,
    StuckAnswer,
    StuckOrder,
    StuckOrders,
)

_BACK: dict[StrEnum, View] = {
    View.LIST: View.HOME,
    View.NUMBER: View.LIST,
    View.ORDER: View.LIST,
    View.STORY: View.ORDER,
    View.EVIDENCE: View.ORDER,
    View.CONFIRM: View.ORDER,
}
_OUT_AND_BACK: Presses = {Press.LEAVE: True, Press.BACK: True}


class Orders(Part):
    """What to do about orders that were paid and did not come to their end."""

    views = frozenset({*_BACK, View.RESULT})
    tiles: ClassVar = {Tile.ORDERS: Right.RESOLVE_ORDERS}
    rows: ClassVar = {View.LIST: (3, 6), View.STORY: (8, 18)}
    main = frozenset({Press.FIND, Press.DO_IT})
    held = frozenset({View.CONFIRM})

    def open(self, tile: Tile) -> None:
        self.visit.show(orders=(), first_order=0)
        self._load_list()

    def why_not(self, tile: Tile) -> str:
        staff = self.visit.staff
        return "staff.orders-offline" if staff and staff.offline else ""

    def presses(self) -> Presses:
        state = self.state
        match state.view:
            case View.LIST:
                turning = paging(state.first_order, len(state.orders), self.fit[View.LIST])
                # Five buttons stand in a row: out of here leads the way over the home menu.
                return {Press.BACK: True, **turning, Press.RELOAD: True, Press.BY_NUMBER: True}
            case View.NUMBER:
                return {**_OUT_AND_BACK, Press.FIND: is_order_no(state.number)}
            case View.ORDER:
                return {**_OUT_AND_BACK, Press.STORY: True}
            case View.STORY:
                turning = paging(state.first_line, len(state.lines), self.fit[View.STORY])
                return {**_OUT_AND_BACK, **turning}
            case View.CONFIRM:
                return {**_OUT_AND_BACK, Press.DO_IT: True}
            case _:
                return _OUT_AND_BACK

    def press(self, press: StrEnum) -> None:
        match press:
            case Press.EARLIER | Press.LATER:
                self._turn_page(press)
            case Press.RELOAD:
                self._load_list()
            case Press.BY_NUMBER:
                self.visit.to(View.NUMBER, number="")
            case Press.FIND:
                self._find(self.state.number)
            case Press.STORY:
                self._load_story()
            case Press.DO_IT:
                self._act()

    def back(self) -> None:
        state = self.state
        if state.view is View.RESULT and state.order:
            self._find(state.order.order_no)
        elif state.busy and state.view is not View.LIST:
            self.visit.to(state.view)
        else:
            self.visit.to(_BACK.get(state.view, View.LIST), first_line=0)

    def type(self, key: str) -> None:
        if self.state.view is View.NUMBER:
            self.visit.show(number=with_key(self.state.number, key), trouble=None)

    def title(self, words: Words) -> str:
        if self.state.view is View.ORDER and self.state.order:
            return grouped(self.state.order.order_no)
        return super().title(words)

    # -- presses on the views themselves ---------------------------------------------------------

    def look_at(self, order: StuckOrder) -> None:
        """Show one order of the list."""
        self.visit.touch()
        if not self.state.busy and self.state.view is View.LIST:
            self.visit.to(View.ORDER, order=order)

    def begin(self, action: Action) -> None:
        """Begin one of the ways out: first what proves it, then who else, then "really?"."""
        self.visit.touch()
        told = permission(self.state.order, action)
        if self.state.busy or self.state.view is not View.ORDER or not told or not is_open(told):
            return
        self.visit.show(action=action, evidence=Evidence.NONE, witness="")
        if EVIDENCE[action]:
            self.visit.to(View.EVIDENCE)
        else:
            self._ask_second_or_confirm()

    def prove(self, evidence: Evidence) -> None:
        """Take what somebody says to have seen."""
        self.visit.touch()
        action = self.state.action
        if self.state.view is View.EVIDENCE and action and evidence in EVIDENCE[action]:
            self.visit.show(evidence=evidence)
            self._ask_second_or_confirm()

    # -- the list --------------------------------------------------------------------------------

    def _turn_page(self, press: StrEnum) -> None:
        state, per_page = self.state, self.fit[self.state.view]
        if state.view is View.STORY:
            self.visit.show(first_line=turned(press, state.first_line, per_page))
        else:
            self.visit.show(first_order=turned(press, state.first_order, per_page))

    def _load_list(self) -> None:
        if self.visit.desk:
            self.visit.to(View.LIST, busy=True)
            self.visit.desk.stuck_orders("", self.visit.awaited(self._listed))

    def _listed(self, answer: StuckAnswer | None) -> None:
        match answer:
            case None:
                self.visit.show(busy=False, trouble=Trouble.NO_ANSWER)
            case StuckOrders(orders=orders):
                first = self.state.first_order if self.state.first_order < len(orders) else 0
                self.visit.show(busy=False, orders=orders, first_order=first)
            case _:
                self.visit.sign_in_again()

    def _find(self, order_no: str) -> None:
        if self.visit.desk:
            self.visit.show(busy=True, trouble=None)
            self.visit.desk.stuck_orders(order_no, self.visit.awaited(self._found))

    def _found(self, answer: StuckAnswer | None) -> None:
        match answer:
            case None:
                self.visit.show(busy=False, trouble=Trouble.NO_ANSWER)
            case StuckOrders(orders=()) if self.state.view is View.RESULT:
                self._load_list()
            case StuckOrders(orders=()):
                self.visit.show(busy=False, trouble=Trouble.NOT_FOUND)
            case StuckOrders(orders=(order, *_)):
                self.visit.to(View.ORDER, order=order, action=None)
            case _:
                self.visit.sign_in_again()

    def _load_story(self) -> None:
        if self.visit.desk and self.state.order:
            self.visit.show(busy=True, trouble=None)
            self.visit.desk.story(self.state.order.order_no, self.visit.awaited(self._told))

    def _told(self, lines: tuple[StoryLine, ...]) -> None:
        self.visit.to(View.STORY, lines=lines, first_line=0)

    # -- the ways out ----------------------------------------------------------------------------

    def _ask_second_or_confirm(self) -> None:
        told = self.state.permission
        alone = told is not None and (
            told.needs_second or told.forbidden is Forbidden.SECOND_PERSON
        )
        if alone and not self.state.witness:
            self.visit.ask_second(View.ORDER, View.CONFIRM)
        else:
            self.visit.to(View.CONFIRM, second=None)

    def _act(self) -> None:
        state, desk = self.state, self.visit.desk
        if desk and state.order and state.action:
            self.visit.show(busy=True, trouble=None)
            then = self.visit.awaited(self._acted)
            desk.act(state.order.order_no, state.action, state.evidence, then)

    def _acted(self, answer: ActionAnswer | None) -> None:
        match answer:
            case None:
                self._result(trouble=Trouble.NO_ANSWER)
            case ActionDone(order=order):
                self._result(done=True, order=order)
            case ActionForbidden(why=Forbidden.SIGN_IN_AGAIN):
                self.visit.sign_in_again()
            case ActionForbidden(why=Forbidden.SECOND_PERSON) if not self.state.witness:
                self.visit.ask_second(View.ORDER, View.CONFIRM)
            case ActionForbidden(why=why):
                self._result(forbidden=why)
            case Refused(reason=reason):
                self._result(refused=reason)

    def _result(self, **what: Any) -> None:
        nothing = {"done": False, "forbidden": None, "refused": None}
        self.visit.to(View.RESULT, **{**nothing, "witness": "", **what})
