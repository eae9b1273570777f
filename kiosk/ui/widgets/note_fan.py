"""The banknotes that the machine takes, side by side."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.ui.widgets import drawing

_LEAN_DEGREES = 9.0


class NoteFan(QWidget):
    """A fanned hand of notes, or a straight row of them."""

    def __init__(self, values_fen: tuple[int, ...] = (), *, fanned: bool = True) -> None:
        super().__init__()
        self._values_fen, self._fanned = values_fen, fanned
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(160, 120))

    def show_notes(self, values_fen: tuple[int, ...]) -> None:
        """Show one note of each value."""
        self._values_fen = values_fen
        self.update()

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = (len(self._values_fen) - 1) / 2
        width = self._note_width()
        for number, value in enumerate(self._values_fen):
            painter.save()
            painter.translate(self.width() / 2, self.height() * (1.02 if self._fanned else 0.5))
            self._place(painter, number - middle, width)
            height = width * drawing.NOTE_RATIO
            top = -height * (1.16 if self._fanned else 0.5)
            drawing.draw_note(painter, QRectF(-width / 2, top, width, height), value, self.font())
            painter.restore()
        painter.end()

    def _note_width(self) -> float:
        count = max(1, len(self._values_fen))
        if self._fanned:
            by_width = self.width() / (1.9 + 0.55 * (count - 1))
            return min(by_width, self.height() / (drawing.NOTE_RATIO * 1.24))
        by_width = self.width() / (count * 1.14)
        return min(by_width, self.height() / (drawing.NOTE_RATIO * 1.1))

    def _place(self, painter: QPainter, place: float, width: float) -> None:
        if self._fanned:
            painter.translate(place * width * 0.34, 0)
            painter.rotate(place * _LEAN_DEGREES)
        else:
            painter.translate(place * width * 1.14, 0)
