"""The simulated acceptor by itself: its metal, its end of the wire, and its server."""

import socket
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.acceptor import (
    CNY_FEN,
    FAST,
    AcceptorDevice,
    BenchAcceptor,
    BenchNote,
    CutPoint,
    Place,
    State,
    denominations,
)
from bench.acceptor.device import IDENTITY, bill_table
from bench.acceptor.measure import driver_idle_cpu
from kiosk.devices.acceptor.ccnet.codec import Decoder, Frame, encode
from kiosk.devices.acceptor.ccnet.message import (
    ACK,
    ILLEGAL,
    NAK,
    BillTable,
    Code,
    Command,
    enable,
    plain,
)

DEADLINE_S = 10.0
POLL = plain(Command.POLL)
STACK = plain(Command.STACK)


class Host:
    """Speaks to a device with a clock in hand."""

    def __init__(self, device: AcceptorDevice) -> None:
        self.device = device
        self.now_s = 0.0

    def say(self, data: bytes) -> bytes | None:
        """Send a frame; return the data of the answer."""
        self.device.receive(encode(data), self.now_s)
        return self.hear()

    def hear(self) -> bytes | None:
        found = Decoder().receive(self.device.tick(self.now_s))
        frames = [item.data for item in found if isinstance(item, Frame)]
        return frames[-1] if frames else None

    def wait(self, seconds: float) -> None:
        self.now_s += seconds
        assert self.device.tick(self.now_s) == b""

    def insert(self, value_fen: int | None) -> bool:
        return self.device.mechanism.insert(value_fen, self.now_s)

    def to_escrow(self, value_fen: int = 5_000) -> None:
        assert self.insert(value_fen)
        self.wait(1.1)
        assert self.say(POLL) == bytes((Code.ESCROW, CNY_FEN.index(value_fen)))

    def at(self, place: Place) -> tuple[int | None, ...]:
        return self.device.mechanism.values_at(place)


def powered(**arguments: bool | int) -> Host:
    host = Host(AcceptorDevice(**arguments))  # type: ignore[arg-type]
    host.device.mechanism.power_on()
    return host


@pytest.fixture
def host() -> Host:
    return enabled(powered())


def enabled(host: Host) -> Host:
    assert host.say(plain(Command.RESET)) == ACK
    host.wait(2)
    assert host.say(enable(0xFFFFFF)) == ACK
    return host


def test_power_up() -> None:
    host = powered()
    assert host.say(POLL) == bytes((Code.POWER_UP,))
    assert host.say(plain(Command.IDENT)) == IDENTITY
    assert host.say(plain(Command.RESET)) == ACK
    assert host.say(POLL) == bytes((Code.INITIALISING,))
    host.wait(2)
    assert host.say(POLL) == bytes((Code.DISABLED,))


def test_without_power_it_says_nothing() -> None:
    host = Host(AcceptorDevice())
    assert host.say(POLL) is None


@given(
    values_fen=st.lists(
        st.sampled_from([10, 50, 100, 500, 1_000, 2_000, 5_000, 10_000, 25_500]), max_size=24
    )
)
def test_its_bill_table_says_its_values(values_fen: list[int]) -> None:
    table = BillTable.decode(bill_table(tuple(values_fen)))
    assert table.values_fen == (*values_fen, *[None] * (24 - len(values_fen)))


def test_a_value_that_no_table_can_say() -> None:
    with pytest.raises(ValueError, match="12345"):
        bill_table((12_345,))


def test_a_disabled_acceptor_draws_nothing_in(host: Host) -> None:
    host.say(enable(0))
    assert not host.insert(100)
    assert host.device.mechanism.notes == []


def test_stacking(host: Host) -> None:
    host.to_escrow()
    assert host.say(STACK) == ACK
    assert host.say(POLL) == bytes((Code.STACKING,))
    host.wait(0.6)
    assert host.at(Place.PAST_ESCROW) == (5_000,)
    host.wait(0.5)
    report = bytes((Code.STACKED, 4))
    assert host.say(POLL) == report
    assert host.say(POLL) == report, "repeated until it is acknowledged"
    host.say(ACK)
    assert host.say(POLL) == bytes((Code.IDLING,))
    assert host.at(Place.BOX) == (5_000,)


