"""The staff's page through its widgets: keys, buttons, the desk's thread, and the PIN's way."""

import logging
import threading
from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from kiosk.engine.staff import StoryLine
from kiosk.flow.screen import Screen
from kiosk.flow.staff_event import StaffLeft
from kiosk.ui.gallery import all_samples
from kiosk.ui.i18n import LANGUAGES, Words
from kiosk.ui.pages.staff.foot import press_name
from kiosk.ui.pages.staff.home import tile_name
from kiosk.ui.pages.staff.page import StaffPage
from kiosk.ui.samples import CONFIG, Sample
from kiosk.ui.samples_owed import press_keys
from kiosk.ui.samples_staff import NAME, PIN, permissions, story, stuck
from kiosk.ui.staff import words as told
from kiosk.ui.staff.state import Press, View
from kiosk.ui.staff.visit import Tile
from kiosk.ui.stirring import STIR_S
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.digit_row import DOT, DigitRow
from tests.ui.conftest import Stage
from tests.ui.fake_desk import FakeDesk
from tests.ui.test_pages import said
from vending.staff import (
    Action,
    ActionDone,
    Forbidden,
    Role,
    StaffSignedIn,
    StuckOrders,
)

DEADLINE_MS = 5000
Screens = dict[str, Screen]


@pytest.fixture
def desk(stage: Stage, screens: Screens) -> FakeDesk:
    """A desk, and the staff's page open before it."""
    desk = FakeDesk()
    stage.window.desk = desk
    stage.show(screens["staff-closed"])
    return desk


@pytest.fixture(scope="session")
def staff_samples() -> dict[str, Sample]:
    return {s.name: s for s in all_samples() if s.name.startswith("staff-")}


def page(stage: Stage) -> StaffPage:
    assert isinstance(stage.window.page, StaffPage)
    return stage.window.page


def click(stage: Stage, name: str) -> None:
    """Press a button a second after the one before."""
    stage.clock.now_s += 1
    (button,) = (b for b in stage.window.findChildren(BigButton, name) if b.isVisible())
    button.click()


def sign_in(stage: Stage, desk: FakeDesk) -> None:
    press_keys(NAME, stage.window)
    click(stage, press_name(Press.NEXT))
    press_keys(PIN, stage.window)
    click(stage, press_name(Press.SIGN_IN))
    desk.answer(
        StaffSignedIn(name=NAME, role=Role.SUPERVISOR, token="t", until_ms=1, last_sign_in_ms=None)
    )
    click(stage, tile_name(Tile.ORDERS))


def test_a_whole_visit_by_the_widgets(stage: Stage, desk: FakeDesk) -> None:
    order = stuck(permissions=permissions())
    sign_in(stage, desk)
    desk.answer(StuckOrders((order,)))
    click(stage, "button-staff-open-0")
    click(stage, press_name(Press.STORY))
    desk.answer(story(order))
    assert "插入卡" in said(stage)
    click(stage, press_name(Press.BACK))
    click(stage, "button-staff-mark-loaded")
    click(stage, "button-staff-meter-shows-it")
    assert "电表上已看到" in said(stage)
    click(stage, press_name(Press.DO_IT))
    desk.answer(ActionDone(order=order))
    assert "已办理" in said(stage)
    click(stage, press_name(Press.LEAVE))
    assert desk.left == 1
    assert [question[0] for question in desk.asked] == ["sign-in", "stuck", "story", "act"]


