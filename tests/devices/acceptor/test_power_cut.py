"""The acceptor loses its power, or the host program crashes: what became of the note?"""

import pytest

from bench.acceptor import CutPoint, State
from kiosk.devices.acceptor.ccnet.host import AskNote, GiveBack, Stack
from kiosk.devices.acceptor.ccnet.limits import Limits
from kiosk.devices.acceptor.ccnet.message import Code, Command
from kiosk.devices.acceptor.ccnet.note import EVIDENCE_POWER_UP, EVIDENCE_REPORT
from kiosk.flow.event import (
    DeviceState,
    Event,
    Fault,
    NoteEscrowed,
    NoteReturned,
    NoteStacked,
    NoteUnknown,
)
from tests.devices.acceptor.rig import Rig, give_back, ready, stack

OK = (DeviceState.OK, Fault.NONE)
STARTING = (DeviceState.STARTING, Fault.NONE)


def stacked(note_id: str, value_fen: int, evidence: str = EVIDENCE_REPORT) -> NoteStacked:
    return NoteStacked(note_id=note_id, value_fen=value_fen, evidence=evidence)


# -- the acceptor loses its power ------------------------------------------------------------------


@pytest.mark.parametrize("credit_recovery", [True, False])
@pytest.mark.parametrize(
    ("point", "expected"),
    [
        (CutPoint.NOTE_IN_ESCROW, None),
        (CutPoint.STACK_RECEIVED, NoteReturned(note_id="run1-1", value_fen=5_000)),
        (CutPoint.PAST_ESCROW, stacked("run1-1", 5_000, EVIDENCE_POWER_UP)),
    ],
)
def test_power_cut_on_the_way(
    point: CutPoint, expected: Event | None, credit_recovery: bool
) -> None:
    rig = ready(decide=stack, credit_recovery=credit_recovery)
    rig.device.mechanism.cut_at = point
    rig.insert(5_000)
    rig.run(10)
    assert rig.ends() == ([expected] if expected else [])
    assert bool(rig.box) == isinstance(expected, NoteStacked)
    assert rig.states() == [STARTING, OK]


@pytest.mark.parametrize("point", [CutPoint.NOTE_IN_BOX, CutPoint.REPORT_HEARD])
def test_power_cut_with_the_note_in_the_box(point: CutPoint) -> None:
    rig = ready(decide=stack)
    rig.device.mechanism.cut_at = point
    rig.insert(5_000)
    rig.run(10)
    evidence = EVIDENCE_POWER_UP if point is CutPoint.NOTE_IN_BOX else EVIDENCE_REPORT
    assert rig.ends() == [stacked("run1-1", 5_000, evidence)]
    assert rig.box == (5_000,)


def test_power_cut_of_an_acceptor_that_forgets() -> None:
    rig = ready(decide=stack, credit_recovery=False)
    rig.device.mechanism.cut_at = CutPoint.NOTE_IN_BOX
    rig.insert(5_000)
    rig.run(10)
    (end,) = rig.ends()
    assert isinstance(end, NoteUnknown)
    assert (end.note_id, end.value_fen) == ("run1-1", 5_000)


def test_power_cut_while_a_note_goes_back() -> None:
    rig = ready(decide=give_back)
    rig.device.mechanism.cut_at = CutPoint.RETURNING
    rig.insert(5_000)
    rig.run(10)
    assert rig.ends() == [NoteReturned(note_id="run1-1", value_fen=5_000)]


def test_reset_waits_until_the_journal_holds_what_it_would_erase() -> None:
    rig = ready(decide=stack)
    rig.device.mechanism.cut_at = CutPoint.PAST_ESCROW
    rig.insert(5_000)
    rig.run(1.4)
    rig.trace.clear()
    rig.journal_fails = 3
    rig.run(2.9)
    assert rig.device.mechanism.state is State.POWER_UP
    assert rig.sent(Command.RESET) == 0
    rig.run(8)
    assert rig.box == (5_000,)
    assert rig.ends() == [stacked("run1-1", 5_000, EVIDENCE_POWER_UP)]


