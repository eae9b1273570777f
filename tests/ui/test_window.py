"""What the customer does: press, switch the language, hesitate."""

import threading
from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PIL import Image, ImageChops
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from kiosk.flow.event import (
    CancelPressed,
    CashChosen,
    ContinuePressed,
    DeliverPressed,
    Event,
    FinishPressed,
    LanguageChosen,
    MoreTimePressed,
    ResellPressed,
)
from kiosk.flow.screen import Button, Screen
from kiosk.flow.staff_event import StaffCalled
from kiosk.ui.bridge import PRESSES, Bridge
from kiosk.ui.config import UiConfig
from kiosk.ui.i18n import LANGUAGES
from kiosk.ui.more_time import MoreTime
from kiosk.ui.pages import PAGE_NAMES, make_page, page_of
from kiosk.ui.pages.bill import ALL_BUTTON, SOME_BUTTON
from kiosk.ui.pages.bill_ask import LOOK_UP_BUTTON
from kiosk.ui.pages.code import CONFIRM_BUTTON
from kiosk.ui.pages.staff.foot import press_name
from kiosk.ui.samples import CONFIG
from kiosk.ui.staff.state import Press
from kiosk.ui.widgets.actions import button_name
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.countdown import EMPHASISED_S, Countdown
from kiosk.ui.widgets.header import HOLD_MS, LANGUAGE_BUTTON, Nameplate
from kiosk.ui.widgets.text import Text
from tests.ui.conftest import Stage

Screens = dict[str, Screen]
DEADLINE_MS = 5000


def visible(stage: Stage, name: str) -> BigButton:
    found = [b for b in stage.window.findChildren(BigButton, name) if b.isVisible()]
    assert len(found) == 1, name
    return found[0]


