"""Paying a bill, as the customer sees it: whose, how much, notes, receipt; and what goes wrong."""

import pytest

from kiosk.flow import event as ev
from kiosk.flow.command import LookUpBill, PayBill, PrintSlip
from kiosk.flow.event import CardFault, Fault
from kiosk.flow.paper import SlipMonth
from kiosk.flow.phase import Cause, Notice, Phase, Why
from kiosk.flow.policy import Policy
from kiosk.flow.screen import BILL_GOODBYE_S, GOODBYE_S, screen, timeout_s
from kiosk.flow.session import Session
from kiosk.flow.view import BillChoice, BillView
from tests.flow.bills import CUSTOMER_NO, READER_GONE, BillWalk, paid_of, statement_of
from tests.flow.world import Walk
from vending.bill import BillStatement
from vending.cash import Business
from vending.messages import NoteTaken, OrderOpened, Reason, VendConfirmed

OTHER_NO = "22003300440"


def view(walk: Walk) -> BillView:
    shown = screen(walk.session).bill
    assert shown is not None
    return shown


def machine_of(session: Session) -> dict[str, object]:
    """What may outlast a customer."""
    names = ("billing", "customer_no", "statement", "bill", "order", "escrow", "notice")
    return {name: getattr(session, name) for name in names}


# -- whose bill? ---------------------------------------------------------------------------------


def test_all_months_are_paid_and_the_receipt_says_so() -> None:
    walk = BillWalk().to_posting(10_000, 5_000, 2_000)
    opened = walk.told(OrderOpened)[0]
    assert (opened.business, opened.customer_no) == (Business.BILL, CUSTOMER_NO)
    assert opened.months == ("2025-09", "2025-10", "2025-11")
    assert (opened.meter_no, opened.card_serial) == ("", "")
    request = walk.wish(PayBill).request
    assert request.order_no == opened.order_no
    assert [told.note for told in walk.told(NoteTaken)] == list(request.notes)
    walk.feed(walk.posted()).at(Phase.DONE)
    slip = walk.wish(PrintSlip).slip
    assert (slip.layout, slip.order_no) == ("bill", opened.order_no)
    assert (slip.receipt_no, slip.paid_fen) == (
        walk.bill.paid and walk.bill.paid.receipt_no,
        17_000,
    )
    assert slip.months[0] == SlipMonth("2025-09", 120_000, 6_500)
    assert (len(slip.months), slip.balance_after_fen) == (3, 278)
    assert walk.told(VendConfirmed) == []
    shown = view(walk)
    assert (shown.receipt_no, shown.printing, shown.slip_failed) == (slip.receipt_no, True, False)
    walk.feed(ev.SlipFailed(order_no=opened.order_no, fault=Fault.PAPER_OUT))
    assert (view(walk).slip_failed, walk.session.notice) == (True, Notice.NO_SLIP)


def test_nothing_of_a_customer_is_left_when_he_has_gone() -> None:
    before = Walk().open_shop().session
    walk = BillWalk().to_posting()
    walk.feed(walk.posted()).time_out().at(Phase.IDLE)
    assert machine_of(walk.session) == machine_of(before)
    assert walk.session.parked_bills == ()
    assert walk.session.orders_made == 1


@pytest.mark.parametrize("code", [CUSTOMER_NO, f"{CUSTOMER_NO}|2025-11|5380", f" {CUSTOMER_NO}\n"])
def test_a_bill_under_the_scanner_of_a_resting_machine_is_looked_up_at_once(code: str) -> None:
    walk = BillWalk().open_shop().feed(ev.CodeScanned(text=code)).at(Phase.BILL_LOOKUP)
    assert walk.wish(LookUpBill).query.customer_no == CUSTOMER_NO


