"""The driver's thread against the bench's acceptor over real wires: TCP and a pseudo-terminal."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Literal

import pytest

from bench.acceptor import CNY_FEN, FAST, BenchAcceptor, CutPoint, State
from kiosk.devices.acceptor.ccnet import driver as driver_module
from kiosk.devices.acceptor.ccnet.driver import CcnetAcceptor, Overrun
from kiosk.devices.acceptor.ccnet.limits import Limits
from kiosk.devices.port import Acceptor
from kiosk.devices.registry import driver
from kiosk.flow.event import (
    AcceptorClosed,
    DeviceChanged,
    DeviceState,
    Event,
    Fault,
    NoteEscrowed,
    NoteReturned,
    NoteStacked,
)

DEADLINE_S = 10.0
QUICK = Limits(
    poll_s=0.02,
    reply_s=0.2,
    gap_s=0.002,
    quiet_s=0.1,
    offline_s=0.8,
    claim_s=0.2,
    reset_s=0.1,
    repeat_s=0.1,
)

Wire = Literal["tcp", "pty"]


class Desk:
    """The engine's inbox: facts in the order in which they came."""

    def __init__(self) -> None:
        self.facts: queue.Queue[Event] = queue.Queue(1000)
        self.durable = threading.Event()
        self.durable.set()
        self.refused = threading.Event()

    def post(self, event: Event) -> None:
        self.facts.put_nowait(event)

    def post_durably(self, event: Event, timeout_s: float) -> bool:
        if not self.durable.is_set():
            self.refused.set()
            return False
        self.facts.put_nowait(event)
        return True

    def next(self, wanted: Callable[[Event], bool]) -> Event:
        until_s = time.monotonic() + DEADLINE_S
        seen = []
        while (left_s := until_s - time.monotonic()) > 0:
            try:
                seen.append(self.facts.get(timeout=left_s))
            except queue.Empty:
                break
            if wanted(seen[-1]):
                return seen[-1]
        pytest.fail(f"did not come; came: {seen}")

    def next_of(self, *kinds: type[Event]) -> Event:
        return self.next(lambda event: isinstance(event, kinds))

    def next_state(self, state: DeviceState) -> Event:
        return self.next(lambda event: isinstance(event, DeviceChanged) and event.state is state)


class Stand:
    """Bench, wire, driver and desk."""

    def __init__(self, bench: BenchAcceptor, url: str) -> None:
        self.bench = bench
        self.url = url
        self.desk = Desk()
        self.acceptor = CcnetAcceptor(url, boot_id="boot", limits=QUICK)

    def ready(self) -> None:
        self.acceptor.start(self.desk)
        self.acceptor.open(CNY_FEN)
        assert self.bench.wait_for(lambda d: d.mechanism.enabled_bits != 0, DEADLINE_S)

    def insert(self, value_fen: int) -> NoteEscrowed:
        assert self.bench.wait_for(lambda d: d.mechanism.state is State.READY, DEADLINE_S)
        assert self.bench.insert_note(value_fen)
        note = self.desk.next_of(NoteEscrowed)
        assert isinstance(note, NoteEscrowed)
        return note


@pytest.fixture(params=["tcp", "pty"])
def stand(request: pytest.FixtureRequest) -> Iterator[Stand]:
    yield from _stand(request.param)


@pytest.fixture
def tcp_stand() -> Iterator[Stand]:
    yield from _stand("tcp")


def _stand(wire: Wire) -> Iterator[Stand]:
    with BenchAcceptor(timing=FAST) as bench:
        stand = Stand(bench, bench.serve() if wire == "tcp" else bench.serve_pty())
        yield stand
        stand.acceptor.stop(DEADLINE_S)
        assert not stand.acceptor.thread.is_alive()


def test_three_notes_and_closing(stand: Stand) -> None:
    stand.ready()
    for value_fen in (10_000, 5_000, 100):
        note = stand.insert(value_fen)
        assert note.value_fen == value_fen
        stand.acceptor.stack(note.note_id)
        end = stand.desk.next_of(NoteStacked)
        assert isinstance(end, NoteStacked)
        assert (end.note_id, end.value_fen) == (note.note_id, value_fen)
    note = stand.insert(2_000)
    stand.acceptor.give_back(note.note_id)
    stand.desk.next_of(NoteReturned)
    stand.acceptor.close()
    stand.desk.next_of(AcceptorClosed)
    assert stand.bench.box == (10_000, 5_000, 100)
    assert stand.bench.given_back == (2_000,)
    assert stand.bench.enabled_fen == ()


def test_a_reset_with_a_note_on_its_way(stand: Stand) -> None:
    stand.ready()
    stand.desk.next_state(DeviceState.OK)
    note = stand.insert(5_000)
    stand.acceptor.stack(note.note_id)
    stand.acceptor.reset()
    stand.desk.next_of(NoteStacked)
    stand.desk.next_state(DeviceState.STARTING)
    stand.desk.next_state(DeviceState.OK)
    assert stand.bench.box == (5_000,)
    assert stand.bench.wait_for(lambda d: d.mechanism.enabled_bits != 0, DEADLINE_S)


