"""Paying a bill: the way in, and whose bill it is."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.flow.event import (
    BillPressed,
    CardFault,
    CustomerNoEntered,
    MoreTimePressed,
)
from kiosk.flow.screen import Button, Screen
from kiosk.ui.customer_no import FEWEST, MOST, missing, with_key
from kiosk.ui.keys import BACK, CLEAR
from kiosk.ui.pages.bill_ask import LOOK_UP_BUTTON
from kiosk.ui.samples_bill import (
    CUSTOMER_NO,
)
from kiosk.ui.samples_owed import press_keys
from kiosk.ui.widgets.actions import button_name
from kiosk.ui.widgets.digit_row import DigitRow
from kiosk.ui.widgets.keypad import Key, key_name
from tests.ui.bills import button, seen, tap
from tests.ui.conftest import Stage
from tests.ui.test_pages import said
from vending.bill import customer_no_in

Screens = dict[str, Screen]


# -- the way in -----------------------------------------------------------------------------------


def test_a_bill_is_as_plain_a_way_in_as_the_card(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill-idle"])
    assert "请插入\n购电卡" in said(stage)
    assert "凭户号缴费" in said(stage)
    way_in = button(stage, button_name(Button.PAY_BILL))
    resell = button(stage, button_name(Button.RESELL))
    assert way_in.width() > stage.window.width() / 2
    assert way_in.width() > 1.5 * resell.width()
    assert resell.x() < way_in.x()
    way_in.click()
    assert stage.posted == [BillPressed()]


def test_without_bills_the_way_in_is_gone_and_comes_back(stage: Stage, screens: Screens) -> None:
    for name, offered in (("idle", False), ("bill-idle", True), ("idle", False)):
        stage.show(screens[name])
        assert seen(stage, button_name(Button.PAY_BILL)) is offered


def test_a_machine_that_reads_no_cards_says_that_bills_can_be_paid(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["bill-out-of-service"])
    text = said(stage)
    assert "暂停服务" not in text
    for part in ("现在不能购电", "读不了卡", "电费账单可以缴"):
        assert part in text
    tap(stage, button_name(Button.PAY_BILL))
    assert stage.posted == [BillPressed()]
    stage.show(screens["out-of-service-reader-down"])
    assert "暂停服务" in said(stage)
    assert "账单" not in said(stage)


# -- whose bill -----------------------------------------------------------------------------------


@given(st.text("0123456789", max_size=40))
def test_no_more_digits_are_taken_than_a_number_has(keys: str) -> None:
    digits = ""
    for key in keys:
        digits = with_key(digits, key)
    assert digits == keys[:MOST]
    assert (missing(digits) == 0) is (customer_no_in(digits) == digits)


@given(st.text("0123456789", min_size=1, max_size=MOST))
def test_a_digit_can_be_taken_back_and_all_of_them(digits: str) -> None:
    assert with_key(digits, BACK) == digits[:-1]
    assert with_key(digits, CLEAR) == ""


def test_the_three_ways_are_told_in_one_glance(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill-ask"])
    for way in ("输入账单上的户号", "对准扫码口", "插入购电卡"):
        assert way in said(stage)
    stage.show(screens["bill-ask-no-scanner"])
    assert "扫码" not in said(stage)
    assert "插入购电卡" in said(stage)


def test_a_number_of_enough_digits_can_be_sent(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill-ask"])
    for count, digit in enumerate(CUSTOMER_NO):
        assert button(stage, LOOK_UP_BUTTON).isEnabled() is (count >= FEWEST)
        press_keys(digit, stage.window)
    (row,) = (r for r in stage.window.findChildren(DigitRow) if r.isVisible())
    assert row.digits == CUSTOMER_NO
    assert "已输入 10 位" in said(stage)
    tap(stage, LOOK_UP_BUTTON)
    assert stage.posted == [CustomerNoEntered(customer_no=CUSTOMER_NO)]


def test_too_few_digits_say_how_many_are_missing_and_cannot_be_sent(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["bill-ask"])
    assert "6 至 16 位" in said(stage)
    press_keys("1234", stage.window)
    assert "至少还差 2 位" in said(stage)
    tap(stage, LOOK_UP_BUTTON)
    assert stage.posted == []


def test_a_number_is_sent_once_by_a_double_press(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill-ask"])
    press_keys(CUSTOMER_NO, stage.window)
    stage.posted.clear()
    for _ in range(3):
        button(stage, LOOK_UP_BUTTON).click()
        stage.clock.now_s += 0.1
    assert stage.posted == [CustomerNoEntered(customer_no=CUSTOMER_NO)]


def test_typing_shows_that_somebody_is_there(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill-ask"])
    press_keys("12", stage.window)
    assert stage.posted == [MoreTimePressed()]


def test_a_code_or_card_without_a_number_is_told_until_the_next_key(
    stage: Stage, screens: Screens
) -> None:
    for name, told in (("code-unknown", "没有户号"), (CardFault.MUTE.value, "卡没有反应")):
        stage.show(screens[f"bill-ask-{name}"])
        assert told in said(stage)
        press_keys("1", stage.window)
        assert told not in said(stage)


def test_digits_survive_another_language_and_go_with_the_page(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["bill-ask"])
    press_keys("3300", stage.window)
    stage.show(screens["bill-ask"], language="en")
    (row,) = (r for r in stage.window.findChildren(DigitRow) if r.isVisible())
    assert row.digits == "3300"
    stage.show(screens["bill-wait-asking"])
    stage.show(screens["bill-ask"])
    assert row.digits == ""


def test_every_key_of_the_keypad_is_there(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill-ask"])
    for key in (*"0123456789", BACK, CLEAR):
        assert any(k.isVisible() for k in stage.window.findChildren(Key, key_name(key))), key