def test_only_the_acknowledgement_of_a_report_counts(host: Host) -> None:
    host.to_escrow()
    host.say(ACK)
    host.say(STACK)
    host.wait(1.1)
    host.say(ACK)
    assert host.say(POLL) == bytes((Code.STACKED, 4))


def test_returning(host: Host) -> None:
    host.to_escrow()
    assert host.say(plain(Command.RETURN)) == ACK
    host.wait(1)
    assert host.say(POLL) == bytes((Code.RETURNED, 4))
    assert host.at(Place.CUSTOMER) == (5_000,)


def test_escrow_ends_by_itself_and_hold_prolongs_it(host: Host) -> None:
    host.to_escrow()
    host.wait(8)
    assert host.say(plain(Command.HOLD)) == ACK
    host.wait(8)
    assert host.say(POLL) == bytes((Code.HOLDING,))
    host.wait(3)
    assert host.say(POLL) == bytes((Code.RETURNED, 4))


@pytest.mark.parametrize("command", [Command.STACK, Command.RETURN, Command.HOLD, Command.IDENT])
def test_commands_out_of_place_are_illegal(host: Host, command: Command) -> None:
    assert host.say(plain(command)) == ILLEGAL


def test_damage_on_the_line(host: Host) -> None:
    host.device.receive(bytes.fromhex("02 03 06 33 DA 82"), host.now_s)
    assert host.hear() == NAK
    host.device.replies_to_corrupt = 1
    assert host.say(POLL) is None
    assert host.say(NAK) == bytes((Code.IDLING,))
    host.device.replies_to_drop = 1
    assert host.say(POLL) is None
    host.device.commands_to_refuse = 1
    assert host.say(enable(0)) == NAK


def test_a_slow_line(host: Host) -> None:
    host.device.delay_s = 0.5
    assert host.say(POLL) is None
    host.now_s += 0.5
    assert host.hear() == bytes((Code.IDLING,))


@pytest.mark.parametrize(
    ("point", "code"),
    [
        (CutPoint.NOTE_IN_ESCROW, Code.POWER_UP_IN_VALIDATOR),
        (CutPoint.STACK_RECEIVED, Code.POWER_UP_IN_VALIDATOR),
        (CutPoint.PAST_ESCROW, Code.POWER_UP_IN_STACKER),
        (CutPoint.NOTE_IN_BOX, Code.POWER_UP_IN_STACKER),
        (CutPoint.REPORT_HEARD, Code.POWER_UP_IN_STACKER),
    ],
)
def test_power_cuts_at_chosen_moments(host: Host, point: CutPoint, code: Code) -> None:
    host.device.mechanism.cut_at = point
    assert host.insert(5_000)
    host.wait(1.1)
    host.say(STACK)
    host.wait(1.1)
    host.say(POLL)
    host.say(ACK)
    host.wait(2)
    assert host.say(POLL) == bytes((code,))
    enabled(host)
    in_box = code == Code.POWER_UP_IN_STACKER
    assert host.at(Place.BOX if in_box else Place.CUSTOMER) == (5_000,)
    assert host.say(POLL) == bytes((Code.STACKED, 4) if in_box else (Code.IDLING,))


def test_an_acceptor_without_credit_recovery_forgets() -> None:
    host = enabled(powered(credit_recovery=False))
    host.to_escrow()
    host.say(STACK)
    host.wait(1.1)
    host.device.mechanism.power_cut()
    host.device.mechanism.power_on()
    assert host.say(POLL) == bytes((Code.POWER_UP,))
    assert host.at(Place.BOX) == (5_000,)


def test_box_out_jam_failure_full() -> None:
    host = enabled(powered(capacity=1))
    metal = host.device.mechanism
    metal.remove_box()
    assert host.say(POLL) == bytes((Code.BOX_REMOVED,))
    metal.insert_box(host.now_s)
    metal.stop_by_jam(Code.JAM_IN_STACKER)
    assert host.say(POLL) == bytes((Code.JAM_IN_STACKER,))
    assert host.say(plain(Command.RESET)) == ACK
    host.wait(2)
    assert host.say(POLL) == bytes((Code.JAM_IN_STACKER,)), "RESET does not clear a jam"
    metal.repair(host.now_s)
    metal.stop_by_failure(0x52)
    assert host.say(POLL) == bytes((Code.FAILURE, 0x52))
    metal.repair(host.now_s)
    host.wait(2)
    enabled(host).to_escrow()
    host.say(STACK)
    host.wait(1.1)
    host.say(POLL)
    host.say(ACK)
    assert host.say(POLL) == bytes((Code.BOX_FULL,))
    assert not host.insert(100)


