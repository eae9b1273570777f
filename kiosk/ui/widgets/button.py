"""The big button: words and what they lead to, on a face that looks like something to press."""

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from kiosk.ui.theme import FACES, Face, Theme
from kiosk.ui.widgets.shapes import fill, inset, rounded, smooth, stroke
from kiosk.ui.widgets.typeset import Lines, typeface

_LIP = 8
"""Reference pixels of the lower edge, which goes when the button is down."""


class BigButton(QPushButton):
    """A target of 27 mm or more, for a finger that is not sure."""

    aside = 22
    """Least room beside the words, in reference pixels."""
    note_role = "body"
    """Text role of the smaller line."""
    lean = 0.5
    """Where the words lean: 0 left to 1 right."""

    def __init__(self, theme: Theme, face: str, name: str, *, role: str = "") -> None:
        """``role`` of the title; empty: what goes with ``face``."""
        super().__init__()
        self.setObjectName(name)
        self._theme, self._own_face, self._note = theme, FACES[face], ""
        role = role or ("lead" if face == "primary" else "strong")
        self._title_face = typeface(theme, role)
        self._note_face = typeface(theme, self.note_role)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(theme.target)

    def say(self, title: str, note: str = "") -> None:
        """Put words on the button; ``note`` is the smaller line that tells what will happen."""
        self.setText(title)
        self._note = note
        self.setAccessibleName(f"{title}, {note}" if note else title)
        self.updateGeometry()
        self.update()

    @property
    def note(self) -> str:
        """The smaller line."""
        return self._note

    @property
    def _face(self) -> Face:
        return self._own_face if self.isEnabled() else FACES["off"]

    def fits(self) -> bool:
        """Tell whether all the words can be seen at the present size."""
        title, note = self._blocks()
        room = self._words()
        height = title.height + (note.height if note else 0)
        widest = max(title.width, note.width if note else 0)
        return height <= room.height() + 1 and widest <= room.width() + 1

    def _words(self) -> QRectF:
        aside, above = self._theme.px(self.aside), self._theme.px(6)
        lip = self._theme.px(_LIP)
        return QRectF(self.rect()).adjusted(aside, above, -aside, -above - lip)

    def _blocks(self) -> tuple[Lines, Lines | None]:
        width = self._words().width()
        title = self._title_face.lay_out(self.text(), width, lean=self.lean)
        if not self._note:
            return title, None
        return title, self._note_face.lay_out(self._note, width, lean=self.lean)

    # -- Qt's own --

    def sizeHint(self) -> QSize:
        width, _ = self._title_face.measure(self.text())
        aside = 2 * self._theme.px(30)
        return QSize(int(width) + aside, self._theme.px(152 if self._note else 132))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(200), self._theme.target)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(QPainter(self))
        self._paint_face(painter)
        self._paint_words(painter)
        painter.end()

    def _paint_face(self, painter: QPainter) -> None:
        lip, radius = self._theme.px(_LIP), float(self._theme.radius)
        whole = QRectF(self.rect())
        top = whole.adjusted(0, 0, 0, -lip)
        if self.isDown():
            fill(painter, rounded(top.translated(0, lip), radius), QColor(self._face.pressed))
            return
        fill(painter, rounded(whole, radius), QColor(self._face.lip))
        fill(painter, rounded(top, radius), QColor(self._face.ground))
        edge = self._theme.px(3)
        border = rounded(inset(top, edge / 2), radius - 1)
        stroke(painter, border, QColor(self._face.border), edge)

    def _paint_words(self, painter: QPainter) -> None:
        title, note = self._blocks()
        room = self._words()
        if self.isDown():
            room.translate(0, self._theme.px(_LIP))
        painter.setPen(QColor(self._face.text))
        spare = room.height() - title.height - (note.height if note else 0)
        title.layout.draw(painter, QPointF(room.x(), room.y() + spare / 2))
        if note:
            note.layout.draw(painter, QPointF(room.x(), room.y() + spare / 2 + title.height))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double press is two presses; the window decides what the second one is worth."""
        self.mousePressEvent(event)
