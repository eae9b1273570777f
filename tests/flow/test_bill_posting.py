"""Posting what was paid for bills: answers that do not come, refusals, restarts, late notes."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow.command import (
    AskNote,
    Command,
    InquireBill,
    PayBill,
    PrintSlip,
    StackNote,
)
from kiosk.flow.phase import Notice, Phase, Why
from kiosk.flow.policy import Policy
from kiosk.flow.posting import LAST_PAUSE_S
from kiosk.flow.screen import Button, buttons, screen
from tests.flow.bills import CUSTOMER_NO, LINE_DOWN, LINE_UP, BillWalk, paid_of
from tests.flow.world import POLICY, Walk
from vending.messages import Ending, NoteInSuspense, NoteTaken, OrderParked, Reason


def not_posted(walk: BillWalk, reason: Reason | None = None) -> ev.BillNotPosted:
    return ev.BillNotPosted(order_no=walk.bill.order_no, reason=reason)


def parked_not_posted(walk: BillWalk, reason: Reason | None = None) -> ev.BillNotPosted:
    (bill,) = walk.session.parked_bills
    return ev.BillNotPosted(order_no=bill.order_no, reason=reason)


def parked_posted(walk: BillWalk) -> ev.BillPosted:
    (bill,) = walk.session.parked_bills
    return ev.BillPosted(paid=paid_of(bill))


# -- while the customer waits --------------------------------------------------------------------


def test_no_answer_is_asked_about_with_rising_pauses_and_never_repeated() -> None:
    walk = BillWalk().to_posting()
    pauses = []
    while walk.session.phase is Phase.POSTING:
        walk.feed(walk.unknown())
        if walk.session.phase is Phase.POSTING:
            assert walk.session.notice is Notice.ASKING_AGAIN
            pauses.append(walk.wish(InquireBill).after_s)
    assert pauses == [3, 6, 12, 24]
    assert len(walk.wished(PayBill)) == 1
    assert walk.at(Phase.DOUBTFUL).session.cause is Why.POSTING_UNKNOWN
    slip = walk.wish(PrintSlip).slip
    assert (slip.layout, slip.reason, slip.receipt_no) == ("bill-doubtful", "posting-unknown", "")
    assert (slip.order_no, slip.paid_fen, slip.months) == (walk.bill.order_no, 10_000, ())
    (told,) = walk.told(OrderParked)
    assert (told.paid_fen, told.sold, told.verdict, told.why) == (
        10_000,
        False,
        None,
        "posting-unknown",
    )


def test_what_was_not_posted_is_asked_for_again_under_the_same_number() -> None:
    walk = BillWalk().to_posting()
    walk.feed(walk.unknown(), not_posted(walk)).at(Phase.POSTING)
    first, second = walk.wished(PayBill)
    assert first == second
    walk.feed(walk.posted()).at(Phase.DONE)


def test_what_is_never_posted_is_parked_in_the_end() -> None:
    walk = BillWalk().to_posting()
    for _ in range(POLICY.inquiries):
        walk.feed(walk.unknown(), not_posted(walk))
    assert walk.at(Phase.DOUBTFUL).told(OrderParked)
    walk = BillWalk(policy=replace(POLICY, inquiries=1)).to_posting()
    walk.feed(walk.unknown(), not_posted(walk)).at(Phase.DOUBTFUL)
    assert walk.told(OrderParked)[-1].why == "not-posted"
    assert walk.session.cause is Why.POSTING_UNKNOWN


def test_an_old_inquirys_answer_pays_nothing_twice() -> None:
    walk = BillWalk().to_posting()
    walk.feed(walk.unknown(), not_posted(walk))
    walk.feed(not_posted(walk)).at(Phase.POSTING)
    assert len(walk.wished(PayBill)) == 2
    assert [type(asked) for asked in walk.session.pending] == [PayBill]


def test_a_customer_waits_no_longer_than_the_phase_lasts() -> None:
    walk = BillWalk().to_posting().time_out().at(Phase.DOUBTFUL)
    assert walk.session.cause is Why.POSTING_UNKNOWN
    assert walk.wish(InquireBill).after_s == LAST_PAUSE_S


def test_a_refusal_after_the_money_is_in_is_parked_for_the_staff() -> None:
    walk = (
        BillWalk()
        .to_posting()
        .feed(ev.BillNotPosted(order_no=BillWalk().to_posting().bill.order_no))
    )
    walk.feed(not_posted(walk, Reason.ACCOUNT_BLOCKED)).at(Phase.DOUBTFUL)
    assert walk.session.cause is Why.NOT_POSTED
    assert walk.wished(InquireBill) == []
    assert walk.told(OrderParked)[-1].why == "account-blocked"
    assert walk.wish(PrintSlip).slip.reason == "not-posted"
    walk.time_out().at(Phase.IDLE)
    (bill,) = walk.session.parked_bills
    assert (bill.refused, bill.paid_fen) == (Reason.ACCOUNT_BLOCKED, 10_000)


def test_an_answer_that_comes_while_the_doubt_is_read_ends_it() -> None:
    walk = BillWalk().to_posting().time_out().at(Phase.DOUBTFUL)
    walk.feed(walk.posted()).at(Phase.DONE)
    assert walk.wish(PrintSlip).slip.layout == "bill"
    assert walk.time_out().at(Phase.IDLE).session.parked_bills == ()


@pytest.mark.parametrize(
    "over",
    [
        lambda number: ev.OrderEnded(order_no=number, how=Ending.REFUNDED),
        lambda number: ev.BillNotPosted(order_no=number, reason=Reason.ORDER_REFUNDED),
    ],
)
@pytest.mark.parametrize("waited", [False, True], ids=["posting", "doubtful"])
def test_what_staff_have_ended_is_over_here_too(
    over: Callable[[str], ev.Event], waited: bool
) -> None:
    walk = BillWalk().to_posting()
    if waited:
        walk.time_out().at(Phase.DOUBTFUL)
    walk.feed(over(walk.bill.order_no)).at(Phase.REFUSED)
    assert walk.session.cause is Reason.ORDER_REFUNDED
    assert walk.time_out().at(Phase.IDLE).session.parked_bills == ()


# -- without the customer ------------------------------------------------------------------------


def test_what_waits_is_asked_about_when_the_line_comes_back_and_posts_itself() -> None:
    walk = BillWalk().to_parked()
    number = walk.session.parked_bills[0].order_no
    walk.feed(LINE_DOWN).at(Phase.OUT_OF_SERVICE).feed(LINE_UP).at(Phase.IDLE)
    assert walk.wish(InquireBill).order_no == number
    walk.feed(parked_not_posted(walk)).at(Phase.IDLE)
    assert walk.wish(PayBill) == walk.wished(PayBill)[0]
    walk.feed(parked_not_posted(walk))
    assert walk.wishes == ()
    walk.feed(parked_posted(walk))
    assert walk.session.parked_bills == ()
    assert walk.session.pending == ()


def test_it_is_asked_about_once_more_though_the_line_never_broke() -> None:
    walk = BillWalk().to_parked()
    assert (
        InquireBill(order_no=walk.session.parked_bills[0].order_no, after_s=LAST_PAUSE_S)
        in walk.session.pending
    )


def test_the_line_that_comes_back_while_the_doubt_is_read_is_used() -> None:
    walk = BillWalk().to_posting()
    walk.feed(walk.unknown()).time_out().feed(LINE_DOWN, LINE_UP).at(Phase.DOUBTFUL)
    assert walk.wish(InquireBill).order_no == walk.bill.order_no
    walk.feed(not_posted(walk)).at(Phase.DOUBTFUL)
    assert walk.wish(PayBill) == walk.wished(PayBill)[0]


def test_a_request_that_is_still_under_way_is_not_made_again() -> None:
    walk = BillWalk().to_posting().time_out().feed(LINE_DOWN, LINE_UP)
    walk.feed(not_posted(walk)).at(Phase.DOUBTFUL)
    assert len(walk.wished(PayBill)) == 1


def test_what_is_refused_later_is_told_and_asked_for_no_more() -> None:
    walk = BillWalk().to_parked()
    walk.feed(parked_not_posted(walk), parked_not_posted(walk, Reason.ACCOUNT_UNKNOWN))
    (bill,) = walk.session.parked_bills
    assert bill.refused is Reason.ACCOUNT_UNKNOWN
    assert [told.why for told in walk.told(OrderParked)] == ["posting-unknown", "account-unknown"]
    walk.feed(LINE_DOWN, LINE_UP, parked_not_posted(walk)).at(Phase.IDLE)
    assert walk.wishes == ()
    walk.feed(parked_posted(walk))
    assert walk.session.parked_bills == ()


def test_a_refusal_while_the_doubt_is_read_is_shown() -> None:
    walk = BillWalk().to_posting().time_out()
    walk.feed(not_posted(walk, Reason.ACCOUNT_BLOCKED)).at(Phase.DOUBTFUL)
    assert walk.session.cause is Why.NOT_POSTED
    walk.time_out().at(Phase.IDLE)
    assert walk.session.parked_bills[0].refused is Reason.ACCOUNT_BLOCKED


@pytest.mark.parametrize("ending", list(Ending))
def test_a_parked_payment_that_came_to_its_end_elsewhere_is_forgotten(ending: Ending) -> None:
    walk = BillWalk().to_parked()
    number = walk.session.parked_bills[0].order_no
    walk.feed(ev.OrderEnded(order_no=number, how=ending)).at(Phase.IDLE)
    assert walk.session.parked_bills == ()


def test_late_answers_find_their_payment_while_others_are_served() -> None:
    walk = BillWalk().to_parked()
    posted = parked_posted(walk)
    walk.feed(ev.BillPressed(), ev.CustomerNoEntered(customer_no=CUSTOMER_NO), walk.found())
    walk.feed(ev.MonthsChosen(months=2)).pay(10_000)
    number = walk.bill.order_no
    walk.feed(posted).at(Phase.TENDERING)
    assert walk.session.parked_bills == ()
    walk.feed(ev.FinishPressed(), ev.AcceptorClosed(), posted).at(Phase.POSTING)
    assert walk.bill.order_no == number
    walk.feed(walk.posted()).at(Phase.DONE)


def test_a_payment_told_of_twice_is_one() -> None:
    walk = BillWalk().to_posting()
    posted = walk.posted()
    walk.feed(posted, posted).at(Phase.DONE)
    assert len(walk.wished(PrintSlip)) == 1
    walk.time_out().feed(posted).at(Phase.IDLE)
    assert walk.wishes == ()


def test_too_many_open_payments_stop_new_ones_of_every_kind() -> None:
    walk = BillWalk(policy=Policy(terminal_no="310042", parked_orders=1))
    walk.to_parked()
    assert Button.PAY_BILL not in buttons(walk.session)
    walk.feed(ev.BillPressed()).at(Phase.REFUSED)
    assert walk.session.cause is Why.TOO_MANY_OPEN
    walk.time_out().at(Phase.IDLE).insert().feed(ev.AccountFound(account=walk.account))
    assert walk.at(Phase.REFUSED).session.cause is Why.TOO_MANY_OPEN


# -- notes ---------------------------------------------------------------------------------------


def test_a_note_that_arrives_after_the_request_goes_to_suspense() -> None:
    """Another body under the same number would be refused."""
    walk = BillWalk().to_posting(10_000)
    sent = walk.wished(PayBill)[0].request
    for phase in (Phase.POSTING, Phase.DOUBTFUL):
        walk.at(phase).feed(ev.NoteStacked(note_id=f"late-{phase}", value_fen=500))
        assert walk.bill.notes == sent.notes
        walk.time_out()
    told = walk.told(NoteInSuspense)
    assert [held.note.note_id for held in told] == ["late-posting", "late-doubtful"]
    assert {held.near_order_no for held in told} == {sent.order_no}


def test_a_note_that_vanished_is_told_and_what_is_certain_is_posted() -> None:
    walk = BillWalk().to_tender_bill().pay(5_000)
    note_id = walk.offer(10_000)
    walk.feed(ev.NoteUnknown(note_id=note_id, value_fen=10_000)).at(Phase.CLOSING)
    walk.feed(ev.AcceptorClosed()).at(Phase.POSTING)
    assert walk.bill.paid_fen == 5_000
    assert [held.certain for held in walk.told(NoteInSuspense)] == [False]


def test_a_note_is_told_with_its_period_and_cassette() -> None:
    walk = BillWalk().to_tender_bill()
    note_id = walk.offer(5_000)
    walk.feed(ev.NoteStacked(note_id=note_id, value_fen=5_000, cassette="2"))
    walk.feed(ev.NoteUnknown(note_id="lost", value_fen=500))
    period_no = walk.session.cash.period.period_no
    (taken,), (lost,) = walk.told(NoteTaken), walk.told(NoteInSuspense)
    assert (taken.note.period_no, taken.note.cassette) == (period_no, "2")
    assert lost.note.period_no == period_no > 0
    assert walk.bill.notes == (taken.note,)


# -- starting again ------------------------------------------------------------------------------


def swallowing(walk: BillWalk) -> BillWalk:
    walk.to_tender_bill().pay(5_000).offer(1_000)
    walk.at(Phase.STACKING)
    return walk


def closing(walk: BillWalk) -> BillWalk:
    walk.to_tender_bill().pay(5_000).feed(ev.FinishPressed()).at(Phase.CLOSING)
    return walk


def done(walk: BillWalk) -> BillWalk:
    walk.to_posting().feed(walk.posted()).at(Phase.DONE)
    return walk


def doubtful(walk: BillWalk) -> BillWalk:
    walk.to_posting().time_out().at(Phase.DOUBTFUL)
    return walk


def reading(walk: BillWalk) -> BillWalk:
    walk.to_ask().feed(ev.CardInserted()).at(Phase.BILL_CARD)
    return walk


AFTER_A_RESTART: list[tuple[Callable[[BillWalk], BillWalk], Phase, list[str]]] = [
    (BillWalk.to_ask, Phase.OUT_OF_SERVICE, []),
    (reading, Phase.OUT_OF_SERVICE, []),
    (BillWalk.to_lookup, Phase.OUT_OF_SERVICE, []),
    (BillWalk.to_bill, Phase.OUT_OF_SERVICE, []),
    (BillWalk.to_tender_bill, Phase.CLOSING, ["CloseAcceptor"]),
    (swallowing, Phase.CLOSING, ["AskNote", "CloseAcceptor"]),
    (closing, Phase.CLOSING, ["CloseAcceptor"]),
    (BillWalk.to_posting, Phase.POSTING, ["InquireBill"]),
    (done, Phase.OUT_OF_SERVICE, []),
    (doubtful, Phase.OUT_OF_SERVICE, ["InquireBill"]),
    (BillWalk.to_parked, Phase.OUT_OF_SERVICE, ["InquireBill"]),
]


@pytest.mark.parametrize(("make", "phase", "asked"), AFTER_A_RESTART)
def test_starting_again_asks_and_repeats_nothing(
    make: Callable[[BillWalk], BillWalk], phase: Phase, asked: list[str]
) -> None:
    walk = make(BillWalk())
    walk.restart().at(phase)
    assert walk.kinds() == asked


@pytest.mark.parametrize("make", [swallowing, closing, BillWalk.to_posting, doubtful])
@pytest.mark.parametrize("restarts", [1, 2, 3])
def test_a_payment_survives_power_cuts_and_is_posted_once(
    make: Callable[[BillWalk], BillWalk], restarts: int
) -> None:
    """The head office posts what it is asked to post; every answer before the cut is lost."""
    walk = make(BillWalk())
    number = walk.bill.order_no
    for _ in range(restarts):
        walk.restart()
    walk.open_parts()
    books: dict[str, ev.BillPosted] = {}
    answer(walk, books)
    assert list(books) == [number]
    assert walk.session.parked_bills == ()
    bodies = {asked.order_no: asked.request for asked in walk.wished(PayBill)}
    assert all(asked.request == bodies[asked.order_no] for asked in walk.wished(PayBill))


def answer(walk: BillWalk, books: dict[str, ev.BillPosted]) -> None:
    """Answer whatever is asked until nothing is."""
    while walk.session.pending:
        asked = walk.session.pending[0]
        walk.feed(reply(walk, asked, books))


def reply(walk: BillWalk, asked: Command, books: dict[str, ev.BillPosted]) -> ev.Event:
    if isinstance(asked, PayBill):
        known = [*walk.session.parked_bills, *([walk.session.bill] if walk.session.bill else [])]
        bill = next(each for each in known if each.order_no == asked.order_no)
        return books.setdefault(asked.order_no, ev.BillPosted(paid=paid_of(bill)))
    if isinstance(asked, InquireBill):
        found = books.get(asked.order_no)
        return found or ev.BillNotPosted(order_no=asked.order_no)
    if isinstance(asked, AskNote | StackNote):
        return ev.NoteStacked(note_id=asked.note_id, value_fen=asked.value_fen)
    if isinstance(asked, PrintSlip):
        return ev.SlipPrinted(order_no=asked.order_no)
    return ev.AcceptorClosed()


def test_a_restart_without_money_lets_the_order_go() -> None:
    walk = BillWalk().to_tender_bill()
    walk.restart().feed(ev.AcceptorClosed()).at(Phase.OUT_OF_SERVICE)
    assert walk.session.bill is None
    assert screen(walk.session).bill is None


def test_energy_and_bills_wait_side_by_side() -> None:
    """The card's order is taken up at its next visit, the payment when the line comes back."""
    walk = BillWalk().to_parked()
    walk.insert().feed(ev.AccountFound(account=walk.account), ev.ContinuePressed(), ev.CashChosen())
    walk.pay(10_000).feed(ev.FinishPressed(), ev.AcceptorClosed()).at(Phase.VENDING)
    walk.time_out().at(Phase.DOUBTFUL).take_card().time_out().at(Phase.IDLE)
    assert (len(walk.session.parked), len(walk.session.parked_bills)) == (1, 1)
    walk.feed(LINE_DOWN, LINE_UP)
    assert walk.kinds() == ["InquireVend", "InquireBill"]
    walk.feed(parked_posted(walk))
    assert (len(walk.session.parked), len(walk.session.parked_bills)) == (1, 0)


def test_a_walk_of_energy_knows_nothing_of_bills() -> None:
    walk = Walk().to_vending()
    assert (walk.session.bill, walk.session.billing) == (None, False)
