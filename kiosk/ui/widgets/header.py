"""The bar at the top of every screen: whose machine, which machine, how long, which language.

Whoever holds a finger on the machine's number for some seconds is of the staff.
"""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.ui.config import UiConfig
from kiosk.ui.i18n import Words, unbroken
from kiosk.ui.kit import column, row
from kiosk.ui.theme import Theme
from kiosk.ui.widgets import drawing
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.countdown import Countdown
from kiosk.ui.widgets.shapes import fill_rounded, inset, smooth
from kiosk.ui.widgets.text import Panel, Text

LANGUAGE_BUTTON = "button-language"
NAMEPLATE = "nameplate"
HOLD_MS = 5000
"""Nobody does it by accident, and nobody has to be told twice."""


class Emblem(QWidget):
    """A bolt on a white tile."""

    def __init__(self, side_px: int) -> None:
        super().__init__()
        self.setFixedSize(side_px, side_px)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(QPainter(self))
        rect = QRectF(self.rect())
        fill_rounded(painter, rect, rect.width() * 0.24, drawing.WHITE)
        drawing.draw_bolt(painter, inset(rect, rect.width() * 0.18), drawing.BRAND)
        painter.end()


class Nameplate(QWidget):
    """Whose machine and which. Signal ``held()``: a finger stayed on it for `HOLD_MS`."""

    held = Signal()

    def __init__(self, theme: Theme, config: UiConfig) -> None:
        super().__init__()
        self.setObjectName(NAMEPLATE)
        self._operator = Text(theme, "body")
        self._operator.say(config.operator_name)
        self._site = Text(theme, "caption", shade="muted")
        names = column(self, spacing=theme.px(2))
        names.addStretch(1)
        names.addWidget(self._operator)
        names.addWidget(self._site)
        names.addStretch(1)
        self._holding = QTimer(self)
        self._holding.setSingleShot(True)
        self._holding.setInterval(HOLD_MS)
        self._holding.timeout.connect(self.held)

    def say(self, words: Words) -> None:
        """Name the machine and whom to call."""
        terminal, phone = words.text("header.terminal"), words.text("header.phone")
        self._site.say(f"{unbroken(terminal)}   {unbroken(phone)}")

    # -- Qt's own --

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._holding.start()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self.rect().contains(event.position().toPoint()):
            self._holding.stop()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._holding.stop()


class Header(Panel):
    """Green, calm and always the same."""

    def __init__(self, theme: Theme, config: UiConfig, clock: Callable[[], float]) -> None:
        super().__init__(theme, "brand")
        self.nameplate = Nameplate(theme, config)
        self.countdown = Countdown(theme, clock)
        self.language = BigButton(theme, "header", LANGUAGE_BUTTON)
        self.language.setFixedWidth(theme.px(200))
        layout = row(self, spacing=theme.px(22))
        layout.setContentsMargins(theme.margin, theme.px(10), theme.margin, theme.px(10))
        layout.addWidget(Emblem(theme.px(84)))
        layout.addWidget(self.nameplate, 1)
        layout.addWidget(self.countdown)
        layout.addWidget(self.language)
        self.setMinimumHeight(theme.px(128))

    def say(self, words: Words) -> None:
        """Put everything into the language of ``words``."""
        self.nameplate.say(words)
        self.language.say(words.text("language.switch"))
