"""The protocol machine against the bench's acceptor, scenario by scenario."""

import pytest

from bench.acceptor import CNY_FEN, AcceptorDevice, State
from kiosk.devices.acceptor.ccnet.host import Close, GiveBack, Open, Stack
from kiosk.devices.acceptor.ccnet.limits import Limits
from kiosk.devices.acceptor.ccnet.message import Code, Command
from kiosk.devices.acceptor.ccnet.note import EVIDENCE_REPORT
from kiosk.flow.event import (
    AcceptorClosed,
    DeviceChanged,
    DeviceState,
    Fault,
    NoteEscrowed,
    NoteRejected,
    NoteReturned,
    NoteStacked,
    NoteUnknown,
    RejectCause,
)
from tests.devices.acceptor.rig import Rig, give_back, powered, ready, stack

OK = (DeviceState.OK, Fault.NONE)
STARTING = (DeviceState.STARTING, Fault.NONE)


def stacked(note_id: str, value_fen: int, evidence: str = EVIDENCE_REPORT) -> NoteStacked:
    return NoteStacked(note_id=note_id, value_fen=value_fen, evidence=evidence)


# -- start-up --------------------------------------------------------------------------------------


def test_start_reads_the_status_before_reset_and_leaves_the_acceptor_disabled() -> None:
    rig = powered()
    rig.run(5)
    commands = [data[3] for _, way, data in rig.trace if way == ">" and data[3]]
    asked = [Command(code) for code in commands if code != Command.POLL]
    assert commands[0] == Command.POLL
    assert asked == [
        Command.RESET,
        Command.ENABLE,
        Command.IDENT,
        Command.TABLE,
        Command.SECURITY,
    ]
    assert rig.device.mechanism.state is State.READY
    assert rig.device.mechanism.enabled_bits == 0
    assert rig.states() == [STARTING, OK]
    assert rig.of(DeviceChanged)[-1].detail == "BENCH CCNET 000000000001; 100 50 20 10 5 1"


def test_polls_keep_the_rhythm_and_an_idle_machine_does_not_spin() -> None:
    rig = ready()
    rig.trace.clear()
    turns = 0
    until_s = rig.now_s + 10
    while rig.now_s < until_s:
        rig.step()
        turns += 1
    assert rig.sent(Command.POLL) == pytest.approx(100, abs=3)
    assert turns < 350


@pytest.mark.parametrize("trouble", ["box", "jam", "failure"])
def test_a_machine_that_cannot_start_does_not_spin(trouble: str) -> None:
    rig = powered()
    metal = rig.device.mechanism
    metal.box_present = trouble != "box"
    metal.jam = Code.JAM_IN_VALIDATOR if trouble == "jam" else None
    metal.failure = 0x54 if trouble == "failure" else None
    rig.run(5)
    fault = {
        "box": Fault.BOX_REMOVED,
        "jam": Fault.JAM_IN_ACCEPTOR,
        "failure": Fault.HARDWARE,
    }[trouble]
    assert rig.states() == [STARTING, (DeviceState.FAULT, fault)]
    rig.trace.clear()
    rig.run(10)
    assert rig.sent(Command.POLL) < 110


def test_open_enables_the_wanted_notes_only() -> None:
    rig = powered()
    rig.command(Open((10_000, 2_000)))
    rig.run(5)
    assert rig.device.mechanism.enabled_bits == 0b101000


def test_notes_that_the_acceptor_does_not_know() -> None:
    rig = powered()
    rig.command(Open((12_345,)))
    rig.run(5)
    assert rig.states()[-1] == (DeviceState.FAULT, Fault.PROTOCOL)
    rig.command(Open((10_000,)))
    rig.run(1)
    assert rig.states()[-1] == OK


def test_an_acceptor_that_knows_no_renminbi_table() -> None:
    rig = powered(())
    rig.command(Open((100,)))
    rig.run(5)
    assert rig.states()[-1] == (DeviceState.FAULT, Fault.PROTOCOL)


def test_an_acceptor_that_never_finishes_its_start() -> None:
    rig = powered()
    rig.run(0.1)
    rig.device.mechanism.until_s = None
    rig.run(70)
    assert rig.states() == [STARTING, (DeviceState.FAULT, Fault.HARDWARE)]


# -- notes -----------------------------------------------------------------------------------------


def test_a_note_is_stacked_once_and_its_report_acknowledged_once() -> None:
    rig = ready(decide=stack)
    rig.insert(5_000)
    rig.run(5)
    assert rig.facts == [
        NoteEscrowed(note_id="run1-1", value_fen=5_000),
        stacked("run1-1", 5_000),
    ]
    assert rig.box == (5_000,)
    assert rig.sent(Command.STACK) == 1


def test_notes_have_ids_of_their_own() -> None:
    rig = ready(decide=stack)
    for value_fen in (100, 100, 10_000):
        rig.insert(value_fen)
        rig.run(5)
    assert [end.note_id for end in rig.ends()] == ["run1-1", "run1-2", "run1-3"]
    assert rig.box == (100, 100, 10_000)


def test_a_note_is_given_back() -> None:
    rig = ready(decide=give_back)
    rig.insert(5_000)
    rig.run(5)
    assert rig.ends() == [NoteReturned(note_id="run1-1", value_fen=5_000)]
    assert (rig.box, rig.given_back) == ((), (5_000,))


