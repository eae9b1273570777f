"""Paid, and not (provably) delivered: the money is safe, this is the number, this is what to do."""

from kiosk.flow.phase import Cause, Why
from kiosk.flow.screen import Screen
from kiosk.ui.i18n import Words, grouped
from kiosk.ui.kit import Kit
from kiosk.ui.pages.done import slip_words
from kiosk.ui.pages.last_words import MoneySafe
from kiosk.ui.pages.page import PicturePanel
from kiosk.ui.widgets.card_slot import CardScene, CardSlot

COMES_AGAIN: frozenset[Cause] = frozenset(
    {Why.CARD_GONE, Why.WRITE_FAILED, Why.SEALS_FAILED, Why.SALE_UNKNOWN, Why.CARD_CHANGED}
)
"""Inserting the card again settles these."""


class DoubtfulPage(MoneySafe):
    """Calms first, explains second, and never leaves anyone without a next step."""

    def __init__(self, kit: Kit) -> None:
        self._slot = CardSlot(CardScene.TAKE, motion=kit.config.motion)
        self._picture = PicturePanel(kit, self._slot)
        super().__init__(kit, self._picture, rows=3)

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
