"""What became of one kill."""

from enum import StrEnum

from msgspec import Struct

from bench.kills.moment import Moment
from bench.kills.resident import WAYS, Way


class Ending(StrEnum):
    """How the purchase went on after the kill."""

    UNPAID = "nothing paid"
    """No note is in the box: the customer has lost nothing and begins anew."""
    BY_ITSELF = "done by itself"
    CARD_AGAIN = "done, card again"
    """Done after the card was inserted again, as the screen asked."""
    DOUBTFUL = "doubtful first"
    """The screen said that the card must come again; delivered at its next visit."""
    BEFORE = "done before"
    """The machine had finished and said so before it was killed."""
    CLEARED = "cleared"
    """The operator went on, and the period was closed once."""
    CLOSED_BEFORE = "closed before"
    """The period was closed before the machine was killed."""
    NOT_REACHED = "not reached"
    """The moment did not come: nothing was killed."""
    FAILED = "FAILED"
    """See the violations."""


class Outcome(Struct, frozen=True, kw_only=True):
    """One kill and what followed."""

    moment: Moment
    way: Way
    phase: str
    """Of the purchase, at the kill, by the journal that the dead process left."""
    ending: Ending
    completing_s: float | None = None
    """From the start of the process to "your purchase is being completed"."""
    end_s: float | None = None
    """From the start of the process to the screen at which one goes home."""
    violations: tuple[str, ...] = ()

    @property
    def replay(self) -> str:
        """The command that does it again."""
        return f"python -m bench kills --at {self.moment} --way {self.way}"

    def __str__(self) -> str:
        """Return a line for whoever watches."""
        times = "".join(
            f"  {word} {at_s:.2f} s"
            for word, at_s in (("completing", self.completing_s), ("end", self.end_s))
            if at_s is not None
        )
        return f"{self.moment}  in {self.phase}, {WAYS[self.way]}: {self.ending}{times}"
