"""What a sweep has exercised: phase and fact, phase and fault."""

from collections import Counter

from kiosk.flow import machine
from kiosk.flow.event import Event
from kiosk.flow.rules import RULES
from kiosk.flow.session import Session

RULE_FILES = machine.RULE_FILES
"""Importing the machine fills the table of rules."""

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


def report(seen: Coverage, *, pairs: bool = False) -> list[str]:
    """Return what was exercised, in lines: of how many rules, and how many pairs of faults."""
    rules = {(phase.value, kind.__name__) for phase, kind in RULES}
    met = {pair for pair in seen.facts if pair in rules}
    lines = [
        f"rules exercised      {len(met)} of {len(rules)} (phase x fact with a rule)",
        f"facts out of place   {len(set(seen.facts) - rules)} pairs (phase x fact without one)",
        f"phase x fault        {len(seen.faults)} pairs",
    ]
    lines += [f"  not exercised: {phase} x {fact}" for phase, fact in sorted(rules - met)]
    if pairs:
        lines += [f"  {n:>8} {phase} x {what}" for (phase, what), n in sorted(seen.facts.items())]
        lines += [f"  {n:>8} {phase} x {what}" for (phase, what), n in sorted(seen.faults.items())]
    return lines
