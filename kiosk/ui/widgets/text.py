"""A label that is never cut, and the toned panel it stands on."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from kiosk.ui.theme import TONES, Theme, Tone
from kiosk.ui.widgets.typeset import WIDEST, Lines, typeface

Align = Qt.AlignmentFlag
_NARROWEST_EM = 5
"""A text that wraps may be squeezed to so many characters a line."""


class Text(QLabel):
    """Words in one of the theme's roles; their height follows from their width.

    Font and colour come from the theme directly and not through the style sheet: asking Qt for a
    widget's style costs 25 ms and megabytes at start.
    """

    def __init__(
        self,
        theme: Theme,
        role: str = "body",
        *,
        shade: str = "text",
        align: Align = Align.AlignLeft | Align.AlignVCenter,
        wrap: bool = True,
    ) -> None:
        super().__init__()
        self._theme, self._shade, self._role = theme, shade, ""
        self._laid_out: tuple[tuple[str, int, str], Lines] | None = None
        self.setAlignment(align)
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
            return self._face.lay_out(self.text(), width, lean=self._lean())
        return self._face.lay_out(self.text(), WIDEST, even=False)

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
        spare_height = self.height() - lines.height
        top = spare_height * self._share(Align.AlignVCenter, Align.AlignBottom)
        left = 0.0 if self.wordWrap() else (self.width() - lines.width) * self._lean()
        lines.layout.draw(painter, QPointF(left, top))
        painter.end()


class Panel(QWidget):
    """A ground in one of the theme's tones; the texts on it take the colours that go with it.

    Not a QFrame: the style sheet's border would narrow its layout after the heights were told.
    """

    def __init__(self, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tone = tone
        self.setProperty("tone", tone)
