"""Where the customer is: four steps, those behind ticked, the present one filled."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.flow.screen import Step
from kiosk.ui.kit import row
from kiosk.ui.resources import base_font
from kiosk.ui.theme import TONES, Theme
from kiosk.ui.widgets import drawing
from kiosk.ui.widgets.shapes import circle, fill_circle, inset, letter, line, smooth, stroke
from kiosk.ui.widgets.text import Panel, Text

_STEPS = tuple(Step)


class StepBadge(QWidget):
    """The number of a step, or a tick when it is behind."""

    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__()
        self._number, self._state = number, 0
        side = theme.px(52)
        self.setFixedSize(side, side)
        self._font = QFont(base_font(theme.px(34)))
        self._font.setBold(True)

    def show_state(self, state: int) -> None:
        """-1: behind, 0: now, 1: ahead."""
        if state != self._state:
            self._state = state
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(QPainter(self))
        rect = inset(QRectF(self.rect()), 2)
        ahead = self._state > 0
        strong, muted = QColor(TONES["page"].strong), QColor(TONES["page"].muted)
        radius = rect.width() / 2
        fill_circle(painter, rect.center(), radius, drawing.WHITE if ahead else strong)
        stroke(painter, circle(rect.center(), radius), muted if ahead else strong, 3)
        if self._state < 0:
            drawing.draw_tick(painter, inset(rect, rect.width() * 0.24), drawing.WHITE)
        else:
            ink = muted if ahead else drawing.WHITE
            letter(painter, rect, str(self._number), self._font, ink)
        painter.end()


class StepLine(QWidget):
    """What joins two steps."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._behind = False
        self._stroke = theme.px(5)
        self.setMinimumWidth(theme.px(16))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_behind(self, behind: bool) -> None:
        """Tell whether the step before it is done."""
        self._behind = behind
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour = QColor(TONES["page"].strong if self._behind else "#AFC4B9")
        middle = self.height() / 2
        line(painter, QPointF(0, middle), QPointF(self.width(), middle), colour, self._stroke)
        painter.end()


class StepStrip(Panel):
    """The strip under the header."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "page")
        layout = row(self, spacing=theme.px(12))
        layout.setContentsMargins(theme.margin, theme.px(18), theme.margin, theme.px(6))
        self._badges: list[StepBadge] = []
        self._names: list[Text] = []
        self._lines: list[StepLine] = []
        for number, _ in enumerate(_STEPS, start=1):
            if number > 1:
                self._lines.append(StepLine(theme))
                layout.addWidget(self._lines[-1], 1)
            self._badges.append(StepBadge(theme, number))
            self._names.append(Text(theme, "body", wrap=False))
            layout.addWidget(self._badges[-1])
            layout.addWidget(self._names[-1])

    def show_step(self, step: Step, names: dict[Step, str]) -> None:
        """Mark ``step`` as the present one."""
        place = _STEPS.index(step)
        for number, each in enumerate(_STEPS):
            state = (number > place) - (number < place)
            self._badges[number].show_state(state)
            name = self._names[number]
            name.setText(names[each])
            name.set_shade("strong" if state == 0 else "muted")
        for number, joint in enumerate(self._lines):
            joint.show_behind(number < place)
