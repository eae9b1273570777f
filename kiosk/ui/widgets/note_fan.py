"""The banknotes that the machine takes, laid over one another so that each number shows."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.ui.widgets import drawing
from kiosk.ui.widgets.shapes import smooth

_STRIP = 0.36
"""How much of a note's height shows under the one before it."""
_ASIDE = 0.05
"""How much of its width a note lies further right than the one before."""
_MARGIN = 0.06


class NoteFan(QWidget):
    """One note of each value, the smallest behind."""

    def __init__(self) -> None:
        super().__init__()
        self._values_fen: tuple[int, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(160, 120))

    def show_notes(self, values_fen: tuple[int, ...]) -> None:
        """Show one note of each value."""
        self._values_fen = values_fen
        self.update()

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(QPainter(self))
        later = max(0, len(self._values_fen) - 1)
        width = self._note_width(later)
        height = width / drawing.NOTE_RATIO
        left = (self.width() - width * (1 + later * _ASIDE)) / 2
        top = (self.height() - height * (1 + later * _STRIP)) / 2
        for number, value in enumerate(self._values_fen):
            place = QRectF(
                left + number * width * _ASIDE, top + number * height * _STRIP, width, height
            )
            drawing.draw_note(painter, place, value, self.font())
        painter.end()

    def _note_width(self, later: int) -> float:
        by_width = self.width() / (1 + later * _ASIDE + _MARGIN)
        by_height = self.height() * drawing.NOTE_RATIO / (1 + later * _STRIP + _MARGIN)
        return min(by_width, by_height)
