"""The whole purchase, and each bad thing that can happen before and while paying."""

import pytest
from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow.command import OpenAcceptor, PrintSlip, RequestVend, ReturnNote, WriteCard
from kiosk.flow.event import CardFault, Device, DeviceState, Fault, RejectCause
from kiosk.flow.phase import Cause, Notice, Phase, Why
from kiosk.flow.policy import Policy
from kiosk.flow.screen import Button, Step, screen
from tests.flow.world import LIMITS, POLICY, Walk, account_of, card_of, money_walk, part
from vending.card import CardSnapshot, Verdict, WalletUnit
from vending.messages import (
    Account,
    Limits,
    NoteInSuspense,
    NoteTaken,
    OrderAbandoned,
    OrderOpened,
    Reason,
    VendConfirmed,
)


@pytest.mark.parametrize("walk", [Walk(), money_walk()], ids=["energy", "money"])
def test_a_cash_purchase_from_card_to_slip(walk: Walk) -> None:
    walk.to_account()
    assert screen(walk.session).step is Step.CHECK
    walk.feed(ev.ContinuePressed(), ev.CashChosen()).at(Phase.TENDERING)
    assert walk.wish(OpenAcceptor).values_fen == POLICY.note_values_fen
    assert walk.told(OrderOpened)[0].order_no == walk.order.order_no
    walk.pay(10_000, 5_000, 500)
    tender = screen(walk.session).tender
    assert tender
    assert (tender.paid_fen, tender.notes, tender.room_fen) == (15_500, 3, 34_500)
    assert walk.session.quote
    assert walk.session.quote.paid_fen == 15_500
    walk.feed(ev.FinishPressed(), ev.AcceptorClosed()).at(Phase.VENDING)
    assert [n.value_fen for n in walk.wish(RequestVend).request.notes] == [10_000, 5_000, 500]
    walk.approve().at(Phase.WRITING)
    assert walk.wish(WriteCard).before == walk.card
    walk.end_write().feed(
        ev.CardProved(order_no=walk.order.order_no, verdict=Verdict.WRITTEN, card=walk.card)
    )
    walk.at(Phase.DONE)
    slip = walk.wish(PrintSlip).slip
    energy = walk.card.wallet_unit is WalletUnit.ENERGY
    assert (slip.energy_wh is not None, slip.wallet_money_fen is not None) == (energy, not energy)
    assert (slip.paid_fen, slip.purchase_count, slip.reason) == (15_500, 8, None)
    assert walk.told(VendConfirmed)[0].purchase_count == 8
    assert len(walk.told(NoteTaken)) == 3
    walk.feed(ev.SlipPrinted(order_no=walk.order.order_no)).take_card().at(Phase.DONE)
    walk.time_out().at(Phase.IDLE)
    assert walk.session.parked == ()
    assert walk.session.pending == ()


# -- the card ------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", list(CardFault))
def test_a_card_that_cannot_be_used_is_explained(fault: CardFault) -> None:
    walk = Walk().open_shop().feed(ev.CardInserted(), ev.CardUnreadable(fault=fault))
    assert walk.at(Phase.REFUSED).session.cause is fault
    assert walk.kinds() == ["ReleaseCard"]
    walk.time_out().at(Phase.REFUSED).take_card().at(Phase.REFUSED).time_out().at(Phase.IDLE)


def test_a_card_pulled_while_reading_leads_home() -> None:
    walk = Walk().open_shop().feed(ev.CardInserted(), ev.CardRemoved()).at(Phase.IDLE)
    walk.feed(ev.CardUnreadable(fault=CardFault.PULLED)).at(Phase.IDLE)


def test_a_mute_reader_is_not_the_cards_fault() -> None:
    walk = Walk().open_shop().feed(ev.CardInserted()).time_out().at(Phase.REFUSED)
    assert walk.session.cause is CardFault.READER


def account_with(**changes: object) -> Account:
    return replace(account_of(card_of()), **changes)


NOT_LOADED = replace(card_of(), returned=None)


