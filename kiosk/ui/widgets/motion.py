"""Pictures that move for a moment and then rest, so that a machine that waits costs nothing."""

import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

FRAME_MS = 40
"""25 pictures a second look smooth and cost less than half of what the screen could show."""


class Moving(QWidget):
    """Base of moving pictures. ``progress`` runs from 0 to 1 in ``cycle_ms``, then rests for
    ``rest_ms`` in the pose of ``rest_at``. Only a widget that can be seen moves.
    """

    def __init__(
        self, *, cycle_ms: int, rest_ms: int, rest_at: float = 0.0, motion: bool = True
    ) -> None:
        super().__init__()
        self._cycle_ms, self._rest_ms, self._rest_at = cycle_ms, rest_ms, rest_at
        self._motion = motion
        self._once = False
        self.progress = rest_at
        self._began_s = 0.0
        self._frames = QTimer(self)
        self._frames.setInterval(FRAME_MS)
        self._frames.timeout.connect(self._next_frame)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._begin)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def resting(self) -> bool:
        """True while no frame is due."""
        return not self._frames.isActive()

    def pace(
        self, *, cycle_ms: int, rest_ms: int, rest_at: float = 0.0, once: bool = False
    ) -> None:
        """Change the rhythm and start it anew. ``once``: stay in the last pose afterwards."""
        self._cycle_ms, self._rest_ms, self._rest_at, self._once = cycle_ms, rest_ms, rest_at, once
        self._halt()
        self.progress = self._still()
        if self.isVisible():
            self._begin()
        self.update()

    def _still(self) -> float:
        ended = self._once and not self._motion
        return 1.0 if ended else self._rest_at

    def _begin(self) -> None:
        if not self._motion:
            return
        self._began_s = time.monotonic()
        self._frames.start()

    def _halt(self) -> None:
        self._frames.stop()
        self._rest.stop()

    def _next_frame(self) -> None:
        elapsed = (time.monotonic() - self._began_s) * 1000
        if elapsed < self._cycle_ms:
            self.progress = elapsed / self._cycle_ms
        elif self._rest_ms == 0 and not self._once:
            self.progress = (elapsed % self._cycle_ms) / self._cycle_ms
        else:
            self._settle()
        self.show_frame()

    def show_frame(self) -> None:
        """Have the present pose painted; the whole widget unless a picture knows what has moved."""
        self.update()

    def _settle(self) -> None:
        self._frames.stop()
        self.progress = 1.0 if self._once else self._rest_at
        if not self._once:
            self._rest.start(self._rest_ms)

    # -- Qt's own --

    def showEvent(self, event: QShowEvent) -> None:
        self._begin()

    def hideEvent(self, event: QHideEvent) -> None:
        self._halt()
        self.progress = self._still()


def eased(part: float) -> float:
    """Return ``part`` (0 to 1) with a soft start and a soft end."""
    held = min(1.0, max(0.0, part))
    return held * held * (3 - 2 * held)


def between(progress: float, start: float, end: float) -> float:
    """Return how far ``progress`` is from ``start`` to ``end``, eased, 0 before and 1 after."""
    return eased((progress - start) / (end - start))
