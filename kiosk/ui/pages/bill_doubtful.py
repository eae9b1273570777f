"""Paid for a bill, and not (surely) posted: the money is safe, and there is nothing to be done."""

from kiosk.flow.phase import Notice, Why
from kiosk.flow.screen import Screen
from kiosk.flow.view import BillView
from kiosk.ui.i18n import Words, grouped
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.bill_done import Taking
from kiosk.ui.pages.page import Page
from kiosk.ui.widgets.bars import Todo
from kiosk.ui.widgets.facts import Facts, Pair
from kiosk.ui.widgets.marks import Mark, Sign
from kiosk.ui.widgets.text import Text

POSTED_LATER = frozenset({None, Why.POSTING_UNKNOWN, Why.NOT_POSTED})
"""The machine goes on by itself with these; everything else is for the staff."""


class BillDoubtfulPage(Page):
    """Calms first, explains second, and warns of paying twice."""

    tells_itself = frozenset({Notice.NO_SLIP})

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme, motion = kit.theme, kit.config.motion
        self._to_take = Taking(kit)
        self._title = Text(theme, "title", shade="strong")
        self._what = Text(theme, "body")
        self._facts = Facts(theme, 2)
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
        self.beside(self._to_take, words, shares=(8, 16))

    def fill_content(self, screen: Screen, words: Words) -> None:
        bill = screen.bill
        if bill is None:
            return
        self._title.say(words.text("doubtful.title"))
        self.show_picture(self._to_take, screen.card_present or not bill.slip_failed)
        self._to_take.show_for(screen, bill, words)
        self._facts.say(facts(bill, words))
        if screen.cause in POSTED_LATER:
            sentence = words.cause(screen.cause or Why.POSTING_UNKNOWN)
            self._what.say(sentence.text)
            self._todo.say(sentence.todo, words.text("bill-doubtful.phone"))
        else:
            self._what.say(words.text("bill-doubtful.refused"))
            self._todo.say(words.text("bill-doubtful.refused-todo"))


def facts(bill: BillView, words: Words) -> list[Pair]:
    """Return what was paid and the number to name."""
    order = words.text("doubtful.order-keep" if bill.slip_failed else "doubtful.order")
    return [
        (words.text("doubtful.paid"), words.money(bill.paid_fen)),
        (order, grouped(bill.order_no)),
    ]
