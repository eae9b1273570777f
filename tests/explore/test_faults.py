"""Each kind of fault, alone, in the middle of a purchase: it happens, and nothing is lost."""

from random import Random

import pytest

from bench.explore.coverage import Coverage
from bench.explore.draw import DRAWS
from bench.explore.faults import KINDS
from bench.explore.plan import Fault, Moment, Plan, Style, Visit
from bench.explore.run import run

PHASES = ("tendering", "stacking", "writing", "done")
BUYERS = tuple(
    Visit(
        name=f"visit {number}",
        resident=number,
        kiosk=0,
        at_s=60 + 120 * number,
        style=Style.NORMAL,
        notes_fen=(5_000, 2_000),
    )
    for number in range(2)
)


def faults(kind: str) -> tuple[Fault, ...]:
    """One in each of four phases, with details as a sweep draws them."""
    drawn = [DRAWS[kind][1](Random(f"{kind} {phase}")) for phase in PHASES]
    return tuple(
        Fault(
            name=phase,
            kind=kind,
            moment=Moment(phase=phase, delay_ms=200),
            number=int(details.get("number", 0)),
            length_ms=int(details.get("length_ms", 0)),
            how=str(details.get("how", "")),
            at=str(details.get("at", "")),
        )
        for phase, details in zip(PHASES, drawn, strict=True)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_happens_and_costs_nobody_anything(kind: str) -> None:
    seen = Coverage()
    outcome = run(Plan(seed=5, visits=BUYERS, faults=faults(kind)), seen)
    assert kind in {what for _, what in seen.faults}
    assert outcome.violations == ()
