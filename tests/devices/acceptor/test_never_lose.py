"""Whatever happens on the line, in the metal and to the host program: no note lost, none invented.

The bench's metal is the judge. Every note has a value of its own, so each can be followed.
"""

from collections.abc import Callable
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.acceptor import AcceptorDevice, CutPoint, Mechanism, Place, Timing
from kiosk.devices.acceptor.ccnet.host import Close, Open, Reset
from kiosk.devices.acceptor.ccnet.message import Code
from kiosk.flow.event import (
    AcceptorClosed,
    DeviceChanged,
    DeviceState,
    NoteEscrowed,
    NoteStacked,
    NoteUnknown,
)
from tests.devices.acceptor.rig import Decide, Rig, give_back, stack

VALUES_FEN = tuple(range(100, 2_500, 100))
"""24 bill types: as many notes as one story may have."""
SETTLING_S = 200.0
"""Longer than every deadline of the machine together."""


class World:
    """A rig, the customer's purse, and everything that may happen."""

    def __init__(self, *, credit_recovery: bool) -> None:
        device = AcceptorDevice(VALUES_FEN, timing=Timing(), credit_recovery=credit_recovery)
        device.mechanism.power_on()
        self.rig = Rig(device, stack)
        self.purse = list(VALUES_FEN)
        self.rig.command(Open(VALUES_FEN))
        self.rig.run(3)

    @property
    def metal(self) -> Mechanism:
        return self.rig.device.mechanism

    def insert(self) -> None:
        if self.purse and self.metal.insert(self.purse[0], self.rig.now_s):
            del self.purse[0]

    def at_rest(self) -> bool:
        states = self.rig.of(DeviceChanged)
        healthy = bool(states) and states[-1].state is DeviceState.OK
        return healthy and not self.rig.pending and self.metal.in_path is None

    def mend(self) -> None:
        """All troubles end."""
        device = self.rig.device
        device.mute, device.delay_s = False, 0.0
        device.replies_to_drop = device.replies_to_corrupt = 0
        device.commands_to_refuse = device.acks_to_miss = 0
        self.metal.cut_at = self.metal.reject_next = None
        self.rig.journal_fails = 0
        self.metal.power_on()
        self.metal.insert_box(self.rig.now_s)
        self.metal.repair(self.rig.now_s)
        self.rig.mend_line()

    def settle(self) -> None:
        """The last customer goes, the host closes."""
        self.mend()
        self.rig.decide = give_back
        self.rig.run(6)
        self.rig.run_until(self.at_rest, SETTLING_S)
        self.rig.run(3)
        self.rig.command(Close())
        self.rig.run(5)

    def tell(self, story: list["Round"]) -> None:
        for chapter in story:
            self.happen(chapter.before)
            self.insert()
            self.rig.run(chapter.wait_s)
            self.happen(chapter.during)
            self.rig.run(chapter.wait_after_s)
            if chapter.mend:
                self.mend()
                self.rig.run(6)
                self.rig.command(Open(VALUES_FEN))
                self.rig.run(1)
        self.settle()

    def happen(self, names: list[str]) -> None:
        for name in names:
            HAPPENINGS[name](self)
            self.rig.run(0.02)


def _set(name: str, value: float) -> Callable[[World], None]:
    return lambda world: setattr(world.rig.device, name, value)


def _decide(how: Decide) -> Callable[[World], None]:
    return lambda world: setattr(world.rig, "decide", how)


def _cut_at(point: CutPoint) -> Callable[[World], None]:
    return lambda world: setattr(world.metal, "cut_at", point)


