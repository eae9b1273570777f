"""The box's sensor, notes that come late, and whose period they are."""

import pytest

from kiosk.cashbox.box import Stage
from kiosk.cashbox.clearing import OPENINGS_KEPT
from kiosk.cashbox.count import figures
from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.command import OpenAcceptor
from kiosk.flow.deeds import Deed
from kiosk.flow.event import Device, DeviceState, Event, Fault
from kiosk.flow.phase import Phase, Why
from tests.flow.cashier import (
    ACCEPTOR_DEAD,
    ACCEPTOR_STARTS,
    BOX_IN,
    BOX_OUT,
    Cashier,
)
from tests.flow.world import part
from vending.card import Verdict
from vending.cash import CashReport, PeriodFrozen
from vending.messages import NoteInSuspense
from vending.rights import Role

# -- the box -------------------------------------------------------------------------------------


def test_a_box_that_goes_out_unannounced_freezes_the_figures_and_shuts_the_machine() -> None:
    walk = Cashier()
    walk.buy(10_000)
    walk.feed(BOX_OUT).at(Phase.OUT_OF_SERVICE)
    assert walk.session.cause is Why.BOX_DISTURBED
    (frozen,) = walk.told(PeriodFrozen)
    assert (frozen.period_no, frozen.at_ms, frozen.staff) == (1, walk.at_ms, "")
    assert frozen.figures.expected_fen == 10_000
    assert walk.unannounced() == 1
    walk.feed(BOX_IN).at(Phase.OUT_OF_SERVICE)
    assert walk.session.cause is Why.BOX_DISTURBED
    walk.feed(BOX_OUT)
    assert (walk.unannounced(), len(walk.told(PeriodFrozen))) == (2, 1)


def test_a_sensor_with_a_loose_contact_does_not_flood_the_head_office() -> None:
    walk = Cashier().feed(*(BOX_OUT, BOX_IN) * 100)
    assert walk.unannounced() == len(walk.session.cash.period.openings) == OPENINGS_KEPT
    assert len(walk.told(PeriodFrozen)) == 1


def test_an_operator_takes_up_a_box_that_was_disturbed() -> None:
    walk = Cashier()
    walk.buy(10_000)
    walk.feed(BOX_OUT, BOX_IN).sign_in()
    assert (walk.view.may_start, walk.view.may_end) == (True, False)
    walk.end()
    assert not walk.told(CashReport)
    walk.start()
    assert (walk.view.may_cancel, walk.view.may_end) == (False, True)
    walk.swap().end()
    (report,) = walk.told(CashReport)
    assert [opening.announced for opening in report.openings] == [False, True]
    assert walk.unannounced() == 1
    assert walk.deeds()[0] == ("wang", Deed.CLEARING_TAKEN_UP, "")
    walk.leave().at(Phase.IDLE)


def test_a_disturbed_box_stays_disturbed_over_a_power_cut() -> None:
    walk = Cashier().feed(BOX_OUT)
    walk.plug_in().at(Phase.OUT_OF_SERVICE)
    assert walk.session.cause is Why.BOX_DISTURBED
    assert walk.unannounced() == 1


def test_a_box_that_is_out_when_the_program_starts_was_never_announced() -> None:
    walk = Cashier().plug_in(BOX_OUT)
    assert walk.unannounced() == 1


def test_staff_at_the_page_who_open_the_box_without_a_word_are_named() -> None:
    walk = Cashier().sign_in(Role.MAINTENANCE).feed(BOX_OUT)
    (frozen,) = walk.told(PeriodFrozen)
    assert frozen.staff == "wang"
    assert walk.unannounced() == 1


def test_a_customer_in_front_of_a_disturbed_box_is_finished_and_gets_no_further_note_in() -> None:
    walk = Cashier()
    number = walk.tender(5_000)
    walk.feed(BOX_OUT).at(Phase.CLOSING).feed(BOX_IN, ev.AcceptorClosed()).at(Phase.VENDING)
    walk.approve().end_write()
    walk.feed(ev.CardProved(order_no=number, verdict=Verdict.WRITTEN)).at(Phase.DONE)
    walk.take_card().time_out().at(Phase.OUT_OF_SERVICE)
    assert walk.session.cause is Why.BOX_DISTURBED
    (energy,) = figures(walk.session.cash.period).sums
    assert (energy.paid_fen, energy.completed_fen) == (5_000, 5_000)


