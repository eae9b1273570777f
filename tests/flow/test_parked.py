"""Orders that wait here for their card: what others did meanwhile, and what is over."""

import pytest
from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow.command import InquireVend, LookUpAccount, ProveCard, RequestResell
from kiosk.flow.event import Device, DeviceState
from kiosk.flow.phase import Phase, Why
from tests.flow.test_resell import found, parked, proved
from tests.flow.world import POLICY, Walk, account_of, card_of, owed_of, part, vend_of
from vending.card import Verdict
from vending.messages import Ending, OrderParked, Reason


def unwritten() -> Walk:
    """An order that was sold here, and whose card was proved unwritten again and again."""
    walk = Walk().to_writing()
    while walk.session.phase is Phase.WRITING:
        proved(walk.end_write(), Verdict.NOT_WRITTEN)
    return walk.at(Phase.DOUBTFUL).take_card().time_out().at(Phase.IDLE)


def test_what_was_proved_before_another_terminal_sealed_holds_no_more() -> None:
    """Else the head office would take the old proof for a new one, and allow a refund."""
    walk = unwritten()
    (order,) = walk.session.parked
    assert (order.verdict, order.seals) == (Verdict.NOT_WRITTEN, 0)
    found(replace(owed_of(order), seals=1), walk).at(Phase.PROVING).time_out().at(Phase.DOUBTFUL)
    told = walk.told(OrderParked)[-1]
    assert (told.verdict, told.seals) == (None, 1)


def unsold() -> Walk:
    """An order that was paid here, and never sold."""
    walk = Walk().to_vending()
    walk.feed(ev.VendUnknown(order_no=walk.order.order_no)).time_out().at(Phase.DOUBTFUL)
    return walk.take_card().time_out().at(Phase.IDLE)


@pytest.mark.parametrize("sold", [False, True])
def test_our_own_order_is_not_stuck_when_another_purchase_took_its_count(sold: bool) -> None:
    """Bought elsewhere meanwhile, and taken by the meter: the card's count went on to 8."""
    walk = unsold()
    (order,) = walk.session.parked
    walk.card = card_of(count=8)
    owed = replace(owed_of(order), account=account_of(walk.card))
    vend = vend_of(replace(order, card=walk.card))
    found(replace(owed, vend=vend) if sold else owed, walk).at(Phase.VENDING)
    assert walk.wish(RequestResell).request.purchase_count == 8
    walk.feed(ev.VendApproved(vend=vend)).at(Phase.PROVING)
    assert walk.wish(ProveCard).before.purchase_count == 8


def test_nor_when_the_sale_to_the_new_count_was_heard_of_before_the_card_came() -> None:
    walk = unsold()
    (order,) = walk.session.parked
    walk.card = card_of(count=8)
    vend = vend_of(replace(order, card=walk.card))
    walk.feed(ev.VendApproved(vend=vend)).at(Phase.IDLE)
    assert walk.session.parked[0].vend == vend
    found(replace(owed_of(order), vend=vend), walk).at(Phase.VENDING)
    walk.feed(ev.VendApproved(vend=vend)).at(Phase.PROVING)
    assert walk.wish(ProveCard).before.purchase_count == 8


def test_what_was_claimed_and_not_sold_is_claimed_again() -> None:
    """Never a second request of another body under one number."""
    walk = unsold()
    (order,) = walk.session.parked
    walk.card = card_of(count=8)
    owed = replace(owed_of(order), account=account_of(walk.card))
    found(owed, walk).feed(ev.VendUnknown(order_no=order.order_no)).time_out().at(Phase.DOUBTFUL)
    found(owed, walk.take_card().time_out()).feed(ev.VendNotSold(order_no=order.order_no))
    assert walk.at(Phase.VENDING).wish(RequestResell).request.purchase_count == 8


# -- known here only, or over --


def test_an_order_that_the_head_office_does_not_name_is_asked_about_first() -> None:
    walk = parked().insert().feed(ev.AccountFound(account=account_of(card_of())))
    assert walk.at(Phase.VENDING).kinds() == ["InquireVend"]
    ended = ev.OrderEnded(order_no=walk.order.order_no, how=Ending.DELIVERED)
    walk.feed(ended).at(Phase.READING)
    assert walk.kinds() == ["ReadCard"]
    assert walk.session.parked == ()
    walk.feed(ev.CardRead(card=walk.card), ev.AccountFound(account=walk.account)).at(Phase.ACCOUNT)


