"""Four scenes, and the power cut at every effect of each: singly, and in pairs."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from random import Random

from msgspec import Struct

from bench.explore.disk import Tear
from bench.explore.plan import Fault, Manner, Moment, Payment, Plan, Round, Site, Style, Visit
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
_PAYS = Payment(
    name="pays", customer=0, kiosk=0, at_s=40, months=2, notes_fen=(10_000, 10_000), pace_ms=500
)
"""Two of three months: 16,066 fen are due, and the rest goes to the account."""
_CLEARS = Round(name="clears", kiosk=0, at_s=120, manner=Manner.THOROUGH, pace_ms=500)
_STEALS = Round(name="steals", kiosk=0, at_s=120, manner=Manner.THIEF, pace_ms=500)
_COMES_LATER = Visit(
    name="comes later",
    resident=2,
    kiosk=0,
    at_s=200,
    style=Style.NORMAL,
    notes_fen=(10_000, 5_000),
    pace_ms=500,
)
"""Between the theft and its clearing: nobody is served then."""
_AT_THE_BOX = Moment(phase="staff")
"""A clearing begins where somebody of the staff steps up."""
_BEFORE_THE_THEFT = Moment(delay_ms=119_000)

Scene = Callable[..., Plan]
"""Takes the effects at which the power is cut, and ``mains``; False: only the program ends."""


def purchase(*cuts: int, mains: bool = True) -> Plan:
    """Return the plan of one purchase of two notes, with the power cut at the ``cuts[0]``-th effect
    after the beginning, then at the ``cuts[1]``-th after the power came back, and so on.
    """
    return _plan(cuts, Moment(), mains, visits=(_BUYS,))


def clearing(*cuts: int, mains: bool = True) -> Plan:
    """Return the plan of that purchase and a clearing after it, with the power cut at effects of
    the clearing.
    """
    return _plan(cuts, _AT_THE_BOX, mains, visits=(_BUYS,), rounds=(_CLEARS,))


def theft(*cuts: int, mains: bool = True) -> Plan:
    """Return the plan of that purchase, a box that goes out without a word, and its clearing; the
    power is cut from just before the theft on.
    """
    visits = (_BUYS, _COMES_LATER)
    return _plan(cuts, _BEFORE_THE_THEFT, mains, visits=visits, rounds=(_STEALS,))


def bill(*cuts: int, mains: bool = True) -> Plan:
    """Return the plan of one payment of bills with more money than is due."""
    return _plan(cuts, Moment(), mains, payments=(_PAYS,))


def _plan(
    cuts: tuple[int, ...],
    begin: Moment,
    mains: bool,
    *,
    visits: tuple[Visit, ...] = (),
    payments: tuple[Payment, ...] = (),
    rounds: tuple[Round, ...] = (),
) -> Plan:
    faults = tuple(_cut(number, effects, begin, mains) for number, effects in enumerate(cuts))
    return Plan(
        seed=sum(cuts),
        site=Site(checkpoint_pages=20),
        visits=visits,
        payments=payments,
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


SCENES: dict[str, Scene] = {
    "purchase": purchase,
    "clearing": clearing,
    "theft": theft,
    "bill": bill,
}
_AFTER_A_PURCHASE = {"clearing", "theft"}
"""Effects of the purchase before them are not theirs."""


def effects_of(scene: str, *cuts: int, mains: bool = True) -> int:
    """Return how many effects follow the last of ``cuts`` until the scene is over."""
    return _left(scene, run(SCENES[scene](*cuts, mains=mains)).effects_by_day, *cuts)


@cache
def _purchase_effects() -> int:
    return run(purchase()).effects_by_day


def _left(scene: str, effects: int, *cuts: int) -> int:
    before = _purchase_effects() if scene in _AFTER_A_PURCHASE else 0
    return max(0, effects - before - sum(cuts))


class Exhausted(Struct):
    """What a pass over the scenes has come to."""

    singles: dict[str, int]
    """Scene -> cuts at one effect: all there are."""
    kills: dict[str, int]
    """The same with the program ended and the devices alive."""
    pairs: int = 0
    of_pairs: int = 0
    failures: tuple[str, ...] = ()


Cuts = tuple[str, bool, tuple[int, ...]]
"""Scene, mains, effects."""


def exhaust(seconds: float, processes: int) -> Exhausted:
    """Cut the power at every effect of every scene, end the program at each, then cut at pairs of
    effects in no order until time is up.
    """
    until_s = time.monotonic() + seconds
    done = Exhausted(dict.fromkeys(SCENES, 0), dict.fromkeys(SCENES, 0))
    workspace()
    with ProcessPoolExecutor(processes) as pool:
        lengths = dict(zip(SCENES, pool.map(effects_of, SCENES), strict=True))
        pairs: list[Cuts] = []
        singles = list(_singles(lengths))
        for cuts, (failure, left) in zip(singles, pool.map(_single, singles), strict=True):
            scene, mains, (at,) = cuts
            (done.singles if mains else done.kills)[scene] += 1
            done.failures += _named(failure, cuts)
            if mains:
                pairs += [(scene, mains, (at, then)) for then in range(1, left + 1)]
        done.of_pairs = len(pairs)
        Random(0).shuffle(pairs)
        for at in range(0, len(pairs), _BATCH):
            if time.monotonic() >= until_s:
                break
            batch = pairs[at : at + _BATCH]
            for cuts, (failure, _) in zip(batch, pool.map(_single, batch), strict=True):
                done.pairs += 1
                done.failures += _named(failure, cuts)
    return done


def _singles(lengths: dict[str, int]) -> Iterator[Cuts]:
    for mains in (True, False):
        for scene, length in lengths.items():
            yield from ((scene, mains, (at,)) for at in range(1, length + 1))


def _single(cuts: Cuts) -> tuple[str, int]:
    """Return the first violation, if there is one, and how many effects followed the last cut."""
    scene, mains, effects = cuts
    outcome = run(SCENES[scene](*effects, mains=mains))
    return (outcome.violations or ("",))[0], _left(scene, outcome.effects_by_day, *effects)


def _named(failure: str, cuts: Cuts) -> tuple[str, ...]:
    scene, mains, effects = cuts
    what = "cut" if mains else "killed"
    where = ", then ".join(map(str, effects))
    return (f"{scene}, {what} at {where}: {failure}",) if failure else ()
