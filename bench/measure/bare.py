"""The yardstick: a window with one label, and nothing else of this project.

Announces the moment of its first frame and stays until it is ended.
"""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from bench.measure.marks import FRAME, announce, now_ns

WIDTH, HEIGHT = 1280, 1024


class Bare(QWidget):
    """A window with one label."""

    def __init__(self) -> None:
        super().__init__()
        self._first = True
        QVBoxLayout(self).addWidget(QLabel("Please insert your card"))
        self.setFixedSize(WIDTH, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._first:
            self._first = False
            QTimer.singleShot(0, lambda: announce({FRAME: now_ns()}))


def main() -> None:
    """Show it."""
    application = QApplication(["bare"])
    window = Bare()
    window.show()
    application.exec()


if __name__ == "__main__":
    main()
