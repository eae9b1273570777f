"""Somebody of the staff at the machine, for the walks of several tests."""

from collections.abc import Callable

from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.care import SelfTestRun
from kiosk.flow.device import Device, SelfTest
from kiosk.flow.phase import Phase
from kiosk.flow.policy import Policy
from tests.flow.world import POLICY, Walk, part
from vending.cash import StaffDeed
from vending.rights import Role
from vending.staff import Action


def signed_in(role: Role = Role.SUPERVISOR, policy: Policy = POLICY) -> Walk:
    """All parts of the machine are well, one of the staff has signed in."""
    walk = Walk(policy).open_shop().feed(part(Device.SCANNER))
    walk.feed(staff_event.StaffCalled(), staff_event.StaffSignedIn(staff="wang", role=role))
    return walk.at(Phase.STAFF)


def under_test(test: SelfTest, *before: ev.Event) -> Walk:
    """A self-test is under way."""
    walk = signed_in().feed(*before, staff_event.SelfTestStarted(test=test))
    return walk.at(Phase.TESTING)


def run_of(walk: Walk) -> SelfTestRun:
    assert walk.session.care.test
    return walk.session.care.test


def deeds(walk: Walk) -> list[tuple[str, str, str]]:
    """Who did what, as the head office was told."""
    return [(deed.staff, deed.what, deed.detail) for deed in walk.told(StaffDeed)]


STAFF_FACTS: tuple[ev.Event, ...] = (
    staff_event.StaffCalled(),
    staff_event.StaffSignedIn(staff="wang", role=Role.OPERATOR),
    staff_event.StaffTurnedAway(reason="wrong"),
    staff_event.StaffActed(staff="wang", order_no="1", action=Action.REFUND),
    staff_event.StaffStirred(),
    staff_event.StaffLeft(),
    *(staff_event.SelfTestStarted(test=test) for test in SelfTest),
    staff_event.SelfTestStopped(),
    staff_event.OfficeTried(answered=True, took_ms=9),
    staff_event.ResetWanted(device=Device.PRINTER),
    staff_event.RestartWanted(),
    staff_event.Exported(file="kiosk.zip"),
)
"""One of each kind; those about the cash are the cashier's."""

# -- ways that chance seldom takes ---------------------------------------------------------------

IN_SLOT = ev.CardInserted()


def pass_a_test_of_notes() -> Walk:
    note = ev.NoteReturned(note_id="t-1", value_fen=500)
    return under_test(SelfTest.NOTE).feed(note, ev.AcceptorClosed()).at(Phase.STAFF)


def leave_a_test_of_notes() -> Walk:
    walk = under_test(SelfTest.NOTE).feed(staff_event.StaffLeft()).at(Phase.TESTING)
    return walk.feed(ev.AcceptorClosed()).at(Phase.IDLE)


def leave_a_test_of_notes_with_a_card_in_the_slot() -> Walk:
    walk = under_test(SelfTest.NOTE).feed(IN_SLOT, staff_event.StaffLeft())
    return walk.feed(ev.AcceptorClosed()).at(Phase.READING)


def leave_a_test_of_notes_that_never_ends() -> Walk:
    return under_test(SelfTest.NOTE).feed(staff_event.StaffLeft()).time_out().at(Phase.IDLE)


def leave_that_with_a_card_in_the_slot() -> Walk:
    walk = under_test(SelfTest.NOTE).feed(IN_SLOT, staff_event.StaffLeft())
    return walk.time_out().at(Phase.READING)


def leave_a_test_of_slips() -> Walk:
    return under_test(SelfTest.SLIP).feed(staff_event.StaffLeft()).at(Phase.IDLE)


def leave_a_test_of_slips_with_a_card_in_the_slot() -> Walk:
    return under_test(SelfTest.SLIP).feed(IN_SLOT, staff_event.StaffLeft()).at(Phase.READING)


def leave_a_test_of_slips_as_the_reader_fails() -> Walk:
    gone = part(Device.CARD_READER, ev.DeviceState.OFFLINE)
    return under_test(SelfTest.SLIP).feed(gone, staff_event.StaffLeft()).at(Phase.OUT_OF_SERVICE)


def give_a_note_to_a_test_and_have_it_back() -> Walk:
    walk = under_test(SelfTest.NOTE)
    walk.feed(ev.NoteEscrowed(note_id="t-1", value_fen=500))
    walk.feed(ev.NoteReturned(note_id="t-1", value_fen=500), ev.AcceptorClosed())
    return walk.at(Phase.STAFF)


def restart_in_a_test() -> Walk:
    return under_test(SelfTest.NOTE).restart().at(Phase.TESTING).time_out().at(Phase.OUT_OF_SERVICE)


def restart_in_a_test_and_close() -> Walk:
    walk = under_test(SelfTest.NOTE).restart().feed(ev.AcceptorClosed())
    return walk.at(Phase.OUT_OF_SERVICE)


def stop_a_test_of_slips() -> Walk:
    return under_test(SelfTest.SLIP).feed(staff_event.SelfTestStopped()).at(Phase.STAFF)


def lose_the_printer_in_its_test() -> Walk:
    gone = part(Device.PRINTER, ev.DeviceState.OFFLINE, ev.Fault.NO_ANSWER)
    return under_test(SelfTest.SLIP).feed(gone).at(Phase.STAFF)


RARE: tuple[Callable[[], Walk], ...] = (
    pass_a_test_of_notes,
    leave_a_test_of_notes,
    leave_a_test_of_notes_with_a_card_in_the_slot,
    leave_a_test_of_notes_that_never_ends,
    leave_that_with_a_card_in_the_slot,
    leave_a_test_of_slips,
    leave_a_test_of_slips_with_a_card_in_the_slot,
    leave_a_test_of_slips_as_the_reader_fails,
    give_a_note_to_a_test_and_have_it_back,
    restart_in_a_test,
    restart_in_a_test_and_close,
    stop_a_test_of_slips,
    lose_the_printer_in_its_test,
)
