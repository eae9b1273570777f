"""Paying bills at the counter: what is settled, what is kept, and what a repeat finds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from center.orders import guesses
from center.orders.order import QUIET_MS
from center.orders.port import OrderOfAnother
from center.utility import bills
from tests.center.orders.billing import (
    DUES_FEN,
    LIN,
    MONTHS,
    SHEN,
    ZHOU,
    Counter,
    bill_opened,
    bill_parked,
    pay_request,
)
from tests.center.orders.office import (
    OTHER_TERMINAL,
    TERMINAL,
    card,
    confirmed,
    notes,
    person,
    request,
    resell,
    taken,
)
from vending.bill import BillPaid, MonthBill
from vending.messages import (
    Ending,
    NotSold,
    OrderAbandoned,
    OrderOver,
    OwedQuery,
    Reason,
    Refused,
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Counter]:
    made = Counter(tmp_path)
    yield made
    assert made.violations() == []
    made.close()


def bill(month: str, amount_fen: int) -> MonthBill:
    return MonthBill(month=month, energy_wh=1_000, amount_fen=amount_fen)


def test_what_is_owed_is_told_oldest_first_and_masked(office: Counter) -> None:
    told = office.bill(ZHOU)
    assert tuple(month.month for month in told.months) == MONTHS
    assert tuple(month.due_fen for month in told.months) == DUES_FEN
    assert (told.name_masked, told.address_masked) == ("周**", "河坊街 12 号 5**")
    assert told.months[0].late_fee_fen == 500
    assert office.bill(SHEN).months == ()
    assert office.ask("999999") == Refused(Reason.ACCOUNT_UNKNOWN)


def test_a_terminal_that_tries_numbers_out_is_told_to_a_person(office: Counter) -> None:
    for number in range(guesses.MOST):
        assert office.ask(f"99{number:06d}") == Refused(Reason.ACCOUNT_UNKNOWN)
        assert office.ask("999999", OTHER_TERMINAL) == Refused(Reason.ACCOUNT_UNKNOWN)
        office.bill(ZHOU)
    office.now_ms += guesses.WINDOW_MS  # people mistype as often in a day
    for _ in range(guesses.MOST):
        office.ask("999999")
    assert office.alarms() == []
    for _ in range(5):
        assert office.ask("999999") == Refused(Reason.ACCOUNT_UNKNOWN)
    assert office.alarms() == ["customers-guessed"]
    assert office.bill(ZHOU).months != ()


def test_paying_everything_settles_everything(office: Counter) -> None:
    order_no = office.order_no()
    office.report(bill_opened(order_no))
    office.report(taken(order_no, notes(order_no, 10_000, 10_000, 1_000)[0]))
    paid = office.pay(pay_request(order_no, notes(order_no, 10_000, 10_000, 1_000)))
    assert paid.settlement.months == MONTHS
    assert (paid.paid_fen, paid.settlement.settled_fen) == (21_000, sum(DUES_FEN))
    assert paid.settlement.balance_after_fen == office.bill(ZHOU).balance_fen == 500
    assert office.bill(ZHOU).months == ()
    assert office.state(order_no) == "confirmed"
    assert office.balance("suspense", order_no) == 0
    assert office.balance("bills", "") == 20_500
    assert office.balance("customer", ZHOU) == 500
    assert office.alarms() == []


def test_paying_less_settles_the_oldest_in_full_and_keeps_the_rest(office: Counter) -> None:
    order_no = office.order_no()
    paid = office.pay(pay_request(order_no, notes(order_no, 10_000, 5_000)))
    assert paid.settlement.months == MONTHS[:1]
    assert paid.settlement.balance_after_fen == 4_500
    assert [month.month for month in office.bill(ZHOU).months] == list(MONTHS[1:])
    other_no = office.order_no()
    rest = office.pay(pay_request(other_no, notes(other_no, 5_000), MONTHS[1:2]))
    assert rest.settlement.months == MONTHS[1:2]
    assert rest.settlement.balance_after_fen == 3_500
    assert rest.receipt_no != paid.receipt_no


def test_the_balance_pays_before_new_money(office: Counter) -> None:
    order_no = office.order_no()
    paid = office.pay(pay_request(order_no, notes(order_no, 5_000), ("2025-10",), LIN))
    assert paid.settlement.settled_fen == 5_000
    assert paid.settlement.balance_after_fen == 1_250
    assert office.balance("customer", LIN) == 1_250


def test_a_repeat_finds_the_same_answer_and_another_body_is_refused(office: Counter) -> None:
    order_no = office.order_no()
    body = pay_request(order_no, notes(order_no, 10_000), MONTHS[:1])
    paid = office.pay(body)
    assert [office.pay(body) for _ in range(3)] == [paid] * 3
    assert office.desk.inquire_bill(TERMINAL, order_no) == paid
    for other in (
        pay_request(order_no, notes(order_no, 10_000), MONTHS[:2]),
        pay_request(order_no, notes(order_no, 10_000, 5_000), MONTHS[:1]),
        pay_request(order_no, notes(order_no, 10_000), MONTHS[:1], LIN),
        pay_request(order_no, notes(order_no, 5_000), MONTHS[:1]),
    ):
        assert office.refusal(other) == Refused(Reason.ORDER_CONFLICT)
    assert office.balance("cash", TERMINAL) == -10_000


def test_notes_that_make_no_sense_are_refused_as_such(office: Counter) -> None:
    order_no, elsewhere = office.order_no(), office.order_no()
    office.report(taken(elsewhere, notes(order_no, 10_000)[0]))
    twice = notes(order_no, 10_000) * 2
    for paid in (twice, notes(order_no, 0), notes(order_no, 10_000)):
        assert office.refusal(pay_request(order_no, paid)) == Refused(Reason.ORDER_CONFLICT)
    assert office.balance("suspense", order_no) == 0


def test_nothing_asked_is_not_posted(office: Counter) -> None:
    order_no = office.order_no()
    assert office.desk.inquire_bill(TERMINAL, order_no) == NotSold(order_no)
    office.report(bill_opened(order_no))
    office.report(OrderAbandoned(order_no=order_no, at_ms=1))
    assert office.desk.inquire_bill(TERMINAL, order_no) == NotSold(order_no)
    body = pay_request(order_no, notes(order_no, 10_000))
    assert office.refusal(body) == Refused(Reason.ORDER_FINISHED)


def test_other_terminals_learn_and_do_nothing(office: Counter) -> None:
    order_no = office.order_no()
    with pytest.raises(OrderOfAnother):
        office.desk.pay_bill(OTHER_TERMINAL, pay_request(order_no, notes(order_no, 10_000)))
    with pytest.raises(OrderOfAnother):
        office.desk.inquire_bill(OTHER_TERMINAL, order_no)


def test_money_for_an_unknown_customer_stays_in_suspense(office: Counter) -> None:
    order_no = office.order_no()
    body = pay_request(order_no, notes(order_no, 10_000), customer_no="999999")
    for _ in range(2):
        assert office.refusal(body) == Refused(Reason.ACCOUNT_UNKNOWN)
    assert office.state(order_no) == "paid"
    assert office.balance("suspense", order_no) == 10_000


# -- the bills changed between the choice and the payment --


def test_a_month_that_somebody_else_paid_is_not_paid_again(office: Counter) -> None:
    """Two kiosks at once: the second one's money settles what is left, the rest is kept."""
    first, second = office.order_no(), office.order_no(OTHER_TERMINAL)
    office.pay(pay_request(first, notes(first, 10_000, 500), MONTHS[:1]))
    paid = office.pay(pay_request(second, notes(second, 20_000, 500)), OTHER_TERMINAL)
    assert paid.settlement.months == MONTHS[1:]
    assert paid.settlement.balance_after_fen == 10_500
    third = office.order_no()
    late = office.pay(pay_request(third, notes(third, 10_000)))
    assert late.settlement.months == ()
    assert late.settlement.balance_after_fen == 20_500
    assert office.balance("bills", "") == 20_500


