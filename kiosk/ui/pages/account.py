"""Is this your meter? Who buys, what is left, what is owed."""

from kiosk.flow.screen import AccountView, Screen
from kiosk.ui.i18n import Words, grouped
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.page import Page, PicturePanel
from kiosk.ui.widgets.card_slot import CardScene, CardSlot
from kiosk.ui.widgets.facts import Facts, Figure, role_for
from kiosk.ui.widgets.text import Text
from vending.card import WalletUnit

LONG_ADDRESS = 36
"""From so many characters on the address is written in body size to leave room for the figures."""


class AccountPage(Page):
    """The only question is whether the card is the right one."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme = kit.theme
        self._title = Text(theme, "title")
        # Regular, never bold: only the regular font has every character that a name may have.
        self._who = Facts(theme, 3, value_role="reading")
        self._left, self._balance = Figure(theme), Figure(theme)
        self._arrears = Figure(theme, tone="warning")
        self._reminder = PicturePanel(kit, CardSlot(CardScene.HOLD, motion=kit.config.motion))
        figures = column(spacing=theme.gap) if theme.portrait else row(spacing=theme.px(20))
        for figure in (self._left, self._balance, self._arrears):
            figures.addWidget(figure, 1)
        self.content.addWidget(self._title)
        if theme.portrait:
            self.content.addWidget(self._reminder, 1)
        else:
            self.content.addStretch(1)
        self.content.addWidget(self._who)
        self.content.addSpacing(theme.px(8))
        self.content.addLayout(figures)
        if not theme.portrait:
            self.content.addStretch(2)

    def fill_content(self, screen: Screen, words: Words) -> None:
        self._title.say(words.text("account.title"))
        self._reminder.say(words.text("wait.card-in"))
        if screen.account is not None:
            self._fill_account(screen.account, words)

    def _fill_account(self, account: AccountView, words: Words) -> None:
        self._who.enlarge("body" if len(account.address_masked) >= LONG_ADDRESS else "reading")
        self._who.say(
            [
                (words.text("account.name"), account.name_masked),
                (words.text("account.address"), account.address_masked),
                (words.text("account.meter"), grouped(account.meter_no)),
            ]
        )
        self._fill_figures(account, words)

    def _fill_figures(self, account: AccountView, words: Words) -> None:
        left, balance = remaining(account, words), words.money(account.balance_fen)
        owed = words.money(account.arrears_fen) if account.arrears_fen else ""
        longest = max(map(len, (left, balance, owed)))
        largest = ("lead", 12) if owed and not self.kit.theme.portrait else ("figure", 16)
        role = role_for(longest, largest, ("strong", 99))
        self._left.say(words.text("account.remaining"), left, role)
        self._balance.say(words.text("account.balance"), balance, role)
        self._arrears.say(words.text("account.arrears"), owed, role)


def remaining(account: AccountView, words: Words) -> str:
    """Return what the meter last wrote back, in the unit of the card's wallet."""
    if account.meter_remaining is None:
        return words.text("account.remaining-unknown")
    if account.wallet_unit is WalletUnit.MONEY:
        return words.money(account.meter_remaining)
    return words.wallet_energy(account.meter_remaining)
