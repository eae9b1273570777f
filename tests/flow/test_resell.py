"""Delivering what was paid before: found by the card, by the menu, by a code; and staff at work."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow import staff_event as told
from kiosk.flow.command import (
    FindOwed,
    InquireVend,
    ProveCard,
    RequestResell,
    RequestVend,
    WriteCard,
)
from kiosk.flow.event import Device, DeviceState, Fault
from kiosk.flow.phase import Notice, Phase, Why
from kiosk.flow.screen import Button, screen
from kiosk.flow.session import Order
from tests.flow.world import START_MS, Walk, account_of, card_of, owed_of, part, vend_of
from vending.card import SealAnswer, SealStage, Verdict
from vending.messages import OrderParked, Owed, Reason, VendConfirmed
from vending.order_no import make_order_no
from vending.staff import Action, Role

SEALS = SealAnswer(stage=SealStage.SEAL)
CODE = make_order_no("310099", START_MS, 7)
JAMMED = part(Device.ACCEPTOR, DeviceState.FAULT, Fault.JAM_IN_ACCEPTOR)


def paid_elsewhere(*, sold: bool = True, count: int = 7, by_machine: bool = True) -> Owed:
    """50 yuan paid at terminal 310099 for the card of customer 1, which held ``count`` then."""
    card = card_of(count=count)
    order = Order(
        order_no="", opened_at_ms=START_MS, account=account_of(card), card=card, adopted_fen=5_000
    )
    owed = owed_of(order, here=False, by_machine=by_machine)
    return replace(owed, vend=replace(vend_of(order), order_no=owed.order_no) if sold else None)


def found(owed: Owed, walk: Walk | None = None) -> Walk:
    return (walk or Walk().open_shop()).insert().at(Phase.LOOKING_UP).feed(ev.OwedFound(owed=owed))


def approval(owed: Owed) -> ev.VendApproved:
    assert owed.vend
    return ev.VendApproved(vend=owed.vend)


def proved(walk: Walk, verdict: Verdict) -> Walk:
    return walk.feed(ev.CardProved(order_no=walk.order.order_no, verdict=verdict, card=walk.card))


def parked() -> Walk:
    """An order that was sold here, and whose card was not written."""
    walk = Walk().to_writing()
    walk.time_out().time_out().at(Phase.DOUBTFUL)
    return walk.take_card().time_out().at(Phase.IDLE)


# -- found by the card ---------------------------------------------------------------------------


def test_a_purchase_paid_elsewhere_is_delivered_free_of_further_steps() -> None:
    owed = paid_elsewhere()
    walk = found(owed).at(Phase.VENDING)
    request = walk.wish(RequestResell).request
    assert (request.order_no, request.purchase_count) == (owed.order_no, 7)
    assert walk.session.notice is Notice.RESUMED
    walk.feed(approval(owed)).at(Phase.PROVING)
    tender = screen(walk.session).tender
    assert tender
    assert owed.vend
    assert tender.quote == owed.vend.quote  # the screen says what goes onto the card
    proved(walk, Verdict.NOT_WRITTEN).at(Phase.WRITING)
    proved(walk.end_write(), Verdict.WRITTEN).at(Phase.DONE)
    assert [told.order_no for told in walk.told(VendConfirmed)] == [owed.order_no]
    outcome = screen(walk.session).outcome
    assert outcome
    assert outcome.paid_fen == owed.paid_fen == 5_000


def test_what_is_on_the_card_already_is_only_proved() -> None:
    """The confirmation got lost with the other terminal: the card says count N+1."""
    walk = Walk(card=card_of(count=8)).open_shop()
    owed = paid_elsewhere()
    found(owed, walk).feed(approval(owed)).at(Phase.PROVING)
    assert walk.wish(ProveCard).before.purchase_count == 7
    proved(walk, Verdict.LOADED).at(Phase.DONE)
    assert walk.wished(WriteCard) == []


def test_what_was_never_sold_is_sold_by_the_books_of_the_head_office() -> None:
    walk = found(paid_elsewhere(sold=False)).at(Phase.VENDING)
    assert walk.kinds() == ["RequestResell"]
    assert walk.wished(RequestVend) == []
    walk.approve().at(Phase.PROVING)


def test_nothing_is_sold_over_a_purchase_that_the_meter_has_not_taken() -> None:
    walk = Walk(card=replace(card_of(), returned=None)).open_shop()
    found(paid_elsewhere(sold=False), walk).at(Phase.REFUSED)
    assert walk.session.cause is Reason.NOT_LOADED


def test_where_staff_must_do_it_the_machine_does_not() -> None:
    walk = found(paid_elsewhere(by_machine=False)).at(Phase.REFUSED)
    assert walk.session.cause is Reason.STAFF_ONLY
    view = screen(walk.session).owed
    assert view
    assert (view.order_no, view.terminal_no, view.here) == (CODE, "310099", False)


def test_an_order_of_another_terminal_is_not_kept_when_it_cannot_be_delivered() -> None:
    walk = found(paid_elsewhere()).time_out().at(Phase.DOUBTFUL)
    (told,) = walk.told(OrderParked)
    assert (told.order_no, told.paid_fen) == (CODE, 5_000)
    assert walk.take_card().time_out().at(Phase.IDLE).session.parked == ()


def test_a_refusal_says_why_and_keeps_nothing() -> None:
    walk = found(paid_elsewhere(sold=False))
    walk.feed(ev.VendRefused(order_no=CODE, reason=Reason.ACCOUNT_BLOCKED)).at(Phase.REFUSED)
    assert walk.session.cause is Reason.ACCOUNT_BLOCKED
    assert walk.take_card().time_out().session.parked == ()


def test_a_claim_without_an_answer_is_asked_about_and_then_made_again() -> None:
    walk = found(paid_elsewhere(sold=False)).feed(ev.VendUnknown(order_no=CODE))
    assert walk.at(Phase.VENDING).wish(InquireVend).order_no == CODE
    walk.feed(ev.VendNotSold(order_no=CODE)).at(Phase.VENDING)
    assert walk.kinds() == ["RequestResell"]


def test_a_claim_cut_off_by_a_power_cut_is_asked_about() -> None:
    walk = found(paid_elsewhere()).restart().at(Phase.VENDING)
    assert walk.kinds() == ["InquireVend"]
    walk.open_parts().feed(ev.CardInserted(), approval(paid_elsewhere()))
    walk.at(Phase.PROVING)


def test_the_notes_of_an_order_of_our_own_stay_in_its_request() -> None:
    walk = Walk().to_vending()
    walk.feed(ev.VendUnknown(order_no=walk.order.order_no)).time_out().take_card().time_out()
    assert walk.revisit().at(Phase.VENDING).kinds() == ["InquireVend"]
    walk.feed(ev.VendNotSold(order_no=walk.order.order_no)).at(Phase.VENDING)
    assert walk.wish(RequestVend) == walk.wished(RequestVend)[0]


def test_our_own_order_goes_to_the_new_card_by_a_claim() -> None:
    walk = parked()
    owed = owed_of(walk.session.parked[0])
    walk.card = replace(walk.card, serial="F" * 16)
    found(owed, walk).at(Phase.VENDING)
    assert walk.wish(RequestResell).request.card_serial == "F" * 16
    walk.feed(approval(owed)).at(Phase.PROVING)
    assert walk.wish(ProveCard).before.serial == "F" * 16


def test_what_was_proved_before_new_seals_holds_no_more() -> None:
    walk = Walk().to_writing()
    number = walk.order.order_no
    proved(walk.end_write(), Verdict.NOT_WRITTEN).at(Phase.WRITING)
    assert walk.order.verdict is Verdict.NOT_WRITTEN
    answer = ev.SealsGiven(order_no=number, answer=SEALS, seals=2)
    walk.feed(answer).time_out().time_out().at(Phase.DOUBTFUL)
    (told,) = walk.told(OrderParked)
    assert (told.verdict, told.seals) == (None, 2)


# -- out of service but for notes ----------------------------------------------------------------


def jammed() -> Walk:
    return Walk().open_shop().feed(JAMMED).at(Phase.OUT_OF_SERVICE)


def test_a_machine_that_takes_no_notes_still_delivers() -> None:
    walk = jammed()
    assert screen(walk.session).buttons == (Button.RESELL,)
    found(paid_elsewhere(), walk).at(Phase.VENDING)


def test_a_machine_that_takes_no_notes_sells_nothing_new() -> None:
    walk = jammed().insert().feed(ev.AccountFound(account=account_of(card_of())))
    assert walk.at(Phase.REFUSED).session.cause is Why.CASH_UNAVAILABLE
    walk.take_card().time_out().at(Phase.OUT_OF_SERVICE)


def test_while_the_box_is_out_staff_are_at_the_machine() -> None:
    walk = Walk().open_shop().feed(part(Device.ACCEPTOR, DeviceState.FAULT, Fault.BOX_REMOVED))
    assert screen(walk.session).buttons == ()
    walk.feed(ev.CardInserted(), ev.ResellPressed()).at(Phase.OUT_OF_SERVICE)


# -- by the menu, and with a code ----------------------------------------------------------------


def by_menu(walk: Walk | None = None) -> Walk:
    walk = (walk or Walk().open_shop()).feed(ev.ResellPressed()).at(Phase.RESELL)
    return walk.insert().at(Phase.LOOKING_UP)


def code_wanted() -> Walk:
    walk = by_menu()
    return walk.feed(ev.AccountFound(account=walk.account)).at(Phase.CODE)


def shown(owed: Owed | None = None) -> Walk:
    return by_menu().feed(ev.OwedFound(owed=owed or paid_elsewhere())).at(Phase.OWED)


def test_by_the_menu_what_is_open_is_shown_before_it_is_delivered() -> None:
    walk = shown()
    view = screen(walk.session).owed
    assert view
    assert (view.paid_fen, view.sold, view.why) == (5_000, True, "card-gone")
    assert screen(walk.session).buttons == (Button.CANCEL, Button.DELIVER)
    walk.feed(ev.DeliverPressed()).at(Phase.VENDING)


def test_a_new_card_finds_the_order_by_the_code_of_the_slip() -> None:
    walk = code_wanted().feed(ev.CodeEntered(order_no=CODE)).at(Phase.LOOKING_UP)
    assert walk.wish(FindOwed) == FindOwed(card=walk.card, code=CODE)
    walk.feed(ev.OwedFound(owed=paid_elsewhere())).at(Phase.OWED)


def test_the_slip_can_be_scanned_instead() -> None:
    walk = code_wanted().feed(ev.CodeScanned(text="no slip")).at(Phase.CODE)
    assert walk.kinds() == []
    walk.feed(ev.CodeScanned(text=f"{CODE}\r\n")).at(Phase.LOOKING_UP)
    assert walk.wish(FindOwed) == FindOwed(card=walk.card, code=CODE)


def test_a_code_that_is_none_is_not_asked_about() -> None:
    walk = code_wanted().feed(ev.CodeEntered(order_no=CODE[:-1] + "0")).at(Phase.CODE)
    assert walk.kinds() == []


def test_a_code_under_which_nothing_is_owed_says_so() -> None:
    walk = code_wanted().feed(ev.CodeEntered(order_no=CODE))
    walk.feed(ev.OwedRefused(reason=Reason.ORDER_REFUNDED)).at(Phase.REFUSED)
    assert walk.session.cause is Reason.ORDER_REFUNDED


@pytest.mark.parametrize(
    "reason", [Reason.CARD_REPLACED, Reason.ORDER_OPEN, Reason.NOT_LOADED, Reason.ACCOUNT_BLOCKED]
)
def test_what_cannot_be_delivered_now_is_not_called_nothing(reason: Reason) -> None:
    """Paid elsewhere minutes ago, or owed after the meter has taken the last purchase."""
    walk = by_menu().feed(ev.AccountRefused(reason=reason)).at(Phase.REFUSED)
    assert walk.session.cause is reason
    walk.take_card().time_out().at(Phase.IDLE)


# -- staff ---------------------------------------------------------------------------------------


def signed_in(walk: Walk | None = None) -> Walk:
    walk = (walk or Walk().open_shop()).feed(told.StaffCalled()).at(Phase.STAFF)
    return walk.feed(told.StaffSignedIn(staff="wang", role=Role.MAINTENANCE))


def test_staff_sign_in_one_beside_the_other() -> None:
    walk = signed_in().feed(told.StaffSignedIn(staff="li", role=Role.SUPERVISOR, second=True))
    view = screen(walk.session).staff
    assert view
    assert (view.name, view.role, view.witness) == ("wang", Role.MAINTENANCE, "li")


def test_a_second_person_alone_is_the_first() -> None:
    walk = Walk().open_shop().feed(told.StaffCalled())
    walk.feed(told.StaffSignedIn(staff="li", role=Role.SUPERVISOR, second=True))
    assert walk.session.staff
    assert walk.session.staff.name == "li"


def test_what_staff_allowed_is_delivered_when_the_card_comes() -> None:
    walk = signed_in().feed(told.StaffActed(staff="wang", order_no=CODE, action=Action.RESELL))
    walk.at(Phase.STAFF).insert().at(Phase.LOOKING_UP)
    assert walk.session.staff is None
    walk.feed(ev.OwedFound(owed=paid_elsewhere())).at(Phase.VENDING)


def test_nobody_stays_signed_in() -> None:
    assert signed_in().time_out().at(Phase.IDLE).session.staff is None
    assert signed_in().restart().at(Phase.OUT_OF_SERVICE).session.staff is None
    assert signed_in().feed(told.StaffLeft()).at(Phase.IDLE).session.staff is None


def test_every_touch_keeps_the_page_open() -> None:
    walk = signed_in()
    before = walk.session.round
    walk.feed(told.StaffStirred(), told.StaffTurnedAway(reason="wrong")).at(Phase.STAFF)
    assert walk.session.round == before + 2


def test_a_card_that_waited_behind_the_page_is_read_when_it_closes() -> None:
    walk = signed_in(Walk().open_shop().feed(part(Device.CARD_READER, DeviceState.OFFLINE)))
    walk.feed(ev.CardInserted()).at(Phase.STAFF).feed(part(Device.CARD_READER))
    walk.feed(told.StaffLeft()).at(Phase.READING)
    assert walk.kinds() == ["ReadCard"]


# -- ways that chance seldom takes ---------------------------------------------------------------


def leave(walk: Walk, *facts: ev.Event) -> Walk:
    return walk.feed(*facts)


def hesitate(walk: Walk) -> Walk:
    return walk.time_out().time_out()


RARE: tuple[Callable[[], Walk], ...] = (
    lambda: hesitate(code_wanted()),
    lambda: hesitate(shown()),
    lambda: hesitate(Walk().to_account()),
    lambda: leave(shown(), JAMMED, ev.CardRemoved()),
    lambda: leave(code_wanted(), JAMMED, ev.CardRemoved()),
    lambda: hesitate(Walk().open_shop().feed(ev.ResellPressed())),
    lambda: hesitate(Walk().open_shop().feed(ev.ResellPressed(), JAMMED)),
    lambda: leave(Walk().open_shop().feed(ev.ResellPressed(), JAMMED), ev.CancelPressed()),
    lambda: leave(jammed(), ev.ResellPressed()),
    lambda: leave(jammed(), ev.CardInserted()),
    lambda: by_menu(parked()).feed(ev.OwedFound(owed=owed_of(parked().session.parked[0]))).feed(
        ev.DeliverPressed()
    ),
    lambda: parked().insert().feed(ev.OfficeUnreachable(question="account")),
    lambda: parked().insert().time_out(),
    lambda: parked().revisit(),
    lambda: parked().feed(
        ev.CardInserted(), ev.CardUnreadable(fault=ev.CardFault.DAMAGED, serial=card_of().serial)
    ),
    lambda: signed_in().feed(told.StaffLeft()),
    lambda: signed_in().time_out(),
    lambda: signed_in(jammed()).feed(told.StaffLeft()),
    lambda: signed_in(Walk().open_shop().feed(part(Device.CARD_READER, DeviceState.OFFLINE)))
    .feed(ev.CardInserted(), part(Device.CARD_READER))
    .time_out(),
    lambda: signed_in(Walk().open_shop().feed(part(Device.CARD_READER, DeviceState.OFFLINE)))
    .feed(ev.CardInserted(), part(Device.CARD_READER), told.StaffLeft()),
)  # fmt: skip


@pytest.mark.parametrize("way", RARE)
def test_rare_ways_lead_home(way: Callable[[], Walk]) -> None:
    walk = way().take_card()
    for _ in range(12):
        if walk.session.phase in {Phase.IDLE, Phase.OUT_OF_SERVICE}:
            break
        walk.time_out()
    assert walk.session.phase in {Phase.IDLE, Phase.OUT_OF_SERVICE}
