"""The bill is paid: which months, what is on the account now, and the slip to take along."""

from kiosk.flow.screen import Screen
from kiosk.flow.view import BillView
from kiosk.ui.i18n import Words, grouped
from kiosk.ui.kit import Kit
from kiosk.ui.pages.last_words import WellDone
from kiosk.ui.pages.page import PicturePanel
from kiosk.ui.widgets.card_slot import CardScene, CardSlot
from kiosk.ui.widgets.facts import Pair
from kiosk.ui.widgets.slip_slot import SlipSlot

_WITH_HERO, _HERO_SIGNS = 5, 10
"""So many rows and signs leave room for the largest letters."""


class BillDonePage(WellDone):
    """The card or the slip is shown in a picture, whatever there is to take; without paper the
    slip itself is on the screen.
    """

    def __init__(self, kit: Kit) -> None:
        self._to_take = Taking(kit)
        super().__init__(kit, self._to_take, rows=6, shares=(7, 17))

    def fill_content(self, screen: Screen, words: Words) -> None:
        bill = screen.bill
        if bill is None:
            return
        self._title.say(words.text("bill-done.title"))
        self.show_picture(self._to_take, screen.card_present or not bill.slip_failed)
        self._to_take.show_for(screen, bill, words)
        self._slip.setVisible(bill.slip_failed)
        self._no_slip.say(words.text("done.no-slip") if bill.slip_failed else "")
        paid = (words.text("done.paid"), words.money(bill.paid_fen))
        rows = [*left(bill, words), *facts(bill, words)]
        if bill.slip_failed:
            self._amount.say("", "")
            self._facts.say([])
            self._slip.say(words.text("bill-done.slip-title"), [paid, *facts(bill, words)])
        else:
            large = len(rows) <= _WITH_HERO and len(paid[1]) <= _HERO_SIGNS
            self._amount.say(*paid, "hero" if large else "figure")
            self._facts.say(rows)


class Taking(PicturePanel):
    """The card, if it is in the slot; else the slip."""

    def __init__(self, kit: Kit) -> None:
        motion = kit.config.motion
        self._card = CardSlot(CardScene.TAKE, motion=motion)
        super().__init__(kit, self._card)
        self._paper = SlipSlot(motion=motion)
        self.frame.insertWidget(0, self._paper, 1)

    def show_for(self, screen: Screen, bill: BillView, words: Words) -> None:
        """Show what there is to take."""
        self._card.setVisible(screen.card_present)
        self._paper.setVisible(not screen.card_present)
        card = words.text("refused.take-card") if screen.card_present else ""
        self.say(card, slip_words(bill, words))


def slip_words(bill: BillView, words: Words) -> str:
    """Return where the paper is; nothing when there is none."""
    if bill.slip_failed:
        return ""
    return words.text("done.printing" if bill.printing else "done.slip")


def left(bill: BillView, words: Words) -> list[Pair]:
    """Return how much is still unpaid, if anything is."""
    count = len(bill.statement.months) - len(bill.settlement.months if bill.settlement else ())
    return [(words.text("bill-done.left"), words.months(count))] if count else []


def facts(bill: BillView, words: Words) -> list[Pair]:
    """Return what was settled, what is on the account, and the numbers."""
    rows: list[Pair] = []
    settled = bill.settlement.months if bill.settlement else ()
    if settled:
        rows.append((words.text("bill-done.settled"), words.span(settled)))
    if bill.settlement:
        balance = words.money(bill.settlement.balance_after_fen)
        rows.append((words.text("done.balance"), balance))
    return [
        *rows,
        (words.text("bill.number"), grouped(bill.statement.customer_no)),
        (words.text("bill-done.receipt"), grouped(bill.receipt_no)),
        (words.text("done.order"), grouped(bill.order_no)),
    ]
