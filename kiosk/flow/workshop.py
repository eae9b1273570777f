"""Maintenance at the machine: self-tests, a device or the program started anew, an export.

A self-test touches no money: a note goes into escrow and back. One that is stacked all the same is
counted like any other, and the test has failed. While a test runs nobody is served; whatever ends
it (its verdict, a time-out, staff who leave, a restart), the acceptor is closed before the staff's
page goes on.
"""

from collections.abc import Callable

from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.care import SelfTestRun
from kiosk.flow.command import (
    CloseAcceptor,
    Command,
    OpenAcceptor,
    PrintPaper,
    ReadCard,
    ReleaseCard,
    ResetDevice,
    RestartProgram,
    ReturnNote,
    TryOffice,
)
from kiosk.flow.deeds import Deed, deed, deed_of
from kiosk.flow.device import SELF_TESTS, Device, DeviceState, Fault, SelfTest
from kiosk.flow.notes import credit, offered, set_aside
from kiosk.flow.paper import SelfTestPaper
from kiosk.flow.phase import Phase
from kiosk.flow.rules import ALL_PHASES, Step, on
from kiosk.flow.service import leave_staff, once_closed, wake
from kiosk.flow.session import Session
from vending.rights import Right, may

TEST_LAYOUT = "test"
RESETTABLE = (Device.CARD_READER, Device.ACCEPTOR, Device.PRINTER, Device.SCANNER)
_WORKING = {DeviceState.OK, DeviceState.LOW}
_OUT = {Phase.READING, Phase.IDLE, Phase.OUT_OF_SERVICE}
_AFTER_TEST = {Phase.STAFF, *_OUT}


def has_right(session: Session, right: Right) -> bool:
    """Tell whether whoever is signed in may do it; nobody signed in may nothing."""
    return session.staff is not None and may(session.staff.role, right)


def tests_of(session: Session, device: Device) -> tuple[SelfTest, ...]:
    """Return the tests that ``device`` has. No note is let in while the box is being changed."""
    return tuple(
        test
        for test, of in SELF_TESTS.items()
        if of is device and (test is not SelfTest.NOTE or session.cash.is_open)
    )


def may_restart(session: Session) -> bool:
    """Tell whether the program may be started anew: not in the middle of a clearing."""
    return session.cash.is_open and session.phase is Phase.STAFF


# -- a test begins -------------------------------------------------------------------------------


@on(Phase.STAFF, staff_event.SelfTestStarted, to=Phase.TESTING)
def start_test(session: Session, event: staff_event.SelfTestStarted) -> Step:
    """Let a device show that it works; one that says itself that it does not has failed at once."""
    device = SELF_TESTS[event.test]
    if not has_right(session, Right.TEST_DEVICES) or device not in session.parts:
        return session, ()
    if event.test not in tests_of(session, device):
        return session, ()
    run = SelfTestRun(test=event.test, started_at_ms=event.at_ms)
    begun = session.but(care=replace(session.care, test=run))
    broken = _broken(session, device)
    if broken and device is not Device.HEAD_OFFICE:
        failed, told = _judged(begun, event.at_ms, passed=False, detail=broken)
        return failed.to(Phase.STAFF), told
    return begun.to(Phase.TESTING), _BEGINNINGS[event.test](session, event.at_ms)


def _open_slot(session: Session, _: int) -> tuple[Command, ...]:
    return (OpenAcceptor(values_fen=session.policy.note_values_fen),)


def _print_test(session: Session, at_ms: int) -> tuple[Command, ...]:
    paper = SelfTestPaper(
        layout=TEST_LAYOUT,
        language=session.language,
        terminal_no=session.policy.terminal_no,
        at_ms=at_ms,
        software_version=session.care.software_version,
    )
    return (PrintPaper(paper=paper),)


def _read_if_there(session: Session, _: int) -> tuple[Command, ...]:
    return (ReadCard(),) if session.card_present else ()


_BEGINNINGS: dict[SelfTest, Callable[[Session, int], tuple[Command, ...]]] = {
    SelfTest.NOTE: _open_slot,
    SelfTest.SLIP: _print_test,
    SelfTest.CARD: _read_if_there,
    SelfTest.OFFICE: lambda _, __: (TryOffice(),),
    SelfTest.SCAN: lambda _, __: (),
}


# -- what a test sees ----------------------------------------------------------------------------


@on({Phase.STAFF, Phase.TESTING}, ev.NoteEscrowed)
def give_back(session: Session, event: ev.NoteEscrowed) -> Step:
    """Nobody pays now: every note goes back."""
    back = ReturnNote(note_id=event.note_id, value_fen=event.value_fen)
    return offered(session, event.note_id), (back,)


@on(Phase.TESTING, ev.NoteReturned)
def note_came_back(session: Session, event: ev.NoteReturned) -> Step:
    """That is all it was to show."""
    return _note_ends(session, event.at_ms, passed=True, detail="returned")


