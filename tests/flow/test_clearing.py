"""Cash clearing walked through the flow: the usual way, cancel, interruptions, who may."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from kiosk.cashbox.box import Stage
from kiosk.cashbox.count import figures
from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.deeds import Deed
from kiosk.flow.event import Event
from kiosk.flow.phase import Phase, Why
from kiosk.flow.service import may_deliver
from tests.flow.bills import paid_of
from tests.flow.cashier import (
    BOX_IN,
    BOX_OUT,
    CLEARING_FACTS,
    Cashier,
)
from tests.flow.world import POLICY, START_MS
from vending.cash import Business, CashReport, NoteCount, Opening, OpenItem
from vending.messages import Ending
from vending.rights import Role
from vending.staff import Action

BY_TWO = replace(POLICY, clearing_by_two=True)


# -- the usual way -------------------------------------------------------------------------------


def test_a_clearing_from_the_door_to_the_door() -> None:
    walk = Cashier()
    walk.buy(10_000, 5_000)
    left = walk.walk_off(2_000)
    walk.sign_in().start().at(Phase.STAFF)
    assert walk.session.cash.stage is Stage.CLEARING
    walk.swap().end()
    (report,) = walk.told(CashReport)
    assert (report.period_no, report.operator, report.witness) == (1, "wang", "")
    assert report.opened_at_ms == START_MS + 1_000
    assert report.closed_at_ms == walk.at_ms
    assert (report.box_id, report.new_box_id, report.bag_no) == ("B1", "B2", "7")
    assert report.openings == (
        Opening(removed_at_ms=walk.at_ms - 3_000, returned_at_ms=walk.at_ms - 1_000, staff="wang"),
    )
    assert report.figures.counts == tuple(
        NoteCount(cassette="1", value_fen=value_fen, notes=1)
        for value_fen in (10_000, 5_000, 2_000)
    )
    (energy,) = report.figures.sums
    assert (energy.orders, energy.completed_orders, energy.slips) == (2, 1, 2)
    assert (energy.paid_fen, energy.completed_fen, energy.slips_fen) == (17_000, 15_000, 17_000)
    assert [item.order_no for item in report.figures.incomplete] == [left]
    assert walk.unannounced() == 0
    walk.leave().at(Phase.IDLE)
    period = walk.session.cash.period
    assert (period.period_no, period.box_id, period.opened_at_ms) == (2, "B2", report.closed_at_ms)


def test_the_slip_says_what_the_report_says() -> None:
    walk = Cashier()
    walk.buy(10_000)
    walk.sign_in().start().swap().end()
    (report,) = walk.told(CashReport)
    paper = walk.paper()
    assert (paper.layout, paper.number, paper.copy, paper.agrees) == (
        "clearing", "clearing-1", False, None,
    )  # fmt: skip
    assert (paper.figures, paper.openings) == (report.figures, report.openings)
    assert (paper.closed_at_ms, paper.bag_no) == (report.closed_at_ms, "7")


def test_what_staff_did_is_told() -> None:
    walk = Cashier().clear()
    assert walk.deeds() == [
        ("wang", Deed.CLEARING_STARTED, ""),
        ("wang", Deed.CLEARING_ENDED, ""),
    ]


def test_nobody_is_served_and_nothing_delivered_meanwhile() -> None:
    walk = Cashier()
    walk.walk_off(2_000)
    walk.sign_in().start().leave().at(Phase.OUT_OF_SERVICE)
    assert walk.session.cause is Why.CLEARING
    assert not may_deliver(walk.session)
    walk.feed(ev.CardInserted()).at(Phase.OUT_OF_SERVICE)
    walk.feed(ev.ResellPressed()).at(Phase.OUT_OF_SERVICE)


def test_an_order_of_a_closed_period_is_completed_in_none() -> None:
    """Its money was reported as incomplete; the next period has no money of it."""
    walk = Cashier()
    number = walk.walk_off(2_000)
    walk.clear().at(Phase.IDLE)
    walk.feed(ev.OrderEnded(order_no=number, how=Ending.DELIVERED))
    assert not figures(walk.session.cash.period).sums
    assert walk.session.cash.closed[0].figures.incomplete


@pytest.mark.parametrize(("how", "completed"), [(Ending.DELIVERED, 1), (Ending.REFUNDED, 0)])
def test_what_is_delivered_elsewhere_is_completed(how: Ending, completed: int) -> None:
    walk = Cashier()
    number = walk.walk_off(2_000)
    walk.feed(ev.OrderEnded(order_no=number, how=how))
    (energy,) = figures(walk.session.cash.period).sums
    assert energy.completed_orders == completed


def test_each_business_has_its_own_sum() -> None:
    walk = Cashier()
    walk.buy(10_000, 5_000)
    walk.pay_bill(5_000, 2_000)
    unposted = walk.pay_bill(1_000, posted=False)
    energy, bills = walk.view.figures.sums
    assert (energy.business, energy.orders, energy.paid_fen) == (Business.ENERGY, 1, 15_000)
    assert (bills.business, bills.orders, bills.paid_fen) == (Business.BILL, 2, 8_000)
    assert (bills.completed_orders, bills.completed_fen, bills.slips_fen) == (1, 7_000, 8_000)
    assert walk.view.figures.incomplete == (
        OpenItem(order_no=unposted, business=Business.BILL, paid_fen=1_000),
    )


def test_a_bill_that_is_posted_without_the_customer_is_completed() -> None:
    walk = Cashier()
    walk.pay_bill(1_000, posted=False)
    (parked,) = walk.session.parked_bills
    walk.feed(ev.BillPosted(paid=paid_of(parked)))
    (bills,) = walk.view.figures.sums
    assert (bills.completed_orders, walk.view.figures.incomplete) == (1, ())


# -- cancel, leave and come back -----------------------------------------------------------------


def test_cancel_leaves_the_period_as_it_was() -> None:
    walk = Cashier()
    walk.buy(10_000)
    before = walk.session.cash
    walk.sign_in().start().feed(staff_event.ClearingCancelled())
    assert walk.session.cash == before
    walk.leave().at(Phase.IDLE)
    assert not walk.told(CashReport)
    assert walk.deeds()[-1] == ("wang", Deed.CLEARING_CANCELLED, "")


def test_once_the_box_was_out_there_is_no_way_back() -> None:
    walk = Cashier().sign_in().start().swap()
    assert not walk.view.may_cancel
    walk.feed(staff_event.ClearingCancelled())
    assert walk.session.cash.stage is Stage.REPLACED
    assert walk.view.may_end


INTERRUPTIONS: dict[str, Callable[[Cashier], object]] = {
    "leave": Cashier.leave,
    "time out": Cashier.time_out,
    "power cut": Cashier.plug_in,
}


@pytest.mark.parametrize("interruption", INTERRUPTIONS.values(), ids=INTERRUPTIONS)
@pytest.mark.parametrize("at", range(5))
def test_a_clearing_goes_on_after_anything(
    interruption: Callable[[Cashier], object], at: int
) -> None:
    """Before and after each step somebody leaves, or the power does."""
    acts: list[Event] = [
        staff_event.ClearingStarted(),
        BOX_OUT,
        BOX_IN,
        staff_event.ClearingEnded(new_box_id="B2"),
    ]
    walk = Cashier()
    walk.buy(10_000)
    walk.sign_in()
    for number, act in enumerate(acts):
        if number == at:
            _interrupted(walk, interruption)
        walk.feed(act)
    if at == len(acts):
        _interrupted(walk, interruption)
    (report,) = walk.told(CashReport)
    assert report.figures.expected_fen == 10_000
    assert [opening.announced for opening in report.openings] == [True]
    assert walk.unannounced() == 0
    walk.leave().at(Phase.IDLE)


def _interrupted(walk: Cashier, interruption: Callable[[Cashier], object]) -> None:
    """The box stays where it is; whoever comes back signs in again."""
    is_out = walk.session.cash.stage is Stage.TAKEN
    if interruption is Cashier.plug_in:
        walk.plug_in(BOX_OUT if is_out else BOX_IN)
    else:
        interruption(walk)
    walk.sign_in()


def test_the_power_may_go_with_the_box_out() -> None:
    """It is out, in again while all is dark, and nobody has to explain that."""
    walk = Cashier().sign_in().start()
    walk.feed(BOX_OUT).plug_in()
    assert walk.session.cash.stage is Stage.REPLACED
    walk.sign_in().end()
    assert len(walk.told(CashReport)) == 1


def test_another_operator_can_end_it_and_answers_for_it() -> None:
    walk = Cashier(BY_TWO).sign_in(second="li").start().swap().leave()
    walk.sign_in(name="zhao").end()
    (report,) = walk.told(CashReport)
    assert (report.operator, report.witness) == ("zhao", "")
    assert walk.deeds() == [
        ("wang", Deed.CLEARING_STARTED, "li"),
        ("zhao", Deed.CLEARING_ENDED, ""),
    ]


def test_who_stood_beside_one_order_does_not_stand_beside_a_clearing_later() -> None:
    """The head office's desk takes it so as well: a witness is there for one step."""
    acted = staff_event.StaffActed(
        staff="wang", order_no="1", action=Action.REFUND, refused="not-yet", witness="li"
    )
    walk = Cashier(BY_TWO).sign_in(second="li").feed(acted)
    assert (walk.view.may_start, walk.view.needs_second) == (False, True)
    walk.start()
    assert walk.session.cash.is_open


