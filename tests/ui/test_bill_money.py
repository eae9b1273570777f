"""Paying a bill: what the pages tell while notes go in, and what came of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.flow.event import (
    FinishPressed,
)
from kiosk.flow.phase import Phase, Why
from kiosk.flow.screen import Button, Screen
from kiosk.ui.pages.bill_tender import welcome_fen
from kiosk.ui.samples import session
from kiosk.ui.samples_bill import (
    EXTREME,
    ONE,
    REFUSALS,
    THREE,
    months,
    order,
    posted,
    shown,
)
from kiosk.ui.widgets.actions import button_name
from kiosk.ui.widgets.card_slot import CardScene
from kiosk.ui.widgets.marks import Mark
from kiosk.ui.widgets.note_slot import NoteScene
from kiosk.ui.widgets.slip_slot import SlipSlot
from kiosk.ui.widgets.slip_view import SlipView
from kiosk.ui.widgets.text import Text
from tests.ui.bills import tap, view
from tests.ui.conftest import Stage
from tests.ui.test_pages import card_scene, note_slot, said
from vending.money import format_yuan

Screens = dict[str, Screen]


# -- the notes ------------------------------------------------------------------------------------


def test_the_tender_tells_due_paid_missing_settled_and_kept(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill-tender"])
    text, bill = said(stage), view(screens["bill-tender"])
    assert bill.settlement is not None
    kept = format_yuan(bill.settlement.balance_after_fen)
    assert f"已投入\n¥{format_yuan(bill.paid_fen)}" in text
    assert f"应缴\n¥{format_yuan(bill.due_fen)}" in text
    assert f"还差\n¥{format_yuan(bill.due_fen - bill.paid_fen)}" in text
    assert "可缴清\n2 个月" in text
    assert f"留在账户\n¥{kept}" in text
    assert f"缴清 2 个月，余 ¥{kept} 留在账户" in text
    tap(stage, button_name(Button.FINISH))
    assert stage.posted == [FinishPressed()]


def test_what_settles_no_month_is_said_to_stay_on_the_account(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["bill-tender-little"])
    assert "不够一个月，¥50.00 留在账户" in said(stage)
    assert "还不够一个月" in said(stage)


@pytest.mark.parametrize(
    ("name", "scene"),
    [
        ("bill-tender-empty", NoteScene.INVITE),
        ("bill-tender-moving", NoteScene.SWALLOW),
        ("bill-tender-enough", NoteScene.CLOSED),
        ("bill-tender-not-needed", NoteScene.RETURN),
        ("bill-tender-acceptor-fault", NoteScene.CLOSED),
    ],
)
def test_the_note_picture_does_what_the_note_does(
    stage: Stage, screens: Screens, name: str, scene: NoteScene
) -> None:
    stage.show(screens[name])
    assert note_slot(stage).scene is scene


def test_nothing_was_paid_yet_and_the_way_out_is_no_card(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill-tender-empty"])
    assert "返回" in said(stage)
    assert "退卡" not in said(stage)
    assert "可缴清" not in said(stage)


@given(st.lists(st.sampled_from((500, 1000, 2000, 5000, 10_000)), max_size=60))
def test_a_note_is_welcome_as_long_as_something_is_missing(notes: list[int]) -> None:
    statement = replace(THREE, max_fen=33_000)
    state = session(None, Phase.TENDERING, bill=order(statement, 3, tuple(notes)))
    bill = view(shown(state))
    welcome = welcome_fen(bill)
    if bill.paid_fen >= bill.due_fen:
        assert welcome == ()
    assert all(bill.paid_fen + value <= statement.max_fen for value in welcome)


def test_the_question_about_time_says_that_the_bill_will_be_paid(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["bill-tender-more-time"], left_s=12.0)
    assert "12 秒后将用已投入的 ¥250.00 缴费" in said(stage)
    assert "购电" not in said(stage)
    stage.show(screens["bill-ask-more-time"], left_s=12.0)
    assert "12 秒后将返回首页" in said(stage)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("bill-wait-asking", "正在查询电费账单"),
        ("bill-wait-posting", "正在缴费入账"),
        ("bill-wait-asking-again", "正在再次联系"),
    ],
)
def test_waiting_says_what_for_and_speaks_of_no_card(
    stage: Stage, screens: Screens, name: str, told: str
) -> None:
    stage.show(screens[name])
    assert told in said(stage)
    assert "拔卡" not in said(stage)


def test_the_steps_are_those_of_a_bill(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill"])
    assert "户号\n核对\n付款\n取凭条" in said(stage)
    stage.show(screens["account"])
    assert "插卡\n核对\n付款\n取卡" in said(stage)


# -- what came of it ------------------------------------------------------------------------------


def test_done_tells_the_receipt_the_months_and_the_balance(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill-done"])
    text, bill = said(stage), view(screens["bill-done"])
    assert bill.settlement is not None
    for part in (
        "缴费成功",
        "¥400.00",
        "3 个月，到 2025-10",
        "2025 1124 0093 374",
        "3300 4512 76",
        f"账户余额\n¥{format_yuan(bill.settlement.balance_after_fen)}",
        "请取走凭条",
    ):
        assert part in text
    assert "还没有缴" not in text


def test_done_says_what_is_still_unpaid(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill-done-part"])
    assert "已缴清\n2025-08" in said(stage)
    assert "还没有缴\n2 个月" in said(stage)
    stage.show(screens["bill-done-little"])
    assert "已缴清" not in said(stage)
    assert "还没有缴\n3 个月" in said(stage)


def test_done_shows_what_there_is_to_take(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill-done"])
    assert any(slip.isVisible() for slip in stage.window.findChildren(SlipSlot))
    stage.show(screens["bill-done-card"])
    assert card_scene(stage) is CardScene.TAKE
    assert not any(slip.isVisible() for slip in stage.window.findChildren(SlipSlot))
    stage.show(screens["bill-done-printing"])
    assert "正在打印凭条" in said(stage)


def test_without_paper_the_slip_is_on_the_screen(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill-done"])
    assert not any(slip.isVisible() for slip in stage.window.findChildren(SlipView))
    stage.show(screens["bill-done-no-slip"])
    assert any(slip.isVisible() for slip in stage.window.findChildren(SlipView))
    for part in ("¥400.00", "2025 1124 0093 374", "3300 4512 76", "没有纸质凭条"):
        assert part in said(stage)
    assert "请取走凭条" not in said(stage)


def test_what_is_not_posted_yet_is_safe_and_needs_nothing(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill-doubtful-posting-unknown"])
    for part in ("您的钱是安全的", "¥400.00", "3301 0625", "您不用再来", "不要重复缴费", "400 820"):
        assert part in said(stage)


@pytest.mark.parametrize("cause", ["account-blocked", "not-posted"])
def test_what_is_refused_is_for_the_staff(stage: Stage, screens: Screens, cause: str) -> None:
    stage.show(screens[f"bill-doubtful-{cause}"])
    for part in ("您的钱是安全的", "¥400.00", "3301 0625", "400 820", "不要重复缴费"):
        assert part in said(stage)
    assert "您不用再来" not in said(stage)


@pytest.mark.parametrize("cause", REFUSALS)
def test_no_refusal_of_a_bill_speaks_of_buying_or_of_a_card(
    stage: Stage, screens: Screens, cause: Why
) -> None:
    stage.show(screens[f"bill-refused-{cause.value}"])
    assert "购电" not in said(stage)
    assert "卡" not in said(stage)


def test_a_customer_without_debts_is_not_warned(stage: Stage, screens: Screens) -> None:
    stage.show(screens["bill-refused-nothing-due"])
    assert "没有欠费" in said(stage)
    assert not any(mark.isVisible() for mark in stage.window.findChildren(Mark))


def test_names_of_people_are_written_in_letters_that_have_every_sign(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["bill-extreme"])
    for text in stage.window.findChildren(Text):
        if text.isVisible() and "阿卜杜" in text.text():
            assert not text.font().bold()


def test_samples_are_what_they_say() -> None:
    assert len(ONE.months) == 1
    assert len(EXTREME.months) == 24
    assert months(12).months[0].month == "2024-11"
    done = posted(order(THREE, 3, (10_000,) * 4))
    assert done.paid is not None
    assert done.paid.settlement.months == tuple(month.month for month in THREE.months)