@on(Phase.TESTING, ev.NoteRejected)
def note_rejected(session: Session, event: ev.NoteRejected) -> Step:
    """Not a good note, or a bad sensor: another try, as long as the test lasts."""
    return session.to(Phase.TESTING), ()


@on(Phase.TESTING, ev.NoteStacked)
def note_swallowed(session: Session, event: ev.NoteStacked) -> Step:
    """Nobody wanted that: it is counted, and the test has failed."""
    counted, told = credit(session, event)
    ended, wishes = _note_ends(counted, event.at_ms, passed=False, detail="stacked")
    return ended, (*told, *wishes)


@on(Phase.TESTING, ev.NoteUnknown)
def note_vanished(session: Session, event: ev.NoteUnknown) -> Step:
    """Nobody can tell where it is: to suspense, and the test has failed."""
    aside, told = set_aside(session, event)
    ended, wishes = _note_ends(aside, event.at_ms, passed=False, detail="unknown")
    return ended, (*told, *wishes)


@on(Phase.TESTING, ev.AcceptorClosed, to=_AFTER_TEST)
def slot_is_closed(session: Session, event: ev.AcceptorClosed) -> Step:
    """The last act of a test of notes; an answer to some earlier wish ends nothing."""
    return (session, ()) if _is_under_way(session) else _back(session)


@on(Phase.TESTING, ev.SlipPrinted, to=Phase.STAFF)
def slip_came_out(session: Session, event: ev.SlipPrinted) -> Step:
    """The printer confirmed it."""
    if event.order_no != TEST_LAYOUT:
        return session, ()
    return _ends(session, SelfTest.SLIP, event.at_ms, passed=True, detail="printed")


@on(Phase.TESTING, ev.SlipFailed, to=Phase.STAFF)
def slip_failed(session: Session, event: ev.SlipFailed) -> Step:
    """It is not, or not surely, on paper."""
    if event.order_no != TEST_LAYOUT:
        return session, ()
    return _ends(session, SelfTest.SLIP, event.at_ms, passed=False, detail=str(event.fault))


@on(Phase.TESTING, ev.CardInserted)
def read_test_card(session: Session, event: ev.CardInserted) -> Step:
    """Read it; nothing is written."""
    return session, (ReadCard(),) if _is_test(session, SelfTest.CARD) else ()


@on(Phase.TESTING, ev.CardRead, to=Phase.STAFF)
def card_was_read(session: Session, event: ev.CardRead) -> Step:
    """Nothing of what is on it is kept but the layout."""
    ended, told = _ends(session, SelfTest.CARD, event.at_ms, passed=True, detail=event.card.layout)
    return ended, (*told, ReleaseCard())


@on(Phase.TESTING, ev.CardUnreadable, to=Phase.STAFF)
def card_was_not_read(session: Session, event: ev.CardUnreadable) -> Step:
    """A reader that works says what is wrong with the card."""
    fault = str(event.fault)
    ended, told = _ends(session, SelfTest.CARD, event.at_ms, passed=False, detail=fault)
    return ended, (*told, ReleaseCard())


@on(Phase.TESTING, staff_event.OfficeTried, to=Phase.STAFF)
def office_was_tried(session: Session, event: staff_event.OfficeTried) -> Step:
    """How fast it answered, or that it did not."""
    took = f"{event.took_ms} ms"
    detail = took if event.answered else event.detail or "no-answer"
    return _ends(session, SelfTest.OFFICE, event.at_ms, passed=event.answered, detail=detail)


@on(Phase.TESTING, ev.CodeScanned, to=Phase.STAFF)
def code_was_read(session: Session, event: ev.CodeScanned) -> Step:
    """What stands in it is nobody's business here."""
    return _ends(session, SelfTest.SCAN, event.at_ms, passed=True, detail="read")


@on(Phase.TESTING, ev.DeviceChanged, to=Phase.STAFF)
def device_changed(session: Session, event: ev.DeviceChanged) -> Step:
    """A device that breaks has failed its test. The line's own test says how it went."""
    run = session.care.test
    if run is None or event.device is not SELF_TESTS[run.test] or run.test is SelfTest.OFFICE:
        return session, ()
    broken = _broken(session, event.device)
    return _fails(session, event.at_ms, broken) if broken else (session, ())


# -- a test ends before its time -----------------------------------------------------------------


@on(Phase.TESTING, staff_event.StaffStirred)
def wait_longer(session: Session, event: staff_event.StaffStirred) -> Step:
    """Somebody is still looking for a note or a card."""
    return (session.to(Phase.TESTING) if _is_under_way(session) else session), ()


@on(Phase.TESTING, staff_event.SelfTestStopped, to=Phase.STAFF)
def stop_test(session: Session, event: staff_event.SelfTestStopped) -> Step:
    """Somebody does not want to wait."""
    return _fails(session, event.at_ms, "stopped")


