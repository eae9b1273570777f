"""One resident's visit, from the card in the slot to the energy in the meter at home."""

import time
from dataclasses import dataclass

from bench.demo.hands import PHASE_TIMEOUT_S, Hands, Visit, pause
from bench.meter import PlugResult
from bench.stand.judge import Sale
from vending.card import WalletUnit
from vending.money import format_yuan


@dataclass(frozen=True)
class Plan:
    """What a resident means to do."""

    card: str
    who: str
    notes_fen: tuple[int, ...]
    in_english: bool = False
    """Switches to English at the account, and to Chinese and back while paying."""
    next_door: bool = False
    """The money is in the machine next door, which gave up: it is to be delivered here."""

    @property
    def chapter(self) -> str:
        """What pictures and papers are called."""
        return "resell" if self.next_door else self.card


class Guide(Hands):
    """Walks residents with a meter card through their visits."""

    def visit(self, plan: Plan) -> Visit:
        """Do what the plan says. Raises KioskError when the kiosk does not play along."""
        self._album.chapter(plan.chapter)
        slips, cash_fen = len(self._stand.slips), self._stand.cash_fen
        order_no = self._collect(plan) if plan.next_door else self._buy(plan)
        self._take_slip(slips)
        self._check_books(plan, order_no, cash_fen)
        self._go_home(plan, order_no)
        return Visit(plan.chapter, order_no, slips)

    # -- at the kiosk ----------------------------------------------------------------------------

    def _buy(self, plan: Plan) -> str:
        self._identify(plan)
        for number, value_fen in enumerate(plan.notes_fen):
            self._pay(value_fen, sum(plan.notes_fen[: number + 1]))
            if plan.in_english and number == 0:
                self._change_mind_about_language()
        return self._finish()

    def _collect(self, plan: Plan) -> str:
        paid = self._pay_next_door(plan)
        self._kiosk.wait("idle", timeout_s=PHASE_TIMEOUT_S)
        self._press("resell", "resell", "“Unfinished purchase?”")
        self._stand.insert_card(plan.card)
        self._reach("owed")
        self._teller.tell("Inserts the card: the screen shows what was paid, where, and why not.")
        pause()
        self._kiosk.press("deliver")
        done = self._reach("done")
        self._teller.tell("Presses “Complete it now”: it is sold, written and proved here.")
        same = done["order_no"] == paid
        self._teller.check(same, f"under the same number, {paid}: it is the same purchase")
        return paid

    def _pay_next_door(self, plan: Plan) -> str:
        now_ms = time.time_ns() // 1_000_000
        with self._stand.neighbour() as neighbour:
            request = neighbour.pay(self._stand.card(plan.card), now_ms, *plan.notes_fen)
            neighbour.give_up(request, now_ms, sold=False)
        paid = format_yuan(sum(plan.notes_fen))
        self._teller.tell(f"The machine next door took {paid} yuan, lost its line and gave up.")
        return request.order_no

    def _identify(self, plan: Plan) -> None:
        title = self._stand.card(plan.card).title_en
        self._teller.tell(f"{plan.who} puts the card into the slot: {title}.")
        self._stand.insert_card(plan.card)
        self._reach("account")
        self._teller.tell("The kiosk reads it, asks the head office and shows whose account it is.")
        pause()
        if plan.in_english:
            self._switch_language()
        self._press("continue", "choosing", "“Continue”")
        self._press("cash", "tendering", "“Banknotes”")

    def _finish(self) -> str:
        pause()
        self._kiosk.press("finish")
        self._teller.tell("Presses “Finish”; the acceptor closes, the head office sells.")
        done = self._reach("done")
        self._teller.tell("The card is written, wallet last, and proved by reading it back.")
        order_no = str(done["order_no"])
        self._teller.tell(f"The card comes out. Order {order_no}.")
        return order_no

    def _change_mind_about_language(self) -> None:
        paid_fen = self._kiosk.state()["paid_fen"]
        self._switch_language()
        self._switch_language()
        kept = self._kiosk.state()["paid_fen"] == paid_fen
        self._teller.check(kept, "switching the language in the middle of paying lost nothing")

    # -- afterwards ------------------------------------------------------------------------------

    def _check_books(self, plan: Plan, order_no: str, cash_before_fen: int) -> None:
        self._check_box(cash_before_fen, 0 if plan.next_door else sum(plan.notes_fen))
        posted = self._stand.wait_until_posted(order_no)
        self._teller.check(posted, "the head office knows that the card is written: posted")
        self._check_audit()

    def _go_home(self, plan: Plan, order_no: str) -> None:
        sale = self._stand.sale(order_no)
        first = self._stand.plug_into_meter(plan.card)
        self._teller.tell(f"At home the card goes into the meter, which says: {first.display_en}.")
        again = self._stand.plug_into_meter(plan.card)
        self._teller.tell(f"Out and in once more, just to see: {again.display_en}.")
        unit = self._unit(plan)
        right = sale is not None and _credited_once(sale, first, again)
        amount = f"{sale.amount / 100:.2f} {unit}" if sale else "nothing"
        self._teller.check(right, f"the meter credited what was sold, {amount}, exactly once")

    def _unit(self, plan: Plan) -> str:
        person = self._stand.card(plan.card).person
        return "kWh" if person and person.wallet_unit is WalletUnit.ENERGY else "yuan"


def _credited_once(sale: Sale, first: PlugResult, again: PlugResult) -> bool:
    taken = first.credited
    return (
        taken is not None
        and (taken.purchase_count, taken.amount) == (sale.purchase_count, sale.amount)
        and again.credited is None
        and first.error is None
        and again.error is None
    )
