"""What every page is given to build itself with."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from kiosk.flow.event import Event
from kiosk.flow.screen import Button
from kiosk.ui.config import UiConfig
from kiosk.ui.theme import Theme

if TYPE_CHECKING:
    from kiosk.engine.staff import StaffDesk

SomeBox = TypeVar("SomeBox", bound=QBoxLayout)


STIR_S = 5.0
"""Least time between two signs of life of somebody who types."""


class Kit(NamedTuple):
    """The look, the site and the ways to say what was pressed."""

    theme: Theme
    config: UiConfig
    press: Callable[[Button], None]
    """A button that the flow offers."""
    submit: Callable[[Event], None]
    """A fact that a page made of what was typed; like a button, once for each press."""
    post: Callable[[Event], None]
    """A fact that may follow another one closely."""
    clock: Callable[[], float]
    """Seconds."""
    desk: "Callable[[], StaffDesk | None]"
    """The staff's desk, once there is one."""


class Stirring:
    """Says that somebody is still there, not more often than needed."""

    def __init__(self, clock: Callable[[], float], say: Callable[[], None]) -> None:
        self._clock, self._say = clock, say
        self._said_s: float | None = None

    def stir(self) -> None:
        """Somebody did something."""
        now_s = self._clock()
        if self._said_s is None or now_s - self._said_s >= STIR_S:
            self._said_s = now_s
            self._say()


def column(parent: QWidget | None = None, *, spacing: int = 0, margin: int = 0) -> QVBoxLayout:
    """Return a layout from top to bottom, on ``parent`` if given."""
    layout = QVBoxLayout() if parent is None else QVBoxLayout(parent)
    return _spaced(layout, spacing, margin)


def row(parent: QWidget | None = None, *, spacing: int = 0, margin: int = 0) -> QHBoxLayout:
    """Return a layout from left to right, on ``parent`` if given."""
    layout = QHBoxLayout() if parent is None else QHBoxLayout(parent)
    return _spaced(layout, spacing, margin)


def centred(widget: QWidget) -> QHBoxLayout:
    """Return a row with ``widget`` in its middle."""
    layout = row()
    layout.addStretch(1)
    layout.addWidget(widget)
    layout.addStretch(1)
    return layout


def _spaced(layout: SomeBox, spacing: int, margin: int) -> SomeBox:
    layout.setSpacing(spacing)
    layout.setContentsMargins(margin, margin, margin, margin)
    return layout