HAPPENINGS: dict[str, Callable[[World], None]] = {
    "host stacks": _decide(stack),
    "host gives back": _decide(give_back),
    "host does not decide": _decide(lambda _: None),
    "host opens": lambda world: world.rig.command(Open(VALUES_FEN)),
    "host closes": lambda world: world.rig.command(Close()),
    "host crashes": lambda world: world.rig.crash(),
    "host crashes and asks late": lambda world: world.rig.crash(ask_after_s=2.0),
    "host resets": lambda world: world.rig.command(Reset()),
    "journal fails": lambda world: setattr(world.rig, "journal_fails", 3),
    "power cut": lambda world: world.metal.power_cut(),
    "power on": lambda world: world.metal.power_on(),
    **{f"power cut at {point}": _cut_at(point) for point in CutPoint},
    "jam": lambda world: world.metal.stop_by_jam(Code.JAM_IN_VALIDATOR),
    "jam in stacker": lambda world: world.metal.stop_by_jam(Code.JAM_IN_STACKER),
    "failure": lambda world: world.metal.stop_by_failure(0x50),
    "repair": lambda world: world.metal.repair(world.rig.now_s),
    "cheat": lambda world: world.metal.cheat(world.rig.now_s),
    "box out": lambda world: world.metal.remove_box(),
    "box in": lambda world: world.metal.insert_box(world.rig.now_s),
    "reject next": lambda world: setattr(world.metal, "reject_next", 0x66),
    "drop replies": _set("replies_to_drop", 3),
    "drop many replies": _set("replies_to_drop", 12),
    "corrupt replies": _set("replies_to_corrupt", 4),
    "refuse commands": _set("commands_to_refuse", 5),
    "miss acks": _set("acks_to_miss", 3),
    "slow line": _set("delay_s", 0.3),
    "very slow line": _set("delay_s", 0.9),
    "quick line": _set("delay_s", 0.0),
    "cable out": _set("mute", True),
    "cable in": _set("mute", False),
    "line cut": lambda world: world.rig.cut_line(),
    "line mended": lambda world: world.rig.mend_line(),
}


class Round(NamedTuple):
    """A customer offers a note."""

    before: list[str]
    wait_s: float
    during: list[str]
    wait_after_s: float
    mend: bool


def happenings(most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(list(HAPPENINGS)), max_size=most)


rounds = st.builds(
    Round,
    before=happenings(1),
    # a note reaches escrow after 1.0 s, is past it at 1.6 s and in the box at 2.1 s
    wait_s=st.sampled_from([0.5, 1.05, 1.15, 1.3, 1.5, 1.65, 1.8, 2.0, 2.1, 2.15, 2.2, 2.3]),
    during=happenings(3),
    wait_after_s=st.sampled_from([0.1, 0.6, 2.0, 4.0, 12.0]),
    mend=st.sampled_from([True, True, False]),
)


@settings(max_examples=150)
@given(story=st.lists(rounds, max_size=5), credit_recovery=st.booleans())
def test_every_note_is_accounted_for(story: list[Round], credit_recovery: bool) -> None:
    world = World(credit_recovery=credit_recovery)
    world.tell(story)
    judge(world)


def judge(world: World) -> None:
    rig, metal = world.rig, world.metal
    swallowed = {*metal.values_at(Place.BOX), *metal.values_at(Place.REMOVED_BOX)}
    ends = rig.ends()
    stacked = [end.value_fen for end in ends if isinstance(end, NoteStacked)]
    unknown = [end.value_fen for end in ends if isinstance(end, NoteUnknown)]

    assert len({end.note_id for end in ends}) == len(ends), "one end for each note"
    assert len(set(stacked)) == len(stacked), "no note stacked twice"
    assert set(stacked) <= swallowed, "no note stacked that is not in a box"
    assert not set(stacked) & set(unknown), "no note both stacked and unknown"
    nameless = unknown.count(0)
    assert len(swallowed - {*stacked, *unknown}) <= nameless, "every note in a box is known of"

    assert rig.unheard == [], "nothing acknowledged before the journal held it"
    assert rig.pending == {}, "every decision has met its end"
    for note in rig.of(NoteEscrowed):
        told = rig.ends(note.note_id) or note.note_id in rig.forgotten
        assert told, "every note in escrow has met its end"
    assert metal.in_path is None
    assert rig.of(DeviceChanged)[-1].state is DeviceState.OK
    assert isinstance(rig.facts[-1], AcceptorClosed)
    assert metal.enabled_bits == 0
