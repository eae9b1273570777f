"""What every page is given to build itself with."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from kiosk.flow.event import Event
from kiosk.flow.screen import Button
from kiosk.ui.config import UiConfig
from kiosk.ui.theme import Theme

if TYPE_CHECKING:
    from kiosk.engine.staff import StaffDesk
    from kiosk.engine.workshop import Workshop

SomeBox = TypeVar("SomeBox", bound=QBoxLayout)

_LAYOUT_REQUEST = 76
"""QEvent::LayoutRequest by its number: the enumeration costs milliseconds at start."""
_LAYOUT_ROUNDS = 6
"""Panels stand in one another at most so deep."""


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
    counts: Callable[[], bool]
    """Tell whether a press counts: not the tail of the one before it."""
    clock: Callable[[], float]
    """Seconds."""
    desk: "Callable[[], StaffDesk | None]"
    """The staff's desk, once there is one."""
    workshop: "Callable[[], Workshop | None]"
    """Whom the maintenance pages ask, once there is one."""


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


def settle_layouts() -> None:
    """Do the pending layout work now, so that no frame shows new words in old places.

    A changed height travels outwards one panel a round.
    """
    for _ in range(_LAYOUT_ROUNDS):
        QCoreApplication.sendPostedEvents(None, _LAYOUT_REQUEST)
