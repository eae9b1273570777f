"""Put in notes: what is in, what it buys, what would happen now, and what came back and why."""

from PySide6.QtWidgets import QGridLayout

from kiosk.flow.phase import Notice
from kiosk.flow.screen import AccountView, Button, Screen, TenderView
from kiosk.flow.view import BillView
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.page import Page, PicturePanel
from kiosk.ui.widgets.facts import Pair, PairRows
from kiosk.ui.widgets.note_slot import NoteScene, NoteSlot
from kiosk.ui.widgets.text import RIGHT, Panel, Text
from vending.card import WalletUnit

CAME_BACK = frozenset(
    {
        Notice.NOTE_RETURNED,
        Notice.NOTE_TOO_SMALL,
        Notice.NOTE_OVER_LIMIT,
        Notice.NOTE_OVERSTOCK,
        Notice.NOTE_NOT_MULTIPLE,
        Notice.NOTE_TOO_MANY,
        Notice.NOTE_NOT_NEEDED,
        Notice.NOTE_UNRECOGNISED,
        Notice.NOTE_ONE_AT_A_TIME,
    }
)


class Sum(Panel):
    """The amount that is in, large, and below it what it buys."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit.theme, "panel")
        theme = kit.theme
        self._label = Text(theme, "body", shade="muted")
        self._amount = Text(theme, "amount", shade="strong", wrap=False)
        self._buys = Text(theme, "lead", wrap=False)
        self._gets = Text(theme, "figure", shade="strong", wrap=False, lean=RIGHT)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(20))
        grid.setVerticalSpacing(theme.px(2))
        self._rows = PairRows(theme, grid, 3, lean=RIGHT)
        bought = row(spacing=theme.px(16))
        bought.addWidget(self._buys)
        bought.addWidget(self._gets, 1)
        layout = column(self)
        layout.setContentsMargins(theme.px(28), theme.px(10), theme.px(28), theme.px(10))
        layout.addWidget(self._label)
        layout.addWidget(self._amount)
        layout.addStretch(1)
        layout.addLayout(bought)
        layout.addStretch(1)
        layout.addLayout(grid)

    def say(self, paid: Pair, bought: Pair, rows: list[Pair]) -> None:
        """Show what is in, what it buys and the rest."""
        self._label.setText(paid[0])
        self._amount.setText(paid[1])
        self._buys.setText(bought[0])
        self._gets.setText(bought[1])
        self._rows.say(rows)


class TenderPage(Page):
    """Changes with every note, within the blink in which the note goes in."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme = kit.theme
        self.title = Text(theme, "title")
        self.slot = NoteSlot(motion=kit.config.motion)
        self.picture = PicturePanel(kit, self.slot)
        self.sum = Sum(kit)
        words = column(spacing=theme.gap)
        words.addWidget(self.sum, 1)
        self.content.addWidget(self.title)
        self.beside(self.picture, words, shares=(9, 14))

    def fill_content(self, screen: Screen, words: Words) -> None:
        account, tender = screen.account, screen.tender
        if account is None or tender is None:
            return
        self.title.say("" if screen.notice else headline(account, tender, words))
        values_fen = welcome_fen(account, tender)
        self.show_note(screen, tender, values_fen)
        listed = words.text("tender.notes", notes=words.notes(values_fen)) if values_fen else ""
        self.picture.say("", listed)
        paid = (words.text("tender.paid"), words.money(tender.paid_fen))
        self.sum.say(paid, bought(account, tender, words), rest(account, tender, words))

    def button_words(self, button: Button, screen: Screen, words: Words) -> tuple[str, str]:
        note = ""
        if button is Button.FINISH and screen.account and screen.tender:
            note = outcome(screen.account, screen.tender, words)
        return words.button(button), note

    def show_note(
        self, screen: Screen, tender: TenderView | BillView, values_fen: tuple[int, ...]
    ) -> None:
        """Have the picture do what the note does; ``values_fen`` may go in now."""
        last = tender.last_note_fen or 0
        if tender.moving:
            self.slot.show_note(NoteScene.SWALLOW, last)
        elif screen.notice in CAME_BACK:
            self.slot.show_note(NoteScene.RETURN)
        elif screen.notice is Notice.ACCEPTOR_FAULT or not values_fen:
            self.slot.show_note(NoteScene.CLOSED)
        else:
            self.slot.invite(values_fen)


def headline(account: AccountView, tender: TenderView, words: Words) -> str:
    """Return the one sentence that matters now."""
    if tender.moving:
        return words.text("tender.moving")
    if not welcome_fen(account, tender):
        return words.text("tender.full")
    return words.text("tender.title")


def bought(account: AccountView, tender: TenderView, words: Words) -> Pair:
    """Return what the money buys, in what the card's wallet counts."""
    money = account.wallet_unit is WalletUnit.MONEY
    label = words.text("tender.buys-money" if money else "tender.buys")
    if tender.paid_fen == 0:
        return label, words.money(0) if money else words.energy(0)
    if tender.quote is None:
        return label, words.text("tender.working-out")
    if money:
        return label, words.money(tender.quote.energy_fen)
    return label, words.energy(tender.quote.energy_wh)


def rest(account: AccountView, tender: TenderView, words: Words) -> list[Pair]:
    """Return where the rest of the money goes and how much more may come."""
    rows: list[Pair] = []
    if tender.paid_fen == 0:
        least_fen = least_note_fen(account)
        if least_fen is not None:
            rows.append((words.text("tender.least"), words.money(least_fen)))
    elif tender.quote is not None:
        if tender.quote.arrears_fen:
            rows.append((words.text("tender.arrears"), words.money(tender.quote.arrears_fen)))
        remainder = words.money(tender.quote.balance_after_fen)
        rows.append((words.text("tender.remainder"), remainder))
    rows.append((words.text("tender.room"), words.money(tender.room_fen)))
    return rows


def least_note_fen(account: AccountView) -> int | None:
    """Return the smallest note that can begin a purchase, or None.

    The first note must reach the minimum by itself and leave something to buy after the arrears:
    smaller ones come back.
    """
    owed_fen = account.arrears_fen - account.balance_fen
    fitting = (
        value
        for value in account.note_values_fen
        if value >= account.min_fen and value > owed_fen and value % account.multiple_fen == 0
    )
    return min(fitting, default=None)


def welcome_fen(account: AccountView, tender: TenderView) -> tuple[int, ...]:
    """Return the notes that would not come back now, as far as the screen can tell."""
    least_fen = 0 if tender.paid_fen else least_note_fen(account) or 0
    return tuple(v for v in account.note_values_fen if least_fen <= v <= tender.room_fen)


def outcome(account: AccountView, tender: TenderView, words: Words) -> str:
    """Return what would happen if the customer stopped now."""
    quote = tender.quote
    if quote is None:
        return words.text("tender.finish-unknown", paid=words.money(tender.paid_fen))
    remainder = words.money(quote.balance_after_fen)
    if account.wallet_unit is WalletUnit.MONEY:
        money = words.money(quote.energy_fen)
        return words.text("tender.finish-money", money=money, remainder=remainder)
    energy = words.energy(quote.energy_wh)
    return words.text("tender.finish-energy", energy=energy, remainder=remainder)
