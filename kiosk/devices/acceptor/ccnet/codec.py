"""CCNET frames: bytes in, frames and garbage out; never reads, never waits.

A frame is ``02 address length data.. crc-low crc-high``. The length counts every byte of the frame.
A length byte of 0 says that a 16-bit length (high byte first) stands after the first data byte.
"""

from collections.abc import Iterator
from dataclasses import dataclass

SYNC = 0x02
VALIDATOR = 0x03
"""Address of a bill validator (01 bill-to-bill unit, 02 coin changer, 04 card reader)."""
MIN_FRAME = 6
LONGEST_SHORT_FRAME = 250
"""Longer frames use the 16-bit length (CCNET protocol description; verify on hardware)."""
MAX_FRAME = 1024
"""A longer claim is garbage: no validator message comes near it, and the buffer stays bounded."""

_OVERHEAD = 5
_LONG_OVERHEAD = 7
_LONG_HEADER = 6


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame with a good checksum."""

    data: bytes
    """At least one byte: a command or reply code, then its data."""
    address: int = VALIDATOR


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes that belong to no frame."""

    data: bytes


def encode(data: bytes, address: int = VALIDATOR) -> bytes:
    """Return the frame that carries ``data``. Raises ValueError when it is empty or too long."""
    size = len(data) + _OVERHEAD
    if size <= LONGEST_SHORT_FRAME and data:
        body = bytes((SYNC, address, size)) + data
    else:
        body = _long_body(data, address)
    return body + crc(body).to_bytes(2, "little")


def _long_body(data: bytes, address: int) -> bytes:
    size = len(data) + _LONG_OVERHEAD
    if not data or size > MAX_FRAME:
        raise ValueError(f"a frame cannot carry {len(data)} bytes")
    return bytes((SYNC, address, 0, data[0])) + size.to_bytes(2, "big") + data[1:]


def crc(data: bytes | bytearray) -> int:
    """Return CRC-16/KERMIT: CCITT polynomial reflected (8408), start value 0."""
    value = 0
    for byte in data:
        value = value >> 8 ^ _CRC_OF_BYTE[(value ^ byte) & 0xFF]
    return value


def _crc_of_byte(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0x8408 if byte & 1 else 0)
    return byte


_CRC_OF_BYTE = tuple(_crc_of_byte(byte) for byte in range(256))


class Decoder:
    """Finds frames in a stream, however it is cut, and finds the next one after garbage."""

    def __init__(self, address: int = VALIDATOR) -> None:
        """Take frames of this address; those of others are garbage."""
        self._address = address
        self._buffer = bytearray()

    def receive(self, data: bytes) -> list[Frame | Garbage]:
        """Add ``data``; return what is complete now."""
        self._buffer += data
        return list(self._scan(silent=False))

    def expire(self) -> list[Frame | Garbage]:
        """The line went silent: what is still incomplete is garbage, frames inside it are not."""
        return list(self._scan(silent=True))

    def _scan(self, *, silent: bool) -> Iterator[Frame | Garbage]:
        junk = bytearray()
        while self._buffer:
            size = self._claimed_size()
            if not silent and (size is None or size > len(self._buffer)):
                break
            if size and size <= len(self._buffer) and crc(self._buffer[:size]) == 0:
                if junk:
                    yield Garbage(bytes(junk))
                    junk.clear()
                yield self._take(size)
            else:
                junk.append(self._buffer.pop(0))
        if junk:
            yield Garbage(bytes(junk))

    def _claimed_size(self) -> int | None:
        """Size of the frame that may start here; 0: none can; None: too few bytes to tell."""
        head = self._buffer
        if head[0] != SYNC or (len(head) > 1 and head[1] != self._address):
            return 0
        if len(head) < 3:
            return None
        if head[2]:
            return head[2] if head[2] >= MIN_FRAME else 0
        if len(head) < _LONG_HEADER:
            return None
        size = int.from_bytes(head[4:6], "big")
        return size if _LONG_OVERHEAD < size <= MAX_FRAME else 0

    def _take(self, size: int) -> Frame:
        frame = bytes(self._buffer[:size])
        del self._buffer[:size]
        data = frame[3:-2] if frame[2] else frame[3:4] + frame[_LONG_HEADER:-2]
        return Frame(data, frame[1])
