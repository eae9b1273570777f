"""A window in a chosen size, a clock that is a number, and what was posted."""

from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kiosk.flow.event import Event
from kiosk.flow.screen import Screen
from kiosk.ui.config import UiConfig
from kiosk.ui.samples import CONFIG, Sample, samples
from kiosk.ui.samples_bill import bill_samples
from kiosk.ui.samples_owed import owed_samples
from kiosk.ui.samples_staff import staff_samples
from kiosk.ui.window import Window


class Clock:
    """A clock that a test moves by hand, in seconds."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Stage:
    """A window, its clock and what it posted."""

    def __init__(self, config: UiConfig) -> None:
        self.clock = Clock()
        self.posted: list[Event] = []
        self.window = Window(config, self.posted.append, clock=self.clock)
        self.window.open()

    def show(self, screen: Screen, *, left_s: float | None = None, language: str = "") -> None:
        """Show ``screen`` with so many seconds left and wait until it is drawn."""
        deadline_s = None if left_s is None else self.clock.now_s + left_s
        told = replace(screen, language=language) if language else screen
        self.window.show_screen(told, deadline_s)
        QApplication.processEvents()

    def play(self, sample: Sample, *, left_s: float | None = None, language: str = "") -> None:
        """Show a sample, with what somebody does on its page."""
        deadline_s = None if left_s is None else self.clock.now_s + left_s
        told = replace(sample.screen, language=language) if language else sample.screen
        sample.play(self.window, told, deadline_s)
        QApplication.processEvents()


@pytest.fixture
def make_stage(qtbot: QtBot) -> Iterator[Callable[[UiConfig], Stage]]:
    """Return a maker of stages; their windows are closed afterwards."""
    stages: list[Stage] = []

    def make(config: UiConfig) -> Stage:
        stages.append(Stage(config))
        return stages[-1]

    yield make
    for stage in stages:
        stage.window.close()
        stage.window.deleteLater()


@pytest.fixture
def stage(make_stage: Callable[[UiConfig], Stage]) -> Stage:
    """A small ordinary window."""
    return make_stage(CONFIG)


@pytest.fixture(scope="session")
def screens() -> dict[str, Screen]:
    """Return the sample screens by name; of the staff's page, which plays by itself, one."""
    shown = [*samples(), *owed_samples(), *bill_samples(), *staff_samples()[:1]]
    return {sample.name: sample.screen for sample in shown}
