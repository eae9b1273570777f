"""Is this your meter? Who buys, what is left, what is owed."""

from kiosk.flow.screen import AccountView, Screen
from kiosk.ui.i18n import Words, grouped
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.page import Page
from kiosk.ui.widgets.facts import Facts, Figure
from kiosk.ui.widgets.text import Text
from vending.card import WalletUnit

LONG_ADDRESS = 36
"""From so many characters on the address is written in body size to leave room for the figures."""


class AccountPage(Page):
    """The only question is whether the card is the right one."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme = kit.theme
        self._title = Text("title")
        # Regular, never bold: only the regular font has every character that a name may have.
        self._who = Facts(theme, 3, value_role="reading")
        self._left = Figure(theme, role="lead")
        self._balance = Figure(theme, role="lead")
        self._arrears = Figure(theme, role="lead", tone="warning")
        figures = column(spacing=theme.gap) if theme.portrait else row(spacing=theme.px(20))
        for figure in (self._left, self._balance, self._arrears):
            figures.addWidget(figure, 1)
        self.content.addWidget(self._title)
        self.content.addStretch(1)
        self.content.addWidget(self._who)
        self.content.addSpacing(theme.px(8))
        self.content.addLayout(figures)
        self.content.addStretch(2)

    def fill_content(self, screen: Screen, words: Words) -> None:
        self._title.say(words.text("account.title"))
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
        self._left.say(words.text("account.remaining"), remaining(account, words))
        self._balance.say(words.text("account.balance"), words.money(account.balance_fen))
        owed = words.money(account.arrears_fen) if account.arrears_fen else ""
        self._arrears.say(words.text("account.arrears"), owed)


def remaining(account: AccountView, words: Words) -> str:
    """Return what the meter last wrote back, in the unit of the card's wallet."""
    if account.meter_remaining is None:
        return words.text("account.remaining-unknown")
    if account.wallet_unit is WalletUnit.MONEY:
        return words.money(account.meter_remaining)
    return words.wallet_energy(account.meter_remaining)
