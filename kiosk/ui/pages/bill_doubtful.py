"""Paid for a bill, and not (surely) posted: the money is safe, and there is nothing to be done."""

from kiosk.flow.phase import Why
from kiosk.flow.screen import Screen
from kiosk.flow.view import BillView
from kiosk.ui.i18n import Words, grouped
from kiosk.ui.kit import Kit
from kiosk.ui.pages.bill_done import Taking
from kiosk.ui.pages.last_words import MoneySafe
from kiosk.ui.widgets.facts import Pair

POSTED_LATER = frozenset({None, Why.POSTING_UNKNOWN})
"""The machine goes on by itself with these; everything else is for the staff."""


class BillDoubtfulPage(MoneySafe):
    """Calms first, explains second, and warns of paying twice."""

    def __init__(self, kit: Kit) -> None:
        self._to_take = Taking(kit)
        super().__init__(kit, self._to_take, rows=2)

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
