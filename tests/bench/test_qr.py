"""The bench's scanner against codes drawn by a library that it does not know."""

from typing import Any

import pytest
import qrcode
from hypothesis import given
from hypothesis import strategies as st

from bench.printer.qr import Code, NoCode, read_code

LEVELS = {
    "L": qrcode.constants.ERROR_CORRECT_L,
    "M": qrcode.constants.ERROR_CORRECT_M,
    "Q": qrcode.constants.ERROR_CORRECT_Q,
    "H": qrcode.constants.ERROR_CORRECT_H,
}
ORDER_NO = "3100422601010000012"
SHORT = st.text("0123456789", min_size=1, max_size=34) | st.text(
    st.characters(codec="utf-8"), max_size=4
).map(lambda text: f"{text}电")
"""Not in capital letters and digits alone: for those there is a mode that the scanner lacks."""


def drawn(
    text: str, level: str = "M", *, mask: int | None = None, dots: int = 1
) -> list[list[int]]:
    code: Any = qrcode.QRCode(error_correction=LEVELS[level], border=4, mask_pattern=mask)
    code.add_data(text.encode())
    code.make(fit=True)
    wide = [[int(module) for module in row for _ in range(dots)] for row in code.get_matrix()]
    return [list(row) for row in wide for _ in range(dots)]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("mask", range(8))
@pytest.mark.parametrize("text", [ORDER_NO, "补售电 1"])
def test_a_code_is_read_as_it_was_drawn(text: str, level: str, mask: int) -> None:
    found = read_code(drawn(text, level, mask=mask, dots=3))
    assert found == Code(text, level, module_dots=3, quiet_dots=12)


@given(SHORT, st.sampled_from(["L", "M", "Q"]), st.integers(1, 4))
def test_any_short_text_is_read(text: str, level: str, dots: int) -> None:
    assert read_code(drawn(text, level, dots=dots)).text == text


@given(st.integers(0, 20), st.integers(0, 20))
def test_one_wrong_module_is_an_offence(y: int, x: int) -> None:
    """Everywhere but in the patterns that only help to find the code."""
    modules = drawn(ORDER_NO)
    modules[4 + y][4 + x] ^= 1
    helps = (
        6 in {y, x} or (y < 8 and (x < 8 or x > 12)) or (y > 12 and x < 9) or (y == 8 and x > 12)
    )
    if not helps:
        with pytest.raises(NoCode):
            read_code(modules)


@pytest.mark.parametrize(
    ("dots", "why"),
    [
        ([], "nothing"),
        ([[0, 0], [0, 0]], "nothing"),
        ([[0, 1], [1, 0]], "finder"),
        ([[1] * 7] * 7, "no code that is read here"),
        (drawn("x" * 60), "no code that is read here"),
    ],
)
def test_other_pictures_are_no_codes(dots: list[list[int]], why: str) -> None:
    with pytest.raises(NoCode, match=why):
        read_code(dots)


def test_a_dot_that_is_missing_is_an_offence() -> None:
    dots = drawn(ORDER_NO, dots=4)
    dots[21][21] ^= 1
    with pytest.raises(NoCode, match="cuts through a module"):
        read_code(dots)
