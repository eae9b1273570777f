"""What a sweep has exercised: phase and fact, phase and fault."""

from collections import Counter

from kiosk.flow.event import Event
from kiosk.flow.session import Session

Pair = tuple[str, str]


class Coverage:
    """Counts pairs over any number of runs."""

    def __init__(self) -> None:
        self.facts: Counter[Pair] = Counter()
        """(phase, kind of fact)."""
        self.faults: Counter[Pair] = Counter()
        """(phase, kind of fault)."""

    def stepped(self, session: Session, event: Event) -> None:
        """A fact came in a phase."""
        self.facts[session.phase.value, type(event).__name__] += 1

    def met(self, phase: str, fault: str) -> None:
        """A fault came in a phase."""
        self.faults[phase, fault] += 1

    def add(self, other: "Coverage") -> None:
        """Take over what another has counted."""
        self.facts += other.facts
        self.faults += other.faults
