"""CCNET commands and replies as values, and what their numbers mean in our words."""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from kiosk.flow.event import Fault, RejectCause
from vending.money import FEN_PER_YUAN

ACK = b"\x00"
NAK = b"\xff"
ILLEGAL = b"\x30"
"""The device's answer to a command that it does not know, or not in its present state."""


class Command(IntEnum):
    """What the host may ask for."""

    RESET = 0x30
    SECURITY = 0x32
    POLL = 0x33
    ENABLE = 0x34
    STACK = 0x35
    RETURN = 0x36
    IDENT = 0x37
    HOLD = 0x38
    TABLE = 0x41


class Code(IntEnum):
    """First byte of the answer to POLL."""

    POWER_UP = 0x10
    POWER_UP_IN_VALIDATOR = 0x11
    """A note lies before the point of no return: RESET gives it back."""
    POWER_UP_IN_STACKER = 0x12
    """A note lies past it: RESET stacks it; 81 may follow or not (verify on hardware)."""
    INITIALISING = 0x13
    IDLING = 0x14
    ACCEPTING = 0x15
    STACKING = 0x17
    RETURNING = 0x18
    DISABLED = 0x19
    HOLDING = 0x1A
    BUSY = 0x1B
    REJECTING = 0x1C
    BOX_FULL = 0x41
    BOX_REMOVED = 0x42
    JAM_IN_VALIDATOR = 0x43
    JAM_IN_STACKER = 0x44
    CHEATED = 0x45
    PAUSED = 0x46
    FAILURE = 0x47
    ESCROW = 0x80
    STACKED = 0x81
    RETURNED = 0x82


POWER_UPS = frozenset({Code.POWER_UP, Code.POWER_UP_IN_VALIDATOR, Code.POWER_UP_IN_STACKER})
PATH_EMPTY = frozenset({Code.IDLING, Code.DISABLED})

FAULTS = {
    Code.BOX_FULL: Fault.BOX_FULL,
    Code.BOX_REMOVED: Fault.BOX_REMOVED,
    Code.JAM_IN_VALIDATOR: Fault.JAM_IN_ACCEPTOR,
    Code.JAM_IN_STACKER: Fault.JAM_IN_STACKER,
    Code.CHEATED: Fault.CHEATED,
    Code.PAUSED: Fault.PAUSED,
    Code.FAILURE: Fault.HARDWARE,
}

FAILURES = {
    0x50: "stack motor",
    0x51: "transport motor speed",
    0x52: "transport motor",
    0x53: "aligning motor",
    0x54: "cassette at start-up",
    0x55: "optic channel",
    0x56: "magnetic channel",
    0x5F: "capacitance channel",
}

REJECTIONS = {
    0x60: RejectCause.INSERTION,
    0x61: RejectCause.UNRECOGNISED,  # magnetic
    0x62: RejectCause.TRANSPORT,  # a note remained in the head
    0x63: RejectCause.DOUBLE,
    0x64: RejectCause.TRANSPORT,
    0x65: RejectCause.UNRECOGNISED,  # identification
    0x66: RejectCause.UNRECOGNISED,  # verification
    0x67: RejectCause.UNRECOGNISED,  # optic
    0x68: RejectCause.INHIBITED,
    0x69: RejectCause.UNRECOGNISED,  # capacitance
    0x6A: RejectCause.OTHER,  # operation
    0x6C: RejectCause.LENGTH,
    0x6D: RejectCause.UNRECOGNISED,  # ultraviolet
}


@dataclass(frozen=True, slots=True)
class Status:
    """An answer to POLL: a code and what follows it."""

    code: int
    data: bytes = b""

    @property
    def bill(self) -> int:
        """Number of the bill type in 80, 81 and 82 (0..23); -1 when the device left it out."""
        return self.data[0] if self.data else -1

    @property
    def reject_cause(self) -> RejectCause:
        """Why a note is being rejected (1C)."""
        return REJECTIONS.get(self.data[0] if self.data else 0, RejectCause.OTHER)

    def __str__(self) -> str:
        """Return the bytes and, for a failure, the part that failed."""
        part = FAILURES.get(self.data[0]) if self.code == Code.FAILURE and self.data else None
        text = bytes((self.code, *self.data)).hex(" ")
        return f"{text} ({part})" if part else text


def plain(command: Command) -> bytes:
    """Return the data of a command that has no parameters."""
    return bytes((command,))


def enable(bits: int) -> bytes:
    """Return ENABLE BILL TYPES: type n is bit n, each accepted type goes to escrow; 0 disables."""
    return bytes((Command.ENABLE,)) + bits.to_bytes(3, "big") * 2


def security(bits: int) -> bytes:
    """Return SET SECURITY: type n with bit n set is checked more strictly."""
    return bytes((Command.SECURITY,)) + bits.to_bytes(3, "big")


IDENT_SIZE = 34


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the acceptor is."""

    part: str
    serial: str

    @classmethod
    def decode(cls, data: bytes) -> "Identity":
        """Decode an answer to IDENT: 15 characters part number, 12 serial number, 7 asset bytes."""
        return cls(_text(data[:15]), _text(data[15:27]))

    def __str__(self) -> str:
        """Return part and serial number."""
        return f"{self.part} {self.serial}".strip()


def _text(data: bytes) -> str:
    return "".join(chr(byte) for byte in data if 0x20 <= byte < 0x7F).strip()


BILL_TYPES = 24
ENTRY_SIZE = 5
TABLE_SIZE = BILL_TYPES * ENTRY_SIZE
YUAN_COUNTRIES = frozenset({b"CHN", b"CNY"})
"""What stands in the table for renminbi: country or currency code (verify on hardware)."""


@dataclass(frozen=True, slots=True)
class BillTable:
    """Value of each bill type in fen; None: not there, or not renminbi."""

    values_fen: tuple[int | None, ...] = ()

    @classmethod
    def decode(cls, data: bytes) -> "BillTable":
        """Decode the bill table: 24 times mantissa, country, exponent (bit 7: minus)."""
        entries = (data[at : at + ENTRY_SIZE] for at in range(0, TABLE_SIZE, ENTRY_SIZE))
        return cls(tuple(_value_fen(entry) for entry in entries))

    def value_fen(self, bill: int) -> int | None:
        """Return the value of a bill type, None when the table has none."""
        return self.values_fen[bill] if 0 <= bill < len(self.values_fen) else None

    def bits(self, wanted_fen: tuple[int, ...]) -> int:
        """Return the bits of all types whose value is wanted."""
        return _bits(self.values_fen, wanted_fen)


@lru_cache(maxsize=16)  # asked at every poll
def _bits(values_fen: tuple[int | None, ...], wanted_fen: tuple[int, ...]) -> int:
    return sum(1 << bill for bill, value in enumerate(values_fen) if value in wanted_fen)


def _value_fen(entry: bytes) -> int | None:
    if len(entry) < ENTRY_SIZE or entry[1:4] not in YUAN_COUNTRIES or not entry[0]:
        return None
    mantissa_fen, exponent = entry[0] * FEN_PER_YUAN, entry[4]
    if not exponent & 0x80:
        return mantissa_fen * 10**exponent if exponent < 6 else None
    value_fen, remainder = divmod(mantissa_fen, 10 ** (exponent & 0x7F))
    return None if remainder else value_fen
