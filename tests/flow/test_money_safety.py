"""Where money could get lost, doubled, or stay behind: each way, by example."""

from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow.command import InquireVend, RequestVend, StackNote, WriteCard
from kiosk.flow.event import Device, DeviceState
from kiosk.flow.phase import Notice, Phase, Why
from kiosk.flow.policy import Policy
from tests.flow.world import Walk, account_of, card_of, money_walk, notes_of, part, vend_of
from vending.card import Verdict
from vending.messages import NoteInSuspense, NoteTaken, OrderParked, Reason


def proved(walk: Walk, verdict: Verdict) -> Walk:
    return walk.feed(ev.CardProved(order_no=walk.order.order_no, verdict=verdict, card=walk.card))


def fail_all_writes(walk: Walk) -> Walk:
    for _ in range(walk.session.policy.write_attempts):
        proved(walk.at(Phase.WRITING).end_write(), Verdict.NOT_WRITTEN)
    return walk.at(Phase.DOUBTFUL)


def come_back(walk: Walk) -> Walk:
    """Take the card, let the last words end, insert the card again."""
    return walk.take_card().time_out().at(Phase.IDLE).revisit()


def test_an_order_parked_after_failed_writes_is_written_at_the_next_visit() -> None:
    walk = come_back(fail_all_writes(Walk().to_writing()))
    proved(walk.at(Phase.PROVING), Verdict.NOT_WRITTEN)
    assert walk.at(Phase.WRITING).wish(WriteCard).order_no == walk.order.order_no


def test_an_order_parked_unsold_is_sold_at_the_next_visit() -> None:
    walk = Walk().to_vending()
    number = walk.order.order_no
    while walk.session.phase is Phase.VENDING:
        walk.feed(ev.VendUnknown(order_no=number))
    come_back(walk.at(Phase.DOUBTFUL))
    assert walk.at(Phase.VENDING).wish(InquireVend).order_no == number
    walk.feed(ev.VendNotSold(order_no=number))
    assert walk.at(Phase.VENDING).wish(RequestVend).order_no == number


def test_a_late_second_approval_starts_no_write_while_the_card_is_in_doubt() -> None:
    walk = fail_all_writes(Walk().to_writing())
    writes = len(walk.wished(WriteCard))
    walk.approve().at(Phase.DOUBTFUL)
    assert len(walk.wished(WriteCard)) == writes


def test_an_approval_of_what_was_never_asked_is_not_obeyed() -> None:
    walk = Walk().to_tender().pay(10_000)
    walk.feed(ev.VendApproved(vend=vend_of(walk.order)), ev.FinishPressed(), ev.AcceptorClosed())
    assert walk.at(Phase.VENDING).kinds() == ["RequestVend"]


def test_a_sale_is_not_asked_for_twice_when_an_old_inquiry_is_answered_late() -> None:
    walk = Walk().to_vending()
    number = walk.order.order_no
    walk.feed(ev.VendUnknown(order_no=number)).time_out()
    come_back(walk.at(Phase.DOUBTFUL)).at(Phase.VENDING)
    walk.feed(ev.VendNotSold(order_no=number))
    assert walk.kinds() == ["RequestVend"]
    walk.feed(ev.VendNotSold(order_no=number))
    assert walk.at(Phase.VENDING).kinds() == []


def test_the_notes_of_a_request_never_change() -> None:
    """Another body under the same number would be refused; a late note goes to suspense."""
    walk = Walk().to_vending(10_000)
    sent = walk.wished(RequestVend)[0].request
    walk.feed(ev.VendRefused(order_no=walk.order.order_no, reason=Reason.ACCOUNT_BLOCKED))
    walk.at(Phase.DOUBTFUL).feed(ev.NoteStacked(note_id="late", value_fen=500))
    assert walk.order.notes == sent.notes
    assert [told.note.note_id for told in walk.told(NoteInSuspense)] == ["late"]


def test_a_note_that_buys_nothing_after_the_arrears_goes_back() -> None:
    for walk in (Walk(), money_walk()):
        walk.account = account_of(walk.card, arrears_fen=6_000)
        walk.to_tender().offer(5_000)
        assert walk.at(Phase.TENDERING).session.notice is Notice.NOTE_TOO_SMALL
        assert walk.kinds() == ["ReturnNote"]
        walk.offer(10_000)
        assert walk.at(Phase.STACKING).kinds() == ["StackNote"]


def test_an_account_whose_arrears_no_note_can_pay_is_told_before_paying() -> None:
    walk = Walk()
    walk.account = account_of(walk.card, arrears_fen=20_000)
    walk.to_account().feed(ev.ContinuePressed(), ev.CashChosen()).at(Phase.REFUSED)
    assert walk.session.cause is Reason.BELOW_MINIMUM


def test_a_note_of_a_denomination_that_was_not_asked_for_goes_back() -> None:
    walk = Walk().to_tender()
    walk.offer(100_000)
    walk.offer(0)
    assert walk.kinds() == ["ReturnNote"]


