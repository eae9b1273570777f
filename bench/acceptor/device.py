"""A simulated acceptor's end of the wire, like the driver's machine without thread and clock.

Bytes in with `receive`, time in with `tick`, bytes out of `tick`. What goes wrong on the line is
arranged here; what goes wrong in the metal, in `Mechanism`.
"""

from collections import deque
from collections.abc import Callable

from bench.acceptor.mechanism import Mechanism, State, Timing
from kiosk.devices.acceptor.ccnet import codec
from kiosk.devices.acceptor.ccnet.message import (
    ACK,
    BILL_TYPES,
    ENTRY_SIZE,
    ILLEGAL,
    NAK,
    Code,
    Command,
)
from vending.money import FEN_PER_YUAN

CNY_FEN = (100, 500, 1_000, 2_000, 5_000, 10_000)
"""The notes of today: 1, 5, 10, 20, 50 and 100 yuan."""

IDENTITY = b"BENCH CCNET".ljust(15) + b"000000000001" + bytes(7)
_REPORTS = frozenset({Code.STACKED, Code.RETURNED})
_TELLS_ITSELF = frozenset({State.POWER_UP, State.INITIALISING, State.STOPPED})


class AcceptorDevice:
    """A CCNET bill validator with a box."""

    def __init__(
        self,
        values_fen: tuple[int, ...] = CNY_FEN,
        *,
        timing: Timing | None = None,
        capacity: int = 1_000,
        credit_recovery: bool = True,
    ) -> None:
        """Stand there without power; see `Mechanism`."""
        self.mechanism = Mechanism(
            values_fen, timing or Timing(), capacity, credit_recovery=credit_recovery
        )
        self.mute = False
        """The cable is out: nothing gets through in either direction."""
        self.delay_s = 0.0
        """Each answer leaves so much later."""
        self.replies_to_drop = 0
        self.replies_to_corrupt = 0
        self.commands_to_refuse = 0
        """So many commands are answered with NAK."""
        self.acks_to_miss = 0
        """So many acknowledgements are not heard: the report is repeated."""
        self.on_command: Callable[[bytes], object] = lambda data: None
        """Told of every command, polls too, before anything is done about it."""
        self._decoder = codec.Decoder()
        self._outgoing: deque[tuple[float, bytes]] = deque()
        self._last_reply = b""

    # -- the wire --------------------------------------------------------------------------------

    def receive(self, data: bytes, now_s: float) -> None:
        """Take bytes from the host."""
        self.mechanism.advance(now_s)
        if not self.mechanism.powered or self.mute:
            return
        for item in self._decoder.receive(data):
            if isinstance(item, codec.Garbage):
                self._reply(NAK, now_s)
            else:
                self._command(item.data, now_s)

    def tick(self, now_s: float) -> bytes:
        """Let time pass; return the bytes that leave the device now."""
        self.mechanism.advance(now_s)
        if not self.mechanism.powered:
            self._outgoing.clear()
        leaving = bytearray()
        while self._outgoing and self._outgoing[0][0] <= now_s:
            leaving += self._outgoing.popleft()[1]
        return bytes(leaving)

    @property
    def wake_at_s(self) -> float | None:
        """When `tick` has something to do; None: not before something else happens."""
        due = [at_s for at_s, _ in self._outgoing]
        if self.mechanism.until_s is not None:
            due.append(self.mechanism.until_s)
        return min(due, default=None)

    def hang_up(self) -> None:
        """The line broke: forget what was on it."""
        self._decoder = codec.Decoder()
        self._outgoing.clear()

    def _command(self, data: bytes, now_s: float) -> None:
        if data == ACK:
            self._acknowledged(now_s)
        elif data == NAK:
            self._send(self._last_reply, now_s)
        else:
            self.on_command(data)
            self._reply(self._judge(data, now_s), now_s)

    def _judge(self, data: bytes, now_s: float) -> bytes:
        if self.commands_to_refuse and data[0] != Command.POLL:
            self.commands_to_refuse -= 1
            return NAK
        return self._answer(data, now_s)

    def _acknowledged(self, now_s: float) -> None:
        if not self._last_reply or self._last_reply[0] not in _REPORTS:
            return
        if self.acks_to_miss:
            self.acks_to_miss -= 1
            return
        self._last_reply = b""
        self.mechanism.report_acknowledged(now_s)

    def _answer(self, data: bytes, now_s: float) -> bytes:
        metal = self.mechanism
        moves: dict[int, Callable[[float], bool]] = {
            Command.STACK: metal.stack,
            Command.RETURN: metal.give_back,
            Command.HOLD: metal.hold,
        }
        if data[0] in moves:
            return ACK if moves[data[0]](now_s) else ILLEGAL
        match data[0]:
            case Command.POLL:
                return metal.status()
            case Command.RESET:
                metal.reset(now_s)
                return ACK
            case Command.ENABLE if len(data) == 7:
                metal.enabled_bits = int.from_bytes(data[1:4], "big")
                return ACK
            case Command.SECURITY:
                return ACK
            case Command.IDENT | Command.TABLE if self._tells_itself():
                return IDENTITY if data[0] == Command.IDENT else bill_table(metal.values_fen)
        return ILLEGAL

    def _tells_itself(self) -> bool:
        metal = self.mechanism
        disabled = metal.state is State.READY and not metal.enabled_bits
        return disabled or metal.state in _TELLS_ITSELF

    def _reply(self, data: bytes, now_s: float) -> None:
        if not self.mechanism.powered:
            return  # the command itself cut the power
        self._last_reply = data
        self._send(data, now_s)

    def _send(self, data: bytes, now_s: float) -> None:
        if not data:
            return
        frame = codec.encode(data)
        if self.replies_to_drop:
            self.replies_to_drop -= 1
            return
        if self.replies_to_corrupt:
            self.replies_to_corrupt -= 1
            frame = frame[:-1] + bytes((frame[-1] ^ 0x01,))
        self._outgoing.append((now_s + self.delay_s, frame))


def bill_table(values_fen: tuple[int, ...]) -> bytes:
    """Return the bill table of a validator that knows these notes of the People's Republic."""
    entries = b"".join(_entry(value_fen) for value_fen in values_fen)
    return entries.ljust(BILL_TYPES * ENTRY_SIZE, b"\x00")


def _entry(value_fen: int) -> bytes:
    mantissa, exponent = value_fen, -2
    while mantissa % 10 == 0 and (exponent < 0 or mantissa > 0xFF):
        mantissa, exponent = mantissa // 10, exponent + 1
    if not 0 < mantissa <= 0xFF:
        raise ValueError(f"no bill table can say {value_fen} fen; {FEN_PER_YUAN} fen are a yuan")
    sign = 0x80 if exponent < 0 else 0
    return bytes((mantissa, *b"CHN", sign | abs(exponent)))