@pytest.mark.parametrize("code", ["", "12345", "weixin://pay", "1" * 17, "３４５６７８９"])
def test_a_code_that_is_no_bill_is_said_to_be_none(code: str) -> None:
    walk = BillWalk().open_shop().feed(ev.CodeScanned(text=code)).at(Phase.BILL_ASK)
    assert walk.session.notice is Notice.CODE_UNKNOWN
    walk.feed(ev.CodeScanned(text=CUSTOMER_NO)).at(Phase.BILL_LOOKUP)
    assert walk.session.notice is None
    walk = BillWalk().to_ask().feed(ev.CustomerNoEntered(customer_no=code)).at(Phase.BILL_ASK)
    assert walk.session.notice is Notice.CODE_UNKNOWN


def test_the_meter_card_tells_whose_bill_it_is_and_comes_back_at_once() -> None:
    walk = BillWalk().to_ask().feed(ev.CardInserted()).at(Phase.BILL_CARD)
    assert walk.kinds() == ["ReadCard"]
    walk.feed(ev.CardRead(card=walk.card)).at(Phase.BILL_LOOKUP)
    assert walk.wish(LookUpBill).query.customer_no == walk.card.customer_no
    assert walk.kinds() == ["LookUpBill", "ReleaseCard"]
    walk.take_card().at(Phase.BILL_LOOKUP).feed(walk_found(walk)).at(Phase.BILL)
    walk.feed(ev.MonthsChosen(months=3)).pay(10_000).at(Phase.TENDERING)


def walk_found(walk: BillWalk) -> ev.Event:
    return ev.BillFound(statement=statement_of(walk.card.customer_no))


@pytest.mark.parametrize(
    ("fact", "cause"),
    [
        (ev.CardUnreadable(fault=CardFault.MUTE), CardFault.MUTE),
        (ev.CardRemoved(), CardFault.PULLED),
    ],
)
def test_a_card_that_says_nothing_leaves_the_other_ways(fact: ev.Event, cause: Cause) -> None:
    walk = BillWalk().to_ask().feed(ev.CardInserted(), fact).at(Phase.BILL_ASK)
    assert walk.session.cause is cause
    walk.feed(ev.CustomerNoEntered(customer_no=CUSTOMER_NO)).at(Phase.BILL_LOOKUP)
    assert walk.session.cause is None


def test_a_reader_that_does_not_answer_leaves_the_other_ways() -> None:
    walk = BillWalk().to_ask().feed(ev.CardInserted()).time_out().at(Phase.BILL_ASK)
    assert walk.session.cause is CardFault.READER


def test_another_bill_takes_the_place_of_the_one_on_the_screen() -> None:
    walk = BillWalk().to_bill().feed(ev.CodeScanned(text=OTHER_NO)).at(Phase.BILL_LOOKUP)
    assert screen(walk.session).bill is None
    walk.feed(walk.found()).at(Phase.BILL_LOOKUP)
    walk.feed(ev.BillFound(statement=statement_of(OTHER_NO))).at(Phase.BILL)
    assert view(walk).statement.customer_no == OTHER_NO


def test_a_bill_that_still_lies_under_the_scanner_disturbs_nobody() -> None:
    again = ev.CodeScanned(text=f"{CUSTOMER_NO}|2025-11")
    walk = BillWalk().open_shop().feed(again, again).at(Phase.BILL_LOOKUP)
    walk.feed(walk.found(), again).at(Phase.BILL)
    assert walk.wishes == ()
    walk.feed(ev.CodeScanned(text="dirt")).at(Phase.BILL)
    walk.feed(ev.MonthsChosen(months=1), again).pay(10_000).feed(again, ev.AcceptorClosed(), again)
    walk.feed(walk.posted(), again).at(Phase.DONE)
    assert len(walk.wished(LookUpBill)) == 1
    walk.feed(ev.CodeScanned(text=OTHER_NO)).at(Phase.BILL_LOOKUP)


def test_answers_about_somebody_else_are_dropped() -> None:
    walk = BillWalk().to_lookup()
    walk.feed(
        ev.BillFound(statement=statement_of(OTHER_NO)),
        ev.BillRefused(customer_no=OTHER_NO, reason=Reason.ACCOUNT_UNKNOWN),
        ev.BillUnreachable(customer_no=OTHER_NO),
    ).at(Phase.BILL_LOOKUP)
    assert [type(asked) for asked in walk.session.pending] == [LookUpBill]