@on(Phase.TESTING, staff_event.StaffLeft, to=_OUT)
def leave_test(session: Session, event: staff_event.StaffLeft) -> Step:
    """Nobody is there any more: the machine is put in order, then serves customers again."""
    failed, wishes = _fails(session, event.at_ms, "stopped")
    if failed.phase is Phase.TESTING:  # until the slot is closed
        return failed.but(staff=None), wishes
    left, asked = leave_staff(failed)
    return left, (*wishes, *asked)


@on(Phase.TESTING, ev.TimedOut, to=_AFTER_TEST)
def test_took_too_long(session: Session, event: ev.TimedOut) -> Step:
    """Once for the test; once more for an acceptor that does not say that it is closed."""
    return _fails(session, event.at_ms, "timed-out") if _is_under_way(session) else _back(session)


@on(Phase.TESTING, ev.Restarted)
def interrupted(session: Session, event: ev.Restarted) -> Step:
    """The program was restarted in the middle of a test: nobody is signed in any more.

    Wherever the test was, a note on its way is asked about and the acceptor closed.
    """
    failed, told = _judged(session, event.at_ms, passed=False, detail="restarted")
    woken, lasting = wake(failed, event)
    return woken.to(Phase.TESTING, staff=None), (*told, *once_closed(lasting))


# -- verdicts ------------------------------------------------------------------------------------


def _is_under_way(session: Session) -> bool:
    run = session.care.test
    return run is not None and run.passed is None


def _is_test(session: Session, test: SelfTest) -> bool:
    run = session.care.test
    return run is not None and run.test is test and run.passed is None


def _broken(session: Session, device: Device) -> str:
    """Return what is wrong with a device that cannot be used now; empty: nothing."""
    part = session.part(device)
    if part.state in _WORKING:
        return ""
    return str(part.state if part.fault is Fault.NONE else part.fault)


def _judged(session: Session, at_ms: int, *, passed: bool, detail: str) -> Step:
    run = session.care.test
    if run is None or run.passed is not None:
        return session, ()
    done = replace(run, passed=passed, detail=detail)
    judged = session.but(care=replace(session.care, test=done))
    verdict = "passed" if passed else "failed"
    return judged, (deed(session, at_ms, Deed.TESTED, f"{run.test} {verdict} {detail}"),)


def _ends(session: Session, test: SelfTest, at_ms: int, *, passed: bool, detail: str) -> Step:
    """The verdict of a test that leaves nothing to put in order."""
    if not _is_test(session, test):
        return session, ()
    judged, told = _judged(session, at_ms, passed=passed, detail=detail)
    return judged.to(Phase.STAFF), told


def _note_ends(session: Session, at_ms: int, *, passed: bool, detail: str) -> Step:
    """The verdict of a test of notes: the slot is closed before anything else happens."""
    if not _is_test(session, SelfTest.NOTE):
        return session, ()
    judged, told = _judged(session, at_ms, passed=passed, detail=detail)
    return judged.to(Phase.TESTING), (*told, CloseAcceptor())


def _fails(session: Session, at_ms: int, why: str) -> Step:
    run = session.care.test
    if run is None or run.passed is not None:
        return session, ()
    if run.test is SelfTest.NOTE:
        return _note_ends(session, at_ms, passed=False, detail=why)
    return _ends(session, run.test, at_ms, passed=False, detail=why)


def _back(session: Session) -> Step:
    """To the staff's page, or to the customers when nobody of the staff is there any more."""
    return leave_staff(session) if session.staff is None else (session.to(Phase.STAFF), ())


# -- starting anew -------------------------------------------------------------------------------


@on(Phase.STAFF, staff_event.ResetWanted)
def reset_device(session: Session, event: staff_event.ResetWanted) -> Step:
    """Its state follows as a fact."""
    known = event.device in RESETTABLE and event.device in session.parts
    if not known or not has_right(session, Right.TEST_DEVICES):
        return session, ()
    told = deed(session, event.at_ms, Deed.RESET, str(event.device))
    return session.to(Phase.STAFF), (told, ResetDevice(device=event.device))


@on(Phase.STAFF, staff_event.RestartWanted)
def restart_program(session: Session, event: staff_event.RestartWanted) -> Step:
    """The next fact is that the program started."""
    if not has_right(session, Right.RESTART) or not may_restart(session):
        return session, ()
    return session, (deed(session, event.at_ms, Deed.RESTARTED), RestartProgram())


@on(ALL_PHASES, staff_event.Exported)
def exported(session: Session, event: staff_event.Exported) -> Step:
    """A large export may outlast the visit; the page is still wanted while somebody is there."""
    there = session.staff.name if session.staff else ""
    by, what = event.staff or there, event.trouble or event.file
    told = (deed_of(by, event.at_ms, Deed.EXPORTED, what),)
    return (session.to(Phase.STAFF) if session.phase is Phase.STAFF else session), told
