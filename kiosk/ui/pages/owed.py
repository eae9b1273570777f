"""What was paid earlier and is not on the card yet: where, how much, why, and to be done now."""

from kiosk.flow.screen import Button, OwedView, Screen
from kiosk.ui.i18n import Words, grouped
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.page import Page, PicturePanel
from kiosk.ui.widgets.card_slot import CardScene, CardSlot
from kiosk.ui.widgets.facts import Facts, Pair
from kiosk.ui.widgets.marks import Mark, Sign
from kiosk.ui.widgets.text import Text


class OwedPage(Page):
    """The money is safe; one press completes the purchase."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme, motion = kit.theme, kit.config.motion
        self._picture = PicturePanel(kit, CardSlot(CardScene.HOLD, motion=motion))
        self._title = Text(theme, "title", shade="strong")
        self._why = Text(theme, "body")
        self._facts = Facts(theme, 5)
        head = row(spacing=theme.px(24))
        head.addWidget(Mark(theme.px(92), Sign.SAFE, motion=motion))
        head.addWidget(self._title, 1)
        words = column(spacing=theme.px(10))
        words.addStretch(1)
        words.addLayout(head)
        words.addWidget(self._why)
        words.addWidget(self._facts)
        words.addStretch(1)
        self.beside(self._picture, words, shares=(7, 17))

    def fill_content(self, screen: Screen, words: Words) -> None:
        self._title.say(words.text("owed.title"))
        self._picture.say(words.text("wait.card-in"))
        if screen.owed is not None:
            self._why.say(why(screen.owed, words))
            self._facts.say(facts(screen.owed, words))

    def button_words(self, button: Button, screen: Screen, words: Words) -> tuple[str, str]:
        note = words.text("owed.free") if button is Button.DELIVER else ""
        return words.button(button), note


def why(owed: OwedView, words: Words) -> str:
    """Return why it was not delivered then, as far as the machine that took the money told."""
    told = f"cause.{owed.why}.text"
    if owed.why and told in words:
        return words.text(told)
    return words.text("owed.sold" if owed.sold else "owed.not-sold")


def facts(owed: OwedView, words: Words) -> list[Pair]:
    """Return when and where it was paid, how much, what for, and its number."""
    here = words.text("owed.here", terminal=owed.terminal_no)
    place = here if owed.here else words.text("owed.elsewhere", terminal=owed.terminal_no)
    rows = [
        (words.text("owed.when"), words.moment(owed.opened_at_ms)),
        (words.text("owed.where"), place),
        (words.text("owed.paid"), words.money(owed.paid_fen)),
    ]
    if owed.sold:
        rows.append((words.text("owed.bought"), bought(owed, words)))
    return [*rows, (words.text("owed.order"), grouped(owed.order_no))]


def bought(owed: OwedView, words: Words) -> str:
    """Return what was bought, in what the card's wallet counts."""
    if owed.wallet_money_fen is not None:
        return words.money(owed.wallet_money_fen)
    return words.energy(owed.energy_wh or 0)
