"""The maintenance pages without a widget: parts, self-tests, resets, the machine, an export."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.engine.workshop import Export, ExportTrouble
from kiosk.flow.care import SelfTestRun
from kiosk.flow.device import SELF_TESTS, CardFault, Device, DeviceState, Fault, SelfTest
from kiosk.flow.staff_event import ResetWanted, RestartWanted, SelfTestStarted, SelfTestStopped
from kiosk.flow.view import DeviceView
from kiosk.ui.i18n import LANGUAGES, Words
from kiosk.ui.samples import AT_MS, CONFIG
from kiosk.ui.samples_care import (
    AILING,
    ALL_DOWN,
    ALL_WELL,
    FAILURES,
    PARAMETERS,
    PASSED,
    device,
    machine,
)
from kiosk.ui.samples_staff import staff_view
from kiosk.ui.staff import care_words as told
from kiosk.ui.staff.care_state import TEST_PRESSES, CarePage, CarePress
from kiosk.ui.staff.devices import Devices
from kiosk.ui.staff.home import Home
from kiosk.ui.staff.state import Press, View
from kiosk.ui.staff.visit import Tile
from tests.ui.visit import Visit
from vending.rights import RIGHTS, Right, Role

ZH, EN = (Words(language, CONFIG) for language in LANGUAGES)


class Care(Visit):
    """A visit of somebody who maintains the machine."""

    def __init__(
        self, devices: tuple[DeviceView, ...] = ALL_WELL, role: Role = Role.MAINTENANCE
    ) -> None:
        super().__init__()
        self.role, self.shown = role, devices
        self.at_home(role, devices=devices)

    def see(self, **changes: object) -> None:
        """Show something else."""
        self.model.see(staff_view(self.role, **({"devices": self.shown} | changes)))

    def run(self, test: SelfTest, passed: bool | None, detail: str = "", begun: int = 0) -> None:
        """Show a self-test."""
        self.see(
            test=SelfTestRun(test=test, started_at_ms=AT_MS + begun, passed=passed, detail=detail)
        )

    def views(self) -> list[object]:
        """What is shown now."""
        return [self.state.view]

    def at(self, device: Device) -> "Care":
        self.choose(Tile.DEVICES)
        self.model.part(Devices).look_at(device)
        return self

    def at_machine(self) -> "Care":
        self.choose(Tile.MACHINE)
        self.workshop.answer(machine())
        return self


# -- parts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_tiles_are_offered_by_rights(role: Role) -> None:
    offered = Care(role=role).model.part(Home).offered()
    assert (Tile.DEVICES in offered) is (Right.SEE_DEVICES in RIGHTS[role])
    assert (Tile.MACHINE in offered) is (Right.SEE_PARAMETERS in RIGHTS[role])


@pytest.mark.parametrize("of", Device)
def test_a_part_offers_its_tests_and_its_reset(of: Device) -> None:
    care = Care().at(of)
    assert care.state.view is CarePage.DEVICE
    tests = {press for test, press in TEST_PRESSES.items() if SELF_TESTS[test] is of}
    presses = set(care.model.presses())
    assert presses & set(TEST_PRESSES.values()) == tests
    assert (CarePress.RESET in presses) is (of is not Device.HEAD_OFFICE)


def test_whoever_may_not_test_can_look_only() -> None:
    care = Care((device(Device.ACCEPTOR, tests=(), can_reset=False),), Role.OPERATOR)
    care.at(Device.ACCEPTOR)
    assert set(care.model.presses()) == {Press.LEAVE, Press.BACK, CarePress.FAULTS}
    care.press(CarePress.TEST_NOTE, CarePress.RESET)
    assert care.posted == []


def test_the_menu_tells_which_parts_want_attention() -> None:
    home = Care(AILING).model.part(Home)
    names = "Note acceptor, Printer, Line to the head office, Code scanner"
    assert home.note(Tile.DEVICES, EN) == f"See to: {names}"
    assert Care().model.part(Home).note(Tile.DEVICES, EN) == "All in order"


def test_faults_are_a_page_of_their_own_and_turn() -> None:
    care = Care().at(Device.ACCEPTOR)
    care.press(CarePress.FAULTS)
    assert care.model.presses()[Press.LATER]
    care.press(Press.LATER)
    assert care.state.care.first == 6
    care.press(Press.BACK)
    assert (care.state.view, care.state.care.first) == (CarePage.DEVICE, 0)
    care.press(Press.BACK, Press.BACK)
    assert care.state.view is View.HOME


def test_a_part_without_faults_has_no_faults_to_show() -> None:
    care = Care((device(Device.SCANNER, faults=()),)).at(Device.SCANNER)
    care.press(CarePress.FAULTS)
    assert care.state.view is CarePage.DEVICE


# -- self-tests ------------------------------------------------------------------------------------


@pytest.mark.parametrize("test", SelfTest)
def test_a_self_test_is_begun_shown_and_judged(test: SelfTest) -> None:
    care = Care().at(SELF_TESTS[test])
    care.press(TEST_PRESSES[test])
    assert care.posted == [SelfTestStarted(test=test)]
    assert care.views() == [CarePage.DEVICE]  # until the flow says that it has begun
    care.run(test, None)
    assert care.views() == [CarePage.TEST]
    assert set(care.model.presses()) == {Press.LEAVE, CarePress.STOP}
    care.run(test, True, PASSED[test])
    assert set(care.model.presses()) == {Press.LEAVE, Press.BACK, CarePress.AGAIN}
    care.press(CarePress.AGAIN)
    assert care.posted == [SelfTestStarted(test=test)] * 2
    care.press(Press.BACK)
    assert care.views() == [CarePage.DEVICE]


def test_a_part_that_is_broken_has_failed_at_once() -> None:
    care = Care().at(Device.PRINTER)
    care.press(CarePress.TEST_SLIP)
    care.run(SelfTest.SLIP, False, "paper-out")
    assert care.state.view is CarePage.TEST


def test_a_self_test_can_be_stopped() -> None:
    care = Care().at(Device.SCANNER)
    care.press(CarePress.TEST_SCAN)
    care.run(SelfTest.SCAN, None)
    care.press(Press.BACK)
    assert care.state.view is CarePage.TEST
    care.press(CarePress.STOP)
    assert care.posted[-1] == SelfTestStopped()


def test_the_verdict_of_an_earlier_visit_does_not_come_up() -> None:
    care = Care()
    care.run(SelfTest.NOTE, True, "returned")
    care.at(Device.ACCEPTOR)
    care.see(test=care.model.visit.staff.test if care.model.visit.staff else None, witness="x")
    assert care.state.view is CarePage.DEVICE


def test_no_note_is_tried_again_when_a_clearing_has_begun() -> None:
    care = Care().at(Device.ACCEPTOR)
    care.press(CarePress.TEST_NOTE)
    care.shown = (device(Device.ACCEPTOR, tests=()),)
    care.run(SelfTest.NOTE, False, "stopped")
    assert care.model.presses()[CarePress.AGAIN] is False


@pytest.mark.parametrize("words", [ZH, EN], ids=LANGUAGES)
@pytest.mark.parametrize(("test", "why"), [(t, w) for t, whys in FAILURES.items() for w in whys])
def test_a_failure_is_told_in_words(words: Words, test: SelfTest, why: str) -> None:
    run = SelfTestRun(test=test, started_at_ms=AT_MS, passed=False, detail=why)
    head, todo = told.verdict(run, words)
    assert head == words.text("care.failed")
    assert todo != words.text("care.because", reason=why)


@given(
    st.sampled_from(SelfTest),
    st.sampled_from([*Fault, *DeviceState, *CardFault]) | st.text(max_size=20),
)
def test_whatever_a_self_test_ends_with_can_be_told(test: SelfTest, detail: str) -> None:
    run = SelfTestRun(test=test, started_at_ms=AT_MS, passed=False, detail=str(detail))
    assert all(told.verdict(run, EN))
    assert told.test_facts(run, ZH)


# -- starting anew ---------------------------------------------------------------------------------


def test_a_reset_is_asked_for_twice() -> None:
    care = Care().at(Device.PRINTER)
    care.press(CarePress.RESET)
    assert (care.state.view, care.posted) == (CarePage.RESET, [])
    care.press(CarePress.RESET_YES)
    assert care.posted == [ResetWanted(device=Device.PRINTER)]
    assert (care.state.view, care.state.care.reset_asked) == (CarePage.DEVICE, True)
    care.press(Press.BACK)
    assert not care.state.care.reset_asked


def test_a_restart_is_asked_for_twice_and_pressed_once() -> None:
    care = Care().at_machine()
    care.press(CarePress.RESTART)
    assert (care.state.view, care.posted) == (CarePage.RESTART, [])
    care.press(CarePress.RESTART_YES, CarePress.RESTART_YES)
    assert care.posted == [RestartWanted()]


@pytest.mark.parametrize("why", ["clearing", "box-disturbed"])
def test_no_restart_in_the_middle_of_a_clearing(why: str) -> None:
    care = Care().at_machine()
    care.see(out_of_service=why)
    care.press(CarePress.RESTART)
    assert care.model.presses()[CarePress.RESTART_YES] is False
    care.press(CarePress.RESTART_YES)
    assert care.posted == []
    care.see(out_of_service="office-down")
    assert care.model.presses()[CarePress.RESTART_YES] is True


# -- the machine -----------------------------------------------------------------------------------


def test_without_a_workshop_the_machine_cannot_be_chosen() -> None:
    care = Care()
    care.model.visit.workshop = None
    assert care.model.part(Home).offered()[Tile.MACHINE] == "staff.tile.machine.not-ready"
    care.choose(Tile.MACHINE)
    assert care.state.view is View.HOME


def test_the_machine_is_asked_about_when_its_page_opens() -> None:
    care = Care()
    care.choose(Tile.MACHINE)
    assert (care.state.view, care.state.busy) == (CarePage.MACHINE, True)
    assert not care.model.presses()[CarePress.RESTART]
    care.workshop.answer(machine())
    assert care.state.care.machine == machine()
    assert care.model.presses()[CarePress.RESTART]


def test_an_answer_that_nobody_waits_for_is_dropped() -> None:
    care = Care()
    care.choose(Tile.MACHINE)
    care.press(Press.BACK)
    care.workshop.answer(machine())
    assert (care.state.view, care.state.care.machine) == (View.HOME, None)


def test_the_line_is_tried_from_here_and_leads_back() -> None:
    care = Care().at_machine()
    care.press(CarePress.TEST_OFFICE)
    assert care.posted == [SelfTestStarted(test=SelfTest.OFFICE)]
    care.run(SelfTest.OFFICE, None)
    assert care.state.view is CarePage.TEST
    care.run(SelfTest.OFFICE, True, "184 ms")
    care.press(Press.BACK)
    assert (care.state.view, care.state.care.machine) == (CarePage.MACHINE, machine())


def test_parameters_turn_page_by_page() -> None:
    care = Care().at_machine()
    care.press(CarePress.PARAMETERS)
    care.workshop.answer(PARAMETERS)
    fit = 11
    care.press(*[Press.LATER] * 9)
    assert care.state.care.first == len(PARAMETERS) // fit * fit
    care.press(*[Press.EARLIER] * 9)
    assert care.state.care.first == 0


def test_reports_that_wait_and_staff_never_confirmed_are_told() -> None:
    waiting = machine(reports_waiting=3, oldest_report_ms=AT_MS, roster_confirmed_ms=None)
    facts = dict(told.machine_facts(waiting, None, EN))
    assert facts["Reports"] == "3 wait · oldest: 2025-11-24\u00a012:00"
    assert facts["Staff list"] == "version 17 · never confirmed"
    assert facts["Up since"] == "None"
    told_more = dict(told.machine_facts(machine(update="of-tomorrow"), None, EN))
    assert told_more["Software"] == "0.9.0 · of-tomorrow"
    assert told_more["Reports"] == "none waits, all are delivered"


# -- an export -------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [None, *ExportTrouble])
def test_an_export_has_no_way_back_while_it_is_written(trouble: ExportTrouble | None) -> None:
    care = Care().at_machine()
    care.press(CarePress.EXPORT)
    assert care.workshop.asked == ["machine"]
    care.press(CarePress.EXPORT_YES)
    assert care.workshop.asked == ["machine", "export"]
    lit = {press for press, lit in care.model.presses().items() if lit}
    assert lit == {Press.LEAVE}
    written = Export(file="" if trouble else "kiosk.zip", size_kb=9, trouble=trouble)
    care.workshop.answer(written)
    assert (care.state.busy, care.state.care.export) == (False, written)
    assert care.model.presses()[CarePress.EXPORT_YES]
    head, _ = told.export(written, busy=False, words=EN)
    assert (head == "It is on the stick") is (trouble is None)
    care.press(Press.BACK)
    assert care.state.view is CarePage.MACHINE


# -- words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [ZH, EN], ids=LANGUAGES)
@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("of", Device)
@pytest.mark.parametrize("state", DeviceState)
def test_every_state_of_every_part_can_be_told(
    words: Words, fault: Fault, of: Device, state: DeviceState
) -> None:
    view = device(of, state, fault)
    assert all(told.row(view, words))
    assert all(value for _, value in told.device_facts(view, words))
    calm = state in {DeviceState.OK, DeviceState.STARTING}
    assert bool(told.what_to_do(view, words)) is not calm


def test_every_part_that_is_down_says_what_customers_cannot_do() -> None:
    said = [told.effect(each, EN) for each in ALL_DOWN]
    assert len(set(said)) == len(Device)
    assert told.effect(replace(ALL_DOWN[0], state=DeviceState.LOW), EN).startswith("It still works")


@pytest.mark.parametrize(
    ("length_ms", "text"),
    [
        (0, "under a second"),
        (999, "under a second"),
        (1_000, "1 second"),
        (59_999, "59 seconds"),
        (60_000, "1 minute"),
        (7_200_000, "2 hours"),
        (86_400_000, "1 day"),
        (900_000_000, "10 days"),
    ],
)
def test_spans_are_told_in_their_largest_unit(length_ms: int, text: str) -> None:
    assert told.span(length_ms, EN).replace("\u00a0", " ") == text
