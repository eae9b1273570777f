"""Self-tests, resets, a restart and an export: what each sees, how each ends, what is told."""

from typing import Any

import pytest

from kiosk.cashbox.box import CashBox, Stage
from kiosk.cashbox.count import figures
from kiosk.flow import command as wish
from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.device import SELF_TESTS, CardFault, Device, DeviceState, Fault, SelfTest
from kiosk.flow.event import Event
from kiosk.flow.phase import Phase
from kiosk.flow.screen import screen
from tests.flow.staff_walk import deeds, run_of, signed_in, under_test
from tests.flow.world import POLICY, Walk, card_of, part
from vending.messages import NoteInSuspense
from vending.rights import Role

NOTE: dict[str, Any] = {"note_id": "t-1", "value_fen": 5_000}
JAM = part(Device.ACCEPTOR, DeviceState.FAULT, Fault.JAM_IN_ACCEPTOR)


# -- notes ---------------------------------------------------------------------------------------


def test_a_note_goes_into_escrow_and_back() -> None:
    walk = under_test(SelfTest.NOTE)
    assert walk.wish(wish.OpenAcceptor).values_fen == POLICY.note_values_fen
    walk.feed(ev.NoteEscrowed(**NOTE))
    assert walk.wish(wish.ReturnNote).note_id == "t-1"
    walk.feed(ev.NoteReturned(**NOTE)).at(Phase.TESTING)
    assert walk.kinds() == ["CloseAcceptor"]
    walk.feed(ev.AcceptorClosed()).at(Phase.STAFF)
    assert (run_of(walk).passed, run_of(walk).detail) == (True, "returned")
    assert deeds(walk) == [("wang", "tested", "note passed returned")]


def test_a_note_that_is_stacked_all_the_same_is_counted_and_the_test_has_failed() -> None:
    walk = under_test(SelfTest.NOTE).feed(ev.NoteEscrowed(**NOTE), ev.NoteStacked(**NOTE))
    assert walk.kinds() == ["CloseAcceptor"]
    walk.feed(ev.NoteStacked(**NOTE), ev.AcceptorClosed()).at(Phase.STAFF)
    (told,) = walk.told(NoteInSuspense)
    assert (told.note.note_id, told.certain, told.near_order_no) == ("t-1", True, None)
    assert figures(walk.session.cash.period).loose_fen == 5_000
    assert (run_of(walk).passed, run_of(walk).detail) == (False, "stacked")


def test_a_note_that_vanishes_is_told_as_uncertain() -> None:
    walk = under_test(SelfTest.NOTE).feed(ev.NoteEscrowed(**NOTE), ev.NoteUnknown(**NOTE))
    (told,) = walk.told(NoteInSuspense)
    assert not told.certain
    assert run_of(walk).detail == "unknown"


def test_a_second_note_goes_back_too() -> None:
    walk = under_test(SelfTest.NOTE).feed(ev.NoteEscrowed(**NOTE), ev.NoteReturned(**NOTE))
    walk.feed(ev.NoteEscrowed(note_id="t-2", value_fen=500)).at(Phase.TESTING)
    assert walk.wish(wish.ReturnNote).note_id == "t-2"
    walk.feed(ev.AcceptorClosed(), ev.NoteEscrowed(note_id="t-3", value_fen=500)).at(Phase.STAFF)
    assert walk.wish(wish.ReturnNote).note_id == "t-3"


def test_a_rejected_note_may_be_tried_again() -> None:
    walk = under_test(SelfTest.NOTE).feed(ev.NoteRejected(cause=ev.RejectCause.UNRECOGNISED))
    assert run_of(walk.at(Phase.TESTING)).passed is None


@pytest.mark.parametrize(
    ("ending", "detail"),
    [(staff_event.SelfTestStopped(), "stopped"), (JAM, "jam-in-acceptor")],
)
def test_whatever_ends_it_the_slot_is_closed_first(ending: Event, detail: str) -> None:
    walk = under_test(SelfTest.NOTE).feed(ending).at(Phase.TESTING)
    assert walk.kinds() == ["CloseAcceptor"]
    walk.feed(ev.AcceptorClosed()).at(Phase.STAFF)
    assert (run_of(walk).passed, run_of(walk).detail) == (False, detail)


def test_time_ends_a_test_of_notes_and_then_the_wait_for_the_acceptor() -> None:
    walk = under_test(SelfTest.NOTE).time_out().at(Phase.TESTING)
    assert walk.kinds() == ["CloseAcceptor"]
    assert run_of(walk).detail == "timed-out"
    walk.time_out().at(Phase.STAFF)


def test_an_answer_to_an_earlier_wish_does_not_end_a_test_of_notes() -> None:
    walk = under_test(SelfTest.NOTE).feed(ev.AcceptorClosed()).at(Phase.TESTING)
    assert run_of(walk).passed is None


