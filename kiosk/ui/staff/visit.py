"""One visit of the staff: what all parts of the page share, and what a part is.

No widget is known here. Answers come from the desk's thread; ``relay`` brings them into the page's
own. An answer to a question that nobody asks any more is dropped.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from msgspec.structs import replace

from kiosk.engine.staff import StaffDesk
from kiosk.engine.workshop import Workshop
from kiosk.flow.event import Event
from kiosk.flow.view import StaffView
from kiosk.ui.i18n import Words
from kiosk.ui.staff.state import Press, Second, State, Trouble, View
from kiosk.ui.stirring import Stirring
from vending.rights import Right

Answer = TypeVar("Answer")
Relay = Callable[[Callable[[], None]], None]
Post = Callable[[Event], None]
Presses = dict[StrEnum, bool]
"""Buttons at the bottom in their order, each with whether it can be pressed now."""


class Tile(StrEnum):
    """What the home menu leads to, in its order."""

    CLEARING = "clearing"
    FIGURES = "figures"
    PERIODS = "periods"
    ORDERS = "orders"
    DEVICES = "devices"
    MACHINE = "machine"


class Visit:
    """The state of the page, and how to change it."""

    def __init__(
        self, relay: Relay, changed: Callable[[], None], clock: Callable[[], float], post: Post
    ) -> None:
        """``relay`` runs a call in the page's thread; ``changed`` says that the state is new;
        ``post`` takes facts.
        """
        self._relay, self._changed, self.post = relay, changed, post
        self._stirring = Stirring(clock, lambda: self.desk.stir() if self.desk else None)
        self._question = 0
        """Number of the question whose answer counts."""
        self.desk: StaffDesk | None = None
        self.workshop: Workshop | None = None
        """Whom the maintenance pages ask."""
        self.staff: StaffView | None = None
        """What the flow shows about whoever is signed in."""
        self.pin = ""
        """As typed; in no state, so that nothing that draws can show it."""
        self.state = State(view=View.CLOSED)

    def begin(self, desk: StaffDesk | None, workshop: Workshop | None = None) -> None:
        """Begin anew; without a desk the page can only say so."""
        self.desk, self.workshop, self.staff, self.pin = desk, workshop, None, ""
        self._question += 1
        self.state = State(view=View.NAME if desk else View.CLOSED)

    def touch(self) -> None:
        """Somebody touched the page: it stays open."""
        self._stirring.stir()

    def show(self, **changes: Any) -> None:
        """Change fields of the state."""
        self.state = replace(self.state, **changes)
        self._changed()

    def to(self, view: StrEnum, **changes: Any) -> None:
        """Show another view; whatever was asked before does not matter any more."""
        self._question += 1
        self.pin = ""
        cleared = {"busy": False, "trouble": None, "locked_until_ms": None, "pin_digits": 0}
        self.show(view=view, **{**cleared, **changes})

    def ask_second(self, before: StrEnum, after: StrEnum) -> None:
        """Ask for a second person; ``after`` is shown when somebody else has signed in."""
        self.to(View.NAME, second=Second(before, after), name="")

    def sign_in_again(self) -> None:
        """The head office does not know the first person any more."""
        nobody = {"second": None, "name": "", "signed_in": "", "witness": "", "landed": False}
        self.to(View.NAME, trouble=Trouble.NOT_KNOWN, **nobody)

    def awaited(self, take: Callable[[Answer], None]) -> Callable[[Answer], None]:
        """Return what the desk may call from its own thread with the answer to this question."""
        self._question += 1
        asked = self._question

        def then(answer: Answer) -> None:
            self._relay(lambda: take(answer) if asked == self._question else None)

        return then


class Part:
    """A part of the page: its views, what may be pressed on them and what that does.

    A part belongs into `kiosk.ui.staff.parts.PARTS`, the widgets of its views into
    `kiosk.ui.pages.staff.views.VIEWS`.
    """

    views: ClassVar[frozenset[StrEnum]]
    tiles: ClassVar[Mapping[Tile, Right]] = {}
    """What of the home menu leads here, and the right that it takes."""
    main: ClassVar[frozenset[StrEnum]] = frozenset()
    """Presses that are ways on, and stand out."""
    rows: ClassVar[Mapping[StrEnum, tuple[int, int]]] = {}
    """How many rows a view shows at once: on a lying and on an upright screen."""
    held: ClassVar[frozenset[StrEnum]] = frozenset()
    """Views with no way back while the desk owes an answer."""

    def __init__(self, visit: Visit, *, upright: bool) -> None:
        self.visit = visit
        self.fit = {view: pair[upright] for view, pair in self.rows.items()}
        """Rows that fit the screen."""

    @property
    def state(self) -> State:
        """The state of the page."""
        return self.visit.state

    def open(self, tile: Tile) -> None:
        """Come here from the home menu."""

    def land(self) -> bool:
        """Right after signing in: go to what cannot wait, and tell whether there was anything."""
        return False

    def note(self, tile: Tile, words: Words) -> str:
        """Return the small line of ``tile``."""
        return words.text(f"staff.tile.{tile.value}.note")

    def why_not(self, tile: Tile) -> str:
        """Return the key of the sentence why ``tile`` cannot be pressed; empty: it can."""
        return ""

    def presses(self) -> Presses:
        """Return the buttons of the present view, as if no answer was owed."""
        return {Press.BACK: True}

    def press(self, press: StrEnum) -> None:
        """Do what a button of `presses` is for; ways out and back are the page's own."""

    def back(self) -> None:
        """Go back from the present view."""
        self.visit.to(View.HOME)

    def type(self, key: str) -> None:
        """Take a key of a keyboard or keypad."""

    def seen(self, before: StaffView | None) -> None:
        """The flow shows something else than ``before``, and the present view is of this part."""

    def title(self, words: Words) -> str:
        """Return what the present view is about."""
        return words.text(f"staff.title.{self.state.view.value}")


def paging(first: int, count: int, per_page: int) -> Presses:
    """Return the buttons that turn the pages of ``count`` rows; none when all rows fit."""
    if count <= per_page:
        return {}
    return {Press.EARLIER: first > 0, Press.LATER: first + per_page < count}


def turned(press: StrEnum, first: int, per_page: int) -> int:
    """Return the first row that is shown after `Press.EARLIER` or `Press.LATER`."""
    return max(0, first + (per_page if press is Press.LATER else -per_page))
