from collections.abc import Callable

import pytest

from center.fleet import code as codes
from center.fleet.code import HOUR_MS, LIFETIME_HOURS

NOW_MS = 1_795_478_400_000


def test_a_code_can_be_read_out_and_typed() -> None:
    code = codes.make(NOW_MS)
    assert [len(group) for group in code.split("-")] == [4] * 5
    assert set(code) <= {*codes.ALPHABET, "-"}
    assert codes.make(NOW_MS) != code


@pytest.mark.parametrize(
    "typed", [str.lower, lambda code: code.replace("-", " "), lambda code: code.replace("-", "")]
)
def test_how_a_code_is_typed_does_not_matter(typed: Callable[[str], str]) -> None:
    code = codes.make(NOW_MS)
    assert codes.digest("310001", typed(code)) == codes.digest("310001", code)


def test_letters_that_look_like_figures_are_put_right() -> None:
    assert codes.digest("310001", "O0I1-L") == codes.digest("310001", "0011-1")


def test_a_code_is_bound_to_its_terminal() -> None:
    code = codes.make(NOW_MS)
    assert codes.digest("310001", code) != codes.digest("310002", code)


def test_a_code_ends_when_it_says() -> None:
    code = codes.make(NOW_MS)
    last_ms = NOW_MS + LIFETIME_HOURS * HOUR_MS
    assert not codes.is_expired(code, last_ms)
    assert codes.is_expired(code, last_ms + HOUR_MS)


@pytest.mark.parametrize("text", ["", "-", "!!!!", "U"])
def test_what_is_no_code_has_expired(text: str) -> None:
    assert codes.is_expired(text, NOW_MS)
