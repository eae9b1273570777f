"""What every page is given to build itself with."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from kiosk.flow.screen import Button
from kiosk.ui.config import UiConfig
from kiosk.ui.theme import Theme

SomeBox = TypeVar("SomeBox", bound=QBoxLayout)


class Kit(NamedTuple):
    """The look, the site and the way to say that a button was pressed."""

    theme: Theme
    config: UiConfig
    press: Callable[[Button], None]


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
