"""Is this your meter? Who buys, what is left, what is owed."""

from kiosk.flow.screen import AccountView, Screen
from kiosk.ui.i18n import Words, grouped
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.page import Page
from kiosk.ui.widgets.bars import Bar
from kiosk.ui.widgets.facts import Facts, Figure
from kiosk.ui.widgets.text import Text
from vending.card import WalletUnit


class AccountPage(Page):
    """The only question is whether the card is the right one."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme = kit.theme
        self._title = Text("title")
        self._who = Facts(theme, 3, value_role="lead")
        self._left = Figure(theme)
        self._balance = Figure(theme)
        self._arrears = Bar(theme)
        figures = row(spacing=theme.px(20))
        figures.addWidget(self._left, 1)
        figures.addWidget(self._balance, 1)
        self.content.addWidget(self._title)
        self.content.addStretch(1)
        both = column(spacing=theme.px(20))
        both.addWidget(self._who)
        both.addLayout(figures)
        both.addWidget(self._arrears)
        self.content.addLayout(both)
        self.content.addStretch(2)

    def fill_content(self, screen: Screen, words: Words) -> None:
        self._title.say(words.text("account.title"))
        self.say_printer(screen, words)
        if screen.account is not None:
            self._fill_account(screen.account, words)

    def _fill_account(self, account: AccountView, words: Words) -> None:
        self._who.say(
            [
                (words.text("account.name"), account.name_masked),
                (words.text("account.address"), account.address_masked),
                (words.text("account.meter"), grouped(account.meter_no)),
            ]
        )
        self._left.say(words.text("account.remaining"), remaining(account, words))
        self._balance.say(words.text("account.balance"), words.money(account.balance_fen))
        owed = words.money(account.arrears_fen)
        self._arrears.say(words.text("account.arrears", arrears=owed) if account.arrears_fen else "")


def remaining(account: AccountView, words: Words) -> str:
    """Return what the meter last wrote back, in the unit of the card's wallet."""
    if account.meter_remaining is None:
        return words.text("account.remaining-unknown")
    if account.wallet_unit is WalletUnit.MONEY:
        return words.money(account.meter_remaining)
    return words.wallet_energy(account.meter_remaining)
