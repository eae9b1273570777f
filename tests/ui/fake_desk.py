"""A staff's desk and a workshop that remember what they were asked and answer when told to."""

from collections.abc import Callable
from typing import Any

from kiosk.engine.staff import StoryLine
from kiosk.engine.workshop import Export, MachineInfo, Parameter
from vending.staff import Action, ActionAnswer, Evidence, StaffAnswer, StuckAnswer


class FakeDesk:
    """Keeps every question and its ``then`` until it is answered."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.waiting: list[Callable[[Any], None]] = []
        self.stirred = 0
        self.left = 0
        self.before_act: Callable[[], None] = lambda: None

    def answer(self, answer: object) -> None:
        """Answer the oldest open question."""
        self.waiting.pop(0)(answer)

    def sign_in(self, name: str, pin: str, then: Callable[[StaffAnswer | None], None]) -> None:
        self.asked.append(("sign-in", name, pin))
        self.waiting.append(then)

    def stuck_orders(self, order_no: str, then: Callable[[StuckAnswer | None], None]) -> None:
        self.asked.append(("stuck", order_no))
        self.waiting.append(then)

    def story(self, order_no: str, then: Callable[[tuple[StoryLine, ...]], None]) -> None:
        self.asked.append(("story", order_no))
        self.waiting.append(then)

    def act(
        self,
        order_no: str,
        action: Action,
        evidence: Evidence,
        then: Callable[[ActionAnswer | None], None],
    ) -> None:
        self.before_act()
        self.asked.append(("act", order_no, action, evidence))
        self.waiting.append(then)

    def stir(self) -> None:
        self.stirred += 1

    def leave(self) -> None:
        self.left += 1


class FakeWorkshop:
    """Keeps every question and its ``then`` until it is answered."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.waiting: list[Callable[[Any], None]] = []

    def answer(self, answer: object) -> None:
        """Answer the oldest open question."""
        self.waiting.pop(0)(answer)

    def parameters(self, then: Callable[[tuple[Parameter, ...]], None]) -> None:
        self.asked.append("parameters")
        self.waiting.append(then)

    def machine(self, then: Callable[[MachineInfo], None]) -> None:
        self.asked.append("machine")
        self.waiting.append(then)

    def export(self, then: Callable[[Export], None]) -> None:
        self.asked.append("export")
        self.waiting.append(then)
