"""The machine is busy: what with, and that the card stays where it is."""

from kiosk.flow.screen import Screen
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, centred, column
from kiosk.ui.pages.page import Page, PicturePanel
from kiosk.ui.widgets.card_slot import CardScene, CardSlot
from kiosk.ui.widgets.marks import WaitRing
from kiosk.ui.widgets.text import CENTRE, Text


class WaitPage(Page):
    """A ring that turns, what is being done, and the card held in its slot."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme, motion = kit.theme, kit.config.motion
        self._picture = PicturePanel(kit, CardSlot(CardScene.HOLD, motion=motion))
        self._doing = Text(theme, "title", shade="strong", lean=CENTRE)
        self._patience = Text(theme, "lead", lean=CENTRE)
        words = column(spacing=theme.px(24))
        words.addStretch(1)
        words.addLayout(centred(WaitRing(theme.px(190), motion=motion)))
        words.addWidget(self._doing)
        words.addWidget(self._patience)
        words.addStretch(1)
        self.beside(self._picture, words)

    def fill_content(self, screen: Screen, words: Words) -> None:
        self._doing.say(words.wait(screen.wait) if screen.wait else "")
        self._patience.say(words.text("wait.title"))
        self._picture.say(words.text("wait.card-in"))
        self.show_picture(self._picture, screen.card_present)
