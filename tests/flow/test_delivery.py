"""After the money: the sale in doubt, the card that left, the slip that did not come."""

import pytest
from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow.command import AskSeals, ContinueWrite, InquireVend, PrintSlip, ProveCard, WriteCard
from kiosk.flow.event import Fault
from kiosk.flow.phase import Notice, Phase, Why
from kiosk.flow.screen import GOODBYE_S, screen, timeout_s
from tests.flow.world import Walk, card_of, notes_of, seal_request, vend_of
from vending.card import SealAnswer, SealStage, Verdict
from vending.messages import OrderParked, Reason, VendConfirmed


def proved(walk: Walk, verdict: Verdict) -> Walk:
    return walk.feed(ev.CardProved(order_no=walk.order.order_no, verdict=verdict, card=walk.card))


def silent(walk: Walk) -> Walk:
    return walk.feed(ev.VendUnknown(order_no=walk.order.order_no))


def delivered() -> Walk:
    return proved(Walk().to_writing().end_write(), Verdict.WRITTEN).at(Phase.DONE)


# -- the head office -----------------------------------------------------------------------------


def test_an_office_that_goes_silent_after_the_notes_is_asked_with_rising_pauses() -> None:
    walk = Walk().to_vending()
    pauses = []
    for _ in range(walk.session.policy.inquiries):
        pauses.append(silent(walk).at(Phase.VENDING).wish(InquireVend).after_s)
        assert walk.session.notice is Notice.ASKING_AGAIN
    assert pauses == [3, 6, 12, 24]
    silent(walk).at(Phase.DOUBTFUL)
    (parked,) = walk.told(OrderParked)
    assert (parked.sold, parked.paid_fen, parked.why) == (False, 10_000, Why.SALE_UNKNOWN)
    assert walk.wish(PrintSlip).slip.reason == Why.SALE_UNKNOWN
    walk.take_card().time_out().at(Phase.IDLE)
    assert notes_of(walk.session.parked) == ["boot-1"]


def test_an_answer_that_comes_while_the_customer_still_stands_there_is_delivered() -> None:
    walk = Walk().to_vending().time_out().at(Phase.DOUBTFUL).approve().at(Phase.WRITING)
    proved(walk.end_write(), Verdict.WRITTEN).at(Phase.DONE)
    assert walk.wish(PrintSlip).slip.reason is None


def test_an_answer_that_comes_when_the_card_is_out_waits_for_it() -> None:
    walk = Walk().to_vending().time_out().take_card().approve().at(Phase.DOUBTFUL)
    walk.time_out().at(Phase.IDLE).revisit().at(Phase.PROVING)
    assert walk.session.notice is Notice.RESUMED
    proved(walk, Verdict.NOT_WRITTEN).at(Phase.WRITING)


def test_an_answer_that_comes_after_the_customer_left_waits_for_the_card() -> None:
    walk = Walk().to_vending()
    vend = vend_of(walk.order)
    walk.time_out().take_card().time_out().at(Phase.IDLE).feed(ev.VendApproved(vend=vend))
    assert walk.session.parked[0].vend == vend
    walk.revisit().at(Phase.PROVING)
    assert walk.wish(ProveCard).vend == vend


def test_a_definite_no_is_said_and_the_order_stays_open() -> None:
    walk = Walk().to_vending()
    walk.feed(ev.VendRefused(order_no=walk.order.order_no, reason=Reason.ACCOUNT_BLOCKED))
    assert walk.at(Phase.DOUBTFUL).session.cause is Reason.ACCOUNT_BLOCKED
    assert walk.order.refused is Reason.ACCOUNT_BLOCKED
    assert walk.told(OrderParked)[0].why == Reason.ACCOUNT_BLOCKED


def test_an_answer_about_another_order_changes_nothing_here() -> None:
    walk = Walk().to_vending()
    other = replace(vend_of(walk.order), order_no="3100422601020000170")
    before = walk.session
    walk.feed(
        ev.VendApproved(vend=other),
        ev.VendRefused(order_no=other.order_no, reason=Reason.OVERSTOCK),
        ev.VendNotSold(order_no=other.order_no),
        ev.VendUnknown(order_no=other.order_no),
    )
    assert walk.session == before


# -- writing -------------------------------------------------------------------------------------


def test_the_card_talks_to_the_head_office_through_the_flow() -> None:
    walk = Walk().to_writing()
    request, answer = seal_request(walk.order), SealAnswer(stage=SealStage.AUTHENTICATE)
    assert walk.feed(ev.SealsWanted(request=request)).wish(AskSeals).request == request
    walk.feed(ev.SealsGiven(order_no=walk.order.order_no, answer=answer)).at(Phase.WRITING)
    assert walk.wish(ContinueWrite).answer == answer