# -- who may -------------------------------------------------------------------------------------


def test_maintenance_has_no_hand_in_the_money() -> None:
    walk = Cashier().sign_in(Role.MAINTENANCE)
    before = walk.session.cash
    for fact in CLEARING_FACTS:
        walk.feed(fact)
        assert walk.session.cash == before
        assert walk.wishes == ()


def test_nobody_signed_in_may_nothing() -> None:
    walk = Cashier().feed(staff_event.StaffCalled())
    before = walk.session.cash
    for fact in CLEARING_FACTS:
        walk.feed(fact)
        assert (walk.session.cash, walk.wishes) == (before, ())


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SUPERVISOR])
def test_operator_and_supervisor_may(role: Role) -> None:
    walk = Cashier().sign_in(role).start().swap().end()
    assert len(walk.told(CashReport)) == 1


@pytest.mark.parametrize("fact", CLEARING_FACTS[:4], ids=lambda fact: type(fact).__name__)
def test_without_the_page_nothing_is_obeyed(fact: Event) -> None:
    walk = Cashier()
    before = walk.session
    walk.feed(fact)
    assert (walk.session, walk.wishes) == (before, ())


def test_a_site_may_want_a_second_person() -> None:
    walk = Cashier(BY_TWO).sign_in()
    assert (walk.view.may_start, walk.view.needs_second) == (False, True)
    walk.start()
    assert walk.session.cash.is_open
    walk.feed(staff_event.StaffSignedIn(staff="wang", role=Role.OPERATOR, second=True)).start()
    assert walk.session.cash.is_open, "nobody is their own witness"
    walk.feed(staff_event.StaffSignedIn(staff="li", role=Role.OPERATOR, second=True))
    assert (walk.view.may_start, walk.view.needs_second) == (True, False)
    walk.start().swap().end()
    (report,) = walk.told(CashReport)
    assert (report.operator, report.witness) == ("wang", "li")