def test_an_older_month_that_was_billed_meanwhile_is_settled_first(office: Counter) -> None:
    order_no = office.order_no()
    old = bill("2025-07", 3_000)
    office.store.write(lambda connection: bills.add(connection, ZHOU, old, office.now_ms))
    paid = office.pay(pay_request(order_no, notes(order_no, 10_000, 5_000), MONTHS[:1]))
    assert paid.settlement.months == ("2025-07", MONTHS[0])
    assert paid.settlement.balance_after_fen == 1_500


def test_a_newer_month_is_left_alone(office: Counter) -> None:
    order_no = office.order_no()
    paid = office.pay(pay_request(order_no, notes(order_no, 10_000, 10_000), MONTHS[:1]))
    assert paid.settlement.months == MONTHS[:1]
    assert [month.month for month in office.bill(ZHOU).months] == list(MONTHS[1:])


# -- from the account alone --


def test_what_the_balance_covers_is_settled_without_money(office: Counter) -> None:
    new = bill("2025-11", 2_500)
    office.store.write(lambda connection: bills.add(connection, SHEN, new, office.now_ms))
    order_no = office.order_no()
    paid = office.pay(pay_request(order_no, (), ("2025-11",), SHEN))
    assert (paid.paid_fen, paid.settlement.settled_fen) == (0, 2_500)
    assert office.bill(SHEN).balance_fen == 500
    assert office.state(order_no) == "confirmed"


