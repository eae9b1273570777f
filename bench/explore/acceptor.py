"""The acceptor's driver without its thread: the real protocol machine against the bench's device.

While machine and device have nothing to say to each other but "anything new?" and "nothing", the
machine's clock stands still. It goes on as soon as the host, a hand or a fault touches either.
"""

from collections import deque

from bench.acceptor.device import AcceptorDevice
from bench.acceptor.mechanism import State
from bench.explore.fuse import Fuse
from bench.explore.world import US_PER_S, Life, Timer, World
from kiosk.devices.acceptor.ccnet.host import (
    AskNote,
    Close,
    GiveBack,
    HostCommand,
    Open,
    Output,
    Post,
    PostDurably,
    Reset,
    Send,
    Stack,
)
from kiosk.devices.acceptor.ccnet.machine import CcnetMachine
from kiosk.devices.acceptor.ccnet.message import Command
from kiosk.devices.port import Inbox

QUIET_POLLS = 6
"""So many equal answers in a row, and both ends are at ease."""
DURABLE_LIMIT_S = 2.0
COMMAND_MS = 20
"""A command of the host waits for the driver to look up."""

_COMMAND_AT = 3
_NAMES = {
    0x00: "acknowledgement",
    Command.STACK: "stack",
    Command.RETURN: "return",
    Command.RESET: "reset",
    Command.ENABLE: "enable",
    Command.HOLD: "hold",
}


_ENDS_OF_NOTES = {State.STACKED, State.RETURNED}
"""The device forgets the note when it hears us now."""


class SimAcceptor:
    """Implements `kiosk.devices.port.Acceptor` for one run of the kiosk."""

    def __init__(
        self, world: World, life: Life, fuse: Fuse, device: AcceptorDevice, machine: CcnetMachine
    ) -> None:
        self._world = world
        self._fuse = fuse
        self._device = device
        self._machine = machine
        self._commands: deque[HostCommand] = deque()
        self._timer = Timer(world, life, self._serve)
        self._inbox: Inbox | None = None
        self._quiet = 0
        self._answer = b""
        self._asleep_since_us: int | None = None
        self._slept_us = 0

    # -- the port --------------------------------------------------------------------------------

    def start(self, inbox: Inbox) -> None:
        """See `Acceptor.start`."""
        self._inbox = inbox
        self._device.hang_up()
        self._take_commands()
        self._do(self._machine.line_up(self._now_s))
        self._rest()

    def open(self, values_fen: tuple[int, ...]) -> None:
        """See `Acceptor.open`."""
        self._put(Open(values_fen))

    def close(self) -> None:
        """See `Acceptor.close`."""
        self._put(Close())

    def stack(self, note_id: str) -> None:
        """See `Acceptor.stack`."""
        self._put(Stack(note_id))

    def give_back(self, note_id: str) -> None:
        """See `Acceptor.give_back`."""
        self._put(GiveBack(note_id))

    def ask_note(self, note_id: str, value_fen: int, *, returning: bool = False) -> None:
        """See `Acceptor.ask_note`."""
        self._put(AskNote(note_id, value_fen, returning=returning))

    def reset(self) -> None:
        """See `Acceptor.reset`."""
        self._put(Reset())

    def stop(self, timeout_s: float) -> None:
        """See `Acceptor.stop`: the simulation ends machines by cutting their power."""

    def stir(self) -> None:
        """Something touched the device: let both ends talk again."""
        self._quiet = 0
        if self._asleep_since_us is not None:
            self._slept_us += self._world.now_us - self._asleep_since_us
            self._asleep_since_us = None
        if self._inbox is not None:
            self._timer.wake()

    # -- the thread ------------------------------------------------------------------------------

    @property
    def _now_s(self) -> float:
        """The machine's own time."""
        return (self._world.now_us - self._slept_us) / US_PER_S

    def _put(self, command: HostCommand) -> None:
        self._commands.append(command)
        if self._inbox is not None:
            self.stir()
            self._timer.wake(COMMAND_MS)

    def _serve(self) -> None:
        self._take_commands()
        self._hear()
        if self._now_s >= self._machine.wake_at_s:
            self._do(self._machine.tick(self._now_s))
            self._hear()
        self._rest()

    def _take_commands(self) -> None:
        while self._commands:
            self._quiet = 0
            self._do(self._machine.command(self._commands.popleft(), self._now_s))

    def _hear(self) -> None:
        """Take what the device says, and what it says to what is said then."""
        while data := self._device.tick(self._world.now_s):
            self._quiet = self._quiet + 1 if data == self._answer else 0
            self._answer = data
            self._do(self._machine.receive(data, self._now_s))

    def _rest(self) -> None:
        """Be due again when either end is, or sleep."""
        metal = self._device.mechanism
        at_rest = metal.until_s is None and self._device.wake_at_s is None
        if self._quiet >= QUIET_POLLS and at_rest and self._machine.at_ease:
            self._asleep_since_us = self._world.now_us
            self._timer.set_s(None)
            return
        due_s = self._machine.wake_at_s + self._slept_us / US_PER_S
        device_s = self._device.wake_at_s
        self._timer.set_s(due_s if device_s is None else min(due_s, device_s))

    def _do(self, outputs: list[Output]) -> None:
        todo = deque(outputs)
        while todo:
            match todo.popleft():
                case Send(data):
                    self._send(data)
                case Post(event):
                    assert self._inbox is not None
                    self._quiet = 0
                    self._inbox.post(event)
                case PostDurably(event):
                    assert self._inbox is not None
                    self._quiet = 0
                    durable = self._inbox.post_durably(event, DURABLE_LIMIT_S)
                    todo.extend(self._machine.posted(durable, self._now_s))

    def _send(self, data: bytes) -> None:
        code = data[_COMMAND_AT] if len(data) > _COMMAND_AT else 0
        if code == Command.POLL:
            self._device.receive(data, self._world.now_s)
            return
        name = f"acceptor: {_NAMES.get(code, 'set-up')}"
        if not code and self._device.mechanism.state in _ENDS_OF_NOTES:
            name = "acceptor: last acknowledgement"
        self._fuse.burn(f"{name} not sent")
        self._device.receive(data, self._world.now_s)
        self._fuse.burn(f"{name} sent")
