"""Signs that need no words: done, attention, safe, and a ring that turns while waiting."""

from enum import Enum

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from kiosk.ui.theme import TONES
from kiosk.ui.widgets import drawing
from kiosk.ui.widgets.motion import Moving, between
from kiosk.ui.widgets.shapes import arc, fill, fill_circle, inset, smooth


class Sign(Enum):
    """What a mark says."""

    DONE = "done"
    ATTENTION = "attention"
    SAFE = "safe"


GROUNDS = {Sign.DONE: "#0B8A5C", Sign.ATTENTION: "#F5B301", Sign.SAFE: "#0B8A5C"}
_TURNING_PART = 0.28


class Mark(Moving):
    """A round sign (a shield for `Sign.SAFE`) that draws itself once."""

    def __init__(self, side_px: int, sign: Sign = Sign.DONE, *, motion: bool = True) -> None:
        super().__init__(cycle_ms=700, rest_ms=0, motion=motion)
        self._sign = sign
        self.setFixedSize(side_px, side_px)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.pace(cycle_ms=700, rest_ms=0, once=True)

    def show_sign(self, sign: Sign) -> None:
        """Change the sign."""
        self._sign = sign
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(QPainter(self))
        side = (self.width() - 2) * (0.86 + 0.14 * between(self.progress, 0.0, 0.4))
        rect = inset(QRectF(self.rect()), (self.width() - side) / 2)
        ground = QColor(GROUNDS[self._sign])
        if self._sign is Sign.SAFE:
            fill(painter, drawing.shield(rect.adjusted(side * 0.06, 0, -side * 0.06, 0)), ground)
        else:
            fill_circle(painter, rect.center(), side / 2, ground)
        self._paint_sign(painter, inset(rect, side * 0.25))
        painter.end()

    def _paint_sign(self, painter: QPainter, rect: QRectF) -> None:
        if self._sign is Sign.ATTENTION:
            drawing.draw_exclamation(painter, rect, QColor(TONES["warning"].text))
        else:
            drawing.draw_tick(painter, rect, drawing.WHITE, between(self.progress, 0.3, 1.0))


class WaitRing(Moving):
    """Turns as long as it can be seen: the machine is alive and busy."""

    def __init__(self, side_px: int, *, motion: bool = True) -> None:
        super().__init__(cycle_ms=1400, rest_ms=0, rest_at=0.12, motion=motion)
        self.setFixedSize(side_px, side_px)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(QPainter(self))
        width = self.width() * 0.12
        rect = inset(QRectF(self.rect()), width)
        arc(painter, rect, 0, 1, drawing.BRAND_SOFT, width)
        arc(painter, rect, self.progress, _TURNING_PART, drawing.BRAND, width)
        drawing.draw_bolt(painter, inset(rect, rect.width() * 0.28), drawing.BRAND)
        painter.end()
