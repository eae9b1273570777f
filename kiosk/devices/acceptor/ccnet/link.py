"""The half-duplex conversation: one command at a time, its answer, ACK and NAK. No I/O, no clock.

The host speaks, the device answers. Data that the device answers with must be acknowledged by the
host; without that it is repeated at the next poll. A command that the device answered with NAK was
not understood and is sent again; one without an answer is not: the next poll shows its effect.
"""

from collections import deque
from dataclasses import dataclass

from kiosk.devices.acceptor.ccnet import codec
from kiosk.devices.acceptor.ccnet.limits import Limits
from kiosk.devices.acceptor.ccnet.message import ACK, IDENT_SIZE, ILLEGAL, NAK, Command, Status

RESENDS = 3
"""How often a command is sent again because the device answered NAK."""
NAKS = 2
"""How often the device is asked to repeat an answer that arrived damaged."""

_LONG_ANSWERS = {Command.IDENT: IDENT_SIZE, Command.TABLE: 5}
_ANSWERED_WITH_DATA = frozenset({Command.POLL, *_LONG_ANSWERS})
_LONGEST_STATUS = 4


@dataclass(frozen=True, slots=True)
class StatusHeard:
    """The device told its state. ``asked``: it is the answer to our poll and wants an ACK."""

    status: Status
    asked: bool


@dataclass(frozen=True, slots=True)
class Done:
    """The device took the command."""

    command: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The device does not take the command, or not now."""

    command: int


@dataclass(frozen=True, slots=True)
class DataHeard:
    """The answer to IDENT or GET BILL TABLE."""

    command: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Silent:
    """No answer in time, or none that could be understood."""

    command: int


Heard = StatusHeard | Done | Refused | DataHeard | Silent


class Link:
    """Our end of the line. What it wants sent gathers in `outgoing`."""

    def __init__(self, limits: Limits) -> None:
        """Begin with a quiet line."""
        self._limits = limits
        self.outgoing: list[bytes] = []
        self.free_at_s = 0.0
        """When the next command may be sent, if none is under way."""
        self._decoder = codec.Decoder()
        self._frames: deque[codec.Frame | codec.Garbage] = deque()
        self._command: bytes | None = None  # the last one, until it is answered
        self._waiting = False
        self._expires_s = 0.0
        self._resends = 0
        self._naks = 0

    @property
    def busy(self) -> bool:
        """A command is under way."""
        return self._waiting

    @property
    def wake_at_s(self) -> float:
        """When something is due by the clock."""
        return self._expires_s if self.busy else self.free_at_s

    def send(self, command: bytes, now_s: float) -> None:
        """Send a command. The line must be free."""
        assert not self.busy
        self._command, self._waiting = command, True
        self._resends = self._naks = 0
        self._put(command, now_s)

    def acknowledge(self, now_s: float) -> None:
        """Tell the device that its answer was heard, so that it does not say it again."""
        self.outgoing.append(codec.encode(ACK))
        self.free_at_s = now_s + self._limits.gap_s

    def receive(self, data: bytes) -> None:
        """Take bytes from the line."""
        self._frames += self._decoder.receive(data)

    def next_heard(self, now_s: float) -> Heard | None:
        """Return the next thing that the device said, None when it has said no more."""
        while self._frames or self._expire(now_s):
            item = self._frames.popleft()
            if isinstance(item, codec.Garbage):
                self._garbage(now_s)
            elif heard := self._frame(item.data, now_s):
                return heard
        return self._give_up(now_s) if self.busy and now_s >= self._expires_s else None

    def _expire(self, now_s: float) -> bool:
        if self.busy and now_s >= self._expires_s:
            self._frames += (f for f in self._decoder.expire() if isinstance(f, codec.Frame))
        return bool(self._frames)

    def _give_up(self, now_s: float) -> Silent:
        assert self._command
        self._waiting = False
        self.free_at_s = now_s + self._limits.quiet_s
        return Silent(self._command[0])

    def _frame(self, data: bytes, now_s: float) -> Heard | None:
        if data == NAK:
            return self._send_again(now_s)
        if data in (ACK, ILLEGAL):
            return self._verdict(data, now_s)
        asked_for = self._command[0] if self._command else None
        if asked_for in _LONG_ANSWERS and len(data) >= _LONG_ANSWERS[Command(asked_for)]:
            self.acknowledge(now_s)
            return DataHeard(self._finish(), data)
        if len(data) > _LONGEST_STATUS:
            return None
        asked = asked_for == Command.POLL
        if asked:
            self._finish()
            self.free_at_s = now_s
        return StatusHeard(Status(data[0], data[1:]), asked)

    def _verdict(self, data: bytes, now_s: float) -> Heard | None:
        if self._command is None or (data == ACK and self._command[0] in _ANSWERED_WITH_DATA):
            return None  # an answer to nothing: the next poll shows what it meant
        self.free_at_s = now_s + self._limits.gap_s
        command = self._finish()
        return Done(command) if data == ACK else Refused(command)

    def _send_again(self, now_s: float) -> Silent | None:
        if self._command is None or not self._waiting:
            return None
        if self._resends == RESENDS:
            return self._give_up(now_s)
        self._resends += 1
        self._put(self._command, now_s)
        return None

    def _garbage(self, now_s: float) -> None:
        wants_data = self.busy and self._command and self._command[0] in _ANSWERED_WITH_DATA
        if wants_data and self._naks < NAKS:
            self._naks += 1
            self.outgoing.append(codec.encode(NAK))
            self._expires_s = now_s + self._limits.reply_s

    def _put(self, command: bytes, now_s: float) -> None:
        self.outgoing.append(codec.encode(command))
        self._expires_s = now_s + self._limits.reply_s
        self.free_at_s = now_s

    def _finish(self) -> int:
        assert self._command is not None
        command, self._command, self._waiting = self._command[0], None, False
        return command
