"""Every state, size and language: nothing cut off, overlapping, too small or untranslated."""

import re
from collections.abc import Callable, Iterator
from itertools import combinations, product

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from kiosk.ui.config import UiConfig
from kiosk.ui.gallery import SIZES, SOURCES, all_samples
from kiosk.ui.i18n import LANGUAGES, catalogue
from kiosk.ui.more_time import MoreTime
from kiosk.ui.samples import LONG_CONFIG
from kiosk.ui.samples_care import VERBATIM
from kiosk.ui.samples_staff import NAME, WITNESS
from kiosk.ui.theme import PAGE, TONES
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.header import Header
from kiosk.ui.widgets.text import Text
from kiosk.ui.widgets.ticker import Ticker
from kiosk.ui.window import Window
from tests.ui.conftest import Stage

MakeStage = Callable[[UiConfig], Stage]
LATIN_IN_CHINESE = {"English"}
NAMES = re.compile(
    "|".join([NAME, WITNESS, "[mM]{5,}", "OfOtherVersion", r"/dev/\S+", *map(re.escape, VERBATIM)])
)
"""Of people, as they typed them; of a fact that this version does not know; what parts say of
themselves, and parameters.
"""
CODES = {key for key in catalogue("en") if "." in key}


def place(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def seen_part(widget: QWidget, window: QWidget) -> QRect:
    """The part of ``widget`` that its parents do not cut off."""
    part, parent = place(widget, window), widget.parentWidget()
    while parent is not None:
        part = part.intersected(place(parent, window))
        parent = None if parent is window else parent.parentWidget()
    return part


def to_be_read(window: Window) -> Iterator[QWidget]:
    """What the customer reads and presses; not what lies under the question about more time."""
    screen = window.screen_shown
    asked = screen is not None and screen.more_time
    grounds = window.findChildren(MoreTime) + window.findChildren(Header) if asked else [window]
    for ground in grounds:
        for widget in ground.findChildren(QWidget):
            if isinstance(widget, Text | BigButton | Ticker) and widget.isVisible():
                yield widget


def faults(window: Window) -> list[str]:
    readable = list(to_be_read(window))
    found = []
    for widget in readable:
        if isinstance(widget, Text | BigButton | Ticker) and not widget.fits():
            found.append(f"cut off: {words_on(widget)!r}")
        if seen_part(widget, window) != place(widget, window):
            found.append(f"outside: {words_on(widget)!r}")
        if isinstance(widget, BigButton) and widget.height() < window.theme.target:
            found.append(f"too low: {words_on(widget)!r}")
    for one, other in combinations(readable, 2):
        if place(one, window).intersects(place(other, window)):
            found.append(f"overlap: {words_on(one)!r} and {words_on(other)!r}")
    return found


def words_on(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, Text | BigButton) else widget.accessibleName()


EASY = {((1920, 1080), "en"), ((1080, 1920), "zh")}
"""Wide room for long words, and high room for short ones: their other halves are harder."""
LOOKS = [look for look in product(SIZES, LANGUAGES) if look not in EASY]


def codes(window: Window, language: str) -> list[str]:
    """What a machine would say instead of words."""
    found = []
    for text in map(words_on, to_be_read(window)):
        plain = NAMES.sub("", text)
        latin = set(re.findall(r"[A-Za-z]{2,}", plain)) if language == "zh" else set[str]()
        coded = re.search(r"\b[a-z]+(-[a-z]+){2,}\b", plain)
        if "{" in text or text in CODES or coded or not latin <= LATIN_IN_CHINESE:
            found.append(f"a code: {text!r}")
    return found


def off_colour(window: Window) -> list[str]:
    """Texts that have not the colour of the ground that they stand on."""
    return [
        f"colour: {text.text()!r}"
        for text in window.findChildren(Text)
        if text.colour not in {text.tone.text, text.tone.muted, text.tone.strong}
    ]


@pytest.mark.parametrize(("size", "language"), LOOKS)
@pytest.mark.parametrize("source", SOURCES)
def test_every_state_can_be_read_whole(
    make_stage: MakeStage, size: tuple[int, int], language: str, source: str
) -> None:
    """Nothing is cut off, overlaps, shows a code or has a colour of another ground."""
    stage = make_stage(replace(LONG_CONFIG, width=size[0], height=size[1]))
    wrong: dict[str, list[str]] = {}
    for sample in SOURCES[source]():
        stage.play(sample, left_s=12.0, language=language)
        window = stage.window
        if found := [*faults(window), *codes(window, language), *off_colour(window)]:
            wrong[sample.name] = found
    assert wrong == {}


def test_the_window_is_as_large_as_asked_and_of_the_themes_ground(make_stage: MakeStage) -> None:
    stage = make_stage(replace(LONG_CONFIG, width=1920, height=1080))
    stage.show(all_samples()[0].screen)
    picture = stage.window.grab().toImage()
    assert (stage.window.width(), stage.window.height()) == (1920, 1080)
    assert picture.pixelColor(10, 1075).name() == TONES[PAGE].ground.lower()
