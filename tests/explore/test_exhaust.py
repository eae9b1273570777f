"""Power cuts at all effects of a purchase, a clearing, a theft and a bill, and at pairs of them."""

import pytest

from bench.explore.exhaust import SCENES, effects_of, purchase
from bench.explore.run import run

SHARES = 4
STEPS = {"purchase": 6, "clearing": 2, "theft": 6, "bill": 6}
"""One of how many effects is cut at; ``python -m bench explore --exhaustive`` does all."""
KILLED = 16
PAIRS = 12
"""A few of the hundred thousands."""


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("share", range(SHARES))
def test_cut_at_every_effect(scene: str, share: int) -> None:
    step = STEPS[scene]
    found = {
        at: outcome.violations
        for at in range(1 + step * share, effects_of(scene) + 1, step * SHARES)
        if (outcome := run(SCENES[scene](at))).violations
    }
    assert found == {}


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES)
def test_program_killed_at_some_effects(scene: str) -> None:
    found = {
        at: outcome.violations
        for at in range(1, effects_of(scene, mains=False) + 1, KILLED)
        if (outcome := run(SCENES[scene](at, mains=False))).violations
    }
    assert found == {}


@pytest.mark.slow
@pytest.mark.parametrize("scene", ["purchase", "clearing"])
def test_cut_at_pairs_of_effects(scene: str) -> None:
    length = effects_of(scene)
    firsts = range(length // 6, length, length // PAIRS)
    found = {
        (first, second): outcome.violations
        for number, first in enumerate(firsts)
        if (outcome := run(SCENES[scene](first, second := 3 + 7 * number))).violations
    }
    assert found == {}


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_that_nothing_disturbs_is_clean(scene: str) -> None:
    outcome = run(SCENES[scene]())
    assert outcome.violations == ()
    assert outcome.purchases == 1
    assert outcome.effects_by_day > effects_of("purchase") // 2


def test_a_cut_counts_from_the_one_before() -> None:
    first, second = purchase(7, 9).faults
    assert (first.moment.phase, first.number) == ("", 7)
    assert (second.moment.phase, second.number) == ("off", 9)
