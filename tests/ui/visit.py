"""A visit of the staff without a widget: a model, its desk, and hands."""

from enum import StrEnum

from kiosk.flow.event import Event
from kiosk.ui.samples_staff import NAME, PIN, permissions, staff_view, stuck
from kiosk.ui.staff.home import Home
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.orders import Orders
from kiosk.ui.staff.state import (
    Press,
    State,
)
from kiosk.ui.staff.visit import Tile
from tests.ui.fake_desk import FakeDesk, FakeWorkshop
from vending.staff import (
    Action,
    Role,
    StaffSignedIn,
    StuckOrder,
    StuckOrders,
)


class Visit:
    """A model, its desk, and hands."""

    def __init__(self) -> None:
        self.desk, self.workshop = FakeDesk(), FakeWorkshop()
        self.now_s = 0.0
        self.drawn = 0
        self.posted: list[Event] = []
        self.model = StaffModel(
            lambda call: call(), self._draw, lambda: self.now_s, self.posted.append
        )
        self.orders = self.model.part(Orders)
        self.model.open(self.desk, self.workshop)

    def _draw(self) -> None:
        self.drawn += 1

    @property
    def state(self) -> State:
        return self.model.state

    def type(self, text: str) -> None:
        for key in text:
            self.model.type(key)

    def press(self, *presses: StrEnum) -> None:
        for press in presses:
            self.model.press(press)

    def give(self, name: str, pin: str = PIN) -> None:
        """Give name and PIN and have them sent."""
        self.type(name)
        self.press(Press.NEXT)
        self.type(pin)
        self.press(Press.SIGN_IN)

    def sign_in(self, name: str = NAME) -> None:
        self.give(name)
        self.desk.answer(known(name))

    def choose(self, tile: Tile) -> None:
        """Choose from the home menu."""
        self.model.part(Home).choose(tile)

    def at_home(self, role: Role = Role.SUPERVISOR, **changes: object) -> "Visit":
        """Sign in; the flow shows who it is."""
        self.sign_in()
        self.model.see(staff_view(role, **changes))
        return self

    def at_list(self, *orders: StuckOrder) -> "Visit":
        self.at_home()
        self.choose(Tile.ORDERS)
        self.desk.answer(StuckOrders(orders))
        return self

    def at_order(self, order: StuckOrder) -> "Visit":
        self.at_list(order)
        self.orders.look_at(order)
        return self


def known(name: str) -> StaffSignedIn:
    return StaffSignedIn(
        name=name, role=Role.SUPERVISOR, token="t", until_ms=9, last_sign_in_ms=None
    )


FREE = stuck(permissions=permissions())
SECOND = stuck(permissions=permissions(second=Action.REFUND))
