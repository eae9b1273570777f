"""Fen and watt-hours as text, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vending.energy import format_kwh
from vending.money import format_yuan, parse_yuan


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "0.00"), (5, "0.05"), (10_000, "100.00"), (-1_234_505, "-12,345.05"), (-1, "-0.01")],
)
def test_yuan_have_two_decimals(fen: int, text: str) -> None:
    assert format_yuan(fen) == text


@given(st.integers(-(10**15), 10**15))
def test_an_amount_comes_back_as_it_was(fen: int) -> None:
    assert parse_yuan(format_yuan(fen)) == fen


@pytest.mark.parametrize(
    ("text", "fen"), [("150", 15_000), ("150.5", 15_050), ("1,150.50", 115_050), (" 0.07 ", 7)]
)
def test_amounts_are_read_as_people_write_them(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize("text", ["", "-", ".", "1.", "1.234", "abc", "1.x", "一百", "٣", "--1"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="yuan"):
        parse_yuan(text)


@pytest.mark.parametrize(
    ("energy_wh", "text"),
    [(0, "0.00"), (9, "0.00"), (10, "0.01"), (185_870, "185.87"), (-1_234_569, "-1,234.56")],
)
def test_energy_has_two_decimals_rounded_towards_zero(energy_wh: int, text: str) -> None:
    assert format_kwh(energy_wh) == text