def test_a_customer_who_reads_while_the_box_goes_out_and_in_does_not_pay() -> None:
    walk = Cashier()
    walk.insert().feed(BOX_OUT, BOX_IN, ev.AccountFound(account=walk.account))
    walk.at(Phase.REFUSED)
    assert walk.session.cause is Why.CASH_UNAVAILABLE
    assert OpenAcceptor not in map(type, walk.history)


@pytest.mark.parametrize(
    "fact",
    [
        ACCEPTOR_STARTS,
        ACCEPTOR_DEAD,
        part(Device.ACCEPTOR, DeviceState.FAULT, Fault.JAM_IN_STACKER),
        part(Device.PRINTER),
    ],
)
def test_what_says_nothing_about_the_box_puts_none_in(fact: Event) -> None:
    walk = Cashier().sign_in().start().feed(BOX_OUT, fact)
    assert walk.session.cash.stage is Stage.TAKEN


@pytest.mark.parametrize(
    "fact",
    [
        BOX_IN,
        part(Device.ACCEPTOR, DeviceState.LOW),
        part(Device.ACCEPTOR, DeviceState.FAULT, Fault.BOX_FULL),
        part(Device.ACCEPTOR, DeviceState.FAULT, Fault.PAUSED),
    ],
)
def test_what_shows_that_a_box_is_in_ends_the_waiting(fact: Event) -> None:
    walk = Cashier().sign_in().start().feed(BOX_OUT, fact)
    assert walk.session.cash.stage is Stage.REPLACED


def test_a_dead_acceptor_cannot_keep_the_period_open() -> None:
    walk = Cashier().feed(ACCEPTOR_DEAD)
    walk.sign_in().start()
    assert walk.view.may_end
    walk.end()
    (report,) = walk.told(CashReport)
    assert report.openings == ()
    walk.leave().at(Phase.OUT_OF_SERVICE)
    assert walk.session.cause is Why.ACCEPTOR_DOWN


def test_an_acceptor_that_starts_will_soon_tell() -> None:
    walk = Cashier().sign_in().start().feed(ACCEPTOR_STARTS)
    assert not walk.view.may_end


# -- late notes ----------------------------------------------------------------------------------

STAGES: dict[Stage, tuple[Event, ...]] = {
    Stage.OPEN: (),
    Stage.CLEARING: (staff_event.ClearingStarted(),),
    Stage.TAKEN: (staff_event.ClearingStarted(), BOX_OUT),
    Stage.REPLACED: (staff_event.ClearingStarted(), BOX_OUT, BOX_IN),
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_late_note_belongs_to_the_period_that_is_open_when_it_is_told(stage: Stage) -> None:
    walk = Cashier().sign_in().feed(*STAGES[stage])
    assert walk.session.cash.stage is stage
    late = ev.NoteStacked(note_id="late", value_fen=5_000)
    walk.feed(late, late)
    assert figures(walk.session.cash.period).expected_fen == 5_000
    assert len(walk.told(NoteInSuspense)) == 1
    walk.leave().sign_in().feed(*STAGES[Stage.REPLACED]).feed(staff_event.ClearingEnded())
    (report,) = walk.told(CashReport)
    assert report.figures.loose_fen == report.figures.expected_fen == 5_000
    assert not report.figures.sums
    walk.feed(late)
    assert not figures(walk.session.cash.period).counts


def test_a_note_that_comes_after_the_end_is_the_next_periods() -> None:
    walk = Cashier().clear()
    walk.feed(ev.NoteStacked(note_id="late", value_fen=5_000))
    assert figures(walk.session.cash.period).expected_fen == 5_000
    assert walk.told(CashReport)[0].figures.expected_fen == 0


def test_an_uncertain_note_that_turns_up_in_the_next_period_is_counted_there() -> None:
    walk = Cashier()
    walk.feed(ev.NoteUnknown(note_id="lost", value_fen=5_000))
    walk.clear()
    (report,) = walk.told(CashReport)
    assert (report.figures.expected_fen, report.figures.uncertain_fen) == (0, 5_000)
    walk.feed(ev.NoteStacked(note_id="lost", value_fen=5_000))
    now = figures(walk.session.cash.period)
    assert (now.expected_fen, now.uncertain_fen) == (5_000, 0)
