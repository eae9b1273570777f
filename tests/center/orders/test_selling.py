"""Selling: the number, the notes, the sale and its postings."""

import pytest
from msgspec.structs import replace

from center.orders.port import OrderOfAnother
from center.utility.seed import SeedAccount
from tests.center.orders.office import (
    NOW_MS,
    OTHER_TERMINAL,
    TERMINAL,
    Office,
    confirmed,
    notes,
    opened,
    person,
    request,
    taken,
)
from vending.messages import (
    Ending,
    NotSold,
    OrderAbandoned,
    OrderOver,
    Reason,
    Refused,
    TrialRequest,
    TrialResult,
    Vend,
)
from vending.order_no import make_order_no

DAY_MS = 86_400_000


def sold(office: Office, who: SeedAccount, *values_fen: int) -> Vend:
    order_no = office.order_no()
    answer = office.desk.vend(TERMINAL, request(order_no, who, notes(order_no, *values_fen)))
    assert isinstance(answer, Vend)
    return answer


def test_a_whole_purchase_leaves_nothing_in_suspense(office: Office) -> None:
    who, order_no = person(1), office.order_no()
    paid = notes(order_no, 10_000, 5_000)
    office.report(opened(order_no, who))
    for note in paid:
        office.report(taken(order_no, note))
    assert office.balance("suspense", order_no) == 15_000
    vend = office.desk.vend(TERMINAL, request(order_no, who, paid))
    assert isinstance(vend, Vend)
    assert vend.purchase_count == who.purchase_count + 1
    assert vend.wallet_amount * 10 == vend.quote.energy_wh > 0
    assert office.balance("suspense", order_no) == 15_000
    office.report(confirmed(order_no, vend.purchase_count))
    assert office.state(order_no) == "confirmed"
    assert office.balance("suspense", order_no) == 0
    assert office.balance("sales", "") == vend.quote.energy_fen
    assert office.balance("cash", TERMINAL) == -15_000
    assert office.alarms() == []


def test_the_quote_is_what_the_trial_said(office: Office) -> None:
    who = person(3)
    trial = office.desk.trial_vend(
        TERMINAL,
        TrialRequest(customer_no=who.customer_no, meter_no=who.meter_no, paid_fen=15_000),
    )
    assert isinstance(trial, TrialResult)
    assert trial.quote.arrears_fen == who.arrears_fen
    assert sold(office, who, 15_000).quote == trial.quote


def test_a_money_wallet_gets_the_money(office: Office) -> None:
    vend = sold(office, person(2), 10_000)
    assert vend.wallet_amount == vend.quote.energy_fen == 10_000 + 250 - 1_000
    assert (vend.quote.energy_wh, vend.quote.balance_after_fen, vend.quote.lines) == (0, 0, ())


def test_a_repeat_returns_the_same_vend(office: Office) -> None:
    who, order_no = person(1), office.order_no()
    body = request(order_no, who, notes(order_no, 10_000))
    first = office.desk.vend(TERMINAL, body)
    office.now_ms += 60_000
    assert office.desk.vend(TERMINAL, body) == first
    assert office.desk.inquire(TERMINAL, order_no) == first
    assert isinstance(first, Vend)
    office.report(confirmed(order_no, first.purchase_count))
    assert office.desk.vend(TERMINAL, body) == first
    assert office.desk.inquire(TERMINAL, order_no) == OrderOver(order_no, Ending.DELIVERED)


@pytest.mark.parametrize("field", ["opened_at_ms", "purchase_count", "notes", "meter_no"])
def test_another_body_under_a_number_that_sold_is_refused(office: Office, field: str) -> None:
    who, order_no = person(1), office.order_no()
    body = request(order_no, who, notes(order_no, 10_000))
    first = office.desk.vend(TERMINAL, body)
    others = {
        "opened_at_ms": NOW_MS + 1,
        "purchase_count": who.purchase_count + 1,
        "notes": notes(order_no, 10_000, 10_000),
        "meter_no": person(2).meter_no,
    }
    answer = office.desk.vend(TERMINAL, replace(body, **{field: others[field]}))
    assert answer == Refused(Reason.ORDER_CONFLICT)
    assert office.desk.inquire(TERMINAL, order_no) == first
    assert office.balance("suspense", order_no) == 10_000


