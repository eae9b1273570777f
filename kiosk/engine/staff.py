"""The staff's desk: who is signed in, which orders are stuck, what may be done, and its story.

Calls return at once; ``then`` is called from a thread of the desk with the answer, None when the
head office did not answer in time. PIN and tokens stay in here: they reach no journal and no log.
"""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from vending.staff import Action, ActionAnswer, Evidence, StaffAnswer, StuckAnswer


class StoryLine(Struct, frozen=True, kw_only=True):
    """One fact of the journal about an order, masked."""

    at_ms: int
    kind: str
    """Name of the fact, for example ``NoteStacked``."""
    said: dict[str, str | int | bool]
    """Its simple fields, without personal data: amounts in fen, energy in Wh. What stands inside a
    part of the fact is named with a dot: ``vend.purchase_count``."""


class StaffDesk(Protocol):
    """What the staff's page can ask for."""

    def sign_in(self, name: str, pin: str, then: Callable[[StaffAnswer | None], None]) -> None:
        """Sign in the first person, or the second beside one who is signed in."""

    def stuck_orders(self, order_no: str, then: Callable[[StuckAnswer | None], None]) -> None:
        """Which orders are stuck here; with a number: that one, wherever it was paid."""

    def story(self, order_no: str, then: Callable[[tuple[StoryLine, ...]], None]) -> None:
        """What the journal tells about an order, the oldest first."""

    def act(
        self,
        order_no: str,
        action: Action,
        evidence: Evidence,
        then: Callable[[ActionAnswer | None], None],
    ) -> None:
        """Take one of the ways out."""

    def stir(self) -> None:
        """Somebody is still busy: the page stays open."""

    def leave(self) -> None:
        """Sign everybody out."""
