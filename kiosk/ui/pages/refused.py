"""It does not go on, nothing was paid: why, and what to do now."""

from kiosk.flow.event import CardFault
from kiosk.flow.phase import Cause, Why
from kiosk.flow.screen import Screen
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.page import Page, PicturePanel
from kiosk.ui.widgets.bars import Todo
from kiosk.ui.widgets.card_slot import CardScene, CardSlot
from kiosk.ui.widgets.marks import Mark, Sign
from kiosk.ui.widgets.text import Text
from vending.cash import Business
from vending.messages import Reason

SHOWS_HOW: frozenset[Cause] = frozenset(
    {CardFault.MUTE, CardFault.FOREIGN, CardFault.PULLED, CardFault.READER, Why.CARD_CHANGED}
)
"""The right way to insert the card helps with these, once the card is out."""
CALM: frozenset[Cause] = frozenset({Why.CANCELLED, Why.TIMED_OUT, Reason.NOTHING_DUE})
"""Nothing is wrong: no sign of warning."""


class RefusedPage(Page):
    """A sign, a reason, a way out."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme, motion = kit.theme, kit.config.motion
        self._slot = CardSlot(CardScene.TAKE, motion=motion)
        self._picture = PicturePanel(kit, self._slot)
        self._title = Text(theme, "title")
        self._what = Text(theme, "reading")
        self._todo = Todo(theme, "lead")
        head = row(spacing=theme.px(24))
        self._mark = Mark(theme.px(112), Sign.ATTENTION, motion=motion)
        head.addWidget(self._mark)
        head.addWidget(self._title, 1)
        words = column(spacing=theme.px(26))
        words.addStretch(1)
        words.addLayout(head)
        words.addWidget(self._what)
        words.addWidget(self._todo)
        words.addStretch(1)
        self.beside(self._picture, words, shares=(9, 14))

    def fill_content(self, screen: Screen, words: Words) -> None:
        if screen.cause is not None:
            sentence = words.cause(screen.cause, bill=screen.business is Business.BILL)
            self._title.say(sentence.title)
            self._what.say(sentence.text)
            self._todo.say(sentence.todo)
        calm = screen.cause in CALM
        self._mark.setVisible(not calm)
        self._todo.set_tone("tint" if calm else "warning")
        scene = scene_for(screen)
        self.show_picture(self._picture, scene is not None)
        self._picture.say(words.text("refused.take-card") if screen.card_present else "")
        if scene is not None:
            self._slot.show_scene(scene)


def scene_for(screen: Screen) -> CardScene | None:
    """Return the picture that helps most, if any."""
    if screen.card_present:
        return CardScene.TAKE
    if screen.cause is Reason.NOT_LOADED:
        return CardScene.METER
    return CardScene.INSERT if screen.cause in SHOWS_HOW else None
