"""Driver's machine and bench's device in one thread, with a clock that jumps and a journal."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bench.acceptor import CNY_FEN, AcceptorDevice, Place, State
from kiosk.devices.acceptor.ccnet.host import (
    AskNote,
    GiveBack,
    HostCommand,
    Open,
    Output,
    Post,
    PostDurably,
    Send,
    Stack,
)
from kiosk.devices.acceptor.ccnet.limits import Limits
from kiosk.devices.acceptor.ccnet.machine import CcnetMachine
from kiosk.devices.acceptor.ccnet.message import Command
from kiosk.flow.event import (
    AcceptorClosed,
    DeviceChanged,
    DeviceState,
    Event,
    Fault,
    NoteEscrowed,
    NoteReturned,
    NoteStacked,
    NoteUnknown,
)

STEP_S = 0.002
"""A byte takes a moment on the line."""
Kind = TypeVar("Kind", bound=Event)
ENDS = (NoteStacked, NoteReturned, NoteUnknown)

Decide = Callable[[NoteEscrowed], HostCommand | None]


@dataclass
class Rig:
    """One run of the host program after another against one acceptor."""

    device: AcceptorDevice
    decide: Decide = lambda _: None
    """What the host answers to a note in escrow, at once."""
    limits: Limits = field(default_factory=Limits)
    high_security_fen: tuple[int, ...] = ()
    now_s: float = 0.0
    facts: list[Event] = field(default_factory=list)
    """What the journal holds, over all runs."""
    journal_fails: int = 0
    """So many durable posts fail: every second of them is in the journal nevertheless."""
    line: bool = True
    trace: list[tuple[float, str, bytes]] = field(default_factory=list)
    runs: int = 0
    answers: list[HostCommand] = field(default_factory=list)
    pending: dict[str, int] = field(default_factory=dict)
    """Notes that were decided about and whose end the journal does not hold."""
    unheard: list[int] = field(default_factory=list)
    """Notes that the acceptor was made to forget before the journal held them."""
    forgotten: set[str] = field(default_factory=set)
    """Notes that nobody had decided about when the host program crashed: nobody asks about them."""

    def __post_init__(self) -> None:
        self.boot()

    # -- the host program --

    def boot(self, last_end: Event | None = None, ask: tuple[HostCommand, ...] = ()) -> None:
        """Start the host program (again)."""
        self.runs += 1
        self.device.hang_up()
        self.machine = CcnetMachine(
            boot_id=f"run{self.runs}",
            limits=self.limits,
            last_end=last_end,
            high_security_fen=self.high_security_fen,
        )
        for question in ask:
            self.command(question)
        if self.line:
            self.perform(self.machine.line_up(self.now_s))

    def crash(self, *, ask_after_s: float = 0.0) -> None:
        """Kill the host program and start it again, as the engine does: from the journal alone."""
        self.answers.clear()
        in_escrow = {note.note_id for note in self.of(NoteEscrowed)}
        self.forgotten |= {n for n in in_escrow if not self.ends(n) and n not in self.pending}
        questions = tuple(AskNote(*note) for note in self.pending.items())
        self.boot(self.last_end(), () if ask_after_s else questions)
        if ask_after_s:
            self.run(ask_after_s)
            for question in questions:
                self.command(question)

    def last_end(self) -> Event | None:
        for fact in reversed(self.facts):
            if isinstance(fact, NoteStacked | NoteUnknown):
                return fact
            if isinstance(fact, NoteEscrowed | AcceptorClosed):
                return None
        return None

    def command(self, command: HostCommand) -> None:
        self.perform(self.machine.command(command, self.now_s))

    def perform(self, outputs: list[Output]) -> None:
        todo = list(outputs)
        while todo:
            match todo.pop(0):
                case Send(data):
                    self.trace.append((self.now_s, ">", data))
                    if self.line:
                        self.deliver(data)
                case Post(event):
                    self.take(event)
                case PostDurably(event):
                    todo += self.machine.posted(self.journal(event), self.now_s)

    def deliver(self, data: bytes) -> None:
        metal = self.device.mechanism
        reporting = metal.state is State.STACKED
        self.device.receive(data, self.now_s)
        if reporting and metal.state is not State.STACKED:  # heard: it will not be said again
            value_fen = metal.values_fen[metal.status_bill]
            self.unheard += [] if self.known(value_fen) else [value_fen]

    def known(self, value_fen: int) -> bool:
        """The journal holds that a note of this value is in the box, or may be."""
        sure = {end.value_fen for end in self.ends() if not isinstance(end, NoteReturned)}
        return bool(sure & {value_fen, 0})

    def journal(self, event: Event) -> bool:
        if self.journal_fails:
            self.journal_fails -= 1
            if self.journal_fails % 2:
                self.take(event)
            return False
        self.take(event)
        return True

    def take(self, event: Event) -> None:
        self.facts.append(event)
        if isinstance(event, ENDS):
            self.pending.pop(event.note_id, None)
        if isinstance(event, NoteEscrowed) and (answer := self.decide(event)):
            self.pending[event.note_id] = event.value_fen
            self.answers.append(answer)

    # -- the world --

    def cut_line(self) -> None:
        self.line = False
        self.device.hang_up()
        self.perform(self.machine.line_down(self.now_s))

    def mend_line(self) -> None:
        if not self.line:
            self.line = True
            self.perform(self.machine.line_up(self.now_s))

    def run(self, seconds: float) -> None:
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            self.step()

    def step(self) -> None:
        """Jump to the next moment at which something is due."""
        due_s = [self.machine.wake_at_s]
        if self.device.wake_at_s is not None:
            due_s.append(self.device.wake_at_s)
        self.now_s = max(self.now_s + STEP_S, min(due_s))
        data = self.device.tick(self.now_s)
        if data and self.line and not self.device.mute:
            self.trace.append((self.now_s, "<", data))
            self.perform(self.machine.receive(data, self.now_s))
        elif self.now_s >= self.machine.wake_at_s:
            self.perform(self.machine.tick(self.now_s))
        while self.answers:
            self.command(self.answers.pop(0))

    def run_until(self, predicate: Callable[[], bool], limit_s: float = 120.0) -> None:
        until_s = self.now_s + limit_s
        while not predicate():
            assert self.now_s < until_s, f"not within {limit_s} s; facts: {self.facts}"
            self.step()

    # -- what came of it --

    def of(self, kind: type[Kind]) -> list[Kind]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def ends(self, note_id: str | None = None) -> list[NoteStacked | NoteReturned | NoteUnknown]:
        """Distinct ends: the same fact twice is harmless."""
        found: list[NoteStacked | NoteReturned | NoteUnknown] = []
        for fact in self.facts:
            if isinstance(fact, ENDS) and fact not in found and note_id in {None, fact.note_id}:
                found.append(fact)
        return found

    def states(self) -> list[tuple[DeviceState, Fault]]:
        return [(fact.state, fact.fault) for fact in self.of(DeviceChanged)]

    @property
    def box(self) -> tuple[int | None, ...]:
        return self.device.mechanism.values_at(Place.BOX)

    @property
    def given_back(self) -> tuple[int | None, ...]:
        return self.device.mechanism.values_at(Place.CUSTOMER)

    def insert(self, value_fen: int | None) -> None:
        assert self.device.mechanism.insert(value_fen, self.now_s)

    def sent(self, command: Command) -> int:
        """How many frames of this command went out."""
        head = bytes((command,))
        return sum(1 for _, way, data in self.trace if way == ">" and data[3:4] == head)


def ready(
    values_fen: tuple[int, ...] = CNY_FEN, *, decide: Decide = lambda _: None, **device: Any
) -> Rig:
    """A rig whose acceptor has been set up and opened for everything it knows."""
    rig = powered(values_fen, decide=decide, **device)
    rig.command(Open(values_fen))
    rig.run_until(lambda: rig.device.mechanism.enabled_bits != 0)
    rig.facts.clear()
    return rig


def powered(
    values_fen: tuple[int, ...] = CNY_FEN, *, decide: Decide = lambda _: None, **device: Any
) -> Rig:
    """A rig at the moment at which power and host program come on."""
    acceptor = AcceptorDevice(values_fen, **device)
    acceptor.mechanism.power_on()
    return Rig(acceptor, decide)


def stack(note: NoteEscrowed) -> HostCommand:
    return Stack(note.note_id)


def give_back(note: NoteEscrowed) -> HostCommand:
    return GiveBack(note.note_id)
