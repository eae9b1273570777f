"""The driver against the bench's printer over real wires."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from bench.printer import FAST, BenchPrinter, Speed
from kiosk.devices.printer.escpos import SLIPS_LIMIT, EscposPrinter, read_layouts
from kiosk.devices.printer.layout import LayoutError
from kiosk.devices.printer.machine import Limits
from kiosk.devices.registry import driver
from kiosk.flow.event import DeviceState, Fault, SlipFailed, SlipPrinted
from kiosk.flow.paper import Paper, Slip
from tests.devices.printer.stand import (
    CLEARING,
    DOUBTFUL,
    ENERGY,
    GOLDEN,
    OPERATOR,
    PHONE,
    TEST,
    WAIT_S,
    X_REPORT,
    Facts,
)

QUICK = Limits(
    poll_s=0.05,
    job_poll_s=0.02,
    answer_s=0.4,
    quiet_s=0.05,
    longest_quiet_s=0.2,
    confirm_s=2.0,
    job_s=6.0,
)
NUMBER = ENERGY.order_no
Act = Callable[[BenchPrinter], None]
PRINTED = SlipPrinted(order_no=NUMBER)


def failed(fault: Fault) -> SlipFailed:
    return SlipFailed(order_no=NUMBER, fault=fault)


def make(url: str) -> EscposPrinter:
    return EscposPrinter(url, operator_name=OPERATOR, service_phone=PHONE, columns=32, limits=QUICK)


@pytest.fixture
def bench() -> Iterator[BenchPrinter]:
    with BenchPrinter(32, speed=FAST) as printer:
        yield printer


@pytest.fixture(params=["tcp", "pty"])
def url(bench: BenchPrinter, request: pytest.FixtureRequest) -> str:
    return bench.serve() if request.param == "tcp" else bench.serve_pty()


@pytest.fixture
def facts() -> Facts:
    return Facts()


@pytest.fixture
def printer(url: str, facts: Facts) -> Iterator[EscposPrinter]:
    printer = make(url)
    printer.start(facts)
    yield printer
    printer.stop(1.0)
    assert not printer.thread.is_alive()


def test_a_slip_comes_out_as_agreed(
    bench: BenchPrinter, printer: EscposPrinter, facts: Facts
) -> None:
    assert facts.state(DeviceState.OK)
    printer.print_slip(ENERGY)
    assert facts.wait_for_end() == PRINTED
    (slip,) = bench.slips
    lines = [line.rstrip() for line in slip.text.splitlines()]
    assert lines == (GOLDEN / "purchase.zh.txt").read_text("utf-8").splitlines()
    assert slip.whole
    assert bench.unknown == []


def test_several_slips_come_out_in_order(
    bench: BenchPrinter, printer: EscposPrinter, facts: Facts
) -> None:
    for slip in (ENERGY, DOUBTFUL, replace(ENERGY, language="en")):
        printer.print_slip(slip)
    assert facts.wait_for_end(3) == PRINTED
    assert ["购电凭条" in slip.text for slip in bench.slips] == [True, False, False]
    assert ["Electricity slip" in slip.text for slip in bench.slips] == [False, False, True]


@pytest.mark.parametrize(
    ("paper", "number"), [(CLEARING, "clearing-12"), (X_REPORT, "x-report-12"), (TEST, "test")]
)
def test_the_staffs_papers_come_out_under_their_own_numbers(
    bench: BenchPrinter, printer: EscposPrinter, facts: Facts, paper: Paper, number: str
) -> None:
    printer.print_slip(paper)
    assert facts.wait_for_end() == SlipPrinted(order_no=number)
    (slip,) = bench.slips
    lines = [line.rstrip() for line in slip.text.splitlines()]
    if paper is not TEST:  # its rare signs are a picture, which has no text
        assert lines == (GOLDEN / f"{paper.layout}.zh.txt").read_text("utf-8").splitlines()
    assert slip.whole
    assert bench.unknown == []


def test_paper_near_its_end_is_told_and_printed_on(
    bench: BenchPrinter, printer: EscposPrinter, facts: Facts
) -> None:
    bench.paper_low()
    assert facts.state(DeviceState.LOW, Fault.PAPER_LOW)
    printer.print_slip(ENERGY)
    assert facts.wait_for_end() == PRINTED


@pytest.mark.parametrize(
    ("mishap", "repair", "fault"),
    [
        (BenchPrinter.paper_out, lambda b: b.paper_out(out=False), Fault.PAPER_OUT),
        (BenchPrinter.cover_open, lambda b: b.cover_open(is_open=False), Fault.COVER_OPEN),
        (BenchPrinter.cutter_fault, lambda b: b.cutter_fault(faulty=False), Fault.CUTTER),
    ],
)
def test_a_fault_is_told_and_forgotten_when_it_is_gone(
    bench: BenchPrinter,
    printer: EscposPrinter,
    facts: Facts,
    mishap: Act,
    repair: Act,
    fault: Fault,
) -> None:
    assert facts.state(DeviceState.OK)
    mishap(bench)
    printer.print_slip(ENERGY)
    assert facts.wait_for_end() == failed(fault)
    assert bench.slips == []
    repair(bench)
    assert facts.state(DeviceState.OK)
    printer.print_slip(ENERGY)
    assert facts.wait_for_end(2) == PRINTED
    states = [DeviceState.OK, DeviceState.FAULT, DeviceState.OK]
    assert [state for state, _ in facts.states()] == states  # each change once


def test_paper_that_ends_in_the_middle_of_a_slip(
    bench: BenchPrinter, printer: EscposPrinter, facts: Facts
) -> None:
    assert facts.state(DeviceState.OK)
    bench.paper_ends_after(10)
    printer.print_slip(ENERGY)
    assert facts.wait_for_end() == failed(Fault.PAPER_OUT)
    assert bench.wait_for(lambda device: not device.waiting, WAIT_S)  # told to forget the rest
    assert len(bench.strip.printed) == 10
    bench.paper_out(out=False)
    assert facts.state(DeviceState.OK)
    printer.print_slip(DOUBTFUL)
    assert facts.wait_for_end(2) == PRINTED
    torn, whole = bench.slips
    assert (torn.whole, whole.whole) == (False, True)
    assert whole.text.splitlines()[1].strip() == "您的钱是安全的"  # nothing left of the first


def test_a_slow_printer_is_waited_for(
    bench: BenchPrinter, printer: EscposPrinter, facts: Facts
) -> None:
    bench.speed(Speed(line_s=0.02, cut_s=0.1))
    printer.print_slip(ENERGY)
    assert facts.wait_for_end() == PRINTED
    assert bench.wait_for_slips(1, WAIT_S)


def test_a_printer_without_power_and_its_return(
    bench: BenchPrinter, printer: EscposPrinter, facts: Facts
) -> None:
    assert facts.state(DeviceState.OK)
    bench.power(on=False)
    printer.print_slip(ENERGY)
    assert facts.wait_for_end() == failed(Fault.NO_ANSWER)
    assert facts.state(DeviceState.OFFLINE, Fault.NO_ANSWER)
    bench.power(on=True)
    assert facts.state(DeviceState.OK)
    printer.print_slip(ENERGY)
    assert facts.wait_for_end(2) == PRINTED


def test_a_printer_that_talks_nonsense(
    bench: BenchPrinter, printer: EscposPrinter, facts: Facts
) -> None:
    assert facts.state(DeviceState.OK)
    bench.change(lambda device: setattr(device, "answer_mask", 0x82))
    printer.print_slip(ENERGY)
    assert facts.wait_for_end() == failed(Fault.PROTOCOL)
    assert facts.newest() == (DeviceState.OFFLINE, Fault.PROTOCOL)
    assert bench.slips == []


def test_a_slip_that_is_not_confirmed_is_not_called_printed(
    bench: BenchPrinter, printer: EscposPrinter, facts: Facts
) -> None:
    bench.change(lambda device: setattr(device, "confirms", False))
    printer.print_slip(ENERGY)
    assert facts.wait_for_end() == failed(Fault.PRINTER_UNKNOWN)
    assert len(bench.slips) == 1


def test_a_slip_without_a_layout_fails_and_the_next_is_printed(
    printer: EscposPrinter, facts: Facts
) -> None:
    printer.print_slip(replace(ENERGY, layout="refund"))
    printer.print_slip(ENERGY)
    assert facts.wait_for_end(1) == failed(Fault.PRINTER_UNKNOWN)
    assert facts.wait_for_end(2) == PRINTED


def test_stop_finishes_the_slip_under_way(bench: BenchPrinter, url: str, facts: Facts) -> None:
    bench.speed(Speed(line_s=0.01, cut_s=0.1))
    printer = make(url)
    printer.start(facts)
    printer.print_slip(ENERGY)
    printer.stop(WAIT_S)
    assert not printer.thread.is_alive()
    assert facts.ends() == [PRINTED]


# -- by itself -------------------------------------------------------------------------------------


def test_a_printer_that_is_not_there_is_offline_and_found_when_it_comes(facts: Facts) -> None:
    with BenchPrinter(32, speed=FAST) as gone:
        url = gone.serve()
    printer = make(url)
    printer.start(facts)
    assert facts.state(DeviceState.OFFLINE, Fault.NO_ANSWER)
    printer.print_slip(ENERGY)
    assert facts.wait_for_end() == failed(Fault.NO_ANSWER)
    with BenchPrinter(32, speed=FAST) as there:
        there.serve(port=int(url.rpartition(":")[2]))
        assert facts.state(DeviceState.OK)
        printer.print_slip(ENERGY)
        assert facts.wait_for_end(2) == PRINTED
        there.hang_up()
        assert facts.state(DeviceState.OK)
    printer.stop(1.0)


def test_more_slips_than_anybody_needs_fail_at_once(facts: Facts) -> None:
    with BenchPrinter(32, speed=FAST) as bench:
        bench.change(lambda device: device.power_cut())
        printer = make(bench.serve())
        printer.start(facts)
        for number in range(3 * SLIPS_LIMIT):
            printer.print_slip(replace(ENERGY, order_no=str(number)))
        facts.wait_for_end(3 * SLIPS_LIMIT)
        printer.stop(1.0)
    assert sorted(int(end.order_no) for end in facts.ends()) == [*range(3 * SLIPS_LIMIT)]


def test_a_slip_for_a_stopped_driver_fails(url: str, facts: Facts) -> None:
    printer = make(url)
    printer.start(facts)
    printer.stop(WAIT_S)
    printer.print_slip(ENERGY)
    assert facts.wait_for_end() == failed(Fault.PRINTER_UNKNOWN)


def test_bad_layout_files_stop_the_start_and_not_the_first_slip(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_layouts(tmp_path)
    (tmp_path / "purchase.zh.toml").write_text("[[part]]\nkind = 'poem'\n", "utf-8")
    with pytest.raises(LayoutError, match=r"purchase\.zh"):
        EscposPrinter("loop://", operator_name=OPERATOR, service_phone=PHONE, slips=tmp_path)


def test_a_code_that_does_not_fit_the_paper_fails_its_slip_alone(
    bench: BenchPrinter, facts: Facts, tmp_path: Path
) -> None:
    words = '[[part]]\nkind = "text"\ntext = "{order_no}"\n'
    (tmp_path / "purchase.zh.toml").write_text(words, "utf-8")
    code = f'[[part]]\nkind = "qr"\ndata = "{"x" * 2_000}"\n'
    (tmp_path / "doubtful.zh.toml").write_text(code, "utf-8")
    printer = EscposPrinter(
        bench.serve(), operator_name=OPERATOR, service_phone=PHONE, slips=tmp_path, limits=QUICK
    )
    printer.start(facts)
    printer.print_slip(DOUBTFUL)
    printer.print_slip(ENERGY)
    assert facts.wait_for_end(1) == failed(Fault.PRINTER_UNKNOWN)
    assert facts.wait_for_end(2) == PRINTED
    printer.stop(1.0)


def test_the_registry_knows_it() -> None:
    assert driver("escpos") is EscposPrinter


def test_names_are_printed_as_they_are_given(
    bench: BenchPrinter, printer: EscposPrinter, facts: Facts
) -> None:
    slip: Slip = replace(ENERGY, name_masked="欧阳**")
    printer.print_slip(slip)
    assert facts.wait_for_end() == PRINTED
    assert "欧阳**" in bench.slips[0].text
