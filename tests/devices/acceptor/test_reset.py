"""Maintenance starts the acceptor anew, wherever a note may be at that moment."""

import pytest

from bench.acceptor import Place, State
from kiosk.devices.acceptor.ccnet.host import Close, Reset
from kiosk.devices.acceptor.ccnet.limits import Limits
from kiosk.devices.acceptor.ccnet.message import Code, Command
from kiosk.flow.event import (
    DeviceState,
    Fault,
    NoteEscrowed,
    NoteReturned,
    NoteStacked,
    NoteUnknown,
)
from tests.devices.acceptor.rig import Decide, Rig, give_back, ready, stack

OK = (DeviceState.OK, Fault.NONE)
STARTING = (DeviceState.STARTING, Fault.NONE)
NOTE = 5_000


def nobody(_: NoteEscrowed) -> None:
    """The host does not decide."""


def resets(rig: Rig) -> int:
    """How many since the rig was ready: one was sent at the start."""
    return rig.sent(Command.RESET) - 1


def test_an_idle_acceptor_begins_anew_at_once() -> None:
    rig = ready()
    rig.run(Limits().reset_s)
    rig.command(Reset())
    rig.run_until(lambda: resets(rig) == 1, limit_s=0.5)
    rig.run(10)
    assert resets(rig) == 1
    assert rig.states() == [STARTING, OK]
    assert rig.device.mechanism.enabled_bits != 0, "it is open for what it was open for"


def test_a_closed_acceptor_stays_closed() -> None:
    rig = ready()
    rig.command(Close())
    rig.run(2)
    rig.command(Reset())
    rig.run(10)
    assert resets(rig) == 1
    assert rig.device.mechanism.enabled_bits == 0


# in the mouth until 1.0 s, in escrow, past it from 1.6 s, in the box from 2.1 s; then at rest
MOMENTS_S = [0.0, 0.3, 0.95, 1.02, 1.1, 1.15, 1.3, 1.5, 1.62, 1.8, 2.05, 2.12, 2.2, 2.4, 3.0]


@pytest.mark.parametrize("decide", [stack, give_back, nobody])
@pytest.mark.parametrize("wait_s", MOMENTS_S)
def test_a_note_in_the_path_meets_its_end_first(wait_s: float, decide: Decide) -> None:
    rig = ready(decide=decide)
    rig.insert(NOTE)
    rig.run(wait_s)
    rig.command(Reset())
    rig.run_until(lambda: resets(rig) == 1)
    assert rig.device.mechanism.in_path is None, "nothing is in the way of a reset"
    rig.run(10)
    assert resets(rig) == 1
    kind = NoteStacked if decide is stack else NoteReturned
    assert [(type(end), end.value_fen) for end in rig.ends()] == [(kind, NOTE)]
    assert rig.box == ((NOTE,) if decide is stack else ())
    assert rig.unheard == []
    assert rig.states() == [STARTING, OK]


def test_a_note_that_nobody_decides_about_goes_back_soon() -> None:
    rig = ready()
    rig.insert(NOTE)
    rig.run_until(lambda: bool(rig.of(NoteEscrowed)))
    rig.command(Reset())
    rig.run_until(lambda: resets(rig) == 1, limit_s=Limits().decide_closing_s + 3)
    assert rig.given_back == (NOTE,)


def test_a_jam_with_a_note_on_its_way_to_the_box_is_judged_before_it_is_forgotten() -> None:
    rig = ready(decide=stack)
    rig.insert(NOTE)
    rig.run_until(lambda: rig.device.mechanism.state is State.STACKING)
    rig.device.mechanism.stop_by_jam(Code.JAM_IN_STACKER)
    rig.command(Reset())
    rig.run_until(lambda: resets(rig) > 0)
    (end,) = rig.ends()
    assert isinstance(end, NoteUnknown)
    assert end.value_fen == NOTE
    rig.device.mechanism.repair(rig.now_s)
    rig.run(10)
    assert rig.ends() == [end]
    assert rig.states()[-1] == OK


def test_a_power_cut_while_it_waits_is_judged_like_any() -> None:
    rig = ready(decide=stack)
    rig.insert(NOTE)
    rig.run_until(lambda: bool(rig.device.mechanism.values_at(Place.PAST_ESCROW)))
    rig.command(Reset())
    rig.device.mechanism.power_cut()
    rig.run(1)
    rig.device.mechanism.power_on()
    rig.run(10)
    (end,) = rig.ends()
    assert isinstance(end, NoteStacked)
    assert rig.box == (NOTE,)
    assert resets(rig) == 1, "the reset after a power cut is the one that was asked for"


def test_a_jam_that_was_given_up_is_tried_again() -> None:
    rig = ready()
    rig.device.mechanism.stop_by_jam(Code.JAM_IN_VALIDATOR)
    rig.run(120)
    given_up = resets(rig)
    rig.run(60)
    assert resets(rig) == given_up == Limits().fault_resets
    rig.command(Reset())
    rig.run(2)
    assert resets(rig) == given_up + 1


def test_a_silent_acceptor_begins_anew_when_it_is_back() -> None:
    rig = ready()
    rig.cut_line()
    rig.run(10)
    rig.command(Reset())
    rig.mend_line()
    rig.run(10)
    assert resets(rig) == 1
    assert rig.states()[-1] == OK
    assert rig.device.mechanism.enabled_bits != 0
