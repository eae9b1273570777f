"""Notes for a bill: what is due, what is in, what is missing, and what that settles so far."""

from kiosk.flow.screen import Button, Screen
from kiosk.flow.view import BillView
from kiosk.ui.i18n import Words
from kiosk.ui.pages.page import Page
from kiosk.ui.pages.tender import TenderPage
from kiosk.ui.widgets.facts import Pair


class BillTenderPage(TenderPage):
    """The slot closes by itself when enough is in; whoever stops before pays the oldest months."""

    def fill_content(self, screen: Screen, words: Words) -> None:
        bill = screen.bill
        if bill is None:
            return
        values_fen = welcome_fen(bill)
        self.title.say("" if screen.notice else headline(bill, words))
        self.show_note(screen, bill, values_fen)
        listed = words.text("tender.notes", notes=words.notes(values_fen)) if values_fen else ""
        self.picture.say("", listed)
        paid = (words.text("tender.paid"), words.money(bill.paid_fen))
        self.sum.say(paid, missing(bill, words), rest(bill, words, short=screen.notice is not None))

    def button_words(self, button: Button, screen: Screen, words: Words) -> tuple[str, str]:
        if button is Button.FINISH and screen.bill is not None:
            return words.text("bill-tender.finish"), outcome(screen.bill, words)
        return Page.button_words(self, button, screen, words)


def welcome_fen(bill: BillView) -> tuple[int, ...]:
    """Return the notes that would not come back now: any, as long as something is missing."""
    if bill.paid_fen >= bill.due_fen:
        return ()
    room_fen = bill.statement.max_fen - bill.paid_fen
    return tuple(value for value in bill.note_values_fen if value <= room_fen)


def headline(bill: BillView, words: Words) -> str:
    """Return the one sentence that matters now."""
    if bill.moving:
        return words.text("tender.moving")
    if bill.paid_fen >= bill.due_fen:
        return words.text("bill-tender.full")
    return words.text("tender.title" if welcome_fen(bill) else "tender.full")


def missing(bill: BillView, words: Words) -> Pair:
    """Return how much is still to come."""
    missing_fen = max(0, bill.due_fen - bill.paid_fen)
    label = words.text("bill-tender.missing" if missing_fen else "bill-tender.enough")
    return label, words.money(missing_fen)


def rest(bill: BillView, words: Words, *, short: bool = False) -> list[Pair]:
    """Return what is due, and once something is in, what becomes of it; ``short``: without what the
    button says as well.
    """
    rows = [(words.text("bill-tender.due"), words.money(bill.due_fen))]
    if not bill.paid_fen or bill.settlement is None:
        return rows
    count = len(bill.settlement.months)
    settles = words.months(count) if count else words.text("bill-tender.settles-none")
    rows.append((words.text("bill-tender.settles"), settles))
    if not short:
        keeps = words.money(bill.settlement.balance_after_fen)
        rows.append((words.text("bill-tender.keeps"), keeps))
    return rows


def outcome(bill: BillView, words: Words) -> str:
    """Return what would happen if the customer stopped now."""
    if bill.settlement is None:
        return ""
    remainder = words.money(bill.settlement.balance_after_fen)
    count = len(bill.settlement.months)
    if not count:
        return words.text("bill-tender.finish-none", remainder=remainder)
    months = words.months(count)
    return words.text("bill-tender.finish-months", months=months, remainder=remainder)