def test_the_pin_is_dots_and_reaches_no_label_name_or_log(
    stage: Stage, desk: FakeDesk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    press_keys(NAME, stage.window)
    click(stage, press_name(Press.NEXT))
    press_keys(PIN, stage.window)
    rows = [row for row in stage.window.findChildren(DigitRow) if row.isVisible()]
    assert [row.digits for row in rows] == [DOT * len(PIN)]
    labels = [label.text() for label in stage.window.findChildren(QLabel)]
    names = [row.accessibleName() for row in rows]
    assert not any(PIN[:3] in text for text in labels + names)
    click(stage, press_name(Press.SIGN_IN))
    assert [row.digits for row in rows] == [""]
    assert PIN not in caplog.text


def test_answers_of_the_desks_thread_are_drawn_in_qts(
    stage: Stage, desk: FakeDesk, qtbot: QtBot
) -> None:
    sign_in(stage, desk)
    drawn_in: list[int] = []
    page(stage).model._draw = lambda: drawn_in.append(threading.get_ident())
    then: Callable[[object], None] = desk.waiting.pop(0)
    thread = threading.Thread(target=then, args=(StuckOrders((stuck(),)),))
    thread.start()
    thread.join(DEADLINE_MS / 1000)
    qtbot.waitUntil(lambda: bool(drawn_in), timeout=DEADLINE_MS)
    assert set(drawn_in) == {threading.get_ident()}
    assert page(stage).model.state.orders == (stuck(),)


def test_an_answer_after_the_page_went_is_dropped(
    stage: Stage, desk: FakeDesk, screens: Screens
) -> None:
    sign_in(stage, desk)
    stage.show(screens["idle"])
    desk.answer(StuckOrders((stuck(),)))
    stage.show(screens["staff-closed"])
    assert page(stage).model.state.view is View.NAME
    assert page(stage).model.state.orders == ()


def test_another_language_keeps_the_visit(stage: Stage, desk: FakeDesk, screens: Screens) -> None:
    sign_in(stage, desk)
    desk.answer(StuckOrders((stuck(),)))
    stage.show(screens["staff-closed"], language="en")
    assert "Stuck orders" in said(stage)
    assert "3301 0625 1124 0001 289" in said(stage)


def test_without_a_desk_it_says_so_and_can_be_left(stage: Stage, screens: Screens) -> None:
    stage.show(screens["staff-closed"])
    assert "还没有准备好" in said(stage)
    click(stage, press_name(Press.LEAVE))
    assert stage.posted == [StaffLeft()]


def test_touches_keep_the_page_open(stage: Stage, desk: FakeDesk) -> None:
    press_keys("ab", stage.window)
    assert desk.stirred == 1
    stage.clock.now_s += STIR_S
    press_keys("c", stage.window)
    assert desk.stirred == 2


def test_the_tail_of_a_double_press_presses_nothing(stage: Stage, desk: FakeDesk) -> None:
    sign_in(stage, desk)
    desk.answer(StuckOrders((stuck(permissions=permissions()),)))
    click(stage, "button-staff-open-0")
    click(stage, "button-staff-rewrite")
    stage.clock.now_s += 0.1
    (yes,) = stage.window.findChildren(BigButton, press_name(Press.DO_IT))
    yes.click()
    assert desk.asked[-1][0] == "stuck"


# -- what it says ----------------------------------------------------------------------------------


@pytest.mark.parametrize("why", Forbidden)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_objection_is_a_sentence_or_a_button(
    stage: Stage, screens: Screens, language: str, why: Forbidden
) -> None:
    desk = FakeDesk()
    stage.window.desk = desk
    stage.show(screens["staff-closed"], language=language)
    sign_in(stage, desk)
    desk.answer(StuckOrders((stuck(permissions=permissions(why)),)))
    click(stage, "button-staff-open-0")
    (button,) = stage.window.findChildren(BigButton, "button-staff-rewrite")
    sentence = told.forbidden(why, Words(language, CONFIG))
    assert button.isVisible() is (sentence not in said(stage))
    assert button.isVisible() is (why is Forbidden.SECOND_PERSON)


def test_a_list_tells_what_an_order_is_about(
    stage: Stage, staff_samples: dict[str, Sample]
) -> None:
    stage.play(staff_samples["staff-list"])
    for part in (
        "¥170.00",
        "已售 294.84 度",
        "卡未写入",
        "卡被拔出",
        "未售出",
        "已决定退款",
        "失效",
    ):
        assert part in said(stage)


def test_the_result_tells_what_to_do_now(stage: Stage, staff_samples: dict[str, Sample]) -> None:
    for action, todo in {
        Action.REWRITE: "现在请插入客户的卡",
        Action.RESELL: "现在请插入客户的卡",
        Action.MARK_LOADED: "已了结",
        Action.REFUND: "退款已登记",
    }.items():
        stage.play(staff_samples[f"staff-done-{action.value}"])
        assert todo in said(stage)
    stage.play(staff_samples["staff-result-no-answer"])
    assert "可能已办理，也可能没有" in said(stage)


def line(kind: str, **fields: str | int | bool) -> StoryLine:
    said = {name.replace("__", "."): value for name, value in fields.items()}
    return StoryLine(at_ms=0, kind=kind, said=said)


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (line("NoteStacked", value_fen=5000), "纸币进入钱箱 · ¥50.00"),
        (
            line("VendApproved", vend__purchase_count=18, vend__quote__energy_wh=267_860),
            "售出 · 第 18 次购电 · 267.86 度",
        ),
        (line("CardProved", verdict="torn"), "核对卡内数据 · 只写了一部分"),
        (line("SlipFailed", fault="paper-out"), "凭条没有打出 · 凭条纸用完"),
        (
            line("DeviceChanged", device="printer", state="ok", fault="none"),
            "部件状态变化 · 打印机 · 正常",
        ),
        (line("VendRefused", reason="overstock"), "不予售电 · 电表里的电还很多"),
        (line("NoteRejected", cause="double"), "纸币被拒收 · 重叠"),
        (
            line("StaffActed", staff="li.wei", action="refund", refused=""),
            "工作人员办理 · li.wei · 退款",
        ),
        (line("StaffTurnedAway", reason="wrong"), "登录被拒绝 · 姓名或密码不对。"),
        (line("OrderEnded", how="refunded"), "订单已了结 · 已退款"),
        (line("OfTomorrow", value_fen=5), "OfTomorrow · ¥0.05"),
        (line("CardProved", verdict="of-tomorrow"), "核对卡内数据 · of-tomorrow"),
        (line("CardRead", card__serial="00***77"), "读出卡"),
    ],
)
def test_a_story_is_told_in_words_with_its_amounts(fact: StoryLine, text: str) -> None:
    assert told.story_text(fact, Words("zh", CONFIG)).replace("\u00a0", " ") == text


def test_an_order_of_another_version_is_told_as_far_as_it_is_known() -> None:
    words = Words("en", CONFIG)
    odd = replace(stuck(), why="of-tomorrow", refund="on-its-way", verdict=None, opened_at_ms=0)
    assert ("Paid on", "None") in told.facts(odd, words)
    assert told.more(odd, words) == "of-tomorrow · on-its-way"
    assert told.why(odd, words) == "of-tomorrow"
    assert told.refund(odd, words) == "on-its-way"
    assert told.card(odd, words) == "Never read"
