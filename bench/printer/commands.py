"""The printer's command set: bytes in, what they ask for out. Knows no paper.

Strict on purpose: a byte that is no known command is an `Unknown`, which real printers would print
or swallow, and which the tests do not forgive. It is a cheap printer: it draws no QR codes by
itself (GS ( k).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

REAL_TIME_STATUS, REAL_TIME_CLEAR = b"\x10\x04", b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
REAL_TIME_RECOVER = b"\x10\x05\x02"
"""DLE ENQ 2: forget what waits, and go on after an error whose cause is gone."""


@dataclass(frozen=True, slots=True)
class Initialise:
    """ESC @."""


@dataclass(frozen=True, slots=True)
class KanjiMode:
    """FS & and FS . ."""

    on: bool


@dataclass(frozen=True, slots=True)
class SetAlign:
    """ESC a: 0 left, 1 centre, 2 right."""

    value: int


@dataclass(frozen=True, slots=True)
class SetBold:
    """ESC E."""

    on: bool


@dataclass(frozen=True, slots=True)
class SetSize:
    """GS !: times as wide, times as high."""

    across: int
    down: int


@dataclass(frozen=True, slots=True)
class Text:
    """Bytes to print in the current modes."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Feed:
    """LF (one line) or ESC d."""

    lines: int


@dataclass(frozen=True, slots=True)
class CutPaper:
    """GS V."""


@dataclass(frozen=True, slots=True)
class Raster:
    """GS v 0: rows of ``width_bytes`` bytes, the highest bit at the left, 1 is black.

    Each dot is printed so many times as wide and as high.
    """

    width_bytes: int
    data: bytes
    across: int = 1
    down: int = 1


@dataclass(frozen=True, slots=True)
class ProcessId:
    """GS ( H 48: say this when all before it is printed."""

    process: bytes


@dataclass(frozen=True, slots=True)
class AutomaticStatus:
    """GS a."""

    bits: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """Bytes that are no command we know."""

    data: bytes


Command = (
    Initialise
    | KanjiMode
    | SetAlign
    | SetBold
    | SetSize
    | Text
    | Feed
    | CutPaper
    | Raster
    | ProcessId
    | AutomaticStatus
    | Unknown
)

_FIXED: dict[bytes, tuple[int, Callable[[bytes], Command]]] = {
    b"\x1b@": (2, lambda _: Initialise()),
    b"\x1c&": (2, lambda _: KanjiMode(True)),
    b"\x1c.": (2, lambda _: KanjiMode(False)),
    b"\x1ba": (3, lambda c: SetAlign(c[2])),
    b"\x1bE": (3, lambda c: SetBold(bool(c[2] & 1))),
    b"\x1bd": (3, lambda c: Feed(c[2])),
    b"\x1d!": (3, lambda c: SetSize((c[2] >> 4) + 1, (c[2] & 15) + 1)),
    b"\x1dV": (3, lambda _: CutPaper()),
    b"\x1da": (3, lambda c: AutomaticStatus(c[2])),
}
"""Commands of one length, by their first two bytes."""


class CommandReader:
    """Splits the line's bytes into commands; half a command waits for its rest."""

    def __init__(self) -> None:
        """Begin between two commands."""
        self._data = b""

    def receive(self, data: bytes) -> list[Command]:
        """Return the commands that are complete now."""
        self._data += data
        return list(self._commands())

    def forget(self) -> None:
        """Power-up or cleared buffers: half a command is gone."""
        self._data = b""

    def _commands(self) -> Iterator[Command]:
        while self._data:
            found = self._next()
            if found is None:
                return
            size, command = found
            self._data = self._data[size:]
            yield command

    def _next(self) -> tuple[int, Command] | None:
        """Return length and meaning of the first command; None: more bytes are needed."""
        first = self._data[0]
        if first == 0x0A:
            return 1, Feed(1)
        if first >= 0x20:
            return self._text()
        if first not in {0x1B, 0x1C, 0x1D}:
            return 1, Unknown(self._data[:1])
        if len(self._data) < 2:
            return None
        return self._escape(self._data[:2])

    def _text(self) -> tuple[int, Command] | None:
        """A run of text; a first byte of a Kanji waits for its second."""
        size = 0
        while size < len(self._data) and self._data[size] >= 0x20:
            wide = self._data[size] >= 0x81
            if wide and size + 1 == len(self._data):
                break
            size += 2 if wide else 1
        return (size, Text(self._data[:size])) if size else None

    def _escape(self, head: bytes) -> tuple[int, Command] | None:
        if head in _FIXED:
            size, make = _FIXED[head]
            return None if len(self._data) < size else (size, make(self._data[:size]))
        if head == b"\x1d(":
            return self._extended()
        if head == b"\x1dv":
            return self._raster()
        return 2, Unknown(head)

    def _extended(self) -> tuple[int, Command] | None:
        """GS ( letter pL pH and so many bytes."""
        if len(self._data) < 5:
            return None
        size = 5 + int.from_bytes(self._data[3:5], "little")
        if len(self._data) < size:
            return None
        letter, body = self._data[2:3], self._data[5:size]
        if letter == b"H" and body[:2] == b"00" and len(body) == 6:
            return size, ProcessId(body[2:])
        return size, Unknown(self._data[:size])

    def _raster(self) -> tuple[int, Command] | None:
        if len(self._data) < 8:
            return None
        mode = self._data[3] & 3  # 0 to 3, also as the digits "0" to "3"
        width_bytes = int.from_bytes(self._data[4:6], "little")
        size = 8 + width_bytes * int.from_bytes(self._data[6:8], "little")
        if len(self._data) < size:
            return None
        return size, Raster(width_bytes, self._data[8:size], (mode & 1) + 1, (mode >> 1) + 1)
