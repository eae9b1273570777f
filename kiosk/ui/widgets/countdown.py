"""The seconds that are left: calm at first, plain to see at the end. It ticks by itself."""

import math
from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.ui.resources import base_font
from kiosk.ui.theme import FACES, TONES, Theme
from kiosk.ui.widgets.shapes import arc, fill_rounded, letter, smooth

EMPHASISED_S = 15
"""From here on the number is set off."""
_TICK_MARGIN_MS = 5


class Countdown(QWidget):
    """A number in a ring that empties. Signal ``ticked(int)``: whole seconds left."""

    ticked = Signal(int)

    def __init__(self, theme: Theme, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._deadline_s: float | None = None
        self._whole_s = 1.0
        self.seconds_left: int | None = None
        self._text = "{seconds}"
        self._theme = theme
        self._font = QFont(base_font(theme.px(42)))
        self._font.setBold(True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)
        self.setFixedSize(self.sizeHint())
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def emphasised(self) -> bool:
        """True in the last seconds."""
        return self.seconds_left is not None and self.seconds_left <= EMPHASISED_S

    @property
    def text(self) -> str:
        """What is written, empty without a deadline."""
        if self.seconds_left is None:
            return ""
        return self._text.format(seconds=self.seconds_left)

    def count_to(self, deadline_s: float | None, text: str, *, visible: bool = True) -> None:
        """Count down to ``deadline_s`` on the clock, or stop for None. ``text`` holds {seconds}.

        ``visible`` False: tick for others without being seen.
        """
        if deadline_s is not None and deadline_s != self._deadline_s:
            self._whole_s = max(1.0, deadline_s - self._clock())
        self._deadline_s, self._text = deadline_s, text
        self._timer.stop()
        if deadline_s is None:
            self.seconds_left = None
        else:
            self._tick()
        self.setVisible(visible and deadline_s is not None)

    def _tick(self) -> None:
        if self._deadline_s is None:
            return
        left_s = max(0.0, self._deadline_s - self._clock())
        self.seconds_left = math.ceil(left_s)
        self.setAccessibleName(self.text)
        self.ticked.emit(self.seconds_left)
        self.update()
        if left_s > 0:
            to_next_ms = (left_s - (self.seconds_left - 1)) * 1000
            self._timer.start(int(to_next_ms) + _TICK_MARGIN_MS)

    # -- Qt's own --

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(204), self._theme.target - self._theme.px(8))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.seconds_left is None:
            return
        painter = smooth(QPainter(self))
        tone = TONES["warning"] if self.emphasised else TONES["brand"]
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.emphasised:
            fill_rounded(painter, rect, rect.height() / 2, QColor(tone.ground))
        self._paint_ring(painter, rect, QColor(tone.text))
        letter(painter, self._room(rect), self.text, self._fitting(), QColor(tone.text))
        painter.end()

    def _room(self, rect: QRectF) -> QRectF:
        """Return the place of the words, right of the ring."""
        return rect.adjusted(rect.height() * 0.80, 0, -self._theme.px(10), 0)

    def _fitting(self) -> QFont:
        """Return the font, smaller when three digits would run into the ring."""
        font, room = QFont(self._font), self._room(QRectF(self.rect())).width()
        wide = QFontMetricsF(font).horizontalAdvance(self.text)
        if wide > room:
            font.setPixelSize(int(font.pixelSize() * room / wide))
        return font

    def fits(self) -> bool:
        """Tell whether the number stands clear of its ring."""
        wide = QFontMetricsF(self._fitting()).horizontalAdvance(self.text)
        return wide <= self._room(QRectF(self.rect())).width()

    def _paint_ring(self, painter: QPainter, rect: QRectF, colour: QColor) -> None:
        side = rect.height() * 0.50
        ring = QRectF(rect.x() + rect.height() * 0.22, rect.center().y() - side / 2, side, side)
        share = min(1.0, (self.seconds_left or 0) / self._whole_s)
        track = QColor("#D9A83A" if self.emphasised else FACES["header"].border)
        arc(painter, ring, 0, 1, track, side * 0.16)
        arc(painter, ring, 1 - share, share, colour, side * 0.16)
