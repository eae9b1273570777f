"""The card is being written: what is going onto it, and that nobody must touch it."""

from kiosk.flow.screen import Screen
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.page import Page, PicturePanel
from kiosk.ui.pages.tender import bought
from kiosk.ui.widgets.bars import Bar
from kiosk.ui.widgets.card_slot import CardScene, CardSlot
from kiosk.ui.widgets.facts import Figure
from kiosk.ui.widgets.marks import WaitRing
from kiosk.ui.widgets.text import Text


class WritePage(Page):
    """The one moment in which taking the card does harm."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme, motion = kit.theme, kit.config.motion
        self._picture = PicturePanel(kit, CardSlot(CardScene.HOLD, motion=motion))
        self._doing = Text(theme, "title", shade="strong")
        self._amount = Figure(theme)
        self._warning = Bar(theme, role="lead")
        self._why = Text(theme, "body", shade="muted")
        head = row(spacing=theme.px(28))
        head.addWidget(WaitRing(theme.px(150), motion=motion))
        head.addWidget(self._doing, 1)
        words = column(spacing=theme.px(26))
        words.addStretch(1)
        words.addLayout(head)
        words.addWidget(self._amount)
        words.addWidget(self._warning)
        words.addWidget(self._why)
        words.addStretch(1)
        self.beside(self._picture, words)

    def fill_content(self, screen: Screen, words: Words) -> None:
        self._doing.say(words.wait(screen.wait) if screen.wait else "")
        self._warning.say(words.text("write.title"))
        self._why.say(words.text("write.text"))
        amount = ("", "")
        if screen.account and screen.tender:
            amount = bought(screen.account, screen.tender, words)
        self._amount.say(words.text("write.amount"), amount[1])