def test_the_same_end_of_a_note_told_again_after_the_purchase_counts_once() -> None:
    walk = proved(Walk().to_writing().end_write(), Verdict.WRITTEN).at(Phase.DONE)
    (note,) = walk.order.notes
    again = ev.NoteStacked(note_id=note.note_id, value_fen=note.value_fen)
    walk.take_card().time_out().at(Phase.IDLE).feed(again)
    assert walk.told(NoteInSuspense) == []
    assert len(walk.told(NoteTaken)) == 1


def test_a_note_in_suspense_is_told_once() -> None:
    walk = Walk().open_shop()
    for _ in range(2):
        walk.feed(ev.NoteStacked(note_id="stray", value_fen=500))
    assert len(walk.told(NoteInSuspense)) == 1


def next_tender(walk: Walk, card_number: int) -> Walk:
    """The next customer comes to the open slot."""
    walk.card = card_of(card_number)
    walk.insert(walk.card).feed(ev.AccountFound(account=account_of(walk.card)))
    return walk.feed(ev.ContinuePressed(), ev.CashChosen()).at(Phase.TENDERING)


def leave_with_a_note_under_way(walk: Walk) -> str:
    """The acceptor says neither what became of the note nor that it is closed."""
    note_id = walk.offer(5_000)
    walk.at(Phase.STACKING).time_out().at(Phase.CLOSING).time_out().at(Phase.REFUSED)
    walk.take_card().time_out().at(Phase.IDLE)
    return note_id


def test_a_note_of_the_customer_before_does_not_pay_for_the_next_one() -> None:
    walk = Walk().to_tender()
    first = walk.order.order_no
    note_id = leave_with_a_note_under_way(walk)
    next_tender(walk, 2).feed(ev.NoteStacked(note_id=note_id, value_fen=5_000))
    assert walk.order.notes == ()
    (held,) = walk.told(NoteInSuspense)
    assert (held.note.note_id, held.near_order_no, held.certain) == (note_id, first, True)


def test_a_note_counted_for_a_parked_order_is_not_counted_for_the_next_customer() -> None:
    walk = Walk().to_vending(10_000).time_out().at(Phase.DOUBTFUL).take_card().time_out()
    (note_id,) = notes_of(walk.session.parked)
    next_tender(walk, 2).feed(ev.NoteStacked(note_id=note_id, value_fen=10_000))
    assert walk.order.notes == ()
    assert walk.told(NoteInSuspense) == []


def test_no_further_note_is_taken_when_the_card_left_while_one_was_on_its_way() -> None:
    walk = Walk().to_tender()
    note_id = walk.offer(5_000)
    walk.take_card().feed(ev.NoteStacked(note_id=note_id, value_fen=5_000)).at(Phase.CLOSING)
    assert walk.kinds() == ["CloseAcceptor"]
    assert walk.feed(ev.AcceptorClosed()).at(Phase.CARD_BACK).order.paid_fen == 5_000


def test_no_further_note_is_taken_when_the_slot_broke_while_one_was_on_its_way() -> None:
    walk = Walk().to_tender()
    note_id = walk.offer(5_000)
    walk.feed(part(Device.ACCEPTOR, DeviceState.FAULT, fault=ev.Fault.JAM_IN_ACCEPTOR))
    walk.feed(ev.NoteReturned(note_id=note_id, value_fen=5_000)).at(Phase.CLOSING)
    assert walk.feed(ev.AcceptorClosed()).at(Phase.REFUSED).session.cause is Why.CASH_UNAVAILABLE


def test_after_a_restart_the_order_in_hand_is_asked_about_whatever_else_is_pending() -> None:
    walk = Walk().to_tender().pay(10_000).feed(ev.FinishPressed()).time_out().at(Phase.VENDING)
    walk.feed(ev.VendUnknown(order_no=walk.order.order_no)).time_out()
    walk.take_card().time_out().at(Phase.IDLE)
    next_tender(walk, 2).pay(5_000).feed(ev.FinishPressed(), ev.AcceptorClosed())
    walk.at(Phase.VENDING).restart()
    asked = [wish.order_no for wish in walk.wishes if isinstance(wish, InquireVend)]
    assert walk.order.order_no in asked
    assert len(asked) == len(set(asked))


def full_house() -> Walk:
    """One open order, and the site allows no more."""
    walk = Walk(Policy(terminal_no="310042", parked_orders=1)).to_vending()
    return walk.time_out().at(Phase.DOUBTFUL)


def test_hurried_customers_do_not_pass_the_bound_of_open_orders() -> None:
    walk = full_house().insert(card_of(2))
    walk.feed(ev.AccountFound(account=account_of(card_of(2)))).at(Phase.REFUSED)
    assert walk.session.cause is Why.TOO_MANY_OPEN
    assert len(walk.session.parked) == 1


