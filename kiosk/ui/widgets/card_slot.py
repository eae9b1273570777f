"""The meter card and a slot: which side up, which end first, in or out, or do not touch."""

from enum import Enum

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from kiosk.ui.widgets import drawing
from kiosk.ui.widgets.slot_picture import IN, SHOWN, Rhythm, SlotPicture, swing


class CardScene(Enum):
    """What the card does."""

    INSERT = "insert"
    HOLD = "hold"
    TAKE = "take"
    METER = "meter"


ATTRACT = Rhythm(2600, 8000)
"""For a machine that waits for hours: it moves for a quarter of the time."""

_RHYTHMS = {
    CardScene.INSERT: Rhythm(2600, 3400),
    CardScene.HOLD: Rhythm(2400, 0),
    CardScene.TAKE: Rhythm(2200, 2000),
    CardScene.METER: Rhythm(2600, 3400),
}


class CardSlot(SlotPicture):
    """The picture that says more than the sentence beside it."""

    def __init__(self, scene: CardScene = CardScene.INSERT, *, motion: bool = True) -> None:
        super().__init__(motion=motion)
        self._scene, self._begun = scene, False
        self.show_scene(scene)

    @property
    def scene(self) -> CardScene:
        """What is shown."""
        return self._scene

    def show_scene(self, scene: CardScene, *, rhythm: Rhythm | None = None) -> None:
        """Show ``scene`` in its usual rhythm or another one. Shown already, it goes on moving."""
        if scene is self._scene and rhythm is None and self._begun:
            return
        self._begun = True
        self._scene = scene
        self.slit_at = 0.76 if scene is CardScene.METER else 0.62
        self.forget()
        self.play(rhythm or _RHYTHMS[scene])

    # -- what a picture decides --

    def outside(self) -> float:
        if self._scene is CardScene.HOLD:
            return IN
        if self._scene is CardScene.TAKE:
            return IN + (SHOWN - IN) * (1 - swing(self.progress))
        return super().outside()

    def lit(self) -> bool:
        return self._scene is CardScene.HOLD or super().lit()

    def draw_front(self, painter: QPainter, glow: float) -> None:
        if self._scene is CardScene.METER:
            drawing.draw_meter(painter, self.front(), self.slit(), glow)
        else:
            super().draw_front(painter, glow)

    def moving_area(self) -> QRectF:
        area = super().moving_area()
        if self._scene is CardScene.TAKE:
            area.setRight(self.width())
        return area

    def draw_thing(self, painter: QPainter, rect: QRectF) -> None:
        drawing.draw_card(painter, rect, arrow=self._scene is not CardScene.TAKE)

    def draw_sign(self, painter: QPainter) -> None:
        if self._scene is CardScene.HOLD:
            self._draw_hold(painter)
        elif self._scene is CardScene.TAKE:
            self._draw_take(painter)

    def _draw_hold(self, painter: QPainter) -> None:
        size, mouth = self.thing_size(), self.slit().center().y()
        radius = size.width() * (0.44 + 0.03 * swing(self.progress))
        bottom = mouth + size.height() * IN
        centre = QPointF(self.picture().center().x(), bottom + size.width() * 0.62)
        drawing.draw_forbidden(painter, centre, radius)

    def _draw_take(self, painter: QPainter) -> None:
        picture, size = self.picture(), self.thing_size()
        width = picture.width() * 0.16
        x = picture.center().x() + size.width() * 0.66
        y = self.front().bottom() + picture.height() * 0.06
        sink = picture.height() * 0.08 * (1 - swing(self.progress))
        drawing.draw_arrow(
            painter, QRectF(x, y + sink, width, width * 1.5), drawing.BRAND, down=True
        )