@pytest.mark.parametrize(
    ("customer_no", "months", "why"),
    [
        (SHEN, ("2025-10",), Reason.NOTHING_DUE),
        (ZHOU, MONTHS[1:], Reason.NOTHING_DUE),
        (ZHOU, MONTHS, Reason.BELOW_MINIMUM),
        (LIN, ("2025-10",), Reason.BELOW_MINIMUM),
        ("999999", MONTHS, Reason.ACCOUNT_UNKNOWN),
    ],
)
def test_no_money_settles_only_what_was_chosen_and_is_covered(
    office: Counter, customer_no: str, months: tuple[str, ...], why: Reason
) -> None:
    order_no = office.order_no()
    assert office.refusal(pay_request(order_no, (), months, customer_no)) == Refused(why)
    assert office.state(order_no) == "opened"


def test_no_money_settles_all_that_was_chosen_or_nothing(office: Counter) -> None:
    """Something cheaper was billed besides: the account is not spent on a part of the choice."""
    older = bill("2025-09", 1_000)
    office.store.write(lambda connection: bills.add(connection, LIN, older, office.now_ms))
    order_no = office.order_no()
    chosen = pay_request(order_no, (), ("2025-09", "2025-10"), LIN)
    assert office.refusal(chosen) == Refused(Reason.BELOW_MINIMUM)
    assert (office.bill(LIN).balance_fen, len(office.bill(LIN).months)) == (1_250, 2)
    assert office.refusal(pay_request(order_no, (), (), LIN)) == Refused(Reason.ORDER_CONFLICT)


# -- payments that got stuck --


def stuck(office: Counter, *, is_parked: bool = True) -> str:
    """A payment of 100 yuan towards all months, of which the head office knows by reports."""
    order_no = office.order_no()
    office.report(bill_opened(order_no))
    office.report(taken(order_no, notes(order_no, 10_000)[0]))
    if is_parked:
        office.report(bill_parked(order_no, 10_000))
    return order_no


def test_a_parked_payment_is_posted_before_its_customer_is_asked_to_pay(office: Counter) -> None:
    order_no = stuck(office)
    told = office.bill(ZHOU, OTHER_TERMINAL)
    assert (told.balance_fen, len(told.months)) == (10_000, 3)
    assert office.state(order_no) == "confirmed"
    posted = office.desk.inquire_bill(TERMINAL, order_no)
    assert isinstance(posted, BillPaid)
    assert posted.paid_fen == 10_000
    assert office.pay(pay_request(order_no, notes(order_no, 10_000))) == posted


def test_a_payment_under_way_is_left_to_its_terminal(office: Counter) -> None:
    order_no = stuck(office, is_parked=False)
    office.bill(ZHOU)
    assert office.state(order_no) == "paid"
    office.now_ms += QUIET_MS
    office.bill(ZHOU)
    assert office.state(order_no) == "confirmed"


def test_what_is_quiet_is_posted_by_command_too(office: Counter) -> None:
    order_no, busy = stuck(office), stuck(office, is_parked=False)
    assert [order.order_no for order in office.desk.settle_bills()] == [order_no]
    assert office.desk.settle_bills() == ()
    assert office.state(busy) == "paid"


