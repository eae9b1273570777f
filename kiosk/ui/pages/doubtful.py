"""Paid, and not (provably) delivered: the money is safe, this is the number, this is what to do."""

from kiosk.flow.phase import Cause, Notice, Why
from kiosk.flow.screen import Screen
from kiosk.ui.i18n import Words, grouped
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.done import slip_words
from kiosk.ui.pages.page import Page, PicturePanel
from kiosk.ui.widgets.bars import Todo
from kiosk.ui.widgets.card_slot import CardScene, CardSlot
from kiosk.ui.widgets.facts import Facts
from kiosk.ui.widgets.marks import Mark, Sign
from kiosk.ui.widgets.text import Text

COMES_AGAIN: frozenset[Cause] = frozenset(
    {Why.CARD_GONE, Why.WRITE_FAILED, Why.SEALS_FAILED, Why.SALE_UNKNOWN, Why.CARD_CHANGED}
)
"""Inserting the card again settles these."""


class DoubtfulPage(Page):
    """Calms first, explains second, and never leaves anyone without a next step."""

    tells_itself = frozenset({Notice.NO_SLIP})

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme, motion = kit.theme, kit.config.motion
        self._slot = CardSlot(CardScene.TAKE, motion=motion)
        self._picture = PicturePanel(kit, self._slot)
        self._title = Text(theme, "title", shade="strong")
        self._what = Text(theme, "body")
        self._facts = Facts(theme, 3)
        self._todo = Todo(theme)
        head = row(spacing=theme.px(24))
        head.addWidget(Mark(theme.px(112), Sign.SAFE, motion=motion))
        head.addWidget(self._title, 1)
        words = column(spacing=theme.px(16))
        words.addStretch(1)
        words.addLayout(head)
        for widget in (self._what, self._facts, self._todo):
            words.addWidget(widget)
        words.addStretch(1)
        self.beside(self._picture, words, shares=(8, 16))

    def fill_content(self, screen: Screen, words: Words) -> None:
        self._title.say(words.text("doubtful.title"))
        self._show_picture(screen, words)
        outcome = screen.outcome
        if outcome is not None:
            paid = (words.text("doubtful.paid"), words.money(outcome.paid_fen))
            label = words.text("doubtful.order-keep" if outcome.slip_failed else "doubtful.order")
            self._facts.say([paid, (label, grouped(outcome.order_no))])
        self._say_what(screen, words)

    def _say_what(self, screen: Screen, words: Words) -> None:
        phone = words.text("doubtful.phone")
        if screen.cause is None:
            self._what.say(words.text("doubtful.text"))
            self._todo.say(words.text("doubtful.todo"), phone)
            return
        sentence = words.cause(screen.cause, paid=True)
        self._what.say(sentence.text)
        self._todo.say(sentence.todo, phone if screen.cause in COMES_AGAIN else "")

    def _show_picture(self, screen: Screen, words: Words) -> None:
        again = screen.cause is None or screen.cause in COMES_AGAIN
        self.show_picture(self._picture, screen.card_present or again)
        self._slot.show_scene(CardScene.TAKE if screen.card_present else CardScene.INSERT)
        first = words.text("done.take-card") if screen.card_present else ""
        self._picture.say(first, slip_words(screen.outcome, words))
