"""A banknote and the acceptor's slot: inviting, swallowing, giving back."""

from enum import Enum

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from kiosk.ui.widgets import drawing
from kiosk.ui.widgets.slot_picture import IN, OUT, SHOWN, Rhythm, SlotPicture, swing


class NoteScene(Enum):
    """What the note does."""

    INVITE = "invite"
    SWALLOW = "swallow"
    RETURN = "return"
    CLOSED = "closed"


_RHYTHMS = {
    NoteScene.INVITE: Rhythm(2600, 2600),
    NoteScene.SWALLOW: Rhythm(1000, 0),
    NoteScene.RETURN: Rhythm(2000, 1600),
    NoteScene.CLOSED: Rhythm(2400, 0),
}
_SWALLOWED = -0.02
"""Nothing of the note is outside."""


class NoteSlot(SlotPicture):
    """Shows the note that matters: any, or the one on its way."""

    slit_at = 0.60
    thing_width = 0.31
    thing_ratio = drawing.NOTE_RATIO

    def __init__(self, *, motion: bool = True) -> None:
        super().__init__(motion=motion)
        self._scene = NoteScene.INVITE
        self._value_fen = 0
        self._invited: tuple[int, ...] = ()
        self.show_note(NoteScene.INVITE)

    @property
    def scene(self) -> NoteScene:
        """What is shown."""
        return self._scene

    @property
    def value_fen(self) -> int:
        """The note that is shown, 0 for any note."""
        return self._value_fen

    def show_note(self, scene: NoteScene, value_fen: int = 0) -> None:
        """Show ``scene`` with a note of that value, 0 for any note. Showing the same again changes
        nothing, so a picture is not torn out of its movement.
        """
        if (scene, value_fen) == (self._scene, self._value_fen) and self._thing_known():
            return
        self._scene, self._value_fen = scene, value_fen
        self.forget_thing()
        self.play(_RHYTHMS[scene], rest_at=0.35 if scene is NoteScene.SWALLOW else 0.0)

    def invite(self, values_fen: tuple[int, ...]) -> None:
        """Ask for a note of any of these values: they take turns."""
        if self._scene is NoteScene.INVITE and values_fen == self._invited:
            return
        self._invited = values_fen
        self.show_note(NoteScene.INVITE, values_fen[-1] if values_fen else 0)

    def _begin(self) -> None:
        inviting = self._scene is NoteScene.INVITE and self._value_fen in self._invited
        if inviting and self._motion:
            place = self._invited.index(self._value_fen)
            self._value_fen = self._invited[(place + 1) % len(self._invited)]
            self.forget_thing()
        super()._begin()

    def _thing_known(self) -> bool:
        return not self._thing.isNull()

    # -- what a picture decides --

    def outside(self) -> float:
        match self._scene:
            case NoteScene.SWALLOW:
                return OUT - (OUT - _SWALLOWED) * self.progress
            case NoteScene.RETURN:
                return IN + (SHOWN - IN) * (1 - swing(self.progress))
            case NoteScene.CLOSED:
                return _SWALLOWED
            case NoteScene.INVITE:
                return super().outside()

    def lit(self) -> bool:
        return self._scene is NoteScene.SWALLOW or super().lit()

    def draw_thing(self, painter: QPainter, rect: QRectF) -> None:
        drawing.draw_note(painter, rect, self._value_fen, self.font())

    def draw_sign(self, painter: QPainter) -> None:
        if self._scene not in {NoteScene.INVITE, NoteScene.RETURN}:
            return
        returning = self._scene is NoteScene.RETURN
        picture, size = self.picture(), self.thing_size()
        width = picture.width() * 0.15
        x = picture.center().x() + size.width() * 0.70
        y = self.front().bottom() + picture.height() * 0.10
        colour = drawing.STOP if returning else drawing.BRAND
        drawing.draw_arrow(painter, QRectF(x, y, width, width * 1.5), colour, down=returning)
