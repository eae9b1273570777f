"""A large button with a picture: one thing that staff can do at the machine."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from kiosk.ui.theme import Theme
from kiosk.ui.widgets import drawing
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.shapes import (
    arc,
    circle,
    fill_circle,
    fill_rounded,
    line,
    rounded,
    smooth,
    stroke,
)

_PICTURE = 92
"""Reference pixels of the picture's side."""
_GAP = 26
_SIDE = 100.0
"""Pictures are drawn on a square of so many units."""

Draw = Callable[[QPainter], None]


class TileButton(BigButton):
    """Picture on the left, words beside it."""

    lean = 0.0
    note_role = "caption"

    def __init__(self, theme: Theme, name: str, picture: str) -> None:
        """``picture``: a key of `PICTURES`; any other is drawn as an empty frame."""
        super().__init__(theme, "secondary", name, role="strong")
        self._draw = PICTURES.get(picture, _draw_frame)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(theme.px(230))

    def _words(self) -> QRectF:
        return super()._words().adjusted(self._theme.px(_PICTURE + _GAP), 0, 0, 0)

    # -- Qt's own --

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(400), self._theme.px(120))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = smooth(QPainter(self))
        side, room = self._theme.px(_PICTURE), super()._words()
        painter.translate(room.x(), room.center().y() - side / 2)
        painter.scale(side / _SIDE, side / _SIDE)
        painter.setOpacity(1.0 if self.isEnabled() else 0.4)
        self._draw(painter)
        painter.end()


def _draw_frame(painter: QPainter) -> None:
    stroke(painter, rounded(QRectF(12, 12, 76, 76), 12), drawing.BRAND, 5)


def _draw_box(painter: QPainter) -> None:
    """Draw the cash box on its way out."""
    drawing.draw_arrow(painter, QRectF(38, 2, 24, 32), drawing.BRAND)
    fill_rounded(painter, QRectF(10, 40, 80, 54), 9, drawing.MACHINE)
    fill_rounded(painter, QRectF(10, 40, 80, 20), 9, drawing.MACHINE_EDGE)
    fill_rounded(painter, QRectF(26, 47, 48, 6), 3, drawing.MACHINE_DARK)
    stroke(painter, rounded(QRectF(36, 68, 28, 14), 6), drawing.WHITE, 4)


def _draw_bars(painter: QPainter) -> None:
    """Draw a few bars: figures."""
    for left, high, colour in (
        (12, 34, drawing.BRAND_SOFT),
        (34, 58, drawing.GOOD),
        (56, 78, drawing.BRAND),
        (78, 24, drawing.BRAND_SOFT),
    ):
        fill_rounded(painter, QRectF(left, 88 - high, 16, high), 4, colour)
    line(painter, QPointF(6, 92), QPointF(98, 92), drawing.MACHINE, 5)


def _draw_slips(painter: QPainter) -> None:
    """Draw slips that lie on one another."""
    for shift in (18, 9, 0):
        sheet = rounded(QRectF(14 + shift, 24 - shift, 56, 70), 6)
        painter.fillPath(sheet, drawing.WHITE)
        stroke(painter, sheet, drawing.BRAND, 4)
    for top, width in ((38, 36), (50, 36), (62, 24)):
        fill_rounded(painter, QRectF(24, top, width, 5), 2.5, drawing.BRAND)
    drawing.draw_tick(painter, QRectF(44, 68, 20, 18), drawing.GOOD)


def _draw_stuck(painter: QPainter) -> None:
    """Draw a card with a warning."""
    drawing.draw_card(painter, QRectF(10, 8, 52, 82))
    fill_circle(painter, QPointF(70, 68), 25, drawing.WHITE)
    fill_circle(painter, QPointF(70, 68), 21.5, drawing.AMBER)
    drawing.draw_exclamation(painter, QRectF(57, 55, 26, 26), drawing.AMBER_INK)


def _draw_gauge(painter: QPainter) -> None:
    """Draw an instrument: how the parts are."""
    fill_circle(painter, QPointF(50, 52), 44, drawing.BRAND_SOFT)
    stroke(painter, circle(QPointF(50, 52), 44), drawing.BRAND, 5)
    arc(painter, QRectF(20, 22, 60, 60), -0.34, 0.46, drawing.GOOD, 9)
    arc(painter, QRectF(20, 22, 60, 60), 0.14, 0.2, drawing.AMBER_DEEP, 9)
    line(painter, QPointF(50, 56), QPointF(36, 34), drawing.MACHINE, 6)
    fill_circle(painter, QPointF(50, 56), 8, drawing.MACHINE)


def _draw_machine(painter: QPainter) -> None:
    """Draw the machine itself."""
    fill_rounded(painter, QRectF(18, 4, 64, 92), 10, drawing.MACHINE)
    fill_rounded(painter, QRectF(26, 14, 48, 34), 5, drawing.BRAND_SOFT)
    drawing.draw_bolt(painter, QRectF(41, 19, 18, 24), drawing.BRAND)
    fill_rounded(painter, QRectF(30, 58, 40, 6), 3, drawing.GLOW)
    fill_rounded(painter, QRectF(30, 72, 24, 6), 3, drawing.LIP)
    fill_rounded(painter, QRectF(30, 84, 40, 6), 3, drawing.MACHINE_DARK)


PICTURES: Mapping[str, Draw] = {
    "clearing": _draw_box,
    "figures": _draw_bars,
    "periods": _draw_slips,
    "orders": _draw_stuck,
    "devices": _draw_gauge,
    "machine": _draw_machine,
}
"""By what they lead to."""
