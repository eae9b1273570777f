"""A label that is never cut, and the toned panel it stands on."""

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from kiosk.ui.theme import EDGE_TO_EDGE, PAGE, TONES, Theme, Tone
from kiosk.ui.widgets.shapes import fill, inset, rounded, smooth, stroke
from kiosk.ui.widgets.typeset import WIDEST, Lines, typeface

LEFT, CENTRE, RIGHT = 0.0, 0.5, 1.0
"""Where a line leans: the part of the spare room that goes before it."""
TOP, MIDDLE, BOTTOM = 0.0, 0.5, 1.0
"""Where a block sinks to: the part of the spare room that goes above it."""
_NARROWEST_EM = 5
"""A text that wraps may be squeezed to so many characters a line."""


class Text(QLabel):
    """Words in one of the theme's roles; their height follows from their width.

    Everything is painted from the theme's tokens, without a style sheet: asking Qt for a widget's
    style costs 25 ms and megabytes at start.
    """

    def __init__(
        self,
        theme: Theme,
        role: str = "body",
        *,
        shade: str = "text",
        lean: float = LEFT,
        sink: float = MIDDLE,
        wrap: bool = True,
    ) -> None:
        super().__init__()
        self._theme, self._shade, self._role = theme, shade, ""
        self._laid_out: tuple[tuple[str, int, str], Lines] | None = None
        self._lean, self._sink = lean, sink
        self.drop_px = 0
        """Paint so much lower, to stand on a line with larger letters."""
        self.setWordWrap(wrap)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(wrap)
        self.setSizePolicy(policy)
        self.set_role(role)

    @property
    def role(self) -> str:
        """The text role, a key of `kiosk.ui.theme.TEXT_ROLES`."""
        return self._role

    @property
    def tone(self) -> Tone:
        """The tone of the panel that the text stands on."""
        ground = self.parentWidget()
        while ground is not None and not isinstance(ground, Panel):
            ground = ground.parentWidget()
        return TONES[ground.tone if isinstance(ground, Panel) else "page"]

    @property
    def colour(self) -> str:
        """The colour that the text is written in, ``#rrggbb``."""
        colour: str = getattr(self.tone, self._shade)
        return colour

    def set_role(self, role: str) -> None:
        """Write in another role."""
        if role != self._role:
            self._role = role
            self._face = typeface(self._theme, role)
            self.setFont(self._face.font)
            self.updateGeometry()

    def set_lean(self, lean: float) -> None:
        """Put the lines left, centred or right."""
        self._lean, self._laid_out = lean, None
        self.update()

    def set_shade(self, shade: str) -> None:
        """Take another of the panel's text colours: ``text``, ``muted`` or ``strong``."""
        self._shade = shade
        self.update()

    def say(self, text: str) -> None:
        """Show ``text``, or nothing and take no room when it is empty."""
        self.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))

    def line_height(self) -> int:
        """Return the height of one line in pixels."""
        return round(self._face.step)

    def fits(self) -> bool:
        """Tell whether every line can be seen whole at the present size."""
        lines = self._lines(self.width())
        return lines.height <= self.height() and lines.width <= self.width()

    def _lines(self, width: int) -> Lines:
        key = (self.text(), width if self.wordWrap() else -1, self._role)
        if self._laid_out is None or self._laid_out[0] != key:
            self._laid_out = (key, self._lay_out(width))
        return self._laid_out[1]

    def _lay_out(self, width: int) -> Lines:
        if self.wordWrap():
            return self._face.lay_out(self.text(), width, lean=self._lean)
        return self._face.lay_out(self.text(), WIDEST, even=False)

    # -- Qt's own --

    def hasHeightForWidth(self) -> bool:
        return self.wordWrap()

    def heightForWidth(self, width: int) -> int:
        return self._face.measure(self.text(), width)[1]

    def sizeHint(self) -> QSize:
        width, height = self._face.measure(self.text())
        return QSize(int(width) + 1, height)

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        if self.wordWrap():
            hint.setWidth(min(hint.width(), _NARROWEST_EM * self._face.size_px))
        return hint

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(self.colour))
        lines = self._lines(self.width())
        top = (self.height() - lines.height) * self._sink + self.drop_px
        left = 0.0 if self.wordWrap() else (self.width() - lines.width) * self._lean
        lines.layout.draw(painter, QPointF(left, top))
        painter.end()


class Panel(QWidget):
    """A ground in one of the theme's tones; the texts on it take the colours that go with it."""

    def __init__(self, theme: Theme, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = theme
        self.tone = tone

    def set_tone(self, tone: str) -> None:
        """Change the ground, and with it the colours of the texts."""
        self.tone = tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.tone == PAGE:
            return  # the window's own ground
        painter = QPainter(self)
        tone, rect = TONES[self.tone], QRectF(self.rect())
        if self.tone in EDGE_TO_EDGE:
            painter.fillRect(rect, QColor(tone.ground))
        else:
            smooth(painter)
            edge = self._look.px(2)
            shape = rounded(inset(rect, edge / 2), self._look.radius)
            fill(painter, shape, QColor(tone.ground))
            stroke(painter, shape, QColor(tone.border), edge)
        painter.end()
