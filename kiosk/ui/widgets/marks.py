"""Signs that need no words: done, attention, safe, and a ring that turns while waiting."""

from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from kiosk.ui.widgets import drawing
from kiosk.ui.widgets.motion import Moving, between


class Sign(Enum):
    """What a mark says."""

    DONE = "done"
    ATTENTION = "attention"
    SAFE = "safe"


_GROUNDS = {Sign.DONE: "#0B8A5C", Sign.ATTENTION: "#F5B301", Sign.SAFE: "#0B8A5C"}


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
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        grow = 0.86 + 0.14 * between(self.progress, 0.0, 0.4)
        side = self.width() * grow
        rect = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = QColor(_GROUNDS[self._sign])
        if self._sign is Sign.SAFE:
            painter.fillPath(drawing.shield(rect.adjusted(side * 0.06, 0, -side * 0.06, 0)), ground)
        else:
            painter.setBrush(ground)
            painter.drawEllipse(rect)
        self._paint_sign(painter, rect)
        painter.end()

    def _paint_sign(self, painter: QPainter, rect: QRectF) -> None:
        by = rect.width() * 0.25
        inner = rect.adjusted(by, by, -by, -by)
        if self._sign is Sign.ATTENTION:
            drawing.draw_exclamation(painter, inner, QColor("#2A1C00"))
        else:
            drawing.draw_tick(painter, inner, drawing.WHITE, between(self.progress, 0.3, 1.0))


class WaitRing(Moving):
    """Turns as long as it can be seen: the machine is alive and busy."""

    def __init__(self, side_px: int, *, motion: bool = True) -> None:
        super().__init__(cycle_ms=1400, rest_ms=0, rest_at=0.12, motion=motion)
        self.setFixedSize(side_px, side_px)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        stroke = self.width() * 0.12
        rect = QRectF(self.rect()).adjusted(stroke, stroke, -stroke, -stroke)
        painter.setPen(QPen(drawing.BRAND_SOFT, stroke))
        painter.drawEllipse(rect)
        pen = QPen(drawing.BRAND, stroke)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(rect, round(-self.progress * 360 * 16) + 90 * 16, -100 * 16)
        painter.setBrush(drawing.BRAND)
        painter.setPen(Qt.PenStyle.NoPen)
        by = rect.width() * 0.28
        painter.drawPolygon(drawing.bolt(rect.adjusted(by, by, -by, -by)))
        painter.end()
