"""It worked: what is on the card, where the rest went, and what to take along."""

from kiosk.flow.screen import AccountView, OutcomeView, Screen
from kiosk.ui.i18n import Words, grouped
from kiosk.ui.kit import Kit
from kiosk.ui.pages.last_words import WellDone
from kiosk.ui.pages.page import PicturePanel
from kiosk.ui.widgets.card_slot import CardScene, CardSlot
from kiosk.ui.widgets.facts import Pair, role_for


class DonePage(WellDone):
    """Shows the slip itself when there is none on paper."""

    def __init__(self, kit: Kit) -> None:
        self._slot = CardSlot(CardScene.TAKE, motion=kit.config.motion)
        self._picture = PicturePanel(kit, self._slot)
        super().__init__(kit, self._picture, rows=4, shares=(9, 14))

    def fill_content(self, screen: Screen, words: Words) -> None:
        outcome = screen.outcome
        if outcome is None:
            return
        self._title.say(words.text("done.title"))
        self._show_picture(screen, outcome, words)
        self._slip.setVisible(outcome.slip_failed)
        self._no_slip.say(words.text("done.no-slip") if outcome.slip_failed else "")
        if outcome.slip_failed:
            self._slip.say(words.text("done.slip-title"), slip_lines(screen, outcome, words))
            self._amount.say("", "")
            self._facts.say([])
        else:
            label, amount = on_card(outcome, words)
            self._amount.say(label, amount, role_for(len(amount), ("hero", 10), ("figure", 99)))
            self._facts.say(facts(outcome, words))

    def _show_picture(self, screen: Screen, outcome: OutcomeView, words: Words) -> None:
        scene = CardScene.TAKE if screen.card_present else CardScene.METER
        self._slot.show_scene(scene)
        first = "done.take-card" if screen.card_present else "done.to-meter"
        self._picture.say(words.text(first), slip_words(outcome, words))


def slip_words(outcome: OutcomeView | None, words: Words) -> str:
    """Return where the paper is; nothing when there is none."""
    if outcome is None or outcome.slip_failed:
        return ""
    return words.text("done.printing" if outcome.printing else "done.slip")


def on_card(outcome: OutcomeView, words: Words) -> Pair:
    """Return what the card carries now, in what its wallet counts."""
    if outcome.wallet_money_fen is not None:
        return words.text("done.on-card"), words.money(outcome.wallet_money_fen)
    return words.text("done.on-card"), words.energy(outcome.energy_wh or 0)


def facts(outcome: OutcomeView, words: Words) -> list[Pair]:
    """Return where the money went."""
    rows = [(words.text("done.paid"), words.money(outcome.paid_fen))]
    if outcome.arrears_paid_fen:
        rows.append((words.text("done.arrears"), words.money(outcome.arrears_paid_fen)))
    if outcome.balance_after_fen is not None:
        rows.append((words.text("done.balance"), words.money(outcome.balance_after_fen)))
    rows.append((words.text("done.order"), grouped(outcome.order_no)))
    return rows


def slip_lines(screen: Screen, outcome: OutcomeView, words: Words) -> list[Pair]:
    """Return what the paper would have said."""
    account: AccountView | None = screen.account
    rows: list[Pair] = [(words.text("done.order"), grouped(outcome.order_no))]
    if account is not None:
        rows.append((words.text("done.slip-meter"), grouped(account.meter_no)))
    if outcome.energy_wh is not None:
        rows.append((words.text("done.slip-energy"), words.energy(outcome.energy_wh)))
    if outcome.wallet_money_fen is not None:
        rows.append((words.text("done.slip-money"), words.money(outcome.wallet_money_fen)))
    return [*rows, *facts(outcome, words)[:-1]]