def test_an_undecided_note_is_held_and_goes_back_in_the_end() -> None:
    rig = ready()
    rig.insert(5_000)
    rig.run(19)
    assert rig.device.mechanism.state is State.HOLDING
    assert rig.sent(Command.HOLD) >= 3
    assert rig.ends() == []
    rig.run(5)
    assert rig.ends() == [NoteReturned(note_id="run1-1", value_fen=5_000)]


def test_a_note_may_be_stacked_while_it_is_held() -> None:
    rig = ready()
    rig.insert(5_000)
    rig.run(15)
    rig.command(Stack("run1-1"))
    rig.run(4)
    assert rig.ends() == [stacked("run1-1", 5_000)]


def test_the_acceptor_gives_a_note_back_by_itself() -> None:
    rig = ready()
    rig.insert(5_000)
    rig.run(1.5)
    rig.cut_line()
    rig.run(12)
    rig.mend_line()
    rig.command(Stack("run1-1"))
    rig.run(5)
    assert rig.ends() == [NoteReturned(note_id="run1-1", value_fen=5_000)]
    assert rig.box == ()


def test_the_first_decision_holds() -> None:
    rig = ready()
    rig.insert(5_000)
    rig.run(1.5)
    rig.command(Stack("run1-1"))
    rig.command(GiveBack("run1-1"))
    rig.run(5)
    assert rig.ends() == [stacked("run1-1", 5_000)]


def test_a_decision_about_a_settled_note_gets_its_end_again() -> None:
    rig = ready(decide=stack)
    rig.insert(5_000)
    rig.run(5)
    rig.facts.clear()
    rig.command(GiveBack("run1-1"))
    assert rig.facts == [stacked("run1-1", 5_000)]


def test_a_decision_about_no_note_is_not_met_with_silence() -> None:
    rig = ready()
    rig.command(Stack("other-7"))
    (end,) = rig.of(NoteUnknown)
    assert (end.note_id, end.value_fen) == ("other-7", 0)


@pytest.mark.parametrize(
    ("code", "cause"), [(0x65, RejectCause.UNRECOGNISED), (0x63, RejectCause.DOUBLE)]
)
def test_a_rejected_note_is_reported_once(code: int, cause: RejectCause) -> None:
    rig = ready(decide=stack)
    rig.device.mechanism.reject_next = code
    rig.insert(5_000)
    rig.run(5)
    assert rig.facts == [NoteRejected(cause=cause)]
    assert rig.given_back == (5_000,)


def test_an_inhibited_note_and_a_piece_of_paper() -> None:
    rig = powered()
    rig.command(Open((100,)))
    rig.run(5)
    rig.insert(5_000)
    rig.run(3)
    rig.insert(None)
    rig.run(3)
    causes = [fact.cause for fact in rig.of(NoteRejected)]
    assert causes == [RejectCause.INHIBITED, RejectCause.UNRECOGNISED]


def test_high_security_is_asked_for() -> None:
    device = AcceptorDevice()
    device.mechanism.power_on()
    rig = Rig(device, high_security_fen=(10_000,))
    rig.run(5)
    (security,) = (d for _, way, d in rig.trace if way == ">" and d[3] == Command.SECURITY)
    assert security[4:7] == bytes.fromhex("00 00 20")


# -- closing ---------------------------------------------------------------------------------------


def test_close_when_idle() -> None:
    rig = ready()
    rig.command(Close())
    rig.run(0.5)
    assert rig.facts == [AcceptorClosed()]
    assert rig.device.mechanism.enabled_bits == 0


@pytest.mark.parametrize("after_s", [0.1, 0.5, 0.95, 1.05, 1.3, 1.7, 2.05, 2.15])
def test_close_waits_for_the_note_on_its_way(after_s: float) -> None:
    rig = ready(decide=stack)
    rig.insert(5_000)
    rig.run(after_s)
    rig.command(Close())
    rig.run(6)
    assert rig.facts == [
        NoteEscrowed(note_id="run1-1", value_fen=5_000),
        stacked("run1-1", 5_000),
        AcceptorClosed(),
    ]


def test_close_gives_an_undecided_note_back_soon() -> None:
    rig = ready()
    rig.insert(5_000)
    rig.run(1.5)
    rig.command(Close())
    rig.run(Limits().decide_closing_s + 2)
    assert rig.facts[1:] == [
        NoteReturned(note_id="run1-1", value_fen=5_000),
        AcceptorClosed(),
    ]


@pytest.mark.parametrize("trouble", ["jam", "box", "line", "power"])
def test_close_is_answered_even_by_an_acceptor_in_trouble(trouble: str) -> None:
    rig = ready()
    match trouble:
        case "jam":
            rig.device.mechanism.stop_by_jam(Code.JAM_IN_VALIDATOR)
        case "box":
            rig.device.mechanism.remove_box()
        case "line":
            rig.cut_line()
        case "power":
            rig.device.mechanism.power_cut()
    rig.command(Close())
    rig.run(Limits().close_s + 1)
    assert rig.of(AcceptorClosed) == [AcceptorClosed()]


def test_open_after_close_takes_notes_again() -> None:
    rig = ready(decide=stack)
    rig.command(Close())
    rig.run(1)
    rig.command(Open(CNY_FEN))
    rig.run(1)
    rig.insert(100)
    rig.run(4)
    assert rig.box == (100,)
