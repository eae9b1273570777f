"""The judge is proved: every deliberate bug is found, on a day that is clean without it."""

from functools import cache

import pytest

from kiosk.flow import notes
from kiosk.flow.command import RequestVend
from kiosk.flow.rules import RULES
from tests.explore.bugs import BUGS, planted
from tests.explore.mutants import (
    GUARDED,
    MUTANTS,
    ON_TOP,
    TOGETHER,
    Day,
    Mutant,
    kept_days,
    live,
    name_of,
)
from tests.explore.swap import NothingToSwap, Swaps

DAY_OF = kept_days()
CLEAN_DAYS = 3
"""One of how many days is lived without its bug too; `tests.explore.mutants` lives them all."""


@cache
def lived(name: str, *bugs: str) -> Day:
    return live(DAY_OF[name], *bugs)


def violations(name: str, *bugs: str) -> tuple[str, ...]:
    return lived(name, *bugs).violations


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=name_of)
def test_a_bug_is_found(mutant: Mutant) -> None:
    assert violations(name_of(mutant), *mutant) != ()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(DAY_OF)[::CLEAN_DAYS])
def test_without_a_bug_the_same_day_is_clean(name: str) -> None:
    assert violations(name) == ()


@pytest.mark.slow
@pytest.mark.parametrize("mutant", TOGETHER, ids=name_of)
def test_of_bugs_that_need_each_other_none_can_be_spared(mutant: Mutant) -> None:
    day = name_of(mutant)
    for spared in mutant:
        assert violations(day, *(bug for bug in mutant if bug != spared)) == (), spared


@pytest.mark.slow
def test_a_late_note_that_follows_nowhere_is_missed_besides() -> None:
    first, second = ON_TOP
    missed = "audit: account cash"
    assert not any(missed in told for told in violations(first, first))
    assert any(missed in told for told in violations(first, first, second))


@pytest.mark.slow
@pytest.mark.parametrize("mutant", GUARDED, ids=name_of)
def test_a_bug_behind_a_second_line_of_defence_harms_nobody(mutant: Mutant) -> None:
    day = name_of(mutant)
    assert violations(day, *mutant) == ()
    assert lived(day, *mutant).digest != lived(day).digest


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_goes_without_a_trace(bug: str) -> None:
    before = dict(RULES), RequestVend.ask, notes.credit
    with planted(bug):
        pass
    assert (dict(RULES), RequestVend.ask, notes.credit) == before


def test_a_bug_goes_also_when_something_fails() -> None:
    before = RequestVend.ask

    def fail() -> None:
        with planted("sale-repeated"):
            assert RequestVend.ask is not before
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert RequestVend.ask is before


def test_a_bug_whose_place_has_gone_says_so() -> None:
    with Swaps() as swaps, pytest.raises(NothingToSwap):
        swaps.function(lambda: None, lambda: None)
    with Swaps() as swaps, pytest.raises(NothingToSwap):
        swaps.attribute(RequestVend, "gone", None)