def test_without_seals_the_write_is_given_up_and_the_card_read_back() -> None:
    walk = Walk().to_writing()
    number = walk.order.order_no
    walk.feed(ev.SealsWanted(request=seal_request(walk.order)))
    assert walk.feed(ev.SealsFailed(order_no=number)).kinds() == ["AbortWrite"]
    assert walk.end_write().kinds() == ["ProveCard"]


def test_a_write_is_tried_a_bounded_number_of_times() -> None:
    walk = Walk().to_writing()
    for verdict in (Verdict.TORN, Verdict.NOT_WRITTEN):
        proved(walk.end_write(), verdict).at(Phase.WRITING)
        assert walk.session.notice is Notice.WRITING_AGAIN
    proved(walk.end_write(), Verdict.TORN).at(Phase.DOUBTFUL)
    assert len(walk.wished(WriteCard)) == walk.session.policy.write_attempts
    assert walk.told(OrderParked)[0].verdict is Verdict.TORN


def test_a_card_pulled_while_writing_is_asked_for_and_looked_at() -> None:
    walk = Walk().to_writing().take_card().end_write()
    proved(walk, Verdict.UNKNOWN).at(Phase.CARD_BACK)
    assert walk.session.cause is Why.CARD_GONE
    assert walk.feed(ev.CardInserted()).at(Phase.PROVING).kinds() == ["ProveCard"]
    proved(walk, Verdict.TORN).at(Phase.WRITING)
    proved(walk.end_write(), Verdict.WRITTEN).at(Phase.DONE)


def test_a_mute_write_and_a_mute_proof_end_in_doubt() -> None:
    walk = Walk().to_writing().time_out().at(Phase.PROVING).time_out().at(Phase.DOUBTFUL)
    assert walk.session.cause is Why.CARD_DOUBTFUL
    assert walk.told(OrderParked)[0].sold


def test_another_card_gets_nothing() -> None:
    walk = Walk().to_writing().end_write()
    number, other = walk.order.order_no, card_of(2)
    walk.feed(ev.CardProved(order_no=number, verdict=Verdict.FOREIGN, card=other))
    assert walk.at(Phase.CARD_BACK).session.cause is Why.CARD_CHANGED
    assert walk.time_out().at(Phase.DOUBTFUL).session.cause is Why.CARD_CHANGED


def test_counts_that_our_write_cannot_explain_need_a_person() -> None:
    walk = proved(Walk().to_writing().end_write(), Verdict.FOREIGN).at(Phase.DOUBTFUL)
    assert walk.session.cause is Why.CARD_DOUBTFUL


def test_a_card_that_never_comes_back_is_waited_for_at_its_next_visit() -> None:
    walk = Walk().to_vending().take_card().approve().at(Phase.CARD_BACK)
    walk.time_out().at(Phase.DOUBTFUL).time_out().at(Phase.IDLE)
    walk.insert(card_of(2)).at(Phase.LOOKING_UP).take_card()
    proved(walk.revisit().at(Phase.PROVING), Verdict.LOADED).at(Phase.DONE)
    assert walk.told(VendConfirmed)[0].verdict is Verdict.LOADED


# -- the slip and the last words -----------------------------------------------------------------


@pytest.mark.parametrize("number", ["clearing-1", "test", "3100022511280000014"])
def test_the_word_about_another_paper_says_nothing_about_this_slip(number: str) -> None:
    """The figures of a clearing, or the slip of the customer before, may come out this late."""
    walk = delivered()
    for fact in (
        ev.SlipPrinted(order_no=number),
        ev.SlipFailed(order_no=number, fault=Fault.PAPER_OUT),
    ):
        walk.feed(fact).at(Phase.DONE)
        assert (walk.session.printing, walk.session.slip_failed) == (True, False)
        assert walk.session.notice is None


def test_without_paper_the_screen_is_the_slip() -> None:
    walk = delivered()
    walk.feed(ev.SlipFailed(order_no=walk.order.order_no, fault=Fault.PAPER_OUT)).at(Phase.DONE)
    outcome = screen(walk.session).outcome
    assert outcome
    assert (outcome.slip_failed, outcome.printing, outcome.sold) == (True, False, True)
    assert outcome.order_no == walk.order.order_no
    assert walk.session.notice is Notice.NO_SLIP


def test_a_forgotten_card_keeps_the_last_words() -> None:
    walk = delivered().time_out().at(Phase.DONE).take_card()
    assert timeout_s(walk.session) == GOODBYE_S
    walk.time_out().at(Phase.IDLE)


