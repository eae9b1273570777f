"""The executor: each wish reaches its port, and a port that fails becomes a fact."""

from typing import Any, cast

import pytest

from kiosk.engine.clock import ManualClock
from kiosk.engine.executor import HANDLERS, Executor, Ports
from kiosk.engine.office import QUESTIONS, LineStatus, OfficeLane
from kiosk.flow import command as wish
from kiosk.flow import event as ev
from kiosk.flow.command import Command
from kiosk.flow.event import CardFault, Device, DeviceState, Event, Fault
from kiosk.flow.paper import SelfTestPaper
from kiosk.flow.staff_event import OfficeTried
from kiosk.flow.workshop import RESETTABLE
from tests.engine.samples import CARD, SEAL_ANSWER, SLIP, VEND
from tests.engine.test_office import Office
from vending.card import Verdict


class Port:
    """Any port: writes down what was called, or raises."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.fails = False

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: object, **named: object) -> None:
            if self.fails:
                raise OSError("broken")
            self.calls.append((name, *arguments, *named.values()))

        return call


class Stand:
    def __init__(self) -> None:
        self.port = Port()
        self.facts: list[Event] = []
        self.clock = ManualClock()
        self.office = Office()
        status = LineStatus(self.facts.append, self.clock)
        self.lane = OfficeLane(
            self.office, self.facts.append, self.clock, status, software_version="1"
        )
        port: Any = self.port
        ports = Ports(
            card_desk=port,
            acceptor=port,
            printer=port,
            office=self.lane,
            scanner=port,
            restart=port.restart,
        )
        self.executor = Executor(ports, self.facts.append)


@pytest.fixture
def stand() -> Stand:
    return Stand()


UNKNOWN_NOTE = ev.NoteUnknown(note_id="n", value_fen=500, why="OSError")
ENDED = ev.CardWriteEnded(order_no="1", detail="OSError")
TEST_SLIP = SelfTestPaper(layout="test", language="zh", terminal_no="310001", at_ms=0)
BROKEN_ACCEPTOR = ev.DeviceChanged(
    device=Device.ACCEPTOR, state=DeviceState.FAULT, fault=Fault.HARDWARE, detail="OSError"
)
BROKEN_READER = ev.DeviceChanged(
    device=Device.CARD_READER, state=DeviceState.FAULT, fault=Fault.HARDWARE, detail="OSError"
)
CASES: list[tuple[Command, tuple[object, ...], Event]] = [
    (
        wish.ReadCard(),
        ("read",),
        ev.CardUnreadable(fault=CardFault.READER, detail="OSError"),
    ),
    (wish.WriteCard(order_no="1", vend=VEND, before=CARD), ("write", "1", VEND, CARD), ENDED),
    (
        wish.ContinueWrite(order_no="1", answer=SEAL_ANSWER),
        ("continue_write", "1", SEAL_ANSWER),
        ENDED,
    ),
    (wish.AbortWrite(order_no="1"), ("abort_write", "1"), ENDED),
    (
        wish.ProveCard(order_no="1", vend=VEND, before=CARD),
        ("prove", "1", VEND, CARD),
        ev.CardProved(order_no="1", verdict=Verdict.UNKNOWN),
    ),
    (wish.ReleaseCard(), ("release",), BROKEN_READER),
    (wish.OpenAcceptor(values_fen=(500,)), ("open", (500,)), BROKEN_ACCEPTOR),
    (wish.CloseAcceptor(), ("close",), BROKEN_ACCEPTOR),
    (wish.StackNote(note_id="n", value_fen=500), ("stack", "n"), UNKNOWN_NOTE),
    (wish.ReturnNote(note_id="n", value_fen=500), ("give_back", "n"), UNKNOWN_NOTE),
    (wish.AskNote(note_id="n", value_fen=500), ("ask_note", "n", 500, False), UNKNOWN_NOTE),
    (
        wish.PrintSlip(order_no="1", slip=SLIP),
        ("print_slip", SLIP),
        ev.SlipFailed(order_no="1", fault=Fault.HARDWARE),
    ),
    (
        wish.PrintPaper(paper=TEST_SLIP),
        ("print_slip", TEST_SLIP),
        ev.SlipFailed(order_no="test", fault=Fault.HARDWARE),
    ),
    *(
        (
            wish.ResetDevice(device=device),
            ("reset",),
            ev.DeviceChanged(
                device=device, state=DeviceState.FAULT, fault=Fault.HARDWARE, detail="OSError"
            ),
        )
        for device in RESETTABLE
    ),
]


@pytest.mark.parametrize(("asked", "call", "_"), CASES)
def test_a_wish_reaches_its_port(
    stand: Stand, asked: Command, call: tuple[object, ...], _: Event
) -> None:
    stand.executor.perform(asked)
    assert (stand.port.calls, stand.facts) == ([call], [])


@pytest.mark.parametrize(("asked", "_", "fact"), CASES)
def test_a_port_that_fails_becomes_a_fact(
    stand: Stand, asked: Command, _: tuple[object, ...], fact: Event
) -> None:
    stand.port.fails = True
    stand.executor.perform(asked)
    assert stand.facts == [fact]


def test_the_fact_of_a_failure_settles_the_wish_that_waits_for_it() -> None:
    for asked, _, fact in CASES:
        if asked.answers and not isinstance(asked, wish.CloseAcceptor):
            assert isinstance(fact, asked.answers), asked
            assert asked.matches(fact)


def test_the_program_is_started_anew(stand: Stand) -> None:
    stand.executor.perform(wish.RestartProgram())
    assert (stand.port.calls, stand.facts) == ([("restart",)], [])


def test_a_restart_that_fails_is_no_devices_fault(stand: Stand) -> None:
    stand.port.fails = True
    stand.executor.perform(wish.RestartProgram())
    assert stand.facts == []


def test_each_device_is_started_anew_by_itself(stand: Stand) -> None:
    parts = {device: Port() for device in RESETTABLE}
    card_desk, acceptor, printer, scanner = cast(Any, list(parts.values()))
    ports = Ports(card_desk, acceptor, printer, stand.lane, scanner)
    executor = Executor(ports, stand.facts.append)
    for device in RESETTABLE:
        executor.perform(wish.ResetDevice(device=device))
        assert [one.calls for one in parts.values()].count([("reset",)]) == 1
        parts[device].calls.clear()


def test_a_machine_without_a_scanner_has_none_to_start_anew(stand: Stand) -> None:
    port: Any = stand.port
    executor = Executor(Ports(port, port, port, stand.lane), stand.facts.append)
    executor.perform(wish.ResetDevice(device=Device.SCANNER))
    assert (stand.port.calls, stand.facts) == ([], [])


def test_the_line_is_tried_by_the_network_thread(stand: Stand) -> None:
    stand.lane.turn()
    stand.executor.perform(wish.TryOffice())
    stand.lane.turn()
    assert OfficeTried(answered=True, took_ms=0) in stand.facts


@pytest.mark.parametrize("kind", [wish.InquireVend, wish.InquireBill])
def test_an_inquiry_waits_as_long_as_it_says(
    stand: Stand, kind: type[wish.InquireVend | wish.InquireBill]
) -> None:
    stand.lane.turn()
    stand.executor.perform(kind(order_no=VEND.order_no, after_s=3))
    assert stand.lane.turn() == 3.0


def test_every_wish_is_served_by_somebody() -> None:
    served = {*HANDLERS, *QUESTIONS, wish.Tell}
    assert {kind for kind in all_kinds(Command) if not kind.__name__.startswith("_")} == served


def all_kinds(base: type[Command]) -> set[type[Command]]:
    kinds = set(base.__subclasses__())
    return kinds.union(*(all_kinds(kind) for kind in kinds)) if kinds else kinds


def test_a_wish_that_nobody_serves_is_our_own_fault(stand: Stand) -> None:
    with pytest.raises(TypeError, match="nobody serves a Command"):
        stand.executor.perform(Command())