def test_a_note_on_a_string(host: Host) -> None:
    host.to_escrow()
    host.say(STACK)
    host.device.mechanism.cheat(host.now_s)
    assert host.say(POLL) == bytes((Code.CHEATED,))
    host.wait(2)
    assert host.at(Place.CUSTOMER) == (5_000,)
    assert host.say(POLL) == bytes((Code.IDLING,))


# -- the server ------------------------------------------------------------------------------------


class Client:
    """A host on a real socket."""

    def __init__(self, url: str) -> None:
        address, port = url.removeprefix("socket://").split(":")
        self.line = socket.create_connection((address, int(port)), DEADLINE_S)

    def ask(self, data: bytes) -> bytes:
        self.line.sendall(encode(data))
        decoder = Decoder()
        while True:
            for item in decoder.receive(self.line.recv(100)):
                assert isinstance(item, Frame)
                return item.data


@pytest.fixture
def served() -> Iterator[tuple[BenchAcceptor, Client]]:
    with BenchAcceptor(timing=FAST) as bench:
        client = Client(bench.serve())
        assert client.ask(plain(Command.RESET)) == ACK
        assert bench.wait_for(lambda device: device.mechanism.state is State.READY, DEADLINE_S)
        assert client.ask(enable(0xFFFFFF)) == ACK
        yield bench, client
        client.line.close()


def test_a_note_over_the_wire(served: tuple[BenchAcceptor, Client]) -> None:
    bench, client = served
    assert bench.enabled_fen == CNY_FEN
    assert bench.insert_note(10_000)
    assert bench.wait_for(lambda device: device.mechanism.state is State.ESCROW, DEADLINE_S)
    assert client.ask(STACK) == ACK
    assert bench.wait_for(lambda device: device.mechanism.state is State.STACKED, DEADLINE_S)
    assert bench.box == (10_000,)
    bench.remove_box()
    assert bench.removed_boxes == ((10_000,),)
    assert bench.removed == (10_000,)
    assert bench.wait_for(lambda device: not device.mechanism.values_at(Place.BOX), DEADLINE_S)


def test_a_new_connection_replaces_the_old_one(served: tuple[BenchAcceptor, Client]) -> None:
    _, old = served
    new = Client(f"socket://127.0.0.1:{old.line.getpeername()[1]}")
    assert new.ask(POLL) == bytes((Code.IDLING,))
    assert old.line.recv(100) == b""
    new.line.close()


def test_waiting_for_what_does_not_happen_ends(served: tuple[BenchAcceptor, Client]) -> None:
    bench, _ = served
    assert not bench.wait_for(lambda device: device.mechanism.full, 0.01)


def test_closing_ends_the_thread() -> None:
    bench = BenchAcceptor()
    bench.serve()
    bench.close()
    bench.close()
    assert "bench-acceptor" not in {thread.name for thread in threading.enumerate()}


def test_the_idle_driver_can_be_measured() -> None:
    assert 0 < driver_idle_cpu(0.5) < 0.2


def test_every_box_that_was_taken_away_keeps_what_was_in_it() -> None:
    metal = AcceptorDevice().mechanism
    for box in ((10_000, 1_000, 10_000), (), (500,)):
        metal.notes += [BenchNote(value_fen, Place.BOX) for value_fen in box]
        metal.remove_box()
        metal.remove_box()  # there is none any more
        assert metal.values_at(Place.BOX) == ()
        metal.insert_box(0.0)
    assert metal.removed_boxes == [(10_000, 1_000, 10_000), (), (500,)]
    assert metal.values_at(Place.REMOVED_BOX) == (10_000, 1_000, 10_000, 500)


def test_a_box_is_counted_the_highest_denomination_first() -> None:
    assert list(denominations((1_000, 10_000, None, 1_000)).items()) == [
        (10_000, 1),
        (1_000, 2),
        (0, 1),
    ]
