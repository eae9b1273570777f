"""What a sweep has exercised: phase and fact, phase and fault."""

from collections import Counter

from kiosk.flow import machine
from kiosk.flow.event import Event
from kiosk.flow.phase import Phase
from kiosk.flow.rules import RULES
from kiosk.flow.session import Session

RULE_FILES = machine.RULE_FILES
"""Importing the machine fills the table of rules."""

Pair = tuple[str, str]
CUT = "cut: "
"""A power cut is named after the effect that it met."""


WHY_NOT = {
    "NoteStacked": "out of tendering only while a note of an earlier run is asked about (60 s) and "
    "closing was given up (45 s)",
    "NoteUnknown": "as NoteStacked",
    "NoteReturned": "as NoteStacked",
    "VendApproved": "out of vending only as the answer about a parked order, when the line comes "
    "back in that very phase",
    "OrderEnded": "as VendApproved, and the order has ended at another kiosk or by staff",
    "BillPosted": "out of posting only as the answer about a parked payment, when the line comes "
    "back in that very phase",
    "BillNotPosted": "as BillPosted",
    "Exported": "an export that outlasts the visit and ends in that very phase",
    "DeviceChanged": "a device that changes in that very phase",
    "SlipFailed": "a printer that fails in that very phase",
    "CodeScanned": "a scan in that very phase",
    "BillRefused": "a number that the head office does not know",
    "BillUnreachable": "a line that breaks in that very phase",
    "NoteEscrowed": "a note that is drawn in while the slot is being closed",
    "NoteRejected": "as NoteEscrowed",
    "CardUnreadable": "a card that is torn or pulled in that very phase",
    "Restarted": "a cut in that very phase",
    "TimedOut": "a device or the office is silent for longer than its own deadline",
    "LanguageChosen": "a press in that very phase",
    "MoreTimePressed": "a press in that very phase",
    "CancelPressed": "a press in that very phase",
    "CardRemoved": "a card that is pulled in that very phase",
    "CardInserted": "a card that comes in that very phase",
}
"""What a pair that was not met waits for, by its fact. Each is rare, none is forbidden: walks in
`tests/flow` take every rule."""


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


def _fault_lines(seen: Coverage) -> list[str]:
    """Faults by phase, and power cuts by the effect that they met."""
    kinds = {what for _, what in seen.faults if not what.startswith(CUT)}
    pairs = sum(1 for _, what in seen.faults if not what.startswith(CUT))
    cuts = {pair for pair in seen.faults if pair[1].startswith(CUT)}
    effects = {what for _, what in cuts}
    phases = len(Phase) + 1  # and switched off
    return [
        f"phase x fault        {pairs} of {phases * len(kinds)} ({len(kinds)} kinds met)",
        f"phase x power cut    {len(cuts)} pairs ({len(effects)} kinds of effect met)",
    ]


def report(seen: Coverage, *, pairs: bool = False) -> list[str]:
    """Return what was exercised, in lines: of how many rules, and how many pairs of faults."""
    rules = {(phase.value, kind.__name__) for phase, kind in RULES}
    met = {pair for pair in seen.facts if pair in rules}
    lines = [
        f"rules exercised      {len(met)} of {len(rules)} (phase x fact with a rule)",
        f"facts out of place   {len(set(seen.facts) - rules)} pairs (phase x fact without one)",
        *_fault_lines(seen),
    ]
    for phase, fact in sorted(rules - met):
        why = WHY_NOT.get(fact, "a chain of faults that no seed has drawn")
        lines.append(f"  not exercised: {phase} x {fact}: {why}")
    if pairs:
        lines += [f"  {n:>8} {phase} x {what}" for (phase, what), n in sorted(seen.facts.items())]
        lines += [f"  {n:>8} {phase} x {what}" for (phase, what), n in sorted(seen.faults.items())]
    return lines
