"""One cash purchase, and the power cut at every effect of it: singly, and in pairs."""

from collections.abc import Iterator

from bench.explore.coverage import Coverage
from bench.explore.disk import Tear
from bench.explore.plan import Fault, Moment, Plan, Site, Style, Visit
from bench.explore.run import Outcome, run

TEARS = tuple(Tear)
_OFF_MS = 2_000


def purchase(*cuts: int, mains: bool = True) -> Plan:
    """Return the plan of one purchase of two notes, with the power cut at the ``cuts[0]``-th effect
    after the beginning, then at the ``cuts[1]``-th after the power came back, and so on.
    """
    visit = Visit(
        name="buys",
        resident=0,
        kiosk=0,
        at_s=40,
        style=Style.NORMAL,
        notes_fen=(10_000, 5_000),
        pace_ms=500,
    )
    faults = tuple(_cut(number, effects, mains) for number, effects in enumerate(cuts))
    return Plan(seed=sum(cuts), site=Site(checkpoint_pages=20), visits=(visit,), faults=faults)


def _cut(number: int, effects: int, mains: bool) -> Fault:
    """The first counts from the beginning, each further one from the moment of the last cut."""
    moment = Moment(phase="off", nth=number) if number else Moment()
    return Fault(
        name=f"cut {number}",
        kind="cut" if mains else "kill",
        moment=moment,
        number=effects,
        length_ms=_OFF_MS,
        how=TEARS[effects % len(TEARS)].value,
    )


def effects_of(*cuts: int, mains: bool = True) -> int:
    """Return how many effects follow the last of ``cuts`` until the purchase is over."""
    plan = purchase(*cuts, mains=mains)
    outcome = run(plan)
    return outcome.effects_by_day - sum(cuts)


def singles(seen: Coverage | None = None, *, mains: bool = True) -> Iterator[tuple[int, Outcome]]:
    """Cut the power at each effect of the purchase."""
    for at in range(1, effects_of(mains=mains) + 1):
        yield at, run(purchase(at, mains=mains), seen)


def pairs(
    first: int, seen: Coverage | None = None, *, mains: bool = True
) -> Iterator[tuple[int, Outcome]]:
    """Cut the power at the ``first``-th effect, then at each that follows."""
    for at in range(1, effects_of(first, mains=mains) + 1):
        yield at, run(purchase(first, at, mains=mains), seen)
