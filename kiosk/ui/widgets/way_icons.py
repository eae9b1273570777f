"""The ways to say whose bill it is, as small pictures: its number, its code, the meter card."""

from enum import StrEnum

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.ui.theme import Theme
from kiosk.ui.widgets import drawing
from kiosk.ui.widgets.shapes import fill_rounded, rounded, smooth, stroke
from kiosk.ui.widgets.step_icons import draw_into_slot

_FINDERS = ((0, 0), (0, 5), (5, 0))
"""Places of the three corner squares of a code, in its eight rows and columns."""
_DOTS = ((0, 3), (1, 4), (3, 0), (3, 2), (4, 4), (3, 5), (5, 3), (4, 7), (6, 4), (7, 3), (5, 6))
_MORE_DOTS = ((6, 7), (7, 5), (7, 6), (2, 3), (4, 1))
_CELL = 5.5


class Way(StrEnum):
    """How the customer can say whose bill it is."""

    NUMBER = "number"
    CODE = "code"
    CARD = "card"


class WayIcon(QWidget):
    """A square picture of one way."""

    def __init__(self, theme: Theme, way: Way) -> None:
        super().__init__()
        self._way = way
        side = theme.px(78)
        self.setFixedSize(QSize(side, side))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(QPainter(self))
        painter.scale(self.width() / 100, self.height() / 100)
        match self._way:
            case Way.NUMBER:
                _draw_number(painter)
            case Way.CODE:
                _draw_code(painter)
            case Way.CARD:
                draw_into_slot(painter)
        painter.end()


def _draw_sheet(painter: QPainter) -> None:
    sheet = rounded(QRectF(16, 4, 68, 92), 7)
    painter.fillPath(sheet, drawing.WHITE)
    stroke(painter, sheet, drawing.BRAND, 4)


def _draw_number(painter: QPainter) -> None:
    """Draw a bill with its number marked."""
    _draw_sheet(painter)
    fill_rounded(painter, QRectF(26, 16, 30, 6), 3, drawing.BRAND)
    fill_rounded(painter, QRectF(22, 30, 56, 20), 6, drawing.AMBER)
    for x in (28, 37, 46, 55, 64):
        fill_rounded(painter, QRectF(x, 35, 6, 10), 2, drawing.AMBER_INK)
    for y, width in ((60, 48), (71, 48), (82, 30)):
        fill_rounded(painter, QRectF(26, y, width, 5), 2.5, drawing.BRAND_SOFT)


def _draw_code(painter: QPainter) -> None:
    """Draw a square code on a bill, and the scanner's beam across it."""
    _draw_sheet(painter)
    left, top = 28.0, 26.0
    for down, along in _FINDERS:
        x, y = left + along * _CELL, top + down * _CELL
        fill_rounded(painter, QRectF(x, y, 3 * _CELL, 3 * _CELL), 2, drawing.BRAND)
        fill_rounded(painter, QRectF(x + 4, y + 4, 3 * _CELL - 8, 3 * _CELL - 8), 1, drawing.WHITE)
        fill_rounded(
            painter, QRectF(x + 6, y + 6, 3 * _CELL - 12, 3 * _CELL - 12), 1, drawing.BRAND
        )
    for down, along in _DOTS + _MORE_DOTS:
        dot = QRectF(left + along * _CELL, top + down * _CELL, _CELL, _CELL)
        fill_rounded(painter, dot, 0.5, drawing.BRAND)
    fill_rounded(painter, QRectF(4, 46, 92, 5), 2.5, drawing.LAMP)
