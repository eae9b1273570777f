"""Words that wrap into lines of even length, and the toned panel they stand on."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from kiosk.ui.theme import TEXT_ROLES

Align = Qt.AlignmentFlag
LINE_SEPARATOR = "\u2028"
_WIDEST = 100_000.0
_TRIES = 12
"""Widths tried between half and all of what there is, to make lines even."""
_PAUSES = frozenset(" ，。、：；！？,.:;!?)）" + LINE_SEPARATOR)


class Lines(NamedTuple):
    """Text laid out in lines of a common distance."""

    layout: QTextLayout
    width: float
    height: int


def lay_out(
    text: str, font: QFont, width: float, pitch: float, *, lean: float = 0.0, even: bool = True
) -> Lines:
    """Return ``text`` broken to ``width`` pixels.

    ``even``: lines of about the same length, so that no word is left alone. ``lean``: 0 left, 0.5 centred, 1 right.
    """
    lines = _break(text, font, width, pitch)
    if even and lines.layout.lineCount() > 1:
        lines = _evened(text, font, lines, pitch)
    _place(lines.layout, width, pitch, lean)
    return lines


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


def _evened(text: str, font: QFont, natural: Lines, pitch: float) -> Lines:
    """Return the narrowest block of as many lines whose lines end where a speaker would pause.

    Chinese may break between any two characters, also inside a word; after a comma it never hurts.
    """
    count = natural.layout.lineCount()
    halved = _halved(text, font, natural, pitch) if count == 2 else None
    if halved is not None:
        return halved
    best, best_pauses = natural, _pauses(text, natural.layout)
    for part in range(_TRIES, 0, -1):
        width = natural.width * (0.5 + 0.5 * part / _TRIES)
        tried = _break(text, font, width, pitch)
        if tried.layout.lineCount() > count or tried.width > width + 0.5:
            break
        pauses = _pauses(text, tried.layout)
        if pauses >= best_pauses:
            best, best_pauses = tried, pauses
    return best


def _halved(text: str, font: QFont, natural: Lines, pitch: float) -> Lines | None:
    """Return two lines that part at a pause, as even as can be; None without such a pause."""
    metrics, widest, best = QFontMetricsF(font), natural.width, None
    for place in range(1, len(text)):
        if text[place - 1] not in _PAUSES:
            continue
        halves = max(
            metrics.horizontalAdvance(text[:place]), metrics.horizontalAdvance(text[place:])
        )
        if halves <= widest:
            widest, best = halves, place
    if best is None:
        return None
    lines = _break(
        text[:best].rstrip() + LINE_SEPARATOR + text[best:].lstrip(), font, _WIDEST, pitch
    )
    return lines if lines.layout.lineCount() == 2 else None


def _pauses(text: str, layout: QTextLayout) -> int:
    ends = (layout.lineAt(number) for number in range(layout.lineCount() - 1))
    return sum(text[line.textStart() + line.textLength() - 1] in _PAUSES for line in ends)


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

    def line_height(self) -> int:
        """Return the height of one line in pixels."""
        self.ensurePolished()
        return round(QFontMetricsF(self.font()).height() * self._pitch)

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
        self.ensurePolished()
        return _break(self.text(), self.font(), width, self._pitch).height

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        lines = _break(self.text(), self.font(), _WIDEST, self._pitch)
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


class Panel(QWidget):
    """A ground in one of the theme's tones; its direct texts take the colours that go with it.

    Not a QFrame: the style sheet's border would narrow its layout after the heights were told.
    """

    def __init__(self, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("tone", tone)

    def set_tone(self, tone: str) -> None:
        """Change the tone, also of the texts on it."""
        if self.property("tone") == tone:
            return
        self.setProperty("tone", tone)
        for widget in (self, *self.findChildren(Text)):
            repolish(widget)


def set_look(text: Text, name: str, value: str) -> None:
    """Change a text's ``shade`` or ``role``."""
    if text.property(name) != value:
        text.setProperty(name, value)
        repolish(text)
        text.updateGeometry()


def repolish(widget: QWidget) -> None:
    """Have the style sheet look at a widget's properties again."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
