"""Base of the pictures in which something flat goes into a slot or comes out of it."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent

from kiosk.ui.widgets import drawing
from kiosk.ui.widgets.motion import Moving, between
from kiosk.ui.widgets.shapes import smooth

PICTURE_RATIO = 0.92
"""Width over height of the whole picture."""
FRONT_HEIGHT = 0.40
"""The machine's front over the picture's height."""
OUT, SHOWN, IN = 1.0, 0.84, 0.26
"""How much of the thing is outside the slot: before, offered, swallowed as far as it is shown."""


class Rhythm(NamedTuple):
    """How long a round of a moving picture takes, and the rest after it (0: round after round)."""

    cycle_ms: int
    rest_ms: int


class SlotPicture(Moving):
    """Paints a front with a slot and a thing in it from two cached layers."""

    slit_at = 0.62
    """The slot's place in the front, from its top."""
    thing_width = 0.40
    """The thing's short side over the picture's height."""
    thing_ratio = drawing.CARD_RATIO

    def __init__(self, *, motion: bool) -> None:
        super().__init__(cycle_ms=1000, rest_ms=1000, motion=motion)
        self._thing = QPixmap()
        self._fronts: dict[bool, QPixmap] = {}
        self._was_lit = False
        self.setMinimumSize(QSize(180, 200))

    def play(self, rhythm: Rhythm, *, rest_at: float = 0.0) -> None:
        """Begin in ``rhythm``."""
        self.pace(cycle_ms=rhythm.cycle_ms, rest_ms=rhythm.rest_ms, rest_at=rest_at)

    def show_frame(self) -> None:
        """Paint what may have moved: below the slot, or everything when the lamp has changed."""
        if self.lit() is not self._was_lit:
            self._was_lit = self.lit()
            self.update()
        else:
            self.update(self.moving_area().toAlignedRect())

    # -- what a picture decides --

    def outside(self) -> float:
        """Return the part of the thing that is outside the slot in this frame."""
        return IN + (OUT - IN) * (1 - swing(self.progress))

    def lit(self) -> bool:
        """Tell whether the slot's lamp is bright."""
        return swing(self.progress) > 0.9

    def draw_front(self, painter: QPainter, glow: float) -> None:
        """Draw the machine."""
        drawing.draw_machine(painter, self.front(), self.slit(), glow)

    def draw_thing(self, painter: QPainter, rect: QRectF) -> None:
        """Draw what goes into the slot, upright: a meter card."""
        drawing.draw_card(painter, rect)

    def moving_area(self) -> QRectF:
        """Return where things move."""
        width = self.thing_size().width() + 2 * self._pad()
        top = self.slit().top()
        left = self.picture().center().x() - width / 2
        return QRectF(left, top, width, self.height() - top)

    def draw_sign(self, painter: QPainter) -> None:
        """Draw what is to be done beside it, if anything."""

    # -- geometry --

    def picture(self) -> QRectF:
        """Return the largest rectangle of the picture's shape in the widget's middle."""
        height = min(float(self.height()), self.width() / PICTURE_RATIO)
        width = height * PICTURE_RATIO
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def front(self) -> QRectF:
        """Return the machine's place."""
        picture = self.picture()
        aside = picture.width() * 0.05
        top = picture.y() + picture.height() * 0.03
        return QRectF(
            picture.x() + aside, top, picture.width() - 2 * aside, picture.height() * FRONT_HEIGHT
        )

    def slit(self) -> QRectF:
        """Return the slot's place."""
        front, width = self.front(), self.thing_size().width() * 1.16
        top = front.y() + front.height() * self.slit_at
        return QRectF(front.center().x() - width / 2, top, width, front.height() * 0.055)

    def thing_size(self) -> QSizeF:
        """Return the size of what goes into the slot."""
        width = self.picture().height() * self.thing_width
        return QSizeF(width, width * self.thing_ratio)

    # -- layers --

    def forget(self) -> None:
        """Have both layers drawn anew, and their memory free meanwhile."""
        self.forget_thing()
        self._fronts.clear()

    def forget_thing(self) -> None:
        """Have what goes into the slot drawn anew; the front is the larger and lasting part."""
        self._thing = QPixmap()

    def _front_layer(self) -> QPixmap:
        lit = self.lit()
        if lit not in self._fronts:
            below = self.front().bottom() + self._pad()
            pixmap, painter = self._blank(QSizeF(self.width(), below))
            self.draw_front(painter, 1.0 if lit else 0.35)
            painter.end()
            self._fronts[lit] = pixmap
        return self._fronts[lit]

    def _thing_layer(self) -> QPixmap:
        if self._thing.isNull():
            size, pad = self.thing_size(), self._pad()
            self._thing, painter = self._blank(size + QSizeF(2 * pad, 2 * pad))
            self.draw_thing(painter, QRectF(pad, pad, size.width(), size.height()))
            painter.end()
        return self._thing

    def _pad(self) -> float:
        """Return the room for the shadow around the thing."""
        return self.thing_size().width() * 0.1

    def _blank(self, size: QSizeF) -> tuple[QPixmap, QPainter]:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap((size * ratio).toSize())
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(drawing.CLEAR)
        return pixmap, smooth(QPainter(pixmap))

    def _thing_top(self) -> float:
        outside = self.outside()
        gap = max(0.0, outside - SHOWN) / (OUT - SHOWN) * self.picture().height() * 0.04
        return self.slit().center().y() - self.thing_size().height() * (1 - outside) + gap

    def _paint_thing(self, painter: QPainter) -> None:
        mouth, pad = self.slit().center().y(), self._pad()
        left = self.picture().center().x() - self.thing_size().width() / 2
        painter.save()
        painter.setClipRect(QRectF(0, mouth, self.width(), self.height() - mouth))
        painter.drawPixmap(QPointF(left - pad, self._thing_top() - pad), self._thing_layer())
        painter.restore()

    # -- Qt's own --

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.forget()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.forget()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(QPainter(self))
        painter.drawPixmap(0, 0, self._front_layer())
        self._paint_thing(painter)
        self.draw_sign(painter)
        painter.end()


def swing(progress: float) -> float:
    """Return 0 at both ends of a round and 1 in its middle."""
    return between(progress, 0.08, 0.46) * (1 - between(progress, 0.66, 0.98))
