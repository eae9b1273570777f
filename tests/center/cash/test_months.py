"""A small sample of the random months; all hundred: ``python -m tests.center.cash.months``."""

import pytest

from tests.center.cash.month import live
from tests.center.cash.stage import template


@pytest.mark.parametrize("seed", [1001, 1002])
def test_a_random_month_reconciles_to_the_fen(seed: int) -> None:
    happened = live(template(), seed, days=10)
    assert {"bought", "bill paid", "cleared", "counted"} <= happened.keys()
