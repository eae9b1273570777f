"""A purchase and a clearing, and the power cut at every effect of each: singly, and in pairs."""

import time
from concurrent.futures import ProcessPoolExecutor
from random import Random

from msgspec import Struct

from bench.explore.disk import Tear
from bench.explore.plan import Fault, Manner, Moment, Plan, Round, Site, Style, Visit
from bench.explore.run import run, workspace

TEARS = tuple(Tear)
_OFF_MS = 2_000
_BATCH = 50


_BUYS = Visit(
    name="buys",
    resident=0,
    kiosk=0,
    at_s=40,
    style=Style.NORMAL,
    notes_fen=(10_000, 5_000),
    pace_ms=500,
)
_CLEARS = Round(name="clears", kiosk=0, at_s=120, manner=Manner.THOROUGH, pace_ms=500)
_AT_THE_BOX = Moment(phase="staff")
"""A clearing begins where somebody of the staff steps up."""


def purchase(*cuts: int, mains: bool = True) -> Plan:
    """Return the plan of one purchase of two notes, with the power cut at the ``cuts[0]``-th effect
    after the beginning, then at the ``cuts[1]``-th after the power came back, and so on.
    """
    return _plan(cuts, Moment(), mains)


def clearing(*cuts: int, mains: bool = True) -> Plan:
    """Return the plan of that purchase and a clearing after it, with the power cut at effects of
    the clearing.
    """
    return _plan(cuts, _AT_THE_BOX, mains, _CLEARS)


def _plan(cuts: tuple[int, ...], begin: Moment, mains: bool, *rounds: Round) -> Plan:
    faults = tuple(_cut(number, effects, begin, mains) for number, effects in enumerate(cuts))
    return Plan(
        seed=sum(cuts),
        site=Site(checkpoint_pages=20),
        visits=(_BUYS,),
        rounds=rounds,
        faults=faults,
    )


def _cut(number: int, effects: int, begin: Moment, mains: bool) -> Fault:
    """The first counts from the beginning, each further one from the moment of the last cut."""
    moment = Moment(phase="off", nth=number) if number else begin
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


def effects_of_clearing() -> int:
    """Return how many effects a clearing has."""
    return run(clearing()).effects_by_day - run(purchase()).effects_by_day


class Exhausted(Struct):
    """What a pass over a purchase has come to."""

    clearings: int = 0
    """Clearings with one cut."""
    singles: int = 0
    """Purchases with one cut."""
    pairs: int = 0
    of_pairs: int = 0
    failures: tuple[str, ...] = ()


def exhaust(seconds: float, processes: int) -> Exhausted:
    """Cut the power at every effect, then at pairs of them in no order until time is up."""
    until_s = time.monotonic() + seconds
    done = Exhausted()
    workspace()
    with ProcessPoolExecutor(processes) as pool:
        steps = range(1, effects_of_clearing() + 1)
        for at, failure in zip(steps, pool.map(_single_clearing, steps), strict=True):
            done.clearings += 1
            done.failures += tuple(f"clearing, {each}" for each in _named(failure, at))
        numbers = range(1, effects_of() + 1)
        pairs: list[tuple[int, int]] = []
        for at, (failure, followers) in zip(numbers, pool.map(_single, numbers), strict=True):
            done.singles += 1
            done.failures += _named(failure, at)
            pairs += [(at, then) for then in range(1, followers + 1)]
        done.of_pairs = len(pairs)
        Random(0).shuffle(pairs)
        for at in range(0, len(pairs), _BATCH):
            if time.monotonic() >= until_s:
                break
            batch = pairs[at : at + _BATCH]
            for pair, failure in zip(batch, pool.map(_pair, batch), strict=True):
                done.pairs += 1
                done.failures += _named(failure, *pair)
    return done


def _single(at: int) -> tuple[str, int]:
    outcome = run(purchase(at))
    return (outcome.violations or ("",))[0], outcome.effects_by_day - at


def _single_clearing(at: int) -> str:
    return (run(clearing(at)).violations or ("",))[0]


def _pair(pair: tuple[int, int]) -> str:
    return (run(purchase(*pair)).violations or ("",))[0]


def _named(failure: str, *cuts: int) -> tuple[str, ...]:
    return (f"cut at {', then '.join(map(str, cuts))}: {failure}",) if failure else ()
