"""The driver against the bench's scanner over real wires."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from bench.scanner import BenchScanner
from kiosk.devices.driver_thread import BACK_OFF_S
from kiosk.devices.registry import driver
from kiosk.devices.scanner.driver import LineScanner
from kiosk.flow.event import CodeScanned, DeviceChanged, DeviceState, Event, Fault

WAIT_S = 10.0
NUMBER = "330100200077"
BILL = f"{NUMBER};2026-11"
OK = (DeviceState.OK, Fault.NONE)
OFFLINE = (DeviceState.OFFLINE, Fault.NO_ANSWER)
STARTING = (DeviceState.STARTING, Fault.NONE)


class Facts:
    """An inbox that can be waited for."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()

    def post(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def post_durably(self, event: Event, timeout_s: float) -> bool:
        self.post(event)
        return True

    @property
    def states(self) -> list[tuple[DeviceState, Fault]]:
        return [(e.state, e.fault) for e in self.events if isinstance(e, DeviceChanged)]

    @property
    def codes(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, CodeScanned)]

    def wait_for_codes(self, *codes: str) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.codes == [*codes], WAIT_S)

    def wait_for_states(self, *states: tuple[DeviceState, Fault]) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.states == [*states], WAIT_S)


@pytest.fixture
def facts() -> Facts:
    return Facts()


@pytest.fixture
def bench() -> Iterator[BenchScanner]:
    with BenchScanner() as scanner:
        yield scanner


@pytest.fixture(params=["tcp", "pty"])
def url(bench: BenchScanner, request: pytest.FixtureRequest) -> str:
    return bench.serve() if request.param == "tcp" else bench.serve_pty()


@pytest.fixture
def scanner(url: str, facts: Facts) -> Iterator[LineScanner]:
    scanner: LineScanner = driver("lines")(url)
    scanner.start(facts)
    yield scanner
    scanner.stop(WAIT_S)
    assert not scanner.thread.is_alive()


def test_a_bill_is_scanned(bench: BenchScanner, scanner: LineScanner, facts: Facts) -> None:
    assert facts.wait_for_states(OK)
    assert bench.say(b"\xff\xfe\r")
    assert bench.say(b"\x00second")
    assert bench.say(b"\r")
    assert bench.show(BILL)
    assert bench.show(BILL)  # still held before it
    assert facts.wait_for_codes(NUMBER)
    assert scanner.garbage == 2
    assert facts.states == [OK]


def test_a_scanner_that_sends_no_end_is_understood_too(facts: Facts) -> None:
    with BenchScanner(end=b"") as bench:
        scanner = LineScanner(bench.serve())
        scanner.start(facts)
        assert facts.wait_for_states(OK)  # what comes while the line opens is thrown away
        assert bench.show(BILL)
        assert facts.wait_for_codes(NUMBER)
        scanner.stop(WAIT_S)


def test_the_line_breaks_and_is_taken_up_again(facts: Facts) -> None:
    with BenchScanner() as bench:
        scanner = LineScanner(bench.serve())
        scanner.start(facts)
        assert facts.wait_for_states(OK)
        assert bench.wait_for(lambda device: device.listened_to, WAIT_S)  # else nobody hangs up
        bench.hang_up()
        assert facts.wait_for_states(OK, OFFLINE, OK)
        assert bench.show(BILL)
        assert facts.wait_for_codes(NUMBER)
        scanner.stop(WAIT_S)


def test_nobody_there_is_offline_said_once(facts: Facts) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    scanner = LineScanner(f"socket://127.0.0.1:{port}")
    scanner.start(facts)
    assert facts.wait_for_states(OFFLINE)
    scanner.reset()
    assert facts.wait_for_states(OFFLINE, STARTING, OFFLINE)
    scanner.stop(WAIT_S)
    assert not scanner.thread.is_alive()


def test_a_reset_opens_the_line_anew(
    bench: BenchScanner, scanner: LineScanner, facts: Facts
) -> None:
    assert facts.wait_for_states(OK)
    scanner.reset()
    assert facts.wait_for_states(OK, STARTING, OK)
    assert bench.show(BILL)
    assert facts.wait_for_codes(NUMBER)
    (found, _, again) = [event for event in facts.events if isinstance(event, DeviceChanged)]
    assert found.detail == again.detail
    assert found.detail.startswith("lines, ")


def test_of_what_is_no_number_nothing_is_kept(
    bench: BenchScanner, scanner: LineScanner, facts: Facts
) -> None:
    """Whatever somebody holds before it, a card with name and telephone, goes into no journal."""
    assert facts.wait_for_states(OK)
    assert bench.say(b"BEGIN:VCARD;N:Zhang San;TEL:13800138000\r")
    assert facts.wait_for_codes("")


def test_a_line_that_opens_and_breaks_at_once_is_taken_up_ever_more_slowly(facts: Facts) -> None:
    """A loose plug must not fill the journal."""
    with socket.create_server(("127.0.0.1", 0)) as loose:
        scanner = LineScanner(f"socket://127.0.0.1:{loose.getsockname()[1]}")
        scanner.start(facts)
        opened_s = []
        for _ in range(4):
            line, _ = loose.accept()
            opened_s.append(time.monotonic())
            line.close()
        scanner.stop(WAIT_S)
    assert opened_s[-1] - opened_s[-2] >= BACK_OFF_S[0] * 4


def test_nothing_is_heard_by_nobody(bench: BenchScanner) -> None:
    bench.serve()
    assert not bench.show(BILL)
