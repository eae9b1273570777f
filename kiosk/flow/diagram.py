"""Draws the flow from its rules, so that it cannot lie. A test keeps it in `docs/flow.md`."""

from collections import defaultdict
from collections.abc import Iterator

from kiosk.flow import machine
from kiosk.flow.event import Restarted
from kiosk.flow.phase import MORE_TIME_S, PHASES, Phase
from kiosk.flow.rules import RULES
from kiosk.flow.screen import GOODBYE_S

HEAD = """# The flow of a purchase

Drawn from the rules in `kiosk/flow` by `python -m kiosk.flow.diagram > docs/flow.md`; a test
compares. A fact that has no rule in a phase is journalled and not obeyed. `Restarted` (the program
started) is left out of the picture: it leads from every phase to the one where what was pending is
asked about.
"""


def document() -> str:
    """Return `docs/flow.md`."""
    picture = ["```mermaid", "stateDiagram-v2", *_arrows(), "```"]
    table = ["## Phases", "", *_phase_rows()]
    rules = ["## Rules", "", *_rule_rows()]
    return "\n".join([HEAD, *picture, "", *table, "", *rules, ""])


def _name(phase: Phase) -> str:
    return phase.name


def _arrows() -> Iterator[str]:
    facts: dict[tuple[Phase, Phase], list[str]] = defaultdict(list)
    for (source, kind), rule in RULES.items():
        if kind is not Restarted:
            for target in rule.to - {source}:
                facts[source, target].append(kind.__name__)
    yield f"    [*] --> {_name(Phase.OUT_OF_SERVICE)}"
    for (source, target), kinds in sorted(facts.items()):
        yield f"    {_name(source)} --> {_name(target)} : {', '.join(sorted(kinds))}"


def _phase_rows() -> Iterator[str]:
    yield "| phase | time-out | asks for more time | may cancel | screen |"
    yield "|---|---|---|---|---|"
    for phase, row in PHASES.items():
        limit = "none" if row.timeout_s is None else f"{row.timeout_s} s"
        asks = f"yes, {MORE_TIME_S} s" if row.asks_more_time else "no"
        cancel = "yes" if row.may_cancel else "no"
        yield f"| {_name(phase)} | {limit} | {asks} | {cancel} | {row.page} |"
    yield ""
    yield f"DONE and REFUSED last {GOODBYE_S} s once the card was taken."


def _rule_rows() -> Iterator[str]:
    yield "| phase | fact | what happens | may lead to |"
    yield "|---|---|---|---|"
    for phase in Phase:  # by name: the table's own order is that in which files were imported
        for (source, kind), rule in sorted(RULES.items(), key=lambda row: row[0][1].__name__):
            if source is phase and kind is not Restarted:
                says = (rule.act.__doc__ or "").strip().split("\n")[0]
                targets = ", ".join(_name(t) for t in Phase if t in rule.to and t is not phase)
                yield f"| {_name(phase)} | {kind.__name__} | {says} | {targets or 'stays'} |"


if __name__ == "__main__":
    assert machine.RULE_FILES
    print(document(), end="")