def test_the_first_state_is_the_one_found(stand: Stand) -> None:
    stand.bench.remove_box()
    stand.acceptor.start(stand.desk)
    first = stand.desk.next_of(DeviceChanged)
    assert isinstance(first, DeviceChanged)
    assert first.state is DeviceState.STARTING
    found = stand.desk.next_of(DeviceChanged)
    assert isinstance(found, DeviceChanged)
    assert (found.state, found.fault) == (DeviceState.FAULT, Fault.BOX_REMOVED)


def test_the_journal_comes_before_the_acknowledgement(stand: Stand) -> None:
    stand.ready()
    note = stand.insert(10_000)
    stand.desk.durable.clear()
    stand.acceptor.stack(note.note_id)
    assert stand.desk.refused.wait(DEADLINE_S)
    assert stand.bench.state is State.STACKED
    stand.desk.durable.set()
    stand.desk.next_of(NoteStacked)
    assert stand.bench.wait_for(lambda d: d.mechanism.state is State.READY, DEADLINE_S)
    assert stand.bench.box == (10_000,)


def test_power_cut_past_escrow(stand: Stand) -> None:
    stand.ready()
    stand.bench.cut_power_at(CutPoint.PAST_ESCROW)
    note = stand.insert(10_000)
    stand.acceptor.stack(note.note_id)
    end = stand.desk.next_of(NoteStacked)
    assert isinstance(end, NoteStacked)
    assert end.evidence == "power-up-stacker"
    assert stand.bench.wait_for(lambda d: d.mechanism.enabled_bits != 0, DEADLINE_S)
    assert stand.bench.box == (10_000,)


def test_a_broken_line_is_mended(tcp_stand: Stand) -> None:
    tcp_stand.ready()
    note = tcp_stand.insert(10_000)
    tcp_stand.bench.hang_up()
    tcp_stand.acceptor.stack(note.note_id)
    tcp_stand.desk.next_of(NoteStacked)
    assert tcp_stand.bench.box == (10_000,)


def test_an_acceptor_that_is_not_there_is_offline_and_stops_quickly() -> None:
    desk = Desk()
    acceptor = CcnetAcceptor("/dev/does-not-exist", boot_id="boot", limits=QUICK)
    acceptor.start(desk)
    state = desk.next_of(DeviceChanged)
    assert isinstance(state, DeviceChanged)
    assert (state.state, state.fault) == (DeviceState.OFFLINE, Fault.NO_ANSWER)
    acceptor.close()
    desk.next_of(AcceptorClosed)
    acceptor.stop(DEADLINE_S)
    assert not acceptor.thread.is_alive()


def test_unplugged_and_plugged_in_again(stand: Stand) -> None:
    stand.ready()
    stand.desk.next_state(DeviceState.OK)
    stand.bench.unplug()
    stand.desk.next_state(DeviceState.OFFLINE)
    stand.bench.unplug(out=False)
    stand.desk.next_state(DeviceState.OK)


def test_the_next_run_of_the_program_asks(tcp_stand: Stand) -> None:
    tcp_stand.ready()
    note = tcp_stand.insert(5_000)
    again = CcnetAcceptor(tcp_stand.url, boot_id="boot2", limits=QUICK)
    again.ask_note(note.note_id, 5_000)
    tcp_stand.acceptor.stop(0)
    desk = Desk()
    again.start(desk)
    offered = desk.next_of(NoteEscrowed, NoteReturned)
    assert isinstance(offered, NoteEscrowed | NoteReturned)
    assert (offered.note_id, offered.value_fen) == (note.note_id, 5_000)
    again.stack(note.note_id)
    end = desk.next_of(NoteStacked)
    assert isinstance(end, NoteStacked)
    assert end.note_id == note.note_id
    again.stop(DEADLINE_S)


def test_stop_waits_for_the_note_on_its_way(tcp_stand: Stand) -> None:
    tcp_stand.ready()
    note = tcp_stand.insert(5_000)
    tcp_stand.acceptor.stack(note.note_id)
    tcp_stand.acceptor.stop(DEADLINE_S)
    facts = list(tcp_stand.desk.facts.queue)
    assert [type(fact) for fact in facts][-2:] == [NoteStacked, AcceptorClosed]
    assert tcp_stand.bench.enabled_fen == ()


def test_waiting_commands_are_bounded() -> None:
    acceptor = CcnetAcceptor("loop://", boot_id="boot")
    for _ in range(driver_module.COMMANDS_LIMIT):
        acceptor.close()
    with pytest.raises(Overrun):
        acceptor.close()


def test_the_driver_is_an_acceptor_to_the_registry() -> None:
    made: Acceptor = driver("ccnet")("loop://", boot_id="boot")
    assert isinstance(made, CcnetAcceptor)