@pytest.mark.parametrize(
    ("card", "account", "cause"),
    [
        (NOT_LOADED, account_of(NOT_LOADED), Reason.NOT_LOADED),
        (card_of(), account_with(purchase_count=8), Reason.COUNT_MISMATCH),
        (card_of(), account_with(meter_no="000000000009"), Reason.WRONG_METER),
        (card_of(), account_with(customer_no="0000000009"), Reason.WRONG_METER),
        (card_of(), account_with(wallet_unit=WalletUnit.MONEY), Reason.WALLET_MISMATCH),
    ],
)
def test_card_and_account_must_agree(card: CardSnapshot, account: Account, cause: Reason) -> None:
    walk = Walk().open_shop().insert(card).feed(ev.AccountFound(account=account))
    assert walk.at(Phase.REFUSED).session.cause is cause


def test_a_new_card_that_never_bought_may_buy() -> None:
    first = replace(card_of(count=0), returned=None)
    walk = Walk().open_shop().insert(first).feed(ev.AccountFound(account=account_of(first)))
    walk.at(Phase.ACCOUNT)


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (ev.AccountRefused(reason=Reason.ACCOUNT_BLOCKED), Reason.ACCOUNT_BLOCKED),
        (ev.AccountRefused(reason=Reason.ACCOUNT_UNKNOWN), Reason.ACCOUNT_UNKNOWN),
        (ev.OfficeUnreachable(question="account"), Why.OFFICE_UNREACHABLE),
    ],
)
def test_the_head_office_says_no_or_nothing(answer: ev.Event, cause: Cause) -> None:
    walk = Walk().open_shop().insert().feed(answer).at(Phase.REFUSED)
    assert walk.session.cause is cause
    assert walk.told(OrderOpened) == []


# -- notes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "paid", "value", "notice"),
    [
        (LIMITS, (10_000,) * 4, 20_000, Notice.NOTE_RETURNED),
        (replace(LIMITS, max_fen=12_000), (10_000,), 5_000, Notice.NOTE_OVER_LIMIT),
        (replace(LIMITS, min_fen=5_000), (), 2_000, Notice.NOTE_TOO_SMALL),
        (replace(LIMITS, multiple_fen=1_000), (), 500, Notice.NOTE_NOT_MULTIPLE),
        (replace(LIMITS, max_wallet_amount=18_000), (5_000,), 5_000, Notice.NOTE_OVERSTOCK),
        (LIMITS, (500,) * 3, 500, Notice.NOTE_TOO_MANY),
    ],
)
def test_a_note_that_breaks_a_limit_goes_back_before_it_is_swallowed(
    limits: Limits, paid: tuple[int, ...], value: int, notice: Notice
) -> None:
    walk = Walk(replace(POLICY, max_notes=3 if notice is Notice.NOTE_TOO_MANY else 40))
    walk.account = account_of(walk.card, limits)
    walk.to_tender().pay(*paid)
    note_id = walk.offer(value)
    assert walk.at(Phase.TENDERING).wish(ReturnNote).note_id == note_id
    assert walk.session.notice is notice
    walk.feed(ev.NoteReturned(note_id=note_id, value_fen=value))
    assert walk.session.notice is notice
    assert walk.order.paid_fen == sum(paid)


def test_the_sites_own_limits_are_kept() -> None:
    walk = Walk(Policy(terminal_no="310042", max_fen=10_000)).to_tender().pay(10_000)
    walk.offer(500)
    assert walk.session.notice is Notice.NOTE_OVER_LIMIT


@pytest.mark.parametrize("cause", list(RejectCause))
def test_a_rejected_note_is_explained(cause: RejectCause) -> None:
    walk = Walk().to_tender().feed(ev.NoteRejected(cause=cause)).at(Phase.TENDERING)
    assert walk.session.notice in {Notice.NOTE_UNRECOGNISED, Notice.NOTE_ONE_AT_A_TIME}


def test_a_note_that_arrives_while_the_customer_finishes_counts() -> None:
    walk = Walk().to_tender().pay(5_000)
    note_id = walk.offer(10_000)
    walk.feed(ev.FinishPressed()).at(Phase.STACKING)
    assert Button.FINISH not in screen(walk.session).buttons
    walk.feed(ev.NoteStacked(note_id=note_id, value_fen=10_000)).at(Phase.CLOSING)
    assert walk.feed(ev.AcceptorClosed()).order.paid_fen == 15_000


