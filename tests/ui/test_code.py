"""Typing the number of a slip: what is wrong is told at once, and only a right one can be sent."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.flow.event import CodeEntered, LanguageChosen, MoreTimePressed
from kiosk.flow.screen import Screen
from kiosk.ui.keys import BACK, CLEAR
from kiosk.ui.order_code import Mistake, missing, mistake, with_key
from kiosk.ui.pages.code import CONFIRM_BUTTON, CodePage
from kiosk.ui.samples_owed import owed_samples, press_keys
from kiosk.ui.stirring import STIR_S, Stirring
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.digit_row import DigitRow
from kiosk.ui.widgets.keypad import Key, key_name
from tests.ui.conftest import Stage
from tests.ui.test_pages import said
from vending.order_no import ORDER_NO_DIGITS, is_order_no, make_order_no

Screens = dict[str, Screen]
RIGHT = make_order_no("310042", 1_763_956_800_000, 77)

order_nos = st.builds(
    make_order_no,
    st.integers(0, 999_999).map(lambda number: f"{number:06d}"),
    st.integers(1_600_000_000_000, 4_000_000_000_000),
    st.integers(1, 999_999),
)


# -- the digits ------------------------------------------------------------------------------------


@given(order_nos)
def test_nothing_is_wrong_with_any_part_of_a_real_number(order_no: str) -> None:
    assert [mistake(order_no[:end]) for end in range(ORDER_NO_DIGITS + 1)] == [None] * 20
    assert missing(order_no) == 0


@given(order_nos, st.integers(0, ORDER_NO_DIGITS - 1), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(order_no: str, place: int, off_by: int) -> None:
    digit = str((int(order_no[place]) + off_by) % 10)
    wrong = order_no[:place] + digit + order_no[place + 1 :]
    assert mistake(wrong) in {Mistake.CHECK, Mistake.DATE}


@given(order_nos, st.integers(0, ORDER_NO_DIGITS - 2))
def test_swapped_neighbours_are_found_unless_they_are_nought_and_nine(
    order_no: str, place: int
) -> None:
    one, other = order_no[place], order_no[place + 1]
    swapped = order_no[:place] + other + one + order_no[place + 2 :]
    harmless = one == other or {one, other} == {"0", "9"}
    assert (mistake(swapped) is None) is harmless


def test_a_day_that_is_none_is_told_before_the_number_is_whole() -> None:
    assert mistake("31004225023") is None
    assert mistake("310042250230") is Mistake.DATE
    assert mistake("310042250228") is None


@given(st.text("0123456789", max_size=40))
def test_no_more_is_taken_than_a_number_has(keys: str) -> None:
    digits = ""
    for key in keys:
        digits = with_key(digits, key)
    assert digits == keys[:ORDER_NO_DIGITS]
    assert (missing(digits) == 0 and mistake(digits) is None) is is_order_no(digits)


# -- the page --------------------------------------------------------------------------------------


def page(stage: Stage) -> CodePage:
    assert isinstance(stage.window.page, CodePage)
    return stage.window.page


def confirm(stage: Stage) -> BigButton:
    (button,) = stage.window.findChildren(BigButton, CONFIRM_BUTTON)
    return button


def key(stage: Stage, name: str) -> Key:
    (found,) = (k for k in stage.window.findChildren(Key, key_name(name)) if k.isVisible())
    return found


def test_only_a_right_number_lights_the_key_that_sends_it(stage: Stage, screens: Screens) -> None:
    stage.show(screens["code"])
    for end, digit in enumerate(RIGHT, start=1):
        assert not confirm(stage).isEnabled()
        press_keys(digit, stage.window)
        (row,) = stage.window.findChildren(DigitRow)
        assert row.digits == RIGHT[:end]
    assert confirm(stage).isEnabled()
    stage.posted.clear()
    confirm(stage).click()
    assert stage.posted == [CodeEntered(order_no=RIGHT)]


def test_a_wrong_number_says_so_and_cannot_be_sent(stage: Stage, screens: Screens) -> None:
    stage.show(screens["code"])
    press_keys(RIGHT[:-1] + str((int(RIGHT[-1]) + 1) % 10), stage.window)
    assert "有一位不对" in said(stage)
    stage.posted.clear()
    confirm(stage).click()
    assert stage.posted == []
    key(stage, BACK).click()
    assert "还差 1 位" in said(stage)
    press_keys(RIGHT[-1], stage.window)
    assert "号码正确" in said(stage)
    key(stage, CLEAR).click()
    assert "还差 19 位" in said(stage)


def test_a_number_is_sent_once_by_a_double_press(stage: Stage, screens: Screens) -> None:
    stage.show(screens["code"])
    press_keys(RIGHT, stage.window)
    stage.posted.clear()
    for _ in range(3):
        confirm(stage).click()
        stage.clock.now_s += 0.1
    assert stage.posted == [CodeEntered(order_no=RIGHT)]


def test_keys_may_follow_each_other_as_fast_as_fingers_do(stage: Stage, screens: Screens) -> None:
    stage.show(screens["code"])
    press_keys("1111", stage.window)
    assert page(stage).digits == "1111"


def test_digits_survive_another_language_and_more_time_but_not_the_phase(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["code"])
    press_keys("3100", stage.window)
    stage.show(screens["code"], language="en")
    assert page(stage).digits == "3100"
    assert "15 to go" in said(stage)
    stage.show(screens["code-more-time"], left_s=12.0)
    stage.show(screens["code"])
    assert page(stage).digits == "3100"
    stage.show(screens["idle"])
    stage.show(screens["code"])
    assert page(stage).digits == ""


def test_typing_shows_that_somebody_is_there_but_not_with_every_key(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["code"])
    press_keys("310", stage.window)
    assert stage.posted == [MoreTimePressed()]
    stage.clock.now_s += STIR_S
    press_keys("04", stage.window)
    assert stage.posted == [MoreTimePressed()] * 2


def test_the_language_can_be_switched_right_after_a_key(stage: Stage, screens: Screens) -> None:
    stage.show(replace(screens["code"], language="en"))
    press_keys("3", stage.window)
    (language,) = stage.window.findChildren(BigButton, "button-language")
    language.click()
    assert stage.posted[-1] == LanguageChosen(language="zh")


@given(st.lists(st.integers(0, 20_000), max_size=30))
def test_signs_of_life_keep_their_distance_and_miss_no_pause(gaps_ms: list[int]) -> None:
    now_s, said_s = 0.0, list[float]()
    stirring = Stirring(lambda: now_s, lambda: said_s.append(now_s))
    for gap_ms in gaps_ms:
        now_s += gap_ms / 1000
        stirring.stir()
        assert now_s - said_s[-1] < STIR_S
    assert all(later - earlier >= STIR_S for earlier, later in itertools.pairwise(said_s))


@pytest.mark.parametrize("name", ["code", "code-right", "code-wrong", "code-wrong-date"])
def test_the_samples_of_the_gallery_type_what_they_say(stage: Stage, name: str) -> None:
    (sample,) = (s for s in owed_samples() if s.name == name)
    stage.play(sample)
    assert confirm(stage).isEnabled() is (name == "code-right")
