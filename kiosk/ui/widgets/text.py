"""Words that wrap into lines of even length, and the toned panel they stand on."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from kiosk.ui.theme import TEXT_ROLES

Align = Qt.AlignmentFlag
LINE_SEPARATOR = "\u2028"
_WIDEST = 100_000.0
_BALANCE_STEPS = 8
"""Halvings when looking for the narrowest block that needs no further line: 1/256 of the width."""


class Lines(NamedTuple):
    """Text laid out in lines of a common distance."""

    layout: QTextLayout
    width: float
    height: int


def lay_out(
    text: str, font: QFont, width: float, pitch: float, *, lean: float = 0.0, even: bool = True
) -> Lines:
    """Return ``text`` broken to ``width`` pixels. ``even``: lines of about the same length, so that no
    word is left alone on the last one. ``lean``: 0 left, 0.5 centred, 1 right.
    """
    natural = _break(text, font, width, pitch)
    if even and natural.layout.lineCount() > 1:
        natural = _balanced(text, font, natural, width, pitch)
    _place(natural.layout, width, pitch, lean)
    return natural


def _break(text: str, font: QFont, width: float, pitch: float) -> Lines:
    layout = QTextLayout(text.replace("\n", LINE_SEPARATOR), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    widest = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        widest = max(widest, line.naturalTextWidth())
    layout.endLayout()
    step = QFontMetricsF(font).height() * pitch
    return Lines(layout, widest, round(step * max(1, layout.lineCount())))


def _balanced(text: str, font: QFont, natural: Lines, width: float, pitch: float) -> Lines:
    best, narrow, wide = natural, natural.width / 2, natural.width
    for _ in range(_BALANCE_STEPS):
        middle = (narrow + wide) / 2
        tried = _break(text, font, middle, pitch)
        if tried.layout.lineCount() > natural.layout.lineCount() or tried.width > middle + 0.5:
            narrow = middle
        else:
            best, wide = tried, middle
    return best


def _place(layout: QTextLayout, width: float, pitch: float, lean: float) -> None:
    height = QFontMetricsF(layout.font()).height()
    step, lift = height * pitch, height * (1 - pitch) / 2
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        left = (width - line.naturalTextWidth()) * lean
        line.setPosition(QPointF(left, number * step - lift))


class Text(QLabel):
    """A label in one of the theme's roles. Never cut: its height follows from its width."""

    def __init__(
        self,
        role: str = "body",
        *,
        shade: str = "text",
        align: Align = Align.AlignLeft | Align.AlignVCenter,
        wrap: bool = True,
        text: str = "",
    ) -> None:
        super().__init__(text)
        self._pitch = TEXT_ROLES[role].pitch
        self._laid_out: tuple[tuple[str, int, str], Lines] | None = None
        self.setProperty("role", role)
        self.setProperty("shade", shade)
        self.setAlignment(align)
        self.setWordWrap(wrap)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(wrap)
        self.setSizePolicy(policy)

    def say(self, text: str) -> None:
        """Show ``text``, or nothing and take no room when it is empty."""
        self.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))

    def fits(self) -> bool:
        """Tell whether every line can be seen whole at the present size."""
        lines = self._lines(self.width())
        return lines.height <= self.height() and lines.width <= self.width()

    def _lines(self, width: int) -> Lines:
        self.ensurePolished()
        key = (self.text(), width if self.wordWrap() else -1, self.font().key())
        if self._laid_out is None or self._laid_out[0] != key:
            self._laid_out = (key, self._lay_out(width))
        return self._laid_out[1]

    def _lay_out(self, width: int) -> Lines:
        if self.wordWrap():
            return lay_out(self.text(), self.font(), width, self._pitch, lean=self._lean())
        return lay_out(self.text(), self.font(), _WIDEST, self._pitch, even=False)

    def _lean(self) -> float:
        return self._share(Align.AlignHCenter, Align.AlignRight)

    def _share(self, middle: Align, end: Align) -> float:
        """Return which part of the spare room goes before the text."""
        if self.alignment() & middle:
            return 0.5
        return 1.0 if self.alignment() & end else 0.0

    # -- Qt's own --

    def hasHeightForWidth(self) -> bool:
        return self.wordWrap()

    def heightForWidth(self, width: int) -> int:
        return self._lines(width).height

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        lines = lay_out(self.text(), self.font(), _WIDEST, self._pitch, even=False)
        return QSize(int(lines.width) + 1, lines.height)

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        if self.wordWrap():
            hint.setWidth(min(hint.width(), 5 * self.font().pixelSize()))
        return hint

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        lines = self._lines(self.width())
        spare_height = self.height() - lines.height
        top = spare_height * self._share(Align.AlignVCenter, Align.AlignBottom)
        left = 0.0 if self.wordWrap() else (self.width() - lines.width) * self._lean()
        lines.layout.draw(painter, QPointF(left, top))
        painter.end()


class Panel(QFrame):
    """A ground in one of the theme's tones; its direct texts take the colours that go with it."""

    def __init__(self, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("tone", tone)

    def set_tone(self, tone: str) -> None:
        """Change the tone, also of the texts on it."""
        if self.property("tone") == tone:
            return
        self.setProperty("tone", tone)
        for widget in (self, *self.findChildren(Text)):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
