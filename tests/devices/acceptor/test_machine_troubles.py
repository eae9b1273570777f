"""The protocol machine when the line, the metal or the journal misbehaves."""

import pytest

from bench.acceptor import State
from kiosk.devices.acceptor.ccnet.limits import Limits
from kiosk.devices.acceptor.ccnet.message import Code, Command
from kiosk.devices.acceptor.ccnet.note import EVIDENCE_REPORT
from kiosk.flow.event import (
    DeviceChanged,
    DeviceState,
    Fault,
    NoteEscrowed,
    NoteStacked,
    NoteUnknown,
)
from tests.devices.acceptor.rig import ready, stack

OK = (DeviceState.OK, Fault.NONE)
STARTING = (DeviceState.STARTING, Fault.NONE)


def stacked(note_id: str, value_fen: int, evidence: str = EVIDENCE_REPORT) -> NoteStacked:
    return NoteStacked(note_id=note_id, value_fen=value_fen, evidence=evidence)


# -- reports that come twice, late, damaged or not at all ------------------------------------------


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_repeated_report_is_one_note(times: int) -> None:
    rig = ready(decide=stack)
    rig.device.acks_to_miss = times
    rig.insert(5_000)
    rig.run(6)
    rig.insert(100)
    rig.run(6)
    assert rig.ends() == [stacked("run1-1", 5_000), stacked("run1-2", 100)]


@pytest.mark.parametrize("fails", [1, 2, 3])
def test_no_acknowledgement_before_the_journal_holds_the_note(fails: int) -> None:
    rig = ready(decide=stack)
    rig.insert(5_000)
    rig.run(1.2)
    rig.journal_fails = fails
    rig.run(1)
    assert rig.device.mechanism.state == State.STACKED
    rig.run(6)
    assert rig.device.mechanism.in_path is None
    assert rig.unheard == []
    assert rig.ends() == [stacked("run1-1", 5_000)]


@pytest.mark.parametrize("kind", ["replies_to_drop", "replies_to_corrupt", "commands_to_refuse"])
@pytest.mark.parametrize("at_s", [0.9, 1.0, 1.1, 1.5, 1.9, 2.0, 2.05, 2.1])
def test_a_bad_line_costs_time_only(kind: str, at_s: float) -> None:
    rig = ready(decide=stack)
    rig.insert(5_000)
    rig.run(at_s)
    setattr(rig.device, kind, 2)
    rig.run(12)
    assert rig.facts == [
        NoteEscrowed(note_id="run1-1", value_fen=5_000),
        stacked("run1-1", 5_000),
    ]


@pytest.mark.parametrize("delay_s", [0.1, 0.45, 0.9, 1.8])
def test_a_slow_line_costs_time_only(delay_s: float) -> None:
    rig = ready(decide=stack)
    rig.device.delay_s = delay_s
    rig.insert(5_000)
    rig.run(40)
    assert rig.ends() == [stacked("run1-1", 5_000)]
    assert rig.unheard == []


def test_a_stacked_report_without_a_note_is_unknown_and_acknowledged() -> None:
    rig = ready()
    metal = rig.device.mechanism
    metal.status_bill, metal.state = 5, State.STACKED
    rig.run(2)
    (end,) = rig.ends()
    assert isinstance(end, NoteUnknown)
    assert end.value_fen == 10_000
    assert rig.device.mechanism.state is State.READY


def test_another_note_reported_than_was_in_escrow() -> None:
    rig = ready(decide=stack)
    rig.insert(5_000)
    rig.run(1.5)
    rig.device.mechanism.status_bill = 0
    rig.run(5)
    (end,) = rig.ends()
    assert isinstance(end, NoteUnknown)
    assert end.note_id == "run1-1"