def test_money_that_only_its_terminal_knew_of_settles_on(office: Counter) -> None:
    """Posted from the books for one note; the request that comes later has two."""
    order_no = stuck(office)
    office.bill(ZHOU)
    body = pay_request(order_no, notes(order_no, 10_000, 5_000))
    paid = office.pay(body)
    assert (paid.paid_fen, paid.settlement.months) == (15_000, MONTHS[:1])
    assert paid.settlement.balance_after_fen == 4_500
    assert office.pay(body) == paid
    office.report(taken(order_no, notes(order_no, 10_000, 5_000)[1]))
    assert office.pay(body) == paid
    assert office.balance("cash", TERMINAL) == -15_000
    assert "paid-differs" not in office.alarms()


def test_a_note_that_is_reported_late_is_added(office: Counter) -> None:
    order_no = stuck(office)
    office.bill(ZHOU)
    office.report(taken(order_no, notes(order_no, 10_000, 5_000)[1]))
    assert office.bill(ZHOU).balance_fen == 4_500
    assert office.order(order_no).paid_fen == 15_000
    paid = office.pay(pay_request(order_no, notes(order_no, 10_000, 5_000)))
    assert paid.paid_fen == 15_000
    office.report(taken(order_no, notes(order_no, 1, 2, 5_000)[2]))
    assert office.alarms()[-1] == "note-late"
    assert office.pay(pay_request(order_no, notes(order_no, 10_000, 5_000))) == paid


def test_a_request_that_names_less_than_the_books_is_posted_whole(office: Counter) -> None:
    order_no = office.order_no()
    office.report(taken(order_no, notes(order_no, 10_000, 500)[1]))
    paid = office.pay(pay_request(order_no, notes(order_no, 10_000)))
    assert paid.paid_fen == 10_500
    assert office.alarms() == ["paid-differs"]


def test_it_was_posted_before_its_terminal_had_told_that_it_gave_up(office: Counter) -> None:
    order_no = stuck(office, is_parked=False)
    office.now_ms += QUIET_MS
    office.bill(ZHOU)
    office.report(bill_parked(order_no, 10_000))
    assert office.alarms() == []


# -- bills are no energy --


def test_a_bill_is_owed_to_no_card(office: Counter) -> None:
    who = person(1)
    order_no = office.order_no()
    office.report(bill_opened(order_no, customer_no=who.customer_no))
    office.report(taken(order_no, notes(order_no, 10_000)[0]))
    office.report(bill_parked(order_no, 10_000))
    for snapshot in (card(who), card(who, meter_no="")):
        by_code = office.desk.find_owed(TERMINAL, OwedQuery(card=snapshot, order_no=order_no))
        by_card = office.desk.find_owed(TERMINAL, OwedQuery(card=snapshot))
        assert isinstance(by_code, Refused)
        assert isinstance(by_card, Refused)
        assert isinstance(office.query(snapshot), Refused) is (snapshot.meter_no == "")
    refused = office.desk.resell(TERMINAL, resell(order_no, who, 7))
    assert refused == Refused(Reason.WRONG_METER)


def test_one_number_is_never_both(office: Counter) -> None:
    bill_no, vend_no = office.order_no(), office.order_no()
    who = person(1)
    office.pay(pay_request(bill_no, notes(bill_no, 10_000), customer_no=ZHOU))
    sale = request(bill_no, who, notes(bill_no, 10_000))
    assert office.desk.vend(TERMINAL, sale) == Refused(Reason.ORDER_CONFLICT)
    office.desk.vend(TERMINAL, request(vend_no, who, notes(vend_no, 10_000)))
    body = pay_request(vend_no, notes(vend_no, 10_000), customer_no=who.customer_no)
    assert office.refusal(body) == Refused(Reason.ORDER_CONFLICT)
    assert office.desk.inquire(TERMINAL, bill_no) == OrderOver(bill_no, Ending.DELIVERED)
    office.report(confirmed(bill_no, 8))
    assert office.alarms() == ["confirmation-refused"]


def test_a_meters_owner_may_have_bills_and_shares_the_balance(office: Counter) -> None:
    who = person(1)
    new = bill("2025-11", 5_000)
    office.store.write(lambda connection: bills.add(connection, who.customer_no, new, 1))
    order_no = office.order_no()
    body = pay_request(order_no, notes(order_no, 5_000), ("2025-11",), who.customer_no)
    assert office.pay(body).settlement.balance_after_fen == 36
