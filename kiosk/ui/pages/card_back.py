"""Please take your card."""

from kiosk.flow.screen import Screen
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column
from kiosk.ui.pages.page import Page, PicturePanel
from kiosk.ui.widgets.card_slot import CardScene, CardSlot
from kiosk.ui.widgets.marks import Mark, Sign
from kiosk.ui.widgets.text import Align, Text

BESIDE = Align.AlignLeft | Align.AlignVCenter


class CardBackPage(Page):
    """Says why it ended and waits for the card to be taken."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme = kit.theme
        self._picture = PicturePanel(kit, CardSlot(CardScene.TAKE, motion=kit.config.motion))
        self._title = Text(theme, "figure", shade="strong")
        self._mark = Mark(theme.px(140), Sign.DONE, motion=kit.config.motion)
        self._what = Text(theme, "lead")
        self._todo = Text(theme, "body")
        words = column(spacing=theme.px(28))
        words.addStretch(1)
        words.addWidget(self._mark, 0, Align.AlignHCenter)
        for text in (self._title, self._what, self._todo):
            words.addWidget(text)
        words.addStretch(1)
        self.beside(self._picture, words, shares=(11, 11))

    def fill_content(self, screen: Screen, words: Words) -> None:
        self.show_picture(self._picture, screen.card_present)
        self._mark.setVisible(not screen.card_present)
        for text in (self._title, self._what, self._todo):
            text.setAlignment(BESIDE if screen.card_present else Align.AlignCenter)
        self._title.say(words.text("card-back.title" if screen.card_present else "card-back.taken"))
        if screen.cause is None:
            self._what.say("")
            self._todo.say("")
            return
        paid = screen.outcome is not None and screen.outcome.paid_fen > 0
        sentence = words.cause(screen.cause, paid=paid)
        self._what.say(
            sentence.text if paid else f"{sentence.text}{words.text('card-back.unpaid')}"
        )
        self._todo.say(sentence.todo)