def test_a_machine_full_of_open_orders_still_delivers_them() -> None:
    walk = full_house().take_card().time_out().revisit().at(Phase.VENDING)
    assert walk.wish(InquireVend).order_no == walk.order.order_no


def test_a_card_put_back_while_it_is_proved_is_looked_at() -> None:
    walk = Walk().to_writing().take_card().end_write()
    walk.feed(ev.CardInserted())
    walk.feed(ev.CardProved(order_no=walk.order.order_no, verdict=Verdict.UNKNOWN))
    proved(walk, Verdict.WRITTEN).at(Phase.DONE)


def test_a_resolved_order_leaves_the_machine() -> None:
    """Staff cancelled it: the card must not be locked to it for ever."""
    walk = come_back(Walk().to_vending().time_out()).at(Phase.VENDING)
    walk.feed(ev.VendRefused(order_no=walk.order.order_no, reason=Reason.ORDER_CANCELLED))
    assert walk.at(Phase.REFUSED).session.cause is Reason.ORDER_CANCELLED
    assert walk.take_card().time_out().at(Phase.IDLE).session.parked == ()


def test_parked_orders_are_reported_each_time() -> None:
    walk = fail_all_writes(Walk().to_writing())
    assert [told.sold for told in walk.told(OrderParked)] == [True]
    assert walk.told(OrderParked)[0].paid_fen == walk.order.paid_fen


def test_more_facts_than_expected_do_not_make_the_list_of_open_wishes_grow() -> None:
    walk = Walk().to_tender()
    for _ in range(500):
        walk.offer(100_000)
    assert len(walk.session.pending) <= 200


def test_a_note_offered_again_after_a_restart_is_swallowed_as_decided() -> None:
    walk = Walk().to_tender()
    note_id = walk.offer(5_000)
    walk.restart().at(Phase.CLOSING).feed(ev.NoteEscrowed(note_id=note_id, value_fen=5_000))
    assert walk.wish(StackNote) == StackNote(note_id=note_id, value_fen=5_000)


def test_card_back_without_a_sale_reads_the_card_first() -> None:
    walk = Walk().to_tender().pay(5_000).take_card().feed(ev.AcceptorClosed()).at(Phase.CARD_BACK)
    assert walk.feed(ev.CardInserted()).kinds() == ["ReadCard"]
    walk.feed(ev.CardRead(card=replace(walk.card, serial="F" * 16))).at(Phase.CARD_BACK)
    assert walk.session.cause is Why.CARD_CHANGED
    walk.feed(ev.CardRead(card=walk.card)).at(Phase.VENDING)
    assert walk.kinds() == ["RequestVend"]


def test_a_note_that_was_uncertain_spoils_no_order_when_it_is_stacked_after_all() -> None:
    """The head office refuses an order with a note that it holds as uncertain."""
    walk = Walk().to_tender().pay(10_000)
    note_id = walk.offer(5_000)
    walk.feed(ev.NoteUnknown(note_id=note_id, value_fen=5_000)).at(Phase.CLOSING)
    walk.feed(ev.NoteStacked(note_id=note_id, value_fen=5_000), ev.AcceptorClosed())
    assert walk.order.paid_fen == 10_000
    assert [held.certain for held in walk.told(NoteInSuspense)] == [False, True]


def test_a_note_that_was_uncertain_goes_back_when_it_is_in_escrow_again() -> None:
    walk = Walk().to_tender()
    note_id = walk.offer(5_000)
    walk.feed(ev.NoteUnknown(note_id=note_id, value_fen=5_000)).at(Phase.CLOSING)
    walk.feed(ev.NoteEscrowed(note_id=note_id, value_fen=5_000))
    assert walk.kinds() == ["ReturnNote"]


def test_the_card_before_the_write_is_the_card_as_it_came_back() -> None:
    """The meter may have written to it meanwhile; nothing of ours is on it before the sale."""
    walk = Walk().to_vending()
    sent = walk.wished(RequestVend)[0].request
    walk.feed(ev.VendUnknown(order_no=walk.order.order_no)).time_out().take_card().time_out().at(
        Phase.IDLE
    )
    now = replace(walk.card, digest="f" * 64)
    walk.card = now
    walk.revisit().at(Phase.VENDING).feed(ev.VendNotSold(order_no=walk.order.order_no))
    assert walk.wish(RequestVend).request == sent
    walk.approve().at(Phase.WRITING)
    assert walk.wish(WriteCard).before == now


def test_the_card_before_the_write_stays_what_it_was_once_a_write_may_have_begun() -> None:
    walk = come_back(fail_all_writes(Walk().to_writing()))
    assert walk.at(Phase.PROVING).order.card == card_of()
    walk = fail_all_writes(Walk().to_writing()).take_card().time_out()
    walk.card = replace(walk.card, digest="f" * 64)
    walk.revisit().at(Phase.PROVING)
    assert walk.order.card == card_of()