def test_a_note_in_the_stacker_that_nobody_expected() -> None:
    rig = ready()
    metal = rig.device.mechanism
    metal.insert(5_000, rig.now_s)
    metal.stop_by_jam(Code.JAM_IN_STACKER)
    metal.enabled_bits = 0
    note = metal.in_path
    assert note
    note.place = type(note.place).PAST_ESCROW
    metal.power_cut()
    metal.jam = None
    metal.power_on()
    rig.run(12)
    (end,) = rig.ends()
    assert isinstance(end, NoteUnknown)
    assert end.value_fen == 0
    assert rig.box == (5_000,)


# -- the host program crashes ----------------------------------------------------------------------

STACK_RECEIVED_S, PAST_ESCROW_S = 1.2, 1.8


def crashed(after_s: float, *, ask_after_s: float = 0.0, away_s: float = 0.0) -> Rig:
    """The host decided to stack, and crashed so long after the note was offered."""
    rig = ready(decide=stack)
    rig.insert(5_000)
    rig.run(after_s)
    rig.pending.setdefault("run1-1", 5_000)
    rig.answers.clear()
    rig.decide = lambda _: None
    rig.cut_line()
    rig.run(away_s)
    rig.line = True
    rig.facts = [fact for fact in rig.facts if not isinstance(fact, NoteStacked)]
    rig.crash(ask_after_s=ask_after_s)
    return rig


@pytest.mark.parametrize("ask_after_s", [0.0, 0.1, 3.0])
@pytest.mark.parametrize("after_s", [STACK_RECEIVED_S, PAST_ESCROW_S])
def test_a_note_on_its_way_into_the_box(after_s: float, ask_after_s: float) -> None:
    rig = crashed(after_s, ask_after_s=ask_after_s)
    rig.run(6)
    assert rig.ends() == [stacked("run1-1", 5_000)]
    assert rig.states()[-1] == OK


@pytest.mark.parametrize("ask_after_s", [0.0, 3.0])
@pytest.mark.parametrize("away_s", [0.0, 6.0])
def test_a_note_still_in_escrow_is_offered_again_under_its_id(
    ask_after_s: float, away_s: float
) -> None:
    rig = ready()
    rig.insert(5_000)
    rig.run(1.2)
    rig.pending["run1-1"] = 5_000
    rig.cut_line()
    rig.run(away_s)
    rig.line = True
    rig.facts.clear()
    rig.crash(ask_after_s=ask_after_s)
    rig.run(1)
    assert rig.of(NoteEscrowed) == [NoteEscrowed(note_id="run1-1", value_fen=5_000)]
    rig.command(Stack("run1-1"))
    rig.run(5)
    assert rig.ends() == [stacked("run1-1", 5_000)]
    assert rig.box == (5_000,)


def test_a_held_note_is_offered_again_too() -> None:
    rig = ready()
    rig.insert(5_000)
    rig.run(8)
    assert rig.device.mechanism.state is State.HOLDING
    rig.pending["run1-1"] = 5_000
    rig.facts.clear()
    rig.crash()
    rig.run(0.5)
    rig.command(GiveBack("run1-1"))
    rig.run(4)
    assert rig.ends() == [NoteReturned(note_id="run1-1", value_fen=5_000)]


def test_a_note_that_went_back_while_nobody_listened() -> None:
    rig = ready()
    rig.insert(5_000)
    rig.run(1.2)
    rig.pending["run1-1"] = 5_000
    rig.cut_line()
    rig.run(15)
    rig.line = True
    rig.crash()
    rig.run(5)
    assert rig.ends() == [NoteReturned(note_id="run1-1", value_fen=5_000)]


def test_a_note_in_escrow_that_nobody_asks_about_goes_back() -> None:
    rig = ready()
    rig.insert(5_000)
    rig.run(1.2)
    rig.crash()
    rig.run(Limits().claim_s + 4)
    assert rig.given_back == (5_000,)
    assert rig.states()[-1] == OK


