"""Bugs of paying bills: months, the rest, the order, and who gets what was paid."""

from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection

from center.ledger import book, rules
from center.orders import bills as desk
from center.orders import order as orders
from center.orders.order import Order
from center.orders.state import OrderState
from center.orders.work import Work
from center.utility import bills
from kiosk.flow import event as ev
from kiosk.flow import notes, posting, service
from kiosk.flow.command import Command, PayBill, Tell
from kiosk.flow.phase import Phase
from kiosk.flow.rules import Step
from kiosk.flow.session import BillOrder, Session
from tests.explore.bugs import bug
from tests.explore.swap import Swaps
from vending.bill import BillInquiryAnswer, BillPaid, BillPayRequest, MonthBill, Settlement
from vending.bill import settle as real_settle
from vending.messages import NoteTaken, Refused
from vending.order_no import make_order_no

# -- at the head office --------------------------------------------------------------------------


@bug("A request that comes again is booked again: the bill is posted twice.")
def bill_booked_again(swaps: Swaps) -> None:
    real = desk._again

    def again(work: Work, order: Order, digest: str) -> BillPaid | Refused:
        answer = real(work, order, digest)
        if isinstance(answer, BillPaid):
            entry = rules.bill(answer)
            twice = replace(entry, key=f"{entry.key}:{work.now_ms}")
            book.post(work.connection, [twice], work.now_ms)
        return answer

    swaps.function(real, again)


@bug("A month that is paid counts as owed: the next payment settles it again.")
def month_settled_again(swaps: Swaps) -> None:
    def unpaid(connection: Connection, customer_no: str) -> tuple[MonthBill, ...]:
        return tuple(bills._month(row) for row in bills.all_of(connection, customer_no))

    swaps.function(bills.unpaid, unpaid)


@bug("What is paid beyond the months is nobody's: the customer's change is lost.")
def excess_lost(swaps: Swaps) -> None:
    def settle(months: tuple[MonthBill, ...], balance_fen: int, paid_fen: int) -> Settlement:
        return replace(real_settle(months, balance_fen, paid_fen), balance_after_fen=0)

    swaps.attribute(bills, "settle", settle)


@bug("The oldest month is skipped when the money does not suffice for it: a later one is settled.")
def later_month_first(swaps: Swaps) -> None:
    def settle(months: tuple[MonthBill, ...], balance_fen: int, paid_fen: int) -> Settlement:
        newest_first = tuple(reversed(months))
        return real_settle(newest_first, balance_fen, paid_fen)

    swaps.attribute(bills, "settle", settle)


@bug(
    "A bill that is paid back is posted as well when its request comes late.",
    guard="The question about it is answered with the refund, and no request comes.",
)
def refunded_bill_is_posted(swaps: Swaps) -> None:
    def too_late(work: Work, order: Order, request: BillPayRequest) -> BillPaid | Refused:
        waiting = replace(order, state=OrderState.PAID)
        answer, posted = desk._post(work, waiting)
        assert isinstance(answer, BillPaid)
        orders.save(work.connection, order, posted, work.now_ms)
        return answer

    swaps.function(desk._too_late, too_late)


@bug(
    "The question about a bill that was paid back is answered with: not posted.",
    guard="The head office refuses to post what was paid back.",
)
def refund_of_bill_not_told(swaps: Swaps) -> None:
    def inquire(work: Work, order_no: str) -> BillInquiryAnswer:
        return work.utility.inquire_bill(work.connection, order_no)

    swaps.attribute(desk, "inquire", inquire)


# -- at the terminal -----------------------------------------------------------------------------


@bug("No answer counts as not posted and is asked for under a new number: posted twice.")
def silence_posts_anew(swaps: Swaps) -> None:
    def anew(session: Session, event: ev.BillUnknown) -> Step:
        bill, sequence = session.bill, session.orders_made + 1
        if bill is None or bill.inquiries >= session.policy.inquiries:
            return posting.ask_again(session, event)
        number = make_order_no(session.policy.terminal_no, event.at_ms, sequence)
        again = replace(bill, order_no=number, inquiries=bill.inquiries + 1)
        return posting.post(session.but(orders_made=sequence), again)

    swaps.rule(Phase.POSTING, ev.BillUnknown, Phase.POSTING, anew)


@bug(
    "A payment under way at a power cut is asked for again instead of asked about.",
    guard="The head office answers a number it has posted under with the same payment.",
)
def payment_repeated(swaps: Swaps) -> None:
    def itself(wish: Any) -> tuple[Command, ...]:
        return (wish,)

    swaps.attribute(PayBill, "ask", itself)


@bug("A payment that is in doubt is forgotten when its customer leaves: nobody posts it.")
def parked_bill_forgotten(swaps: Swaps) -> None:
    def bills_in_doubt(session: Session) -> tuple[BillOrder, ...]:
        return session.parked_bills

    swaps.function(service.bills_in_doubt, bills_in_doubt)


@bug("Payments that wait are forgotten when the program starts: nobody posts them.")
def parked_bills_lost_at_restart(swaps: Swaps) -> None:
    real = service.wake

    def wake(session: Session, event: ev.Restarted) -> Step:
        return real(session.but(parked_bills=()), event)

    swaps.function(real, wake)


@bug("No answer about a bill counts as posted: its customer has paid, and still owes.")
def silence_is_posted(swaps: Swaps) -> None:
    def believe(session: Session, event: ev.BillUnknown) -> Step:
        return session.but(bill=None).to(Phase.DOUBTFUL), ()

    swaps.rule(Phase.POSTING, ev.BillUnknown, Phase.DOUBTFUL, believe)


@bug("A note for a bill is told for an order of energy that waits: it pays for another's.")
def bill_note_for_energy(swaps: Swaps) -> None:
    real = notes.credit

    def credit(session: Session, event: ev.NoteStacked) -> Step:
        after, wishes = real(session, event)
        if session.bill is None or not session.parked:
            return after, wishes
        other = session.parked[-1].order_no
        return after, tuple(_told_for(other, wish) for wish in wishes)

    swaps.function(real, credit)


def _told_for(order_no: str, wish: Command) -> Command:
    if isinstance(wish, Tell) and isinstance(wish.report, NoteTaken):
        return Tell(report=replace(wish.report, order_no=order_no))
    return wish