def test_no_note_is_let_in_while_the_box_is_being_changed() -> None:
    walk = signed_in()
    walk.session = walk.session.but(cash=CashBox(stage=Stage.CLEARING, operator="wang"))
    walk.feed(staff_event.SelfTestStarted(test=SelfTest.NOTE)).at(Phase.STAFF)
    assert (walk.wishes, walk.session.care.test) == ((), None)


def test_a_restart_in_the_middle_asks_about_the_note_and_closes_the_slot() -> None:
    walk = under_test(SelfTest.NOTE).feed(ev.NoteEscrowed(**NOTE)).restart().at(Phase.TESTING)
    assert walk.kinds() == ["AskNote", "CloseAcceptor"]
    assert walk.wish(wish.AskNote).returning
    assert walk.session.staff is None
    assert deeds(walk) == [("wang", "tested", "note failed restarted")]
    walk.feed(ev.NoteEscrowed(**NOTE))
    assert walk.wish(wish.ReturnNote).note_id == "t-1"
    walk.feed(ev.NoteReturned(**NOTE), ev.AcceptorClosed()).at(Phase.OUT_OF_SERVICE)
    walk.open_parts().at(Phase.IDLE)


# -- the other devices ---------------------------------------------------------------------------


def test_a_slip_is_printed() -> None:
    walk = under_test(SelfTest.SLIP)
    assert walk.wish(wish.PrintPaper).paper.number == "test"
    walk.feed(ev.SlipPrinted(order_no="another")).at(Phase.TESTING)
    walk.feed(ev.SlipPrinted(order_no="test")).at(Phase.STAFF)
    assert run_of(walk).passed


def test_a_slip_that_fails_says_why() -> None:
    walk = under_test(SelfTest.SLIP).feed(ev.SlipFailed(order_no="test", fault=Fault.CUTTER))
    assert (run_of(walk).passed, run_of(walk).detail) == (False, "cutter")


def test_a_card_is_read_and_nothing_of_it_is_kept() -> None:
    walk = under_test(SelfTest.CARD).feed(ev.CardInserted())
    assert walk.kinds() == ["ReadCard"]
    walk.feed(ev.CardRead(card=card_of(7))).at(Phase.STAFF)
    assert walk.kinds() == ["ReleaseCard"]
    assert run_of(walk).detail == "sg-user-energy"
    assert walk.session.card is None
    assert walk.session.account is None


def test_a_card_that_is_in_the_slot_is_read_at_once() -> None:
    walk = signed_in(policy=POLICY)
    walk.session = walk.session.but(card_present=True)
    walk.feed(staff_event.SelfTestStarted(test=SelfTest.CARD))
    assert walk.kinds() == ["ReadCard"]


def test_a_card_that_cannot_be_read_fails_the_test() -> None:
    walk = under_test(SelfTest.CARD).feed(
        ev.CardInserted(), ev.CardUnreadable(fault=CardFault.MUTE, serial="0102")
    )
    assert (run_of(walk).passed, run_of(walk).detail) == (False, "mute")


@pytest.mark.parametrize(
    ("tried", "passed", "detail"),
    [
        (staff_event.OfficeTried(answered=True, took_ms=184), True, "184 ms"),
        (staff_event.OfficeTried(answered=False, took_ms=0), False, "no-answer"),
    ],
)
def test_the_line_is_tried(tried: Event, passed: bool, detail: str) -> None:
    walk = under_test(SelfTest.OFFICE)
    assert walk.kinds() == ["TryOffice"]
    lost = part(Device.HEAD_OFFICE, DeviceState.OFFLINE, Fault.NO_ANSWER)
    walk.feed(lost).at(Phase.TESTING).feed(tried).at(Phase.STAFF)
    assert (run_of(walk).passed, run_of(walk).detail) == (passed, detail)


def test_the_line_may_be_tried_while_it_is_down() -> None:
    lost = part(Device.HEAD_OFFICE, DeviceState.OFFLINE, Fault.NO_ANSWER)
    assert under_test(SelfTest.OFFICE, lost).kinds() == ["TryOffice"]


def test_a_code_is_scanned_and_not_kept() -> None:
    walk = under_test(SelfTest.SCAN).feed(ev.CodeScanned(text="1000200030")).at(Phase.STAFF)
    assert run_of(walk).passed
    assert "1000200030" not in str(walk.session.care) + str(deeds(walk))


@pytest.mark.parametrize("test", sorted(set(SelfTest) - {SelfTest.OFFICE}))
def test_a_device_that_says_that_it_is_broken_has_failed_at_once(test: SelfTest) -> None:
    device = SELF_TESTS[test]
    walk = signed_in().feed(part(device, DeviceState.FAULT, Fault.HARDWARE))
    walk.feed(staff_event.SelfTestStarted(test=test)).at(Phase.STAFF)
    assert (run_of(walk).passed, run_of(walk).detail) == (False, "hardware")
    assert walk.kinds() == []