@pytest.mark.parametrize("ask_after_s", [0.0, 2.0])
def test_both_lost_their_power_with_the_note_past_escrow(ask_after_s: float) -> None:
    rig = ready(decide=stack)
    rig.insert(5_000)
    rig.run(1.8)
    rig.device.mechanism.power_cut()
    rig.facts.clear()
    rig.device.mechanism.power_on()
    rig.crash(ask_after_s=ask_after_s)
    rig.run(10)
    assert rig.ends() == [stacked("run1-1", 5_000, EVIDENCE_POWER_UP)]
    assert rig.box == (5_000,)


@pytest.mark.parametrize("ask_after_s", [0.0, 0.5, 8.0])
def test_both_lost_their_power_with_the_note_before_escrow(ask_after_s: float) -> None:
    rig = ready()
    rig.insert(5_000)
    rig.run(1.2)
    rig.pending["run1-1"] = 5_000
    rig.device.mechanism.power_cut()
    rig.device.mechanism.power_on()
    rig.crash(ask_after_s=ask_after_s)
    rig.run(10)
    assert rig.ends() == [NoteReturned(note_id="run1-1", value_fen=5_000)]
    assert rig.given_back == (5_000,)


def test_a_crash_between_journal_and_acknowledgement_is_one_note() -> None:
    rig = ready(decide=stack)
    rig.device.acks_to_miss = 1
    rig.insert(5_000)
    rig.run_until(lambda: bool(rig.ends()))
    rig.crash()
    rig.run(8)
    assert rig.ends() == [stacked("run1-1", 5_000)]


@pytest.mark.parametrize("ask_after_s", [0.0, 8.0])
def test_a_note_of_which_there_is_no_trace_is_unknown(ask_after_s: float) -> None:
    rig = ready()
    rig.pending["run0-3"] = 2_000
    rig.crash(ask_after_s=ask_after_s)
    rig.run(5)
    (end,) = rig.ends()
    assert isinstance(end, NoteUnknown)
    assert (end.note_id, end.value_fen) == ("run0-3", 2_000)


def test_asking_an_acceptor_that_does_not_answer_ends_too() -> None:
    rig = ready()
    rig.device.mechanism.power_cut()
    rig.pending["run1-1"] = 5_000
    rig.crash()
    rig.run(Limits().ask_s + 2)
    (end,) = rig.ends()
    assert isinstance(end, NoteUnknown)


def test_asking_twice_is_one_question() -> None:
    rig = crashed(PAST_ESCROW_S)
    rig.command(AskNote("run1-1", 5_000))
    rig.run(6)
    rig.command(AskNote("run1-1", 5_000))
    rig.run(1)
    assert rig.ends() == [stacked("run1-1", 5_000)]


def test_a_second_question_is_answered_by_unknown() -> None:
    rig = crashed(PAST_ESCROW_S)
    rig.command(AskNote("run0-9", 100))
    rig.run(6)
    stacked_ids = [end.note_id for end in rig.ends() if isinstance(end, NoteStacked)]
    unknown_ids = [end.note_id for end in rig.ends() if isinstance(end, NoteUnknown)]
    assert (stacked_ids, unknown_ids) == (["run1-1"], ["run0-9"])


def test_a_note_that_was_being_given_back_and_is_gone_was_given_back() -> None:
    """The power cut swallowed the report: nobody had it stacked, so nobody need look for it."""
    rig = ready()
    rig.boot(None, (AskNote("run0-3", 2_000, returning=True),))
    rig.run(5)
    assert rig.ends() == [NoteReturned(note_id="run0-3", value_fen=2_000)]


def test_what_the_acceptor_reports_outweighs_what_was_wished() -> None:
    rig = crashed(PAST_ESCROW_S)
    rig.facts.clear()
    rig.boot(None, (AskNote("run1-1", 5_000, returning=True),))
    rig.run(6)
    assert rig.ends() == [stacked("run1-1", 5_000)]
