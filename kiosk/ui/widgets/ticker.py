"""Sentences that take turns, each fading in, at the rhythm of an attract screen."""

from PySide6.QtCore import QPoint, QSize, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy

from kiosk.ui.theme import TONES, Theme
from kiosk.ui.widgets.motion import Moving, between
from kiosk.ui.widgets.typeset import Lines, typeface

TURN_MS = 7000
_FADE_MS = 500


class Ticker(Moving):
    """One line or two of text, as high as the longest sentence needs."""

    def __init__(self, theme: Theme, *, motion: bool = True) -> None:
        super().__init__(cycle_ms=_FADE_MS, rest_ms=0, rest_at=1.0, motion=motion)
        self.pace(cycle_ms=_FADE_MS, rest_ms=0, rest_at=1.0, once=True)
        self._theme, self._sentences, self._place = theme, [""], 0
        self._ink = QColor(TONES["page"].text)
        self._face = typeface(theme, "body")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._turns = QTimer(self)
        self._turns.setInterval(TURN_MS)
        self._turns.timeout.connect(self.turn)

    def say(self, sentences: list[str]) -> None:
        """Show ``sentences`` in turn."""
        if sentences == self._sentences:
            return
        self._sentences = sentences
        self._place %= len(sentences)
        self.setAccessibleName(" ".join(sentences))
        self.updateGeometry()
        self.update()

    def turn(self) -> None:
        """Go on to the next sentence."""
        self._place = (self._place + 1) % len(self._sentences)
        self.pace(cycle_ms=_FADE_MS, rest_ms=0, rest_at=0.0, once=True)

    def fits(self) -> bool:
        """Tell whether every sentence can be seen whole at the present size."""
        return self.heightForWidth(self.width()) <= self.height()

    def _lines(self, sentence: str, width: int) -> Lines:
        return self._face.lay_out(sentence, width, lean=0.5)

    # -- Qt's own --

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(self._face.measure(sentence, width)[1] for sentence in self._sentences)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(600), self.heightForWidth(self._theme.px(600)))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(300), self._theme.px(50))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setOpacity(between(self.progress, 0.0, 1.0))
        painter.setPen(self._ink)
        lines = self._lines(self._sentences[self._place], self.width())
        lines.layout.draw(painter, self.rect().topLeft() + self._middle(lines))
        painter.end()

    def _middle(self, lines: Lines) -> QPoint:
        return QPoint(0, (self.height() - lines.height) // 2)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._turns.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._turns.stop()
