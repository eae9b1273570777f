"""Text in lines: broken, evened out, measured. Nothing here is a widget."""

from functools import cached_property, lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontMetricsF, QTextLayout, QTextOption

from kiosk.ui.resources import base_font
from kiosk.ui.theme import TEXT_ROLES, Theme

LINE_SEPARATOR = "\u2028"
WIDEST = 100_000.0
_TRIES = 12
"""Widths tried between half and all of what there is, to make lines even."""
_PAUSES = frozenset(" ，。、：；！？,.:;!?)）" + LINE_SEPARATOR)
_REMEMBERED = 512
"""Measurements kept for one face: a page measures the same words several times."""


class Lines(NamedTuple):
    """Text laid out in lines of a common distance."""

    layout: QTextLayout
    width: float
    height: int


class Typeface:
    """One role's font and line distance at one screen size."""

    def __init__(self, size_px: int, bold: bool, pitch: float) -> None:
        self.font = base_font(size_px)
        self.font.setBold(bold)
        self.size_px = size_px
        self._pitch = pitch
        self.measure = lru_cache(_REMEMBERED)(self._measure)

    @cached_property
    def metrics(self) -> QFontMetricsF:
        """The font's measures."""
        return QFontMetricsF(self.font)

    @cached_property
    def step(self) -> float:
        """Distance of two lines in pixels."""
        return self.metrics.height() * self._pitch

    def lay_out(self, text: str, width: float, *, lean: float = 0.0, even: bool = True) -> Lines:
        """Return ``text`` broken to ``width`` pixels.

        ``even``: lines of about the same length, so that no word is left alone. ``lean``: 0 left,
        0.5 centred, 1 right.
        """
        lines = self._break(text, width)
        if even and lines.layout.lineCount() > 1:
            lines = self._evened(text, lines)
        self._place(lines.layout, width, lean)
        return lines

    def _measure(self, text: str, width: float = WIDEST) -> tuple[float, int]:
        """Return the width and the height of ``text`` broken to ``width`` pixels."""
        lines = self._break(text, width)
        return lines.width, lines.height

    def _break(self, text: str, width: float) -> Lines:
        layout = QTextLayout(text.replace("\n", LINE_SEPARATOR), self.font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        widest = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            widest = max(widest, line.naturalTextWidth())
        layout.endLayout()
        return Lines(layout, widest, round(self.step * max(1, layout.lineCount())))

    def _evened(self, text: str, natural: Lines) -> Lines:
        """Return the narrowest block of as many lines that end where a speaker would pause.

        Chinese may break between any two characters, also inside a word; after a comma it never
        hurts.
        """
        count = natural.layout.lineCount()
        halved = self._halved(text, natural) if count == 2 else None
        if halved is not None:
            return halved
        best, best_pauses = natural, _pauses(text, natural.layout)
        for part in range(_TRIES, 0, -1):
            width = natural.width * (0.5 + 0.5 * part / _TRIES)
            tried = self._break(text, width)
            if tried.layout.lineCount() > count or tried.width > width + 0.5:
                break
            pauses = _pauses(text, tried.layout)
            if pauses >= best_pauses:
                best, best_pauses = tried, pauses
        return best

    def _halved(self, text: str, natural: Lines) -> Lines | None:
        """Return two lines that part at a pause, as even as can be; None without such a pause."""
        narrowest, best = natural.width, None
        for place in range(1, len(text)):
            if _is_pause(text, place):
                halves = map(self.metrics.horizontalAdvance, (text[:place], text[place:]))
                widest = max(halves)
                if widest <= narrowest:
                    narrowest, best = widest, place
        if best is None:
            return None
        parted = text[:best].rstrip() + LINE_SEPARATOR + text[best:].lstrip()
        lines = self._break(parted, WIDEST)
        return lines if lines.layout.lineCount() == 2 else None

    def _place(self, layout: QTextLayout, width: float, lean: float) -> None:
        lift = (self.metrics.height() - self.step) / 2
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            left = (width - line.naturalTextWidth()) * lean
            line.setPosition(QPointF(left, number * self.step - lift))


def _is_pause(text: str, place: int) -> bool:
    """Tell whether a line may well end before ``place``: not at a space between Chinese."""
    before, after = text[place - 1], text[place]
    return before in _PAUSES and (before != " " or after.isascii())


def _pauses(text: str, layout: QTextLayout) -> int:
    ends = (layout.lineAt(number) for number in range(layout.lineCount() - 1))
    return sum(text[line.textStart() + line.textLength() - 1] in _PAUSES for line in ends)


@lru_cache(maxsize=64)
def _typeface(size_px: int, bold: bool, pitch: float) -> Typeface:
    return Typeface(size_px, bold, pitch)


def typeface(theme: Theme, role: str) -> Typeface:
    """Return the typeface of a text role at a theme's size, made once."""
    look = TEXT_ROLES[role]
    return _typeface(theme.text_px(role), look.bold, look.pitch)
