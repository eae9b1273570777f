"""The half-duplex conversation: one command at a time, its answer, ACK and NAK. No I/O, no clock.

The host speaks, the device answers. Data that the device answers with must be acknowledged by the
host; without that it is repeated at the next poll. A command that the device answered with NAK was
not understood and is sent again; one without an answer is not: the next poll shows its effect.
"""

from collections import deque
from dataclasses import dataclass

from kiosk.devices.acceptor.ccnet import codec
from kiosk.devices.acceptor.ccnet.message import ACK, IDENT_SIZE, ILLEGAL, NAK, Command, Status

REPLY_LIMIT_S = 0.5
"""A device begins to answer within 10 ms; the longest answer takes 130 ms at 9600 baud."""
GAP_S = 0.02
"""Silence between our acknowledgement and our next command (verify on hardware)."""
QUIET_S = 0.2
"""Silence after an answer that did not come, so that a late one is not taken for the next."""
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

    def __init__(self) -> None:
        """Begin with a quiet line."""
        self.outgoing: list[bytes] = []
        self.free_at_s = 0.0
        """When the next command may be sent, if none is under way."""
        self._decoder = codec.Decoder()
        self._frames: deque[codec.Frame | codec.Garbage] = deque()
        self._command: bytes | None = None
        self._asked_last = 0
        self._expires_s = 0.0
        self._resends = 0
        self._naks = 0

    @property
    def busy(self) -> bool:
        """A command is under way."""
        return self._command is not None

    @property
    def wake_at_s(self) -> float:
        """When something is due by the clock."""
        return self._expires_s if self.busy else self.free_at_s

    def send(self, command: bytes, now_s: float) -> None:
        """Send a command. The line must be free."""
        assert not self.busy
        self._command = command
        self._asked_last = command[0]
        self._resends = self._naks = 0
        self._put(command, now_s)

    def acknowledge(self, now_s: float) -> None:
        """Tell the device that its answer was heard, so that it does not say it again."""
        self.outgoing.append(codec.encode(ACK))
        self.free_at_s = now_s + GAP_S

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
        self.free_at_s = now_s + QUIET_S
        return Silent(self._finish())

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
            return None  # a late answer to a question that was given up
        asked = self._asked_last == Command.POLL
        if asked and self.busy:
            self._finish()
        return StatusHeard(Status(data[0], data[1:]), asked)

    def _verdict(self, data: bytes, now_s: float) -> Heard | None:
        if self._command is None or (data == ACK and self._command[0] in _ANSWERED_WITH_DATA):
            return None  # late: whatever it answered, the next poll shows it
        self.free_at_s = now_s + GAP_S
        command = self._finish()
        return Done(command) if data == ACK else Refused(command)

    def _send_again(self, now_s: float) -> Silent | None:
        if self._command is None:
            return None
        if self._resends == RESENDS:
            return self._give_up(now_s)
        self._resends += 1
        self._put(self._command, now_s)
        return None

    def _garbage(self, now_s: float) -> None:
        wants_data = self._command and self._command[0] in _ANSWERED_WITH_DATA
        if wants_data and self._naks < NAKS:
            self._naks += 1
            self.outgoing.append(codec.encode(NAK))
            self._expires_s = now_s + REPLY_LIMIT_S

    def _put(self, command: bytes, now_s: float) -> None:
        self.outgoing.append(codec.encode(command))
        self._expires_s = now_s + REPLY_LIMIT_S
        self.free_at_s = now_s

    def _finish(self) -> int:
        assert self._command is not None
        command, self._command = self._command[0], None
        return command