def test_two_orders_under_one_number_are_refused_before_the_sale(office: Office) -> None:
    order_no = office.order_no()
    office.report(opened(order_no, person(1)))
    answer = office.desk.vend(TERMINAL, request(order_no, person(2), notes(order_no, 10_000)))
    assert answer == Refused(Reason.ORDER_CONFLICT)
    assert office.balance("cash", TERMINAL) == 0
    office.report(opened(order_no, person(2)))
    assert office.alarms() == ["order-conflict"]


def test_notes_that_contradict_each_other_are_refused(office: Office) -> None:
    who, first_no = person(1), office.order_no()
    office.report(taken(first_no, notes(first_no, 10_000)[0]))
    order_no = office.order_no()
    own = notes(order_no, 10_000)[0]
    office.report(taken(order_no, own))
    for paid in (
        (replace(own, value_fen=5_000),),
        (own, own),
        (own, notes(first_no, 10_000)[0]),
        (own, replace(own, note_id="worthless", value_fen=0)),
    ):
        answer = office.desk.vend(TERMINAL, request(order_no, who, paid))
        assert answer == Refused(Reason.ORDER_CONFLICT)
    assert office.balance("cash", TERMINAL) == -20_000
    assert isinstance(office.desk.vend(TERMINAL, request(order_no, who, (own,))), Vend)


def test_a_refused_sale_keeps_the_notes_in_suspense(office: Office) -> None:
    who, order_no = person(4), office.order_no()
    answer = office.desk.vend(TERMINAL, request(order_no, who, notes(order_no, 10_000)))
    assert answer == Refused(Reason.ACCOUNT_BLOCKED)
    assert office.state(order_no) == "paid"
    assert office.balance("suspense", order_no) == 10_000
    assert office.desk.inquire(TERMINAL, order_no) == NotSold(order_no)


def test_an_order_of_an_unknown_customer_keeps_its_money(office: Office) -> None:
    order_no = office.order_no()
    who = replace(person(1), customer_no="9" * 20, meter_no="8" * 20)
    answer = office.desk.vend(TERMINAL, request(order_no, who, notes(order_no, 10_000)))
    assert answer == Refused(Reason.ACCOUNT_UNKNOWN)
    assert office.balance("suspense", order_no) == 10_000


def test_n_plus_one_is_sold_once_while_it_is_open(office: Office) -> None:
    who = person(1)
    first = sold(office, who, 10_000)
    second_no = office.order_no()
    body = request(second_no, who, notes(second_no, 10_000), count=who.purchase_count + 1)
    assert office.desk.vend(TERMINAL, body) == Refused(Reason.ORDER_OPEN)
    office.report(confirmed(first.order_no, first.purchase_count))
    second = office.desk.vend(TERMINAL, body)
    assert isinstance(second, Vend)
    assert second.purchase_count == first.purchase_count + 1


def test_a_cancelled_sale_gives_everything_back_and_n_plus_one_again(office: Office) -> None:
    who = person(3)
    first = sold(office, who, 20_000)
    assert office.desk.cancel(TERMINAL, first.order_no) == first
    assert office.desk.cancel(TERMINAL, first.order_no) == first
    assert office.state(first.order_no) == "cancelled"
    assert office.balance("suspense", first.order_no) == 20_000
    over = OrderOver(first.order_no, Ending.CANCELLED)
    assert office.desk.inquire(TERMINAL, first.order_no) == over
    body = request(first.order_no, who, notes(first.order_no, 20_000))
    assert office.desk.vend(TERMINAL, body) == Refused(Reason.ORDER_CANCELLED)
    again = sold(office, who, 20_000)
    assert (again.purchase_count, again.quote) == (first.purchase_count, first.quote)


