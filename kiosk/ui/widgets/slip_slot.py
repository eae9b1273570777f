"""The paper slip coming out of the printer: what there is to take when there is no card."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from kiosk.ui.widgets import drawing
from kiosk.ui.widgets.shapes import fill, fill_rounded, place, rounded, stroke
from kiosk.ui.widgets.slot_picture import IN, SHOWN, Rhythm, SlotPicture, swing

_RHYTHM = Rhythm(2200, 2000)
_LINES = ((0.20, 0.56), (0.30, 0.72), (0.40, 0.72), (0.50, 0.44))
"""Height and width of the lines on the paper, in parts of it."""


class SlipSlot(SlotPicture):
    """A narrow slot and white paper in it."""

    slit_at = 0.62
    thing_width = 0.36
    thing_ratio = 1.6

    def __init__(self, *, motion: bool = True) -> None:
        super().__init__(motion=motion)
        self.play(_RHYTHM)

    # -- what a picture decides --

    def outside(self) -> float:
        return IN + (SHOWN - IN) * (1 - swing(self.progress))

    def draw_thing(self, painter: QPainter, rect: QRectF) -> None:
        drawing.draw_shadow(painter, rect, rect.width() * 0.04)
        paper = rounded(rect, rect.width() * 0.02)
        fill(painter, paper, drawing.WHITE)
        stroke(painter, paper, drawing.METER_EDGE, 1.5)
        for down, width in _LINES:
            start = place(rect, 0.14, down + 0.30)
            line = QRectF(start.x(), start.y(), rect.width() * width, rect.height() * 0.035)
            fill_rounded(painter, line, line.height() / 2, drawing.BRAND_SOFT)
        badge = place(rect, 0.5, 0.34)
        side = rect.width() * 0.30
        drawing.draw_tick(
            painter, QRectF(badge.x() - side / 2, badge.y() - side / 2, side, side), drawing.GOOD
        )