def test_a_note_that_slips_in_after_finishing_goes_back() -> None:
    walk = Walk().to_tender().pay(5_000).feed(ev.FinishPressed())
    walk.offer(10_000)
    assert walk.at(Phase.CLOSING).kinds() == ["ReturnNote"]


def test_a_note_stacked_after_the_sale_goes_to_suspense() -> None:
    walk = Walk().to_vending(5_000).feed(ev.NoteStacked(note_id="late", value_fen=1_000))
    (held,) = walk.told(NoteInSuspense)
    assert (held.near_order_no, held.certain) == (walk.order.order_no, True)
    assert walk.order.paid_fen == 5_000


@pytest.mark.parametrize("fault", [Fault.JAM_IN_ACCEPTOR, Fault.BOX_REMOVED, Fault.NO_ANSWER])
def test_a_broken_slot_sells_what_is_in(fault: Fault) -> None:
    broken = part(Device.ACCEPTOR, DeviceState.FAULT, fault)
    walk = Walk().to_tender().pay(5_000).feed(broken).at(Phase.CLOSING)
    assert walk.session.notice is Notice.ACCEPTOR_FAULT
    assert walk.time_out().at(Phase.VENDING).order.paid_fen == 5_000


def test_a_broken_slot_with_nothing_in_is_said() -> None:
    broken = part(Device.ACCEPTOR, DeviceState.FAULT, Fault.JAM_IN_ACCEPTOR)
    walk = Walk().to_tender().feed(broken, ev.AcceptorClosed()).at(Phase.REFUSED)
    assert walk.session.cause is Why.CASH_UNAVAILABLE
    assert len(walk.told(OrderAbandoned)) == 1
    assert walk.take_card().time_out().at(Phase.OUT_OF_SERVICE).session.cause is Why.ACCEPTOR_DOWN


def test_a_note_that_vanished_ends_paying_and_is_reported() -> None:
    walk = Walk().to_tender().pay(5_000)
    note_id = walk.offer(10_000)
    walk.feed(ev.NoteUnknown(note_id=note_id, value_fen=10_000)).at(Phase.CLOSING)
    assert walk.session.notice is Notice.NOTE_UNKNOWN
    assert [held.certain for held in walk.told(NoteInSuspense)] == [False]
    assert walk.feed(ev.AcceptorClosed()).order.paid_fen == 5_000


# -- leaving -------------------------------------------------------------------------------------


def test_more_time_is_asked_for_once_and_given() -> None:
    walk = Walk().to_tender().time_out().at(Phase.TENDERING)
    assert screen(walk.session).more_time
    assert screen(walk.session).buttons == (Button.CANCEL, Button.MORE_TIME)
    walk.feed(ev.MoreTimePressed())
    assert not screen(walk.session).more_time
    walk.time_out().at(Phase.TENDERING).time_out().at(Phase.CLOSING)
    assert walk.feed(ev.AcceptorClosed()).at(Phase.REFUSED).session.cause is Why.TIMED_OUT


def test_who_walks_away_after_paying_gets_what_was_paid_for() -> None:
    walk = Walk().to_tender().pay(5_000).time_out()
    assert screen(walk.session).buttons == (Button.FINISH, Button.MORE_TIME)
    walk.time_out().feed(ev.AcceptorClosed()).at(Phase.VENDING)


def test_cancelling_with_nothing_in_abandons_the_order() -> None:
    walk = Walk().to_tender().feed(ev.CancelPressed(), ev.AcceptorClosed()).at(Phase.REFUSED)
    assert walk.session.cause is Why.CANCELLED
    assert len(walk.told(OrderAbandoned)) == 1


def test_a_card_pulled_with_nothing_in_leads_home() -> None:
    walk = Walk().to_tender().take_card().at(Phase.CLOSING).feed(ev.AcceptorClosed())
    assert len(walk.at(Phase.IDLE).told(OrderAbandoned)) == 1


def test_a_stale_time_out_is_not_obeyed() -> None:
    walk = Walk().to_tender()
    stale = ev.TimedOut(phase=str(Phase.TENDERING), round=walk.session.round)
    walk.pay(5_000).feed(stale).at(Phase.TENDERING)
    assert not walk.session.asked_more_time
