"""A bar that is as long as its part of the largest one."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.ui.theme import Theme
from kiosk.ui.widgets import drawing
from kiosk.ui.widgets.shapes import fill_rounded, smooth


class ShareBar(QWidget):
    """A line of a bar chart, in the colour of its banknote."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._part, self._whole, self._colour = 0, 1, drawing.GOOD
        self.setMinimumWidth(theme.px(90))
        self.setFixedHeight(theme.px(34))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_part(self, part: int, whole: int, value_fen: int) -> None:
        """Fill ``part`` of ``whole``; ``value_fen`` gives the colour."""
        self._part, self._whole = part, max(1, whole)
        self._colour = QColor(drawing.NOTE_COLOURS.get(value_fen, ("", drawing.GOOD.name()))[1])
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(QPainter(self))
        whole = QRectF(self.rect())
        radius = whole.height() / 4
        fill_rounded(painter, whole, radius, drawing.BRAND_SOFT)
        width = whole.width() * min(self._part, self._whole) / self._whole
        if self._part:
            filled = QRectF(0, 0, max(width, radius * 2), whole.height())
            fill_rounded(painter, filled, radius, self._colour)
        painter.end()