def test_a_card_that_was_changed_meanwhile_is_looked_up_as_what_it_is() -> None:
    """Else somebody would pay for the one who stood here before."""
    walk = parked().insert().feed(ev.AccountFound(account=account_of(card_of())))
    number = walk.at(Phase.VENDING).order.order_no
    walk.feed(ev.CardRemoved(), ev.CardInserted())
    walk.feed(ev.OrderEnded(order_no=number, how=Ending.DELIVERED))
    walk.feed(ev.CardRead(card=card_of(2))).at(Phase.LOOKING_UP)
    assert walk.wish(LookUpAccount).card == card_of(2)


def test_a_refunded_order_is_over() -> None:
    walk = parked().insert().feed(ev.AccountRefused(reason=Reason.ACCOUNT_BLOCKED))
    walk.feed(ev.OrderEnded(order_no=walk.order.order_no, how=Ending.REFUNDED))
    assert walk.at(Phase.REFUSED).session.cause is Reason.ORDER_REFUNDED
    assert walk.take_card().time_out().session.parked == ()


@pytest.mark.parametrize("how", Ending)
def test_parked_orders_are_asked_about_when_the_line_comes_back(how: Ending) -> None:
    walk = parked()
    (order,) = walk.session.parked
    walk.feed(part(Device.HEAD_OFFICE, DeviceState.OFFLINE)).feed(part(Device.HEAD_OFFICE))
    assert walk.at(Phase.IDLE).wish(InquireVend).order_no == order.order_no
    walk.feed(ev.OrderEnded(order_no=order.order_no, how=how)).at(Phase.IDLE)
    assert walk.session.parked == ()


def test_without_an_answer_the_card_is_proved_all_the_same() -> None:
    walk = parked().insert().feed(ev.OfficeUnreachable(question="account")).at(Phase.PROVING)
    proved(walk, Verdict.LOADED).at(Phase.DONE)


def test_a_card_torn_by_our_write_is_known_by_its_chip() -> None:
    walk = parked().feed(ev.CardInserted())
    torn = ev.CardUnreadable(fault=ev.CardFault.DAMAGED, serial=card_of().serial)
    walk.feed(torn).at(Phase.VENDING).approve()
    proved(walk.at(Phase.PROVING), Verdict.TORN).at(Phase.WRITING)


def test_any_other_damaged_card_is_refused() -> None:
    walk = parked().feed(ev.CardInserted())
    walk.feed(ev.CardUnreadable(fault=ev.CardFault.DAMAGED, serial="E" * 16)).at(Phase.REFUSED)


def test_what_the_head_office_does_not_sell_keeps_nobody_from_buying() -> None:
    """It names the order by itself as soon as that can be sold; until then staff have it."""
    walk = Walk().to_vending()
    number = walk.order.order_no
    walk.feed(ev.VendRefused(order_no=number, reason=Reason.NOTHING_TO_BUY)).at(Phase.DOUBTFUL)
    walk.take_card().time_out().insert().feed(ev.AccountFound(account=walk.account))
    assert walk.at(Phase.ACCOUNT).wish(InquireVend).order_no == number
    walk.feed(ev.OrderEnded(order_no=number, how=Ending.REFUNDED)).at(Phase.ACCOUNT)
    assert walk.session.parked == ()


def test_nothing_is_asked_for_while_the_card_still_carries_a_purchase() -> None:
    """Bought elsewhere meanwhile: the meter comes first, and the screen says so."""
    walk = unsold()
    walk.insert(card_of(count=8)).feed(ev.AccountRefused(reason=Reason.NOT_LOADED))
    assert walk.at(Phase.REFUSED).session.cause is Reason.NOT_LOADED
    assert len(walk.told(OrderParked)) == 1
    number = walk.wish(InquireVend).order_no
    walk.feed(ev.OrderEnded(order_no=number, how=Ending.DELIVERED)).at(Phase.REFUSED)
    assert walk.session.parked == ()


def test_nothing_is_written_to_a_card_that_was_replaced() -> None:
    walk = parked().insert().feed(ev.AccountRefused(reason=Reason.CARD_REPLACED))
    assert walk.at(Phase.REFUSED).session.cause is Reason.CARD_REPLACED
    assert len(walk.session.parked) == 1


def test_a_machine_full_of_open_orders_asks_which_have_ended() -> None:
    """Its line may stand for months: nothing else would ask."""
    walk = Walk(policy=replace(POLICY, parked_orders=1)).to_writing().time_out().time_out()
    number = walk.order.order_no
    walk.take_card().time_out().insert(card_of(2))
    walk.feed(ev.AccountFound(account=account_of(card_of(2)))).at(Phase.REFUSED)
    assert walk.session.cause is Why.TOO_MANY_OPEN
    assert walk.wish(InquireVend).order_no == number
    walk.feed(ev.OrderEnded(order_no=number, how=Ending.DELIVERED)).take_card().time_out()
    walk.insert(card_of(2)).feed(ev.AccountFound(account=account_of(card_of(2)))).at(Phase.ACCOUNT)
