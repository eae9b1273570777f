"""When a window's pixels have changed.

Qt gathers everything that must be drawn anew into one update request to the window and paints it
all while that is handled: what was changed before the request is on the frame after it.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from bench.measure.marks import now_ns

Painted = Callable[[int], None]


class Frames(QObject):
    """Watches a window's frames, from Qt's thread."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self._waiting: list[Painted] = []
        window.installEventFilter(self)

    def after_next(self, painted: Painted) -> None:
        """Call ``painted`` once with the moment (`now_ns`) after the next frame is painted."""
        self._waiting.append(painted)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._waiting and event.type() is QEvent.Type.UpdateRequest:
            waiting, self._waiting = self._waiting, []
            QTimer.singleShot(0, lambda: _tell(waiting))
        return False


def _tell(waiting: list[Painted]) -> None:
    at_ns = now_ns()
    for painted in waiting:
        painted(at_ns)
