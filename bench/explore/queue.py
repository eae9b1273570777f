"""Who stands before a kiosk; one at a time touches it."""

from collections import deque
from typing import Protocol


class Standing(Protocol):
    """Somebody who waits for a kiosk."""

    stands_there: bool

    def step_up(self) -> None:
        """It is my turn."""


class Queue:
    """Who stands before a kiosk."""

    def __init__(self) -> None:
        self.waiting: deque[Standing] = deque()

    def join(self, person: Standing) -> None:
        """Stand in line."""
        self.waiting.append(person)
        if self.waiting[0] is person:
            person.step_up()

    def leave(self, person: Standing) -> None:
        """Make room."""
        if person in self.waiting:
            self.waiting.remove(person)
        if self.waiting and not self.waiting[0].stands_there:
            self.waiting[0].step_up()
