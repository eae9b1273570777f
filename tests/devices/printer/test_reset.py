"""The printer is started anew by maintenance: never in the middle of a slip."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.printer import FAST, BenchPrinter
from kiosk.devices.printer.codec import CLEAR_BUFFERS, INITIALISE, RECOVER
from kiosk.devices.printer.escpos import EscposPrinter
from kiosk.devices.printer.machine import Limits
from kiosk.flow.event import DeviceState, Fault, SlipPrinted
from tests.devices.printer.stand import ENERGY, WAIT_S, Facts
from tests.devices.printer.test_driver import make
from tests.devices.printer.test_machine import SLIP, Wire

OK = (DeviceState.OK, Fault.NONE)
STARTING = (DeviceState.STARTING, Fault.NONE)
BEGIN = RECOVER + CLEAR_BUFFERS + INITIALISE


def test_a_printer_at_rest_begins_anew_at_once() -> None:
    wire = Wire().up().run(2).reset()
    assert BEGIN in wire.sent
    assert wire.run(Limits().quiet_s + 1).states == [OK, STARTING, OK]


def test_a_slip_under_way_is_finished_first() -> None:
    wire = Wire().up().run(2).print("1").run(0.06)
    assert any(b"line" in data for data in wire.sent), "it has begun"
    wire.reset().run(3)
    assert wire.ends == [SlipPrinted(order_no="1")]
    assert wire.sent.count(BEGIN) == 1
    assert [slip.whole for slip in wire.device.slips] == [True]
    assert wire.states == [OK, STARTING, OK]


@given(
    resets=st.lists(st.integers(0, 200), min_size=1, max_size=5),
    slips=st.lists(st.integers(0, 200), min_size=1, max_size=4),
    bytes_per_step=st.sampled_from([None, 9, 40]),
)
def test_no_slip_is_torn_lost_or_doubled(
    resets: list[int], slips: list[int], bytes_per_step: int | None
) -> None:
    wire = Wire(bytes_per_step=bytes_per_step).up()
    for moment in range(201):
        for number in range(slips.count(moment)):
            wire.do(wire.machine.print(f"{moment}-{number}", SLIP, wire.now_s))
        for _ in range(resets.count(moment)):
            wire.reset()
        wire.run(0.02)
    wire.run(30)
    assert [type(end) for end in wire.ends] == [SlipPrinted] * len(slips)
    assert [len(slip.printed) for slip in wire.device.slips] == [30] * len(slips)
    assert all(slip.whole for slip in wire.device.slips)
    assert wire.states[-1] == OK


def test_a_cutter_that_was_freed_works_after_a_reset() -> None:
    wire = Wire().up().run(2)
    wire.device.cutter_fault = True
    wire.run(2).reset().run(2)
    jammed = (DeviceState.FAULT, Fault.CUTTER)
    assert wire.states == [OK, jammed, STARTING, jammed], "it is still jammed"
    wire.device.cutter_freed = True
    assert wire.run(5).states[-1] == jammed, "the printer does not find out by itself"
    assert wire.reset().run(2).states[-1] == OK
    assert wire.print().run(3).ends == [SlipPrinted(order_no="1")]


def test_a_printer_that_is_gone_stays_gone_and_says_so_again() -> None:
    wire = Wire().up().run(2)
    wire.device.dead = True
    wire.run(20)
    offline = (DeviceState.OFFLINE, Fault.NO_ANSWER)
    assert wire.states == [OK, offline]
    wire.reset().run(20)
    assert wire.states == [OK, offline, STARTING, offline]


# -- over real wires -------------------------------------------------------------------------------


@pytest.fixture
def bench() -> Iterator[BenchPrinter]:
    with BenchPrinter(32, speed=FAST) as printer:
        yield printer


@pytest.fixture(params=["tcp", "pty"])
def printer(bench: BenchPrinter, request: pytest.FixtureRequest) -> Iterator[EscposPrinter]:
    printer = make(bench.serve() if request.param == "tcp" else bench.serve_pty())
    yield printer
    printer.stop(1.0)
    assert not printer.thread.is_alive()


def test_line_and_printer_begin_anew_between_two_slips(
    bench: BenchPrinter, printer: EscposPrinter
) -> None:
    facts = Facts()
    printer.start(facts)
    assert facts.state(DeviceState.OK)
    printer.print_slip(ENERGY)
    printer.reset()
    printer.print_slip(ENERGY)
    assert facts.wait_for_end(2) == SlipPrinted(order_no=ENERGY.order_no)
    assert bench.wait_for(lambda device: len(device.slips) == 2, WAIT_S)
    assert [slip.whole for slip in bench.slips] == [True, True]
    assert bench.unknown == []
    assert STARTING in facts.states()
    assert facts.newest() == OK
