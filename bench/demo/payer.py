"""One customer's visit without a card: a bill under the scanner, and how the money is posted."""

from dataclasses import dataclass

from bench.demo.hands import Hands, Visit, pause
from bench.stand import KioskError
from center.ledger import audit as ledger
from center.ledger.chart import Kind
from center.utility import bills
from vending.bill import BillPaid
from vending.money import format_yuan


@dataclass(frozen=True)
class BillPlan:
    """What somebody with a bill in hand means to do: pay all of it."""

    customer_no: str
    who: str
    notes_fen: tuple[int, ...]
    """The last of them makes it enough."""
    chapter: str = "bill"


class Payer(Hands):
    """Walks customers with a paper bill through their visits."""

    def visit(self, plan: BillPlan) -> Visit:
        """Do what the plan says. Raises KioskError when the kiosk does not play along."""
        self._album.chapter(plan.chapter)
        slips, cash_fen = len(self._stand.slips), self._stand.cash_fen
        self._show_the_bill(plan)
        self._press("bill-all", "tendering", "“All months”")
        due_fen = int(self._kiosk.state()["due_fen"])
        for number in range(len(plan.notes_fen)):
            self._pay(plan.notes_fen[number], sum(plan.notes_fen[: number + 1]))
        order_no = self._see_it_posted(due_fen, sum(plan.notes_fen))
        self._take_slip(slips)
        self._check_books(plan, order_no, due_fen, cash_fen)
        return Visit(plan.chapter, order_no, slips)

    def _show_the_bill(self, plan: BillPlan) -> None:
        bill = next((b for b in self._stand.bills if b.customer_no == plan.customer_no), None)
        if bill is None:
            raise KioskError(f"nobody on the bench has a bill of {plan.customer_no}")
        self._kiosk.wait("idle", "done")
        pause()
        if not self._stand.show_code(bill.code):
            raise KioskError("nobody listens to the scanner")
        self._teller.tell(f"{plan.who} holds a paper bill before the scanner: {bill.code}.")
        self._reach("bill")
        self._teller.tell("The head office is asked; the screen shows what is owed, by month.")
        pause()

    def _see_it_posted(self, due_fen: int, paid_fen: int) -> str:
        self._teller.tell(f"{format_yuan(due_fen)} yuan are due: the slot closes by itself.")
        done = self._reach("done")
        excess = format_yuan(paid_fen - due_fen)
        self._teller.tell(
            f"The head office posts it, receipt {done['receipt_no']}; "
            f"{excess} yuan more stay on the account. No card is written."
        )
        return str(done["order_no"])

    # -- afterwards ------------------------------------------------------------------------------

    def _check_books(self, plan: BillPlan, order_no: str, due_fen: int, cash_fen: int) -> None:
        paid_fen = sum(plan.notes_fen)
        self._check_box(cash_fen, paid_fen)
        paid = self._payment(plan, order_no)
        # The account was used up first: what is due is the rest of the bills.
        used_fen = (
            paid.settlement.settled_fen - paid.settlement.balance_before_fen if paid else None
        )
        settled = f"{format_yuan(due_fen)} yuan of it settle the bills"
        self._teller.check(used_fen == due_fen, settled)
        kept = self._stand.office.read(lambda db: ledger.balances(db, Kind.CUSTOMER))
        excess_fen = paid_fen - due_fen
        self._teller.check(
            kept.get(plan.customer_no, 0) == excess_fen,
            f"the customer's account holds the excess, {format_yuan(excess_fen)} yuan",
        )
        owed = self._stand.office.read(lambda db: bills.unpaid(db, plan.customer_no))
        self._teller.check(not owed, "nothing is owed any more")
        self._check_audit()

    def _payment(self, plan: BillPlan, order_no: str) -> BillPaid | None:
        made = self._stand.office.read(lambda db: bills.payments_of(db, plan.customer_no))
        return next((paid for paid in made if paid.order_no == order_no), None)
