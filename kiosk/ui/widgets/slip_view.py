"""The slip on the screen, for the day when it does not come out on paper."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QGridLayout

from kiosk.ui.theme import TONES, Theme
from kiosk.ui.widgets.facts import Pair, PairRows
from kiosk.ui.widgets.shapes import fill, smooth, stroke
from kiosk.ui.widgets.text import CENTRE, Panel, Text


class SlipView(Panel):
    """White paper with a torn lower edge and the slip's lines."""

    def __init__(self, theme: Theme, rows: int) -> None:
        super().__init__(theme, "slip")
        self._tooth = theme.px(12)
        self._title = Text(theme, "strong", lean=CENTRE)
        grid = QGridLayout(self)
        aside = theme.px(26)
        grid.setContentsMargins(aside, theme.px(18), aside, theme.px(14) + self._tooth)
        grid.setHorizontalSpacing(theme.px(20))
        grid.setVerticalSpacing(theme.px(2))
        grid.addWidget(self._title, 0, 0, 1, 2)
        self._rows = PairRows(theme, grid, rows, first=1)

    def say(self, title: str, pairs: list[Pair]) -> None:
        """Show the slip's title and lines."""
        self._title.say(title)
        self._rows.say(pairs)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(QPainter(self))
        paper = QPainterPath()
        paper.addPolygon(QPolygonF(self._outline()))
        paper.closeSubpath()
        fill(painter, paper, QColor(TONES["slip"].ground))
        stroke(painter, paper, QColor("#C3D1C9"), 1.0)
        painter.end()

    def _outline(self) -> list[QPointF]:
        width, base, tooth = self.width() - 1, self.height() - 1 - self._tooth, self._tooth
        points = [QPointF(0, 0), QPointF(width, 0), QPointF(width, base)]
        teeth = max(1, round(width / (2 * tooth)))
        step = width / teeth
        for number in range(teeth):
            right = width - number * step
            points += [QPointF(right - step / 2, base + tooth), QPointF(right - step, base)]
        return points
