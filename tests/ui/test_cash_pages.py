"""The cash pages through their widgets: what they say, what a finger posts, the bench's hands."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QWidget

from kiosk.cashbox.box import Stage
from kiosk.flow.screen import Screen
from kiosk.flow.staff_event import CashReportWanted, ClearingEnded, ClearingStarted
from kiosk.flow.view import CashView
from kiosk.ui.pages.staff.cash_labels import label_name
from kiosk.ui.pages.staff.foot import press_name
from kiosk.ui.pages.staff.home import tile_name
from kiosk.ui.samples import Sample
from kiosk.ui.samples_cash import PERIOD_NO, box, cash_samples, cash_view
from kiosk.ui.samples_owed import press_keys
from kiosk.ui.samples_staff import staff_view
from kiosk.ui.staff.cash_state import CashPress, Label
from kiosk.ui.staff.state import Press
from kiosk.ui.staff.visit import Tile
from kiosk.ui.widgets import drawing
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.share_bar import ShareBar
from tests.ui.conftest import Stage as Window
from tests.ui.test_pages import said
from tests.ui.test_staff_page import click
from vending.rights import Role

SAMPLES = {sample.name.removeprefix("staff-cash-"): sample for sample in cash_samples()}


@pytest.fixture
def play(stage: Window) -> Callable[[str], Sample]:
    """Play a sample by its name."""

    def play(name: str) -> Sample:
        stage.play(SAMPLES[name])
        return SAMPLES[name]

    return play


def show(stage: Window, cash: CashView) -> None:
    """Show something else about the cash on the page that is up."""
    screen = stage.window.screen_shown
    assert screen is not None
    staff = staff_view(Role.OPERATOR, cash=cash)
    stage.show(replace(screen, staff=staff))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("second", ["请第二人登录", "两人在场"]),
        ("start", ["请按“开始清机”", "不再接待客户", "¥22,919.00", "417 张"]),
        ("take-out", ["请取出钞箱", "还可以取消清机", "li.wei"]),
        ("take-out-by-two", ["第二人登录", "li.wei、chen.fang"]),
        ("take-out-blind", ["感应不到钞箱", "钞箱已换"]),
        ("put-in", ["请装入空钞箱", "钞箱取出时间", "2025-11-24 12:00"]),
        ("end-typed", ["请结束清机", "3301-0017", "8" * 20]),
        ("disturbed-taken", ["没有清机，钞箱就被取出", "请先接手", "不能服务客户"]),
        ("cancel", ["确定要取消清机吗？"]),
        ("end-blind", ["钞箱真的换好了吗？"]),
        ("figures", ["应有金额", "¥22,919.00", "155 笔", "100 元", "169 张", "¥16,900.00"]),
        ("figures-business", ["现金购电", "现金缴费", "卡已写好", "130", "¥15,109.34", "¥170.00"]),
        ("figures-items", ["3301 0625 1124 0001 008", "现金购电 · 未完成"]),
        ("figures-much-1", ["钞箱 1 · 100 元"]),
        ("figures-not-printed", ["没有打出"]),
        ("figures-empty", ["还没有收到纸币", "¥0.00"]),
        ("periods", ["第 41 期", "尚未答复", "第 40 期", "不符", "相符", "第 1 至 4 条"]),
        ("period-agrees", ["相符", "账一致", "凭条已打印", "3301-0017"]),
        ("period-differs", ["不符", "看差额表"]),
        ("period-waiting", ["尚未答复", "凭条未打印"]),
        ("period-not-printed", ["凭条没有打出，已保存"]),
        ("period-just-ended", ["清机已结束", "第 42 期已开始"]),
        ("differences", ["合计", "¥23,456.00 · 412 张", "100 元", "现金购电", "长款或短款"]),
        ("home", ["正在清机：结束清机", "客户还不能使用：正在清点现金"]),
    ],
)
def test_each_page_tells_what_it_is_for(
    stage: Window, play: Callable[[str], Sample], name: str, parts: list[str]
) -> None:
    play(name)
    text = said(stage)
    assert [part for part in parts if part not in text] == []


def test_a_clearing_by_the_widgets(stage: Window, play: Callable[[str], Sample]) -> None:
    play("start")
    click(stage, press_name(CashPress.START))
    show(stage, cash_view(box(Stage.CLEARING)))
    assert "请取出钞箱" in said(stage)
    show(stage, cash_view(box(Stage.TAKEN)))
    assert "请装入空钞箱" in said(stage)
    show(stage, cash_view(box(Stage.REPLACED)))
    click(stage, press_name(CashPress.LABELS))
    press_keys("17a", stage.window)
    click(stage, label_name(Label.BAG))
    press_keys("88", stage.window)
    click(stage, press_name(Press.BACK))
    click(stage, press_name(CashPress.END))
    assert stage.posted == [ClearingStarted(), ClearingEnded(box_id="17A", bag_no="88")]


def test_reports_are_printed_by_the_widgets(stage: Window, play: Callable[[str], Sample]) -> None:
    play("figures")
    click(stage, press_name(CashPress.PRINT))
    play("periods")
    click(stage, "button-staff-period-1")
    click(stage, press_name(CashPress.PRINT_AGAIN))
    assert stage.posted == [
        CashReportWanted(period_no=PERIOD_NO),
        CashReportWanted(period_no=PERIOD_NO - 2),
    ]


def test_the_tail_of_a_press_ends_nothing(stage: Window, play: Callable[[str], Sample]) -> None:
    play("start")
    click(stage, press_name(CashPress.START))
    show(stage, cash_view(box(Stage.REPLACED)))
    (end,) = stage.window.findChildren(BigButton, press_name(CashPress.END))
    stage.clock.now_s += 0.1
    end.click()
    assert stage.posted == [ClearingStarted()]


def test_the_answer_of_the_head_office_appears_by_itself(
    stage: Window, play: Callable[[str], Sample]
) -> None:
    play("period-waiting")
    assert "尚未答复" in said(stage)
    cash = box()
    answered = tuple(
        replace(each, answer=cash.closed[0].answer) if each.period_no == 41 else each
        for each in cash.closed
    )
    show(stage, cash_view(replace(cash, closed=answered)))
    assert "相符" in said(stage)


def test_bars_are_as_long_as_their_part(stage: Window, play: Callable[[str], Sample]) -> None:
    play("figures")
    shown = [bar for bar in stage.window.findChildren(ShareBar) if bar.isVisible()]
    assert len(shown) == 6
    widths = [_coloured(bar) for bar in shown]
    assert widths == sorted(widths, reverse=True)
    assert widths[1] == pytest.approx(widths[0] / 2, rel=0.05)


def _coloured(bar: QWidget) -> int:
    picture = bar.grab().toImage()
    middle = picture.height() // 2
    colours = [picture.pixelColor(x, middle).name() for x in range(picture.width())]
    return sum(colour != drawing.BRAND_SOFT.name() for colour in colours)


def test_every_button_has_a_name_that_the_bench_can_press(
    stage: Window, play: Callable[[str], Sample]
) -> None:
    for name in SAMPLES:
        play(name)
        shown = [b for b in stage.window.findChildren(BigButton) if b.isVisible()]
        names = [b.objectName() for b in shown]
        assert all(each.startswith(("button-", "key-")) for each in names), name
        assert len(set(names)) == len(names), name


def test_tiles_have_names_of_their_own() -> None:
    assert len({tile_name(tile) for tile in Tile}) == len(Tile)


def test_the_screen_of_another_visit_shows_nothing_of_this_one(
    stage: Window, play: Callable[[str], Sample], screens: dict[str, Screen]
) -> None:
    play("labels-typed")
    stage.show(screens["idle"])
    play("end")
    assert "3301-0018" not in said(stage)
