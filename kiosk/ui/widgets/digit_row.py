"""Places for the digits of a long number, in groups, filled one by one."""

from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from kiosk.ui.i18n import grouped
from kiosk.ui.resources import base_font
from kiosk.ui.theme import TONES, Theme
from kiosk.ui.widgets.shapes import fill_circle, letter, line, smooth
from kiosk.ui.widgets.text import Panel

_GROUP = 4
_PAUSE = 0.55
"""Room between two groups, in places."""
_HEIGHT = 92
_FONT_OVER_PLACE = 1.6
"""A digit is a little more than half as wide as its font is high."""
DOT = "●"
"""Stands for a digit that nobody must see."""


class DigitRow(Panel):
    """Shows what was typed, or dots for what nobody must see."""

    def __init__(self, theme: Theme, places: int) -> None:
        super().__init__(theme, "panel")
        self._theme, self._places = theme, places
        self._digits = ""
        self._wrong = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumSize(theme.px(400), theme.px(_HEIGHT))

    @property
    def digits(self) -> str:
        """What is written."""
        return self._digits

    def show_digits(self, digits: str, *, wrong: bool = False) -> None:
        """Write ``digits``; ``wrong``: they cannot be right."""
        self._digits, self._wrong = digits, wrong
        self.setAccessibleName(grouped(digits))
        self.set_tone("danger" if wrong else "panel")

    def _rects(self) -> Iterator[QRectF]:
        aside = float(self._theme.px(24))
        pauses = (self._places - 1) // _GROUP
        place = min(
            (self.width() - 2 * aside) / (self._places + pauses * _PAUSE),
            float(self._theme.px(60)),
        )
        whole = place * (self._places + pauses * _PAUSE)
        left = (self.width() - whole) / 2
        for number in range(self._places):
            x = left + place * (number + number // _GROUP * _PAUSE)
            yield QRectF(x, 0, place, self.height())

    # -- Qt's own --

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = smooth(QPainter(self))
        tone = TONES[self.tone]
        rects = list(self._rects())
        font = QFont(base_font(self._font_px(rects[0].width())))
        font.setBold(True)
        for number, rect in enumerate(rects):
            ink = QColor(tone.strong if number <= len(self._digits) else tone.muted)
            self._paint_place(painter, rect, ink, next_one=number == len(self._digits))
            if number < len(self._digits):
                self._paint_digit(painter, rect, self._digits[number], font)
        painter.end()

    def _paint_digit(self, painter: QPainter, rect: QRectF, digit: str, font: QFont) -> None:
        ink = QColor(TONES[self.tone].strong)
        if digit == DOT:
            fill_circle(painter, rect.center(), rect.width() * 0.24, ink)
        else:
            letter(painter, rect, digit, font, ink)

    def _font_px(self, place: float) -> int:
        most = self._theme.text_px("figure")
        return max(1, min(most, int(place * _FONT_OVER_PLACE)))

    def _paint_place(self, painter: QPainter, rect: QRectF, ink: QColor, *, next_one: bool) -> None:
        below = rect.height() * 0.80
        aside = rect.width() * 0.12
        thick = self._theme.px(7 if next_one else 3)
        line(
            painter,
            QPointF(rect.left() + aside, below),
            QPointF(rect.right() - aside, below),
            ink,
            thick,
        )
