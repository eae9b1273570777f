"""The staff's page as a state machine: keys and presses in, questions to the desk and facts out.

What each view asks and does is the business of its part; here is what all of them have in common.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from msgspec.structs import replace

from kiosk.engine.staff import StaffDesk
from kiosk.engine.workshop import Workshop
from kiosk.flow.view import StaffView
from kiosk.ui.i18n import Words
from kiosk.ui.staff.home import Home
from kiosk.ui.staff.parts import PARTS
from kiosk.ui.staff.state import Press, State, View
from kiosk.ui.staff.visit import Part, Post, Presses, Relay, Visit

SomePart = TypeVar("SomePart", bound=Part)


class StaffModel:
    """One visit of the staff, from the first key to the sign-out."""

    def __init__(
        self,
        relay: Relay,
        changed: Callable[[], None],
        clock: Callable[[], float],
        post: Post,
        *,
        upright: bool = False,
    ) -> None:
        """``relay`` runs a call in the page's thread; ``changed`` says that the state is new;
        ``post`` takes facts; ``upright``: the screen is, and shows more rows.
        """
        self._draw = changed
        self.visit = Visit(relay, self._changed, clock, post)
        self._parts = tuple(kind(self.visit, upright=upright) for kind in PARTS)
        self.part(Home).lead_to(self._parts)

    @property
    def state(self) -> State:
        """What is shown, but for what the flow's screen tells."""
        return self.visit.state

    @property
    def main(self) -> frozenset[StrEnum]:
        """Presses that are ways on."""
        return frozenset[StrEnum]().union(*(part.main for part in self._parts))

    def part(self, kind: type[SomePart]) -> SomePart:
        """Return the part of ``kind``. Raises StopIteration when there is none."""
        return next(part for part in self._parts if isinstance(part, kind))

    def open(self, desk: StaffDesk | None, workshop: Workshop | None = None) -> None:
        """Begin a visit; without a desk the page can only say so."""
        self.visit.begin(desk, workshop)

    def close(self) -> None:
        """Forget everything: the page is no longer shown."""
        self.visit.begin(None)

    def see(self, staff: StaffView | None) -> None:
        """Take what the flow shows now; the page is drawn by whoever tells."""
        before, self.visit.staff = self.visit.staff, staff
        if staff != before:
            self._part.seen(before)
            self._land()

    def presses(self) -> Presses:
        """Return the buttons at the bottom in their order, and whether each can be pressed."""
        wanted, state = self._part.presses(), self.state
        if not state.busy:
            return wanted
        stays = {Press.LEAVE} if state.view in self._part.held else {Press.LEAVE, Press.BACK}
        return {press: lit and press in stays for press, lit in wanted.items()}

    def title(self, words: Words) -> str:
        """Return what the view is about, or that the desk owes an answer."""
        return words.text("staff.working") if self.state.busy else self._part.title(words)

    def touch(self) -> None:
        """Somebody touched the page: it stays open."""
        self.visit.touch()

    def type(self, key: str) -> None:
        """Take a key of the keyboard or the keypad."""
        self.touch()
        if not self.state.busy:
            self._part.type(key)

    def press(self, press: StrEnum) -> None:
        """Take a button of the bottom, if it is offered and lit."""
        self.touch()
        if not self.presses().get(press, False):
            return
        if press is Press.BACK:
            self._part.back()
        elif press is not Press.LEAVE:
            self._part.press(press)
        elif self.visit.desk:
            self.visit.desk.leave()

    def _changed(self) -> None:
        self._land()
        self._draw()

    def _land(self) -> None:
        """Choose the first view after signing in, once the flow tells who it is."""
        state, staff = self.state, self.visit.staff
        if state.view is View.HOME and not state.landed and staff and staff.name == state.signed_in:
            self.visit.state = replace(state, landed=True)
            any(part.land() for part in self._parts)

    @property
    def _part(self) -> Part:
        return next(part for part in self._parts if self.state.view in part.views)