# -- what is owed --------------------------------------------------------------------------------


def test_all_months_are_offered_first_then_the_oldest_ones() -> None:
    shown = view(BillWalk().to_bill())
    assert shown.choices == (
        BillChoice(months=3, due_fen=16_722),
        BillChoice(months=1, due_fen=6_500),
        BillChoice(months=2, due_fen=11_342),
    )
    assert (shown.order_no, shown.settlement) == ("", None)


def test_months_that_the_balance_settles_are_not_offered() -> None:
    shown = view(BillWalk(statement_of(balance_fen=6_500)).to_bill())
    assert [choice.months for choice in shown.choices] == [3, 2]
    walk = BillWalk(statement_of(balance_fen=6_500)).to_bill().feed(ev.MonthsChosen(months=1))
    assert walk.at(Phase.BILL).wishes == ()


@pytest.mark.parametrize(
    "nothing", [statement_of(months=()), statement_of(balance_fen=50_000)], ids=["paid", "balance"]
)
def test_a_customer_who_owes_nothing_is_told_so(nothing: BillStatement) -> None:
    walk = BillWalk().to_lookup().feed(ev.BillFound(statement=nothing))
    assert walk.at(Phase.REFUSED).session.cause is Reason.NOTHING_DUE


@pytest.mark.parametrize("reason", [Reason.ACCOUNT_UNKNOWN, Reason.NOTHING_DUE])
def test_the_head_office_says_why_there_is_no_bill(reason: Reason) -> None:
    walk = BillWalk().to_lookup().feed(ev.BillRefused(customer_no=CUSTOMER_NO, reason=reason))
    assert walk.at(Phase.REFUSED).session.cause is reason
    assert timeout_s(walk.session) == BILL_GOODBYE_S > GOODBYE_S
    assert screen(walk.session).business is Business.BILL
    walk.feed(ev.CodeScanned(text=OTHER_NO)).at(Phase.BILL_LOOKUP)


def test_no_answer_is_said_to_be_none() -> None:
    silent = BillWalk().to_lookup().feed(ev.BillUnreachable(customer_no=CUSTOMER_NO))
    for walk in (silent, BillWalk().to_lookup().time_out()):
        assert walk.at(Phase.REFUSED).session.cause is Why.OFFICE_UNREACHABLE
        walk.time_out().at(Phase.IDLE)


@pytest.mark.parametrize("months", [0, -1, 4])
def test_months_that_were_not_offered_are_not_obeyed(months: int) -> None:
    walk = BillWalk().to_bill().feed(ev.MonthsChosen(months=months)).at(Phase.BILL)
    assert walk.wishes == ()


def test_the_site_narrows_what_one_payment_may_be() -> None:
    walk = BillWalk(policy=Policy(terminal_no="310042", max_fen=8_000)).to_tender_bill()
    walk.offer(10_000)
    assert walk.at(Phase.TENDERING).session.notice is Notice.NOTE_OVER_LIMIT


def test_a_limit_below_every_note_is_told_before_paying() -> None:
    walk = BillWalk(statement_of(max_fen=400)).to_bill().feed(ev.MonthsChosen(months=1))
    assert walk.at(Phase.REFUSED).session.cause is Reason.ABOVE_MAXIMUM
    assert walk.session.bill is None
    assert walk.told(OrderOpened) == []


# -- the notes -----------------------------------------------------------------------------------


def test_the_slot_closes_by_itself_when_enough_is_in() -> None:
    """65 yuan are due; the hundred is more than that, and what is over stays on the account."""
    walk = BillWalk().to_tender_bill(months=1).pay(10_000).at(Phase.CLOSING)
    assert walk.kinds() == ["CloseAcceptor"]
    settlement = view(walk).settlement
    assert settlement is not None
    assert (settlement.months, settlement.balance_after_fen) == (("2025-09",), 3_500)
    walk.feed(ev.AcceptorClosed()).at(Phase.POSTING)
    assert walk.wish(PayBill).request.months == ("2025-09",)