@pytest.mark.parametrize("test", [SelfTest.SLIP, SelfTest.CARD, SelfTest.SCAN])
def test_a_device_that_vanishes_in_its_test_has_failed(test: SelfTest) -> None:
    walk = under_test(test).feed(part(SELF_TESTS[test], DeviceState.OFFLINE)).at(Phase.STAFF)
    assert (run_of(walk).passed, run_of(walk).detail) == (False, "offline")


def test_another_device_that_breaks_does_not_end_a_test() -> None:
    walk = under_test(SelfTest.SLIP).feed(JAM).at(Phase.TESTING)
    assert run_of(walk).passed is None


@pytest.mark.parametrize("test", sorted(set(SelfTest) - {SelfTest.NOTE}))
def test_time_ends_every_other_test_at_once(test: SelfTest) -> None:
    walk = under_test(test).time_out().at(Phase.STAFF)
    assert (run_of(walk).passed, run_of(walk).detail) == (False, "timed-out")


@pytest.mark.parametrize("test", SelfTest)
def test_no_test_survives_a_restart(test: SelfTest) -> None:
    walk = under_test(test).restart()
    assert walk.wished(wish.CloseAcceptor)
    assert run_of(walk).passed is False
    walk.feed(ev.AcceptorClosed()).at(Phase.OUT_OF_SERVICE)


def test_a_machine_without_a_scanner_offers_no_test_of_one() -> None:
    walk = Walk().open_shop().feed(staff_event.StaffCalled())
    walk.feed(staff_event.StaffSignedIn(staff="wang", role=Role.SUPERVISOR))
    walk.feed(staff_event.SelfTestStarted(test=SelfTest.SCAN)).at(Phase.STAFF)
    assert walk.session.care.test is None
    view = screen(walk.session).staff
    assert view
    assert Device.SCANNER not in {device.device for device in view.devices}


def test_somebody_who_stirs_has_more_time() -> None:
    walk = under_test(SelfTest.CARD)
    before = walk.session.round
    walk.feed(staff_event.StaffStirred()).at(Phase.TESTING)
    assert walk.session.round == before + 1


def test_a_result_is_gone_at_the_next_visit() -> None:
    walk = under_test(SelfTest.SLIP).feed(ev.SlipPrinted(order_no="test"), staff_event.StaffLeft())
    walk.feed(staff_event.StaffCalled())
    assert walk.session.care.test is None


# -- starting anew, exporting --------------------------------------------------------------------


def test_a_device_is_started_anew() -> None:
    walk = signed_in().feed(staff_event.ResetWanted(device=Device.PRINTER))
    assert walk.wish(wish.ResetDevice).device is Device.PRINTER
    assert deeds(walk) == [("wang", "reset", "printer")]


def test_the_line_cannot_be_started_anew_nor_what_is_not_there() -> None:
    walk = signed_in().feed(staff_event.ResetWanted(device=Device.HEAD_OFFICE))
    walk.session = walk.session.but(parts={})
    walk.feed(staff_event.ResetWanted(device=Device.SCANNER))
    assert not walk.wished(wish.ResetDevice)


def test_the_program_is_started_anew() -> None:
    walk = signed_in().feed(staff_event.RestartWanted())
    assert walk.kinds() == ["RestartProgram"]
    assert deeds(walk) == [("wang", "restarted", "")]
    walk.restart().at(Phase.OUT_OF_SERVICE)
    assert walk.kinds() == []


def test_not_in_the_middle_of_a_clearing_or_a_test() -> None:
    clearing = signed_in()
    clearing.session = clearing.session.but(cash=CashBox(stage=Stage.TAKEN, operator="wang"))
    for walk in (clearing, under_test(SelfTest.NOTE), under_test(SelfTest.CARD)):
        walk.feed(staff_event.RestartWanted())
        assert not walk.wished(wish.RestartProgram)


def test_an_export_is_told_of_whoever_wanted_it_not_of_who_is_there_at_its_end() -> None:
    walk = signed_in().feed(staff_event.StaffLeft(), staff_event.StaffCalled())
    walk.feed(staff_event.StaffSignedIn(staff="li", role=Role.OPERATOR))
    walk.feed(staff_event.Exported(file="kiosk-310042.zip", staff="wang"))
    assert deeds(walk) == [("wang", "exported", "kiosk-310042.zip")]


def test_an_export_is_told_also_when_it_outlasts_the_visit() -> None:
    walk = signed_in().feed(staff_event.Exported(file="kiosk-310042.zip")).at(Phase.STAFF)
    walk.feed(staff_event.StaffLeft(), staff_event.Exported(file="", trouble="stick-full"))
    assert deeds(walk.at(Phase.IDLE)) == [
        ("wang", "exported", "kiosk-310042.zip"),
        ("", "exported", "stick-full"),
    ]