def test_a_note_that_is_fished_out_while_stacking_is_unknown() -> None:
    rig = ready(decide=stack)
    rig.insert(5_000)
    rig.run(1.3)
    rig.device.mechanism.cheat(rig.now_s)
    rig.run(5)
    (end,) = rig.ends()
    assert isinstance(end, NoteUnknown)
    assert (DeviceState.FAULT, Fault.CHEATED) in rig.states()
    assert rig.states()[-1] == OK


def test_silence_ends_in_unknown_and_a_late_report_is_not_a_second_note() -> None:
    rig = ready(decide=stack)
    rig.insert(5_000)
    rig.run(1.3)
    rig.device.mute = True
    rig.run(Limits().settle_s + 1)
    (end,) = rig.ends()
    assert isinstance(end, NoteUnknown)
    assert rig.states()[-1] == (DeviceState.OFFLINE, Fault.NO_ANSWER)
    rig.device.mute = False
    rig.run(5)
    assert rig.ends() == [end]
    assert rig.box == (5_000,)
    assert rig.states()[-1] == OK


# -- faults ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (Code.JAM_IN_VALIDATOR, Fault.JAM_IN_ACCEPTOR),
        (Code.JAM_IN_STACKER, Fault.JAM_IN_STACKER),
    ],
)
def test_a_jam_is_a_fault_until_it_is_cleared(code: Code, fault: Fault) -> None:
    rig = ready()
    rig.device.mechanism.stop_by_jam(code)
    rig.run(1)
    rig.device.mechanism.repair(rig.now_s)
    rig.run(5)
    assert rig.states() == [(DeviceState.FAULT, fault), STARTING, OK]
    assert rig.device.mechanism.enabled_bits != 0


def test_a_stubborn_fault_is_met_with_a_bounded_number_of_resets() -> None:
    rig = ready()
    rig.trace.clear()
    rig.device.mechanism.stop_by_failure(0x50)
    rig.run(200)
    assert rig.sent(Command.RESET) == Limits().fault_resets
    assert rig.of(DeviceChanged)[0].detail == "47 50 (stack motor)"
    rig.device.mechanism.repair(rig.now_s)
    rig.run(5)
    assert rig.states()[-1] == OK


def test_box_out_box_in() -> None:
    rig = ready()
    rig.device.mechanism.remove_box()
    rig.run(1)
    rig.device.mechanism.insert_box(rig.now_s)
    rig.run(5)
    assert rig.states() == [(DeviceState.FAULT, Fault.BOX_REMOVED), STARTING, OK]


def test_full_box_and_pause() -> None:
    rig = ready(decide=stack, capacity=1)
    rig.device.mechanism.push_second(rig.now_s)
    rig.run(2)
    rig.insert(100)
    rig.run(5)
    faults = [fault for _, fault in rig.states()]
    assert faults == [Fault.PAUSED, Fault.NONE, Fault.BOX_FULL]


def test_a_jam_with_a_note_past_escrow_ends_by_what_is_reported_afterwards() -> None:
    rig = ready(decide=stack)
    rig.insert(5_000)
    rig.run(1.7)
    rig.device.mechanism.stop_by_jam(Code.JAM_IN_STACKER)
    rig.run(10)
    assert rig.ends() == []
    rig.device.mechanism.repair(rig.now_s)
    rig.run(6)
    assert rig.ends() == [stacked("run1-1", 5_000)]


@pytest.mark.parametrize("way", ["mute", "line", "power"])
def test_an_acceptor_that_goes_and_comes_back(way: str) -> None:
    rig = ready(decide=stack)
    match way:
        case "mute":
            rig.device.mute = True
        case "line":
            rig.cut_line()
        case "power":
            rig.device.mechanism.power_cut()
    rig.run(Limits().offline_s + 3)
    rig.device.mute = False
    rig.device.mechanism.power_on()
    rig.mend_line()
    rig.run(6)
    assert rig.states()[0] == (DeviceState.OFFLINE, Fault.NO_ANSWER)
    assert rig.states()[-1] == OK
    rig.insert(100)
    rig.run(5)
    assert rig.box == (100,)
