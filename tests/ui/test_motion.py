"""Pictures move for a moment, rest for longer, and stop when nobody can see them."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from kiosk.flow.screen import Screen
from kiosk.ui.config import UiConfig
from kiosk.ui.samples import CONFIG
from kiosk.ui.theme import Theme
from kiosk.ui.widgets.card_slot import ATTRACT, CardScene, CardSlot
from kiosk.ui.widgets.motion import Moving, between, eased
from kiosk.ui.widgets.note_slot import NoteScene, NoteSlot
from kiosk.ui.widgets.slot_picture import IN, OUT, Rhythm, swing
from kiosk.ui.widgets.ticker import Ticker
from tests.ui.conftest import Stage

DEADLINE_MS = 5000


def moving(qtbot: QtBot, **rhythm: int) -> Moving:
    widget = Moving(cycle_ms=rhythm["cycle_ms"], rest_ms=rhythm["rest_ms"], rest_at=0.25)
    qtbot.addWidget(widget)
    widget.resize(50, 50)
    return widget


def test_it_moves_then_rests_in_its_pose(qtbot: QtBot) -> None:
    widget = moving(qtbot, cycle_ms=3_000, rest_ms=60_000)  # long enough to be seen on the way
    widget.show()
    qtbot.waitUntil(lambda: widget.progress > 0.4, timeout=DEADLINE_MS)
    qtbot.waitUntil(lambda: widget.resting, timeout=DEADLINE_MS)
    assert widget.progress == 0.25


def test_it_begins_again_after_its_rest(qtbot: QtBot) -> None:
    widget = moving(qtbot, cycle_ms=60, rest_ms=30)
    widget.show()
    for _ in range(2):
        qtbot.waitUntil(lambda: widget.resting, timeout=DEADLINE_MS)
        qtbot.waitUntil(lambda: not widget.resting, timeout=DEADLINE_MS)
    assert not widget.resting


def test_it_stops_when_hidden(qtbot: QtBot) -> None:
    widget = moving(qtbot, cycle_ms=60_000, rest_ms=0)
    widget.show()
    assert not widget.resting
    widget.hide()
    assert widget.resting
    assert widget.progress == 0.25


def test_once_means_once(qtbot: QtBot) -> None:
    widget = moving(qtbot, cycle_ms=60, rest_ms=0)
    widget.show()
    widget.pace(cycle_ms=60, rest_ms=0, once=True)
    qtbot.waitUntil(lambda: widget.resting, timeout=DEADLINE_MS)
    assert widget.progress == 1.0


def test_without_motion_it_stays_in_its_last_pose(qtbot: QtBot) -> None:
    widget = Moving(cycle_ms=60, rest_ms=0, rest_at=0.5, motion=False)
    qtbot.addWidget(widget)
    widget.show()
    assert widget.resting
    assert widget.progress == 0.5
    widget.pace(cycle_ms=60, rest_ms=0, once=True)
    assert widget.progress == 1.0


def test_the_attract_screen_rests_three_quarters_of_the_time() -> None:
    assert ATTRACT.rest_ms >= 3 * ATTRACT.cycle_ms


def test_hidden_pages_do_not_move(
    make_stage: Callable[[UiConfig], Stage], screens: dict[str, Screen]
) -> None:
    stage = make_stage(replace(CONFIG, motion=True))
    for name in ("idle", "wait-selling", "tender", "done"):
        stage.show(screens[name])
    moves = [m for m in stage.window.findChildren(Moving) if not m.resting]
    assert moves
    assert all(m.isVisible() for m in moves)


def test_showing_the_same_page_again_does_not_jerk_its_picture(
    make_stage: Callable[[UiConfig], Stage], screens: dict[str, Screen], qtbot: QtBot
) -> None:
    stage = make_stage(replace(CONFIG, motion=True))
    stage.show(screens["done-printing"])
    (slot,) = (s for s in stage.window.findChildren(CardSlot) if s.isVisible())
    qtbot.waitUntil(lambda: slot.progress > 0.1, timeout=DEADLINE_MS)
    before = slot.progress
    stage.show(screens["done"])
    assert slot.progress >= before


# -- poses -----------------------------------------------------------------------------------------


def test_a_card_goes_in_and_comes_out_again(qtbot: QtBot) -> None:
    slot = CardSlot(CardScene.INSERT, motion=False)
    qtbot.addWidget(slot)
    outside = []
    for progress in (0.0, 0.55, 1.0):
        slot.progress = progress
        outside.append(slot.outside())
    assert outside == [OUT, IN, OUT]


def test_a_held_card_does_not_move(qtbot: QtBot) -> None:
    slot = CardSlot(CardScene.HOLD, motion=False)
    qtbot.addWidget(slot)
    slot.progress = 0.5
    assert slot.outside() == IN
    assert slot.lit()


def test_a_swallowed_note_is_gone_in_the_end(qtbot: QtBot) -> None:
    slot = NoteSlot(motion=False)
    qtbot.addWidget(slot)
    slot.show_note(NoteScene.SWALLOW, 5000)
    slot.progress = 1.0
    assert slot.outside() < 0.0


def test_the_invitation_takes_turns_with_the_notes(qtbot: QtBot) -> None:
    slot = NoteSlot(motion=True)
    qtbot.addWidget(slot)
    slot.invite((500, 1000))
    slot.resize(300, 300)
    slot.show()
    first = slot.value_fen
    slot.play(Rhythm(40, 20))
    qtbot.waitUntil(lambda: slot.value_fen != first, timeout=DEADLINE_MS)
    qtbot.waitUntil(lambda: slot.value_fen == first, timeout=DEADLINE_MS)


def test_sentences_take_turns(qtbot: QtBot) -> None:
    ticker = Ticker(Theme(1280, 1024), motion=False)
    qtbot.addWidget(ticker)
    ticker.say(["one", "two"])
    ticker.resize(400, 60)
    ticker.show()
    first = ticker.grab().toImage()
    ticker.turn()
    assert ticker.grab().toImage() != first
    ticker.turn()
    assert ticker.grab().toImage() == first


def test_easing_is_soft_and_bounded() -> None:
    assert [eased(p) for p in (-1.0, 0.0, 0.5, 1.0, 2.0)] == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert between(0.3, 0.2, 0.4) == pytest.approx(0.5)
    assert swing(0.0) == swing(1.0) == 0.0
    assert swing(0.56) == 1.0