def test_what_cannot_be_cancelled(office: Office) -> None:
    unknown, unsold = office.order_no(), office.order_no()
    office.report(opened(unsold, person(1)))
    vend = sold(office, person(1), 10_000)
    office.report(confirmed(vend.order_no, vend.purchase_count))
    assert office.desk.cancel(TERMINAL, unknown) == Refused(Reason.ORDER_UNKNOWN)
    assert office.desk.cancel(TERMINAL, unsold) == Refused(Reason.ORDER_UNKNOWN)
    assert office.desk.cancel(TERMINAL, vend.order_no) == Refused(Reason.ORDER_FINISHED)


def test_an_abandoned_order_sells_nothing(office: Office) -> None:
    order_no = office.order_no()
    office.report(OrderAbandoned(order_no=order_no, at_ms=NOW_MS))
    answer = office.desk.vend(TERMINAL, request(order_no, person(1), notes(order_no, 10_000)))
    assert answer == Refused(Reason.ORDER_FINISHED)
    assert office.balance("cash", TERMINAL) == 0


def test_a_note_that_the_sale_does_not_count_is_taken_out_of_the_order(office: Office) -> None:
    who, order_no = person(1), office.order_no()
    paid = notes(order_no, 10_000, 5_000)
    for note in paid:
        office.report(taken(order_no, note))
    vend = office.desk.vend(TERMINAL, request(order_no, who, paid[:1]))
    assert isinstance(vend, Vend)
    assert vend.quote.paid_fen == 10_000
    assert office.balance("suspense", order_no) == 10_000
    assert office.balance("unassigned", TERMINAL) == 5_000
    assert office.alarms() == ["note-released"]


@pytest.mark.parametrize("call", ["vend", "inquire", "cancel"])
def test_another_terminals_number_is_refused(office: Office, call: str) -> None:
    vend = sold(office, person(1), 10_000)
    body = request(vend.order_no, person(1), notes(vend.order_no, 10_000))
    argument = body if call == "vend" else vend.order_no
    with pytest.raises(OrderOfAnother):
        getattr(office.desk, call)(OTHER_TERMINAL, argument)


def test_a_malformed_number_is_refused(office: Office) -> None:
    with pytest.raises(OrderOfAnother):
        office.desk.inquire(TERMINAL, TERMINAL + "0" * 13 + "x")


def test_the_last_sequence_survives_late_words_and_wraps_around(office: Office) -> None:
    assert office.desk.last_order_sequence(TERMINAL) == 0
    for sequence, expected in ((5, 5), (3, 5), (999_999, 5), (400_000, 400_000)):
        office.report(opened(make_order_no(TERMINAL, NOW_MS, sequence), person(1)))
        assert office.desk.last_order_sequence(TERMINAL) == expected
    for sequence, expected in ((899_999, 899_999), (999_999, 999_999), (2, 2), (999_998, 2)):
        office.report(opened(make_order_no(TERMINAL, NOW_MS + DAY_MS, sequence), person(1)))
        assert office.desk.last_order_sequence(TERMINAL) == expected
    assert office.desk.last_order_sequence(OTHER_TERMINAL) == 0


def test_the_ledger_of_an_order_reads_like_a_story(office: Office) -> None:
    vend = sold(office, person(3), 10_000, 5_000)
    entries = office.desk.ledger_entries(vend.order_no)
    assert [(e.account.partition(":")[0], e.state) for e in entries] == [
        ("cash", "posted"),
        ("suspense", "posted"),
        ("cash", "posted"),
        ("suspense", "posted"),
        ("suspense", "pending"),
        ("customer", "pending"),
        ("arrears", "pending"),
        ("sales", "pending"),
    ]
    assert sum(e.debit_fen for e in entries) == sum(e.credit_fen for e in entries)
    assert {e.business_date for e in entries} == {"2025-11-24"}
    assert entries[0].account_title == f"cash in terminal {TERMINAL}"