def test_exactly_what_is_due_leaves_nothing_over() -> None:
    walk = BillWalk().to_tender_bill(months=1).pay(5_000, 1_000).at(Phase.TENDERING).pay(500)
    walk.at(Phase.CLOSING).feed(ev.AcceptorClosed())
    walk.feed(walk.posted()).at(Phase.DONE)
    assert walk.bill.settlement.balance_after_fen == 0


def test_less_than_what_is_due_pays_the_oldest_months_and_the_rest_goes_to_the_account() -> None:
    walk = BillWalk().to_posting(5_000, 2_000)
    settlement = paid_of(walk.bill).settlement
    assert (settlement.months, settlement.balance_after_fen) == (("2025-09",), 500)
    walk.feed(walk.posted()).at(Phase.DONE)
    assert [each.month for each in walk.wish(PrintSlip).slip.months] == ["2025-09"]


def test_what_settles_no_month_at_all_can_be_paid_too() -> None:
    walk = BillWalk().to_posting(500)
    assert (walk.bill.settlement.months, walk.bill.settlement.balance_after_fen) == ((), 500)


def test_a_note_that_is_not_needed_any_more_goes_back() -> None:
    """It slipped in behind the one that was enough: the slot closes and gives it back."""
    walk = BillWalk().to_tender_bill(months=1)
    first = walk.offer(10_000)
    late = ev.NoteStacked(note_id="unasked", value_fen=10_000)
    walk.feed(late).at(Phase.STACKING)
    walk.feed(ev.NoteReturned(note_id=first, value_fen=10_000)).at(Phase.CLOSING)
    walk.offer(500)
    assert walk.kinds() == ["ReturnNote"]
    assert walk.bill.paid_fen == 10_000


def test_a_note_that_went_in_unasked_may_be_all_that_was_needed() -> None:
    walk = BillWalk().to_tender_bill(months=1)
    walk.feed(ev.NoteStacked(note_id="unasked", value_fen=5_000)).at(Phase.TENDERING)
    walk.feed(ev.NoteStacked(note_id="again", value_fen=2_000)).at(Phase.CLOSING)
    assert walk.kinds() == ["CloseAcceptor"]


def test_the_slot_closes_when_no_note_fits_any_more() -> None:
    """More is due than one payment may be: the rest is another payment."""
    walk = BillWalk(statement_of(max_fen=10_000)).to_tender_bill()
    walk.pay(5_000).at(Phase.TENDERING).pay(5_000).at(Phase.CLOSING)


def test_the_most_notes_are_kept() -> None:
    walk = BillWalk(policy=Policy(terminal_no="310042", max_notes=2)).to_tender_bill()
    walk.pay(500, 500).at(Phase.CLOSING)


def test_a_card_in_the_slot_or_out_of_it_stops_no_payment() -> None:
    walk = BillWalk().to_tender_bill().feed(ev.CardInserted()).pay(5_000).take_card()
    walk.at(Phase.TENDERING).feed(ev.FinishPressed(), ev.AcceptorClosed()).at(Phase.POSTING)


def test_a_card_that_was_put_in_must_be_taken_in_the_end() -> None:
    walk = BillWalk().to_tender_bill().feed(ev.CardInserted()).pay(10_000)
    walk.feed(ev.FinishPressed(), ev.AcceptorClosed())
    walk.feed(walk.posted()).at(Phase.DONE)
    assert walk.kinds() == ["PrintSlip", "ReleaseCard"]
    walk.time_out().at(Phase.DONE).take_card().time_out().at(Phase.IDLE)


def test_a_card_given_while_choosing_comes_back() -> None:
    walk = BillWalk().to_bill().feed(ev.CardInserted()).at(Phase.BILL)
    assert walk.kinds() == ["ReleaseCard"]


def test_a_dead_reader_that_still_has_a_card_keeps_nobody() -> None:
    walk = BillWalk().to_posting()
    walk.feed(ev.CardInserted(), walk.posted()).at(Phase.DONE).feed(READER_GONE)
    assert walk.time_out().at(Phase.OUT_OF_SERVICE).session.cause is Why.READER_DOWN
