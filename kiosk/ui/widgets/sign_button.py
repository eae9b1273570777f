"""A wide button with a sign before its words: well, or not."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from kiosk.ui.theme import Theme
from kiosk.ui.widgets import drawing
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.marks import GROUNDS, Sign
from kiosk.ui.widgets.shapes import fill_circle, inset, smooth

_SIDE = 60
"""Reference pixels of the sign's side."""
_GAP = 20


class SignButton(BigButton):
    """Two lines beside a sign, from edge to edge."""

    lean = 0.0
    note_role = "caption"

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, "secondary", name, role="strong")
        self._sign = Sign.DONE
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(max(theme.target, theme.px(108)))
        self.setMaximumHeight(theme.px(150))

    def show_sign(self, sign: Sign) -> None:
        """Change the sign."""
        self._sign = sign
        self.update()

    def _words(self) -> QRectF:
        side, tight = self._theme.px(_SIDE + _GAP), self._theme.px(4)
        return super()._words().adjusted(side, -tight, 0, tight)

    # -- Qt's own --

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(200), self.minimumHeight())

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(400), self._theme.px(112))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = smooth(QPainter(self))
        side, room = float(self._theme.px(_SIDE)), super()._words()
        rect = QRectF(room.x(), room.center().y() - side / 2, side, side)
        fill_circle(painter, rect.center(), side / 2, QColor(GROUNDS[self._sign]))
        inner = inset(rect, side * 0.25)
        if self._sign is Sign.ATTENTION:
            drawing.draw_exclamation(painter, inner, drawing.AMBER_INK)
        else:
            drawing.draw_tick(painter, inner, drawing.WHITE)
        painter.end()
