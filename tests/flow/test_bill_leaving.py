"""A bill that is not paid in the end: people who leave, parts that break; each is explained."""

from collections.abc import Callable

import pytest

from kiosk.flow import event as ev
from kiosk.flow.command import OpenAcceptor
from kiosk.flow.event import Device, DeviceState
from kiosk.flow.phase import Notice, Phase, Why
from kiosk.flow.policy import Policy
from kiosk.flow.screen import Button, buttons
from tests.flow.bills import (
    CUSTOMER_NO,
    JAM,
    LINE_DOWN,
    MONTHS,
    READER_GONE,
    BillWalk,
    statement_of,
)
from tests.flow.world import part
from vending.messages import OrderAbandoned, OrderOpened

# -- leaving -------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [BillWalk.to_ask, BillWalk.to_lookup, BillWalk.to_bill])
def test_whoever_paid_nothing_may_leave_at_any_time(make: Callable[[BillWalk], BillWalk]) -> None:
    walk = make(BillWalk())
    assert Button.CANCEL in buttons(walk.session)
    walk.feed(ev.CancelPressed()).at(Phase.IDLE)
    assert walk.told(OrderOpened) == []


def test_whoever_leaves_with_a_card_in_the_slot_is_asked_to_take_it() -> None:
    walk = BillWalk().to_bill().feed(ev.CardInserted(), ev.CancelPressed()).at(Phase.REFUSED)
    assert walk.session.cause is Why.CANCELLED
    walk.time_out().at(Phase.REFUSED).take_card().time_out().at(Phase.IDLE)


@pytest.mark.parametrize("make", [BillWalk.to_ask, BillWalk.to_bill])
def test_silence_is_asked_about_once(make: Callable[[BillWalk], BillWalk]) -> None:
    walk = make(BillWalk()).time_out()
    assert buttons(walk.session) == (Button.CANCEL, Button.MORE_TIME)
    walk.feed(ev.MoreTimePressed())
    assert not walk.session.asked_more_time
    walk.time_out().time_out().at(Phase.IDLE)


def test_an_order_on_which_nothing_was_paid_is_over() -> None:
    walk = BillWalk().to_tender_bill().feed(ev.CancelPressed()).at(Phase.CLOSING)
    walk.feed(ev.AcceptorClosed()).at(Phase.IDLE)
    assert [told.order_no for told in walk.told(OrderAbandoned)] == [
        walk.told(OrderOpened)[0].order_no
    ]


def test_what_is_in_is_posted_when_the_customer_walks_away() -> None:
    walk = BillWalk().to_tender_bill().pay(5_000).feed(ev.CancelPressed()).at(Phase.TENDERING)
    walk.time_out()
    assert buttons(walk.session) == (Button.FINISH, Button.MORE_TIME)
    walk.time_out().at(Phase.CLOSING).feed(ev.AcceptorClosed()).at(Phase.POSTING)


# -- what is broken ------------------------------------------------------------------------------


def test_bills_need_no_reader() -> None:
    walk = BillWalk()
    walk.open_shop().feed(READER_GONE).at(Phase.OUT_OF_SERVICE)
    assert buttons(walk.session) == (Button.PAY_BILL,)
    walk.feed(ev.BillPressed()).at(Phase.BILL_ASK)
    walk.feed(ev.CustomerNoEntered(customer_no=CUSTOMER_NO), walk.found())
    walk.feed(ev.MonthsChosen(months=1)).pay(10_000).feed(ev.AcceptorClosed())
    walk.feed(walk.posted()).at(Phase.DONE).time_out().at(Phase.OUT_OF_SERVICE)
    walk.feed(ev.CodeScanned(text=CUSTOMER_NO)).at(Phase.BILL_LOOKUP)


@pytest.mark.parametrize("broken", [JAM, LINE_DOWN], ids=["slot", "line"])
def test_bills_need_the_slot_and_the_line(broken: ev.Event) -> None:
    walk = BillWalk().open_shop().feed(broken).at(Phase.OUT_OF_SERVICE)
    assert Button.PAY_BILL not in buttons(walk.session)
    scanned = walk.feed(ev.CodeScanned(text=CUSTOMER_NO)).at(Phase.REFUSED)
    assert scanned.session.cause in {Why.CASH_UNAVAILABLE, Why.OFFICE_UNREACHABLE}


@pytest.mark.parametrize("make", [BillWalk.to_ask, BillWalk.to_bill])
@pytest.mark.parametrize(
    ("broken", "cause"), [(JAM, Why.CASH_UNAVAILABLE), (LINE_DOWN, Why.OFFICE_UNREACHABLE)]
)
def test_it_is_said_before_the_customer_looks_for_money(
    make: Callable[[BillWalk], BillWalk], broken: ev.Event, cause: Why
) -> None:
    walk = make(BillWalk()).feed(broken).at(Phase.REFUSED)
    assert walk.session.cause is cause
    walk.time_out().at(Phase.OUT_OF_SERVICE)


def test_a_slot_that_broke_while_the_office_was_asked_is_told_of() -> None:
    walk = BillWalk().to_lookup().feed(JAM, walk_statement()).at(Phase.REFUSED)
    assert walk.session.cause is Why.CASH_UNAVAILABLE


def walk_statement() -> ev.Event:
    return ev.BillFound(statement=statement_of())


def test_a_part_that_is_starting_again_sends_nobody_away() -> None:
    starting = part(Device.ACCEPTOR, DeviceState.STARTING)
    walk = BillWalk().to_bill().feed(starting).at(Phase.BILL)
    walk.feed(ev.MonthsChosen(months=1)).at(Phase.REFUSED)
    assert walk.session.cause is Why.CASH_UNAVAILABLE


def test_a_slot_that_breaks_with_money_in_it_posts_what_is_certain() -> None:
    walk = BillWalk().to_tender_bill().pay(5_000).feed(JAM).at(Phase.CLOSING)
    assert walk.session.notice is Notice.ACCEPTOR_FAULT
    walk.time_out().at(Phase.POSTING)


def test_a_slot_that_breaks_without_money_says_so() -> None:
    walk = BillWalk().to_tender_bill().feed(JAM).at(Phase.CLOSING).feed(ev.AcceptorClosed())
    assert walk.at(Phase.REFUSED).session.cause is Why.CASH_UNAVAILABLE
    assert walk.session.bill is None


def test_a_site_without_bills_offers_none() -> None:
    walk = BillWalk(policy=Policy(terminal_no="310042", bills=False))
    walk.open_shop()
    assert Button.PAY_BILL not in buttons(walk.session)
    for fact in (ev.BillPressed(), ev.CodeScanned(text=CUSTOMER_NO)):
        assert walk.feed(fact).at(Phase.IDLE).wishes == ()


def test_the_months_of_this_test_are_what_the_text_says() -> None:
    assert [month.due_fen for month in MONTHS] == [6_500, 4_842, 5_380]


def test_opening_the_slot_asks_for_the_sites_denominations() -> None:
    walk = BillWalk().to_tender_bill()
    assert walk.wished(OpenAcceptor)[-1].values_fen == walk.session.policy.note_values_fen