def test_the_next_customer_need_not_wait() -> None:
    walk = delivered().take_card().feed(ev.CardInserted()).at(Phase.READING)
    assert walk.session.order is None
    assert walk.kinds() == ["ReadCard"]


# -- starting again ------------------------------------------------------------------------------

UNASKED = {"StackNote", "ReturnNote", "RequestVend", "WriteCard", "OpenAcceptor", "PrintSlip"}


def paying() -> Walk:
    return Walk().to_tender().pay(10_000)


def stacking() -> Walk:
    walk = paying()
    walk.offer(5_000)
    return walk.at(Phase.STACKING)


def card_back() -> Walk:
    return Walk().to_vending().take_card().approve()


def doubtful() -> Walk:
    return Walk().to_vending().time_out()


AFTER_A_RESTART = [
    (Walk, Phase.OUT_OF_SERVICE, []),
    (lambda: Walk().open_shop(), Phase.OUT_OF_SERVICE, []),
    (lambda: Walk().open_shop().feed(ev.CardInserted()), Phase.OUT_OF_SERVICE, []),
    (lambda: Walk().open_shop().insert(), Phase.OUT_OF_SERVICE, []),
    (lambda: Walk().to_account(), Phase.OUT_OF_SERVICE, []),
    (lambda: Walk().to_account().feed(ev.ContinuePressed()), Phase.OUT_OF_SERVICE, []),
    (lambda: Walk().to_tender(), Phase.CLOSING, ["CloseAcceptor"]),
    (paying, Phase.CLOSING, ["CloseAcceptor"]),
    (stacking, Phase.CLOSING, ["AskNote", "CloseAcceptor"]),
    (lambda: paying().feed(ev.FinishPressed()), Phase.CLOSING, ["CloseAcceptor"]),
    (lambda: Walk().to_vending(), Phase.VENDING, ["InquireVend"]),
    (lambda: silent(Walk().to_vending()), Phase.VENDING, ["InquireVend"]),
    (lambda: Walk().to_writing(), Phase.CARD_BACK, []),
    (lambda: Walk().to_writing().end_write(), Phase.CARD_BACK, []),
    (card_back, Phase.CARD_BACK, []),
    (delivered, Phase.OUT_OF_SERVICE, []),
    (doubtful, Phase.OUT_OF_SERVICE, ["InquireVend"]),
]


@pytest.mark.parametrize(("make", "phase", "asked"), AFTER_A_RESTART)
def test_starting_again_asks_and_repeats_nothing(
    make: type[Walk], phase: Phase, asked: list[str]
) -> None:
    walk = make()
    for _ in range(2):
        walk.restart().at(phase)
        assert walk.kinds() == asked
        assert not UNASKED & set(walk.kinds())


def test_a_note_stacked_while_the_power_was_out_counts() -> None:
    walk = stacking().restart()
    walk.feed(ev.NoteStacked(note_id="boot-2", value_fen=5_000), ev.AcceptorClosed())
    assert walk.at(Phase.CARD_BACK).order.paid_fen == 15_000


def test_a_write_cut_off_by_a_power_cut_is_finished_when_the_card_is_found() -> None:
    walk = Walk().to_writing().restart().feed(ev.CardInserted()).at(Phase.PROVING)
    proved(proved(walk, Verdict.TORN).at(Phase.WRITING).end_write(), Verdict.WRITTEN)
    assert len(walk.at(Phase.DONE).told(VendConfirmed)) == 1


def test_a_sale_answered_after_a_power_cut_is_not_asked_for_again() -> None:
    walk = Walk().to_vending().restart().feed(ev.CardInserted()).approve().at(Phase.WRITING)
    assert walk.order.vend


def test_an_order_in_doubt_survives_a_restart() -> None:
    walk = doubtful().restart()
    assert [order.paid_fen for order in walk.session.parked] == [10_000]
    walk.open_shop().revisit().at(Phase.VENDING)
    assert walk.kinds() == ["InquireVend"]


@pytest.mark.parametrize("make", [make for make, _, _ in AFTER_A_RESTART])
def test_the_language_changes_nothing_else(make: type[Walk]) -> None:
    walk = make()
    before = walk.session
    walk.feed(ev.LanguageChosen(language="en"))
    assert walk.session == replace(before, language="en", round=walk.session.round)
    assert screen(walk.session).language == "en"


def test_a_new_language_gives_people_more_time_and_devices_none() -> None:
    for walk, more in ((Walk().to_account(), 1), (Walk().to_vending(), 0)):
        before = walk.session.round
        walk.feed(ev.LanguageChosen(language="en"))
        assert walk.session.round == before + more
