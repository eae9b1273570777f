"""The protocol machine against a printer of a few lines, with a clock that jumps."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.printer.device import FAST, PrinterDevice, Speed
from bench.printer.paper import PrintedPicture, PrintedText
from kiosk.devices.printer.codec import CLEAR_BUFFERS, ask_status
from kiosk.devices.printer.escpos import RARE_FONT
from kiosk.devices.printer.layout import Cut, Item, Qr, TextLine
from kiosk.devices.printer.machine import (
    Limits,
    Output,
    Post,
    PrinterMachine,
    Reopen,
    Send,
    pieces_of,
)
from kiosk.devices.printer.paper import Composer, FontRasteriser
from kiosk.flow.event import DeviceChanged, DeviceState, Event, Fault, SlipFailed, SlipPrinted

SLIP = [b"\x1b@\x1c&", *(b"line %02d\n" % number for number in range(30)), b"\x1dV\x00"]
STEP_S = 0.01
BYTES_PER_STEP_9600 = 9
"""Eight bits, start and stop: 960 bytes a second."""
OK = (DeviceState.OK, Fault.NONE)


@dataclass
class Wire:
    """A machine and a printer in one time."""

    device: PrinterDevice = field(default_factory=lambda: PrinterDevice(speed=FAST))
    machine: PrinterMachine = field(default_factory=PrinterMachine)
    now_s: float = 0.0
    facts: list[Event] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    bytes_per_step: int | None = None
    """How fast the line is; None: as fast as it is written to."""
    on_the_way: bytes = b""

    def up(self) -> "Wire":
        self.do(self.machine.line_up(self.now_s))
        return self

    def do(self, outputs: list[Output]) -> None:
        for output in outputs:
            match output:
                case Send(data):
                    self.sent.append(data)
                    self.on_the_way += data
                    if self.bytes_per_step is None:
                        self.deliver(len(self.on_the_way))
                case Post(event):
                    self.facts.append(event)
                case Reopen():
                    self.on_the_way = self.device.outgoing = b""
                    self.up()

    def deliver(self, size: int) -> None:
        arrived, self.on_the_way = self.on_the_way[:size], self.on_the_way[size:]
        self.device.receive(arrived, self.now_s)

    def run(self, seconds: float) -> "Wire":
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self.now_s += STEP_S
            if self.bytes_per_step is not None:
                self.deliver(self.bytes_per_step)
            self.device.advance(self.now_s)
            data, self.device.outgoing = self.device.outgoing, b""
            if data:
                self.do(self.machine.receive(data, self.now_s))
            elif self.now_s >= self.machine.wake_at_s:
                self.do(self.machine.tick(self.now_s))
        return self

    def print(self, order_no: str = "1") -> "Wire":
        self.do(self.machine.print(order_no, SLIP, self.now_s))
        return self

    def reset(self) -> "Wire":
        self.do(self.machine.reset(self.now_s))
        return self

    @property
    def states(self) -> list[tuple[DeviceState, Fault]]:
        return [(e.state, e.fault) for e in self.facts if isinstance(e, DeviceChanged)]

    @property
    def ends(self) -> list[Event]:
        return [e for e in self.facts if isinstance(e, SlipPrinted | SlipFailed)]


def test_a_change_is_posted_once() -> None:
    wire = Wire().up().run(10)
    wire.device.paper_low = True
    wire.run(10)
    assert wire.states == [OK, (DeviceState.LOW, Fault.PAPER_LOW)]


def test_a_slip_is_printed_and_confirmed() -> None:
    wire = Wire().up().run(2).print().run(2)
    assert wire.ends == [SlipPrinted(order_no="1")]
    assert len(wire.device.slips) == 1
    assert wire.device.slips[0].whole


def test_two_slips_come_out_in_their_order() -> None:
    wire = Wire().up().run(2).print("1").print("2").run(3)
    assert wire.ends == [SlipPrinted(order_no="1"), SlipPrinted(order_no="2")]
    assert len(wire.device.slips) == 2


def test_no_byte_of_a_slip_goes_to_a_printer_without_paper() -> None:
    wire = Wire().up().run(2)
    wire.device.paper_out = True
    wire.print().run(2)
    assert wire.ends == [SlipFailed(order_no="1", fault=Fault.PAPER_OUT)]
    assert not any(b"line" in data for data in wire.sent)


def test_the_rest_of_a_failed_slip_never_comes_out() -> None:
    wire = Wire().up().run(2)
    wire.device.lines_left = 10
    wire.print().run(2)
    assert wire.ends == [SlipFailed(order_no="1", fault=Fault.PAPER_OUT)]
    assert CLEAR_BUFFERS in wire.sent
    wire.device.load_paper()
    wire.run(2).print("2").run(2)
    assert wire.ends[1:] == [SlipPrinted(order_no="2")]
    first, second = wire.device.slips
    assert (len(first.printed), first.whole) == (10, False)
    assert (len(second.printed), second.whole) == (30, True)


def test_a_printer_that_never_confirms_does_not_keep_the_customer_waiting() -> None:
    wire = Wire().up().run(2)
    wire.device.confirms = False
    wire.print().run(Limits().confirm_s + 1)
    assert wire.ends == [SlipFailed(order_no="1", fault=Fault.PRINTER_UNKNOWN)]


def test_a_late_confirmation_is_not_taken_for_the_next_slip() -> None:
    wire = Wire().up().run(2)
    wire.do(wire.machine.print("1", SLIP, wire.now_s))
    wire.run(1)
    wire.device.confirms = False
    wire.print("2").run(1)
    wire.do(wire.machine.receive(b"\x37\x22AAAA\x00", wire.now_s))
    assert wire.ends == [SlipPrinted(order_no="1")]


def test_silence_is_offline_and_never_ok() -> None:
    wire = Wire()
    wire.device.dead = True
    wire.up().run(5)
    assert wire.states == [(DeviceState.OFFLINE, Fault.NO_ANSWER)]
    wire.device.dead = False
    wire.run(20)
    assert wire.states[1:] == [OK]


def test_a_slip_for_a_silent_printer_fails_soon() -> None:
    wire = Wire().up().run(2)
    wire.device.dead = True
    wire.print().run(4)
    assert wire.ends == [SlipFailed(order_no="1", fault=Fault.NO_ANSWER)]


def test_one_lost_answer_is_forgiven() -> None:
    wire = Wire().up().run(2)
    wire.device.hold_answers = 1
    wire.run(6)
    assert wire.states == [OK]


def test_nonsense_is_not_an_answer() -> None:
    wire = Wire()
    wire.device.answer_mask = 0x82
    wire.up().run(5)
    assert wire.states == [(DeviceState.OFFLINE, Fault.PROTOCOL)]


@pytest.mark.parametrize("late_s", [0.05, 0.3, 0.9, 1.0, 1.3, 1.6])
@pytest.mark.parametrize("answers", [1, 2, 3])
def test_a_late_answer_is_never_the_next_questions(late_s: float, answers: int) -> None:
    """With the paper near its end, a shifted answer would show as another fault or as none."""
    wire = Wire()
    wire.device.paper_low = True
    wire.up().run(2)
    wire.device.hold_answers = answers
    wire.run(late_s)
    wire.device.release_answers()
    wire.run(20)
    assert {state for state, _ in wire.states} <= {DeviceState.LOW, DeviceState.OFFLINE}
    assert wire.states[-1] == (DeviceState.LOW, Fault.PAPER_LOW)


def test_an_answer_given_twice_spoils_the_round_and_no_more() -> None:
    wire = Wire()
    wire.device.paper_low = True
    wire.up().run(2)
    wire.device.answers_twice = 1
    wire.run(10)
    assert wire.states == [(DeviceState.LOW, Fault.PAPER_LOW)]


def test_a_broken_line_ends_every_slip() -> None:
    wire = Wire().up().run(2).print("1").print("2")
    wire.do(wire.machine.line_down(wire.now_s))
    assert wire.ends == [
        SlipFailed(order_no="1", fault=Fault.NO_ANSWER),
        SlipFailed(order_no="2", fault=Fault.NO_ANSWER),
    ]
    assert wire.states[-1] == (DeviceState.OFFLINE, Fault.NO_ANSWER)


def test_questions_stand_between_commands_and_never_inside() -> None:
    wire = Wire(machine=PrinterMachine(Limits(piece_bytes=64))).up().run(2).print().run(2)
    pieces = [data for data in wire.sent if b"line" in data]
    assert len(pieces) > 3
    assert all(piece[-1:] == b"\n" or b"\x1dV" in piece for piece in pieces)
    after = [wire.sent[wire.sent.index(piece) + 1] for piece in pieces]
    assert set(after[:-1]) == {ask_status(1)}


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=30), st.integers(1, 100))
def test_pieces_are_whole_commands(commands: list[bytes], size: int) -> None:
    pieces = pieces_of(commands, size)
    assert b"".join(pieces) == b"".join(commands)
    assert all(len(piece) <= max(size, *map(len, commands)) for piece in pieces)


@pytest.mark.parametrize("item", [TextLine("™"), Qr("3100422601010000012")], ids=["rare", "qr"])
def test_a_picture_is_printed_over_the_slowest_line(item: Item) -> None:
    wire = Wire(device=PrinterDevice(48), bytes_per_step=BYTES_PER_STEP_9600).up().run(2)
    commands = Composer(48, FontRasteriser(RARE_FONT)).compose([item, TextLine("after"), Cut()])
    wire.do(wire.machine.print("1", commands, wire.now_s))
    wire.run(20)
    assert wire.ends == [SlipPrinted(order_no="1")]
    assert wire.states == [OK]
    (slip,) = wire.device.slips
    assert [type(printed) for printed in slip.printed] == [PrintedPicture, PrintedText]


MISHAPS = st.sampled_from(
    ["paper", "load", "cover", "close", "dead", "alive", "late", "noise", "down", "up", "mute"]
)


@given(
    st.lists(
        st.tuples(st.floats(0, 3), MISHAPS | st.just("print") | st.binary(max_size=4)), max_size=25
    )
)
def test_every_slip_ends_once_and_what_is_printed_was_printed(
    story: list[tuple[float, str | bytes]],
) -> None:
    limits = Limits(confirm_s=3.0, job_s=8.0, longest_quiet_s=2.0)
    device = PrinterDevice(speed=Speed(line_s=0.02, cut_s=0.1))
    wire = Wire(device=device, machine=PrinterMachine(limits)).up()
    orders = 0
    for pause_s, act in story:
        wire.run(pause_s)
        if act == "print":
            orders += 1
            wire.print(str(orders))
        else:
            mishap(wire, act)
    wire.run(limits.job_s + 1)
    assert sorted(int(getattr(end, "order_no", "")) for end in wire.ends) == [*range(1, orders + 1)]
    confirmed = sum(isinstance(end, SlipPrinted) for end in wire.ends)
    assert confirmed <= sum(slip.whole for slip in device.slips)


def mishap(wire: Wire, act: str | bytes) -> None:
    device = wire.device
    match act:
        case bytes():
            device.outgoing += act
        case "paper":
            device.paper_out = True
        case "load":
            device.load_paper()
        case "cover" | "close":
            device.cover_open = act == "cover"
        case "dead":
            device.power_cut()
        case "alive":
            device.dead = device.silent = False
        case "mute":
            device.silent = True
        case "late":
            device.release_answers()
            device.hold_answers = 2
        case "down":
            device.hang_up()
            wire.do(wire.machine.line_down(wire.now_s))
        case "up":
            wire.up()
        case _:
            device.answer_mask ^= 0x82
