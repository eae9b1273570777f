"""Readable without glasses: contrast, letter height, targets."""

import pytest

from kiosk.ui.theme import (
    FACES,
    SECONDARY_ROLES,
    SMALLEST_TARGET_PX,
    SMALLEST_TEXT_PX,
    TEXT_ROLES,
    TONES,
    Theme,
    contrast,
)

LEAST_CONTRAST = 7.0
LEAST_CAPITAL_MM = 7.3
CAPITAL_HEIGHT = 0.733
"""Height of a capital letter over the font size: Noto Sans SC, OS/2 table, sCapHeight 733."""
SCREENS = {(1280, 1024): 3.79, (1920, 1080): 4.03, (1080, 1920): 4.03}
"""Sizes and their pixels per millimetre at 17 and 21.5 inches."""


@pytest.mark.parametrize("name", TONES)
@pytest.mark.parametrize("shade", ["text", "muted", "strong"])
def test_every_text_stands_out_from_its_ground(name: str, shade: str) -> None:
    tone = TONES[name]
    assert contrast(getattr(tone, shade), tone.ground) >= LEAST_CONTRAST


@pytest.mark.parametrize("name", FACES)
@pytest.mark.parametrize("state", ["ground", "pressed"])
def test_every_button_can_be_read_up_and_down(name: str, state: str) -> None:
    face = FACES[name]
    assert contrast(face.text, getattr(face, state)) >= LEAST_CONTRAST


def test_contrast_is_the_ratio_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("size", SCREENS)
def test_capitals_are_high_enough_at_arms_length(size: tuple[int, int]) -> None:
    theme = Theme(*size)
    for role in TEXT_ROLES.keys() - SECONDARY_ROLES:
        capital_mm = theme.text_px(role) * CAPITAL_HEIGHT / SCREENS[size]
        assert capital_mm >= LEAST_CAPITAL_MM - 0.05, role


@pytest.mark.parametrize("size", SCREENS)
def test_nothing_is_smaller_than_the_smallest(size: tuple[int, int]) -> None:
    theme = Theme(*size)
    assert all(theme.text_px(role) >= SMALLEST_TEXT_PX for role in TEXT_ROLES)
    assert theme.target >= SMALLEST_TARGET_PX


def test_only_the_taller_screen_is_portrait() -> None:
    assert [Theme(*size).portrait for size in SCREENS] == [False, False, True]