def tap(stage: Stage, name: str) -> None:
    """Press as a finger does: at a place on the screen, whatever lies on top there."""
    button = visible(stage, name)
    spot = button.mapTo(stage.window, QPoint(button.width() // 2, button.height() // 2))
    QTest.mouseClick(
        stage.window.windowHandle(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        spot,
    )


def texts(stage: Stage) -> list[str]:
    return [text.text() for text in stage.window.findChildren(Text) if text.isVisible()]


@pytest.mark.parametrize(
    ("name", "button", "event"),
    [
        ("wait-looking-up", Button.CANCEL, CancelPressed()),
        ("account", Button.CANCEL, CancelPressed()),
        ("account", Button.CONTINUE, ContinuePressed()),
        ("choose", Button.CASH, CashChosen()),
        ("tender", Button.FINISH, FinishPressed()),
        ("tender-empty", Button.CANCEL, CancelPressed()),
        ("account-more-time", Button.MORE_TIME, MoreTimePressed()),
        ("account-more-time", Button.CANCEL, CancelPressed()),
        ("tender-more-time", Button.FINISH, FinishPressed()),
        ("idle", Button.RESELL, ResellPressed()),
        ("out-of-service-still-delivers", Button.RESELL, ResellPressed()),
        ("resell", Button.CANCEL, CancelPressed()),
        ("resell-more-time", Button.MORE_TIME, MoreTimePressed()),
        ("code", Button.CANCEL, CancelPressed()),
        ("owed", Button.CANCEL, CancelPressed()),
        ("owed", Button.DELIVER, DeliverPressed()),
    ],
)
def test_a_press_posts_its_fact(
    stage: Stage, screens: Screens, name: str, button: Button, event: Event
) -> None:
    stage.show(screens[name], left_s=12.0)
    tap(stage, button_name(button))
    assert stage.posted == [event]


def test_every_button_has_its_fact() -> None:
    assert PRESSES.keys() == set(Button)


def test_every_offered_button_is_on_the_screen_and_no_other(stage: Stage, screens: Screens) -> None:
    for name, screen in screens.items():
        stage.show(screen, left_s=12.0)
        shown = {b.objectName() for b in stage.window.findChildren(BigButton) if b.isVisible()}
        offered = {LANGUAGE_BUTTON, *map(button_name, screen.buttons)}
        if screen.page == "staff":
            offered.add(press_name(Press.LEAVE))
        own = set() if screen.more_time else own_buttons(screen)
        assert {name for name in shown if not name.startswith("key-")} == offered | own, name


def own_buttons(screen: Screen) -> set[str]:
    """What a page offers beside what the flow does."""
    match screen.page:
        case "code":
            return {CONFIRM_BUTTON}
        case "bill_ask":
            return {LOOK_UP_BUTTON}
        case "bill":
            less = screen.bill is not None and len(screen.bill.choices) > 1
            return {ALL_BUTTON, SOME_BUTTON} if less else {ALL_BUTTON}
        case _:
            return set()


def test_the_way_on_is_larger_and_right_of_the_way_out(stage: Stage, screens: Screens) -> None:
    for name in ("account", "choose", "account-more-time", "owed"):
        screen = screens[name]
        stage.show(screen, left_s=12.0)
        out, on = (visible(stage, button_name(button)) for button in screen.buttons)
        assert out.x() + out.width() < on.x()
        assert out.width() < on.width()


# -- one finger, one fact --------------------------------------------------------------------------


def test_a_double_press_counts_once(stage: Stage, screens: Screens) -> None:
    stage.show(screens["account"])
    for _ in range(3):
        tap(stage, button_name(Button.CONTINUE))
        stage.clock.now_s += 0.1
    assert stage.posted == [ContinuePressed()]


def test_the_tail_of_a_double_press_does_not_hit_the_next_page(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["account"])
    tap(stage, button_name(Button.CONTINUE))
    stage.show(screens["choose"])
    stage.clock.now_s += 0.2
    tap(stage, button_name(Button.CASH))
    assert stage.posted == [ContinuePressed()]
    stage.clock.now_s += 0.4
    tap(stage, button_name(Button.CASH))
    assert stage.posted == [ContinuePressed(), CashChosen()]


def test_a_press_that_is_no_longer_offered_posts_nothing(stage: Stage, screens: Screens) -> None:
    stage.show(screens["account"])
    button = visible(stage, button_name(Button.CONTINUE))
    stage.show(screens["wait-selling"])
    button.click()
    assert stage.posted == []


# -- the staff's gesture ---------------------------------------------------------------------------


def nameplate(stage: Stage) -> tuple[Nameplate, QTimer]:
    (plate,) = stage.window.findChildren(Nameplate)
    (holding,) = plate.findChildren(QTimer)
    return plate, holding


@pytest.mark.parametrize("name", ["idle", "out-of-service-box-full"])
def test_holding_the_machines_number_calls_the_staffs_page(
    stage: Stage, screens: Screens, qtbot: QtBot, name: str
) -> None:
    stage.show(screens[name])
    plate, holding = nameplate(stage)
    assert holding.interval() == HOLD_MS
    holding.setInterval(0)
    with qtbot.waitSignal(plate.held, timeout=DEADLINE_MS):
        QTest.mousePress(plate, Qt.MouseButton.LeftButton)
    assert stage.posted == [StaffCalled()]


def test_a_finger_that_lifts_or_slides_off_calls_nobody(stage: Stage, screens: Screens) -> None:
    stage.show(screens["idle"])
    plate, holding = nameplate(stage)
    QTest.mousePress(plate, Qt.MouseButton.LeftButton)
    assert holding.isActive()
    QTest.mouseRelease(plate, Qt.MouseButton.LeftButton)
    assert not holding.isActive()
    QTest.mousePress(plate, Qt.MouseButton.LeftButton)
    QTest.mouseMove(plate, QPoint(-20, 10))
    assert not holding.isActive()
    assert stage.posted == []


def test_nobody_is_called_while_a_customer_is_served(stage: Stage, screens: Screens) -> None:
    stage.show(screens["account"])
    nameplate(stage)[0].held.emit()
    assert stage.posted == []


# -- language --------------------------------------------------------------------------------------


def test_the_language_button_asks_for_the_other_language(stage: Stage, screens: Screens) -> None:
    stage.show(screens["idle"])
    tap(stage, LANGUAGE_BUTTON)
    stage.show(screens["idle"], language="en")
    stage.clock.now_s += 1
    tap(stage, LANGUAGE_BUTTON)
    assert stage.posted == [LanguageChosen(language="en"), LanguageChosen(language="zh")]


def test_switching_the_language_loses_nothing(stage: Stage, screens: Screens) -> None:
    for name, screen in screens.items():
        stage.show(screen, left_s=12.0)
        before = texts(stage)
        stage.show(screen, left_s=12.0, language="en")
        other = texts(stage)
        stage.show(screen, left_s=12.0)
        assert texts(stage) == before, name
        assert other != before, name
        numbers = {t for t in before if t.startswith("¥") and t[-1].isdigit()}
        assert numbers <= set(other), name


def test_the_language_can_be_switched_under_the_question_about_more_time(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["tender-more-time"], left_s=12.0)
    tap(stage, LANGUAGE_BUTTON)
    assert stage.posted == [LanguageChosen(language="en")]


# -- time ------------------------------------------------------------------------------------------


def countdown(stage: Stage) -> Countdown:
    return stage.window.findChildren(Countdown)[0]


def test_the_countdown_tells_the_seconds_left_calmly_then_plainly(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["account"], left_s=47.2)
    assert (countdown(stage).text, countdown(stage).emphasised) == ("48 秒", False)
    stage.show(screens["account"], left_s=float(EMPHASISED_S))
    assert (countdown(stage).text, countdown(stage).emphasised) == ("15 秒", True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_digits_of_seconds_stand_clear_of_their_ring(
    stage: Stage, screens: Screens, language: str
) -> None:
    for left_s in (9.0, 90.0, 180.0, 999.0):
        stage.show(screens["staff-closed"], left_s=left_s, language=language)
        assert countdown(stage).fits()


def test_the_countdown_ticks_by_itself(stage: Stage, screens: Screens, qtbot: QtBot) -> None:
    stage.show(screens["account"], left_s=30.02)
    with qtbot.waitSignal(countdown(stage).ticked, timeout=DEADLINE_MS):
        stage.clock.now_s += 1
    assert countdown(stage).seconds_left == 30


def test_the_countdown_ends_at_nought(stage: Stage, screens: Screens) -> None:
    stage.show(screens["account"], left_s=-3.0)
    assert countdown(stage).seconds_left == 0


@pytest.mark.parametrize("name", ["idle", "wait-selling", "write"])
def test_no_countdown_where_nobody_can_be_late(stage: Stage, screens: Screens, name: str) -> None:
    stage.show(screens[name], left_s=30.0)
    assert not countdown(stage).isVisible()


def test_no_countdown_without_a_deadline(stage: Stage, screens: Screens) -> None:
    stage.show(screens["account"])
    assert not countdown(stage).isVisible()


def test_more_time_is_asked_over_the_page_and_goes_with_it(stage: Stage, screens: Screens) -> None:
    stage.show(screens["tender-more-time"], left_s=12.0)
    question = stage.window.findChildren(MoreTime)[0]
    assert question.isVisible()
    assert any("12 秒" in text and "¥170.00" in text for text in texts(stage))
    assert "¥170.00" in texts(stage)
    stage.show(screens["tender"], left_s=90.0)
    assert not question.isVisible()


def test_the_question_covers_the_page_whole_but_not_the_header(
    stage: Stage, screens: Screens
) -> None:
    stage.show(screens["account-more-time"], left_s=12.0)
    question, page = stage.window.findChildren(MoreTime)[0], stage.window.page
    assert page is not None
    top = page.mapTo(stage.window, QPoint(0, 0)).y()
    assert question.geometry().top() <= top
    assert question.geometry().bottom() == stage.window.height() - 1
    assert question.geometry().top() >= visible(stage, LANGUAGE_BUTTON).geometry().bottom()


# -- first frame, pages, threads -------------------------------------------------------------------


def test_the_first_frame_is_told_once(
    make_stage: Callable[[UiConfig], Stage], screens: Screens, qtbot: QtBot
) -> None:
    stage = make_stage(CONFIG)
    told: list[bool] = []
    stage.window.painted.connect(lambda: told.append(True))
    stage.show(screens["idle"])
    qtbot.waitUntil(lambda: bool(told), timeout=DEADLINE_MS)
    stage.window.repaint()
    stage.show(screens["account"])
    assert told == [True]


def test_only_the_page_that_is_shown_is_made_before_the_first_frame(
    make_stage: Callable[[UiConfig], Stage], screens: Screens, qtbot: QtBot
) -> None:
    stage = make_stage(CONFIG)
    stage.window.show_screen(screens["idle"])
    assert len(stage.window.findChildren(MoreTime)) == 0
    made = stage.window.page
    stage.window.warm_up()
    assert len(stage.window.findChildren(MoreTime)) == 1
    assert stage.window.page is made


def test_every_page_of_the_flow_can_be_made(stage: Stage, screens: Screens) -> None:
    assert {page_of(screen) for screen in screens.values()} == set(PAGE_NAMES)
    stage.show(screens["idle"])
    page = stage.window.page
    assert page is not None
    with pytest.raises(ValueError, match="no page named 'nowhere'"):
        make_page("nowhere", page.kit)


def test_screens_from_another_thread_arrive_in_order(
    stage: Stage, screens: Screens, qtbot: QtBot
) -> None:
    drawn: list[tuple[Screen, float | None, int]] = []
    bridge = Bridge(lambda s, d: drawn.append((s, d, threading.get_ident())))

    def engine() -> None:
        for number, name in enumerate(("idle", "account", "choose")):
            bridge.show(screens[name], float(number))

    thread = threading.Thread(target=engine)
    thread.start()
    thread.join(DEADLINE_MS / 1000)
    qtbot.waitUntil(lambda: len(drawn) == 3, timeout=DEADLINE_MS)
    here = threading.get_ident()
    names = ("idle", "account", "choose")
    assert drawn == [(screens[name], float(n), here) for n, name in enumerate(names)]


def test_the_same_screen_gives_the_same_picture(stage: Stage, screens: Screens) -> None:
    for name in ("tender", "done"):
        stage.show(screens[name], left_s=30.0)
        first = stage.window.grab().toImage()
        stage.show(replace(screens["idle"], language="en"))
        stage.show(screens[name], left_s=30.0)
        assert farthest(stage.window.grab().toImage(), first) <= A_TENTH_OF_A_PIXEL


A_TENTH_OF_A_PIXEL = 26
"""Of 255. The outlines of letters of 64 pixels or more are loaded at the font's own size, and how
they are rounded there depends on the sizes that were loaded before.
"""


def farthest(one: QImage, other: QImage) -> int:
    """How much the most different channel of the most different pixel differs."""
    pictures = [
        Image.frombytes("RGBA", (image.width(), image.height()), image.bits())
        for image in (each.convertToFormat(QImage.Format.Format_RGBA8888) for each in (one, other))
    ]
    histogram = ImageChops.difference(*pictures).histogram()
    return max(place % 256 for place, count in enumerate(histogram) if count)
