"""Paid, and the card is not in the slot: it must come back so that it can get what was bought."""

from kiosk.flow.screen import Screen
from kiosk.ui.i18n import Words, grouped
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.page import Page, PicturePanel
from kiosk.ui.widgets.bars import Todo
from kiosk.ui.widgets.card_slot import CardScene, CardSlot
from kiosk.ui.widgets.facts import Facts
from kiosk.ui.widgets.marks import Mark, Sign
from kiosk.ui.widgets.text import Text


class CardBackPage(Page):
    """One thing to do, shown in the picture; the money is named so that nobody worries."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme, motion = kit.theme, kit.config.motion
        self._slot = CardSlot(CardScene.INSERT, motion=motion)
        self._picture = PicturePanel(kit, self._slot)
        self._title = Text(theme, "title", shade="strong")
        self._what = Text(theme, "reading")
        self._todo = Todo(theme, "lead")
        self._facts = Facts(theme, 2)
        head = row(spacing=theme.px(24))
        head.addWidget(Mark(theme.px(104), Sign.ATTENTION, motion=motion))
        head.addWidget(self._title, 1)
        words = column(spacing=theme.px(20))
        words.addStretch(1)
        words.addLayout(head)
        for widget in (self._what, self._todo, self._facts):
            words.addWidget(widget)
        words.addStretch(1)
        self.beside(self._picture, words, shares=(9, 14))

    def fill_content(self, screen: Screen, words: Words) -> None:
        wrong_card = screen.card_present and screen.cause is not None
        self._slot.show_scene(CardScene.TAKE if wrong_card else CardScene.INSERT)
        if screen.cause is None:
            self._title.say(words.text("card-back.title"))
            self._what.say(words.text("card-back.text"))
            self._todo.say(words.text("card-back.todo"))
        else:
            sentence = words.cause(screen.cause)
            self._title.say(sentence.title)
            self._what.say(sentence.text)
            self._todo.say(words.text("card-back.swap") if wrong_card else sentence.todo)
        if screen.outcome is not None:
            paid = (words.text("doubtful.paid"), words.money(screen.outcome.paid_fen))
            order = (words.text("doubtful.order"), grouped(screen.outcome.order_no))
            self._facts.say([paid, order])
