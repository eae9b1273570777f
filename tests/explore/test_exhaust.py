"""The power cut at every effect of a cash purchase and of a clearing, and at pairs of them."""

import pytest

from bench.explore.exhaust import clearing, effects_of, effects_of_clearing, purchase
from bench.explore.run import run

SHARES = 8
CLEARING_SHARES = 4
PAIRS = 24
"""A few of the hundred thousand pairs; ``python -m bench explore --exhaustive`` does more."""


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_cut_at_every_effect(share: int) -> None:
    found = {
        at: outcome.violations
        for at in range(1 + share, effects_of() + 1, SHARES)
        if (outcome := run(purchase(at))).violations
    }
    assert found == {}


@pytest.mark.slow
@pytest.mark.parametrize("share", range(CLEARING_SHARES))
def test_cut_at_every_effect_of_a_clearing(share: int) -> None:
    found = {
        at: outcome.violations
        for at in range(1 + share, effects_of_clearing() + 1, CLEARING_SHARES)
        if (outcome := run(clearing(at))).violations
    }
    assert found == {}


@pytest.mark.slow
def test_program_killed_at_every_eighth_effect() -> None:
    found = {
        at: outcome.violations
        for at in range(1, effects_of(mains=False) + 1, 8)
        if (outcome := run(purchase(at, mains=False))).violations
    }
    assert found == {}


@pytest.mark.slow
def test_cut_at_pairs_of_effects() -> None:
    firsts = range(60, effects_of(), 401 // PAIRS)
    found = {
        (first, second): outcome.violations
        for number, first in enumerate(firsts)
        if (outcome := run(purchase(first, second := 3 + 17 * number))).violations
    }
    assert found == {}
