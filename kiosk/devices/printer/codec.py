"""ESC/POS on the wire: text lines out, status and confirmations in.

Sources: Epson's ESC/POS command reference (DLE EOT n, DLE ENQ n, GS ( H function 48, GS a, DLE DC4
function 8) and GB18030-2005. Raster picture and cut are composed by python-escpos (`paper`).

Everything that is not ASCII goes out in Kanji mode (FS &) as GB18030. Characters that take four
bytes there are not in the font of the usual printers (verify on hardware): a line with one of them
is printed as a picture where there is a font for it, else the character becomes a visible box.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.devices.printer.layout import Align, TextLine
from kiosk.flow.event import DeviceState, Fault

# -- to the printer --------------------------------------------------------------------------------

INITIALISE = b"\x1b\x40"
"""ESC @: modes as after power-up."""
KANJI_MODE = b"\x1c\x26"
"""FS &: two-byte characters."""
NO_AUTOMATIC_STATUS = b"\x1d\x61\x00"
"""GS a 0: status only when asked."""
CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE DC4, function 8: forget what is not printed yet. Printers that do not know it ignore it
(verify on hardware)."""
RECOVER = b"\x10\x05\x02"
"""DLE ENQ 2: go on after an error whose cause is gone, such as a jam in the cutter. Ignored without
one (verify on hardware)."""
LINE_FEED = b"\n"
BOX = "□"
"""Stands for a character that the printer does not have."""

_ALIGN = {Align.LEFT: 0, Align.CENTER: 1, Align.RIGHT: 2}
_LETTERS = str.maketrans("0123456789", "ABCDEFGHIJ")
_REAL_TIME = {b"\x10\x04": b"\x18\x04", b"\x10\x05": b"\x18\x05", b"\x10\x14": b"\x18\x14"}


def encode_line(line: TextLine) -> bytes:
    """Return a line with its modes, ending with a line feed."""
    return encode_modes(line) + encode_text(line.text) + LINE_FEED


def encode_modes(line: TextLine) -> bytes:
    """Return alignment, emphasis and size, for ASCII and for Kanji characters."""
    across, down = line.size.across, line.size.down
    return bytes(
        (
            *(0x1B, 0x61, _ALIGN[line.align]),  # ESC a
            *(0x1B, 0x45, line.bold),  # ESC E
            *(0x1D, 0x21, (across - 1) << 4 | (down - 1)),  # GS !: with FS & for both kinds
        )
    )


def encode_text(text: str) -> bytes:
    """Return ``text`` in GB18030, a box for each character in `rare`."""
    return "".join(BOX if is_rare(char) else char for char in text).encode("gb18030")


def is_rare(char: str) -> bool:
    """Tell whether the printer's font cannot be trusted to have ``char``."""
    return len(char.encode("gb18030", errors="replace")) == 4


def without_real_time(picture: bytes) -> bytes:
    """Return the bytes of a picture with one dot more wherever they would be a real-time command.

    A printer obeys DLE EOT, DLE ENQ and DLE DC4 also in the middle of a picture.
    """
    for command, harmless in _REAL_TIME.items():
        picture = picture.replace(command, harmless)
    return picture


def process_id(number: int) -> str:
    """Return a process id, ``AAAA`` to ``JJJJ`` and from the start again; ``number`` from 0.

    Letters, because they can never be taken for an answer to DLE EOT: figures can.
    """
    return f"{number % 10_000:04d}".translate(_LETTERS)


def ask_confirmation(process: str) -> bytes:
    """GS ( H, function 48: the printer repeats ``process`` when all before it is on paper.

    Chosen over GS r, whose answer names no job and waits while paper is out, so that a late one
    would be taken for the next job's. Printers without it never confirm (verify on hardware).
    """
    return b"\x1d\x28\x48\x06\x00\x30\x30" + process.encode("ascii")


def ask_status(number: int) -> bytes:
    """DLE EOT: printer (1), offline cause (2), error cause (3), paper (4). Answered at once."""
    return bytes((0x10, 0x04, number))


# -- from the printer ------------------------------------------------------------------------------

STATUS_NUMBERS = (1, 2, 3, 4)
_FIXED_MASK, _FIXED_BITS = 0x93, 0x12
_HEADER, _PROCESS, _NUL = 0x37, 0x22, 0x00
_PROCESS_FRAME = 7
_LONGEST_FRAME = 32


@dataclass(frozen=True, slots=True)
class StatusByte:
    """An answer to DLE EOT. It does not tell to which: ask one at a time."""

    value: int


@dataclass(frozen=True, slots=True)
class Confirmed:
    """All data before this process id is printed."""

    process: str


@dataclass(frozen=True, slots=True)
class Garbage:
    """A byte that is no answer to anything we ask."""

    value: int


Answer = StatusByte | Confirmed | Garbage


class Decoder:
    """Bytes of the line in, answers out; a frame may arrive in pieces."""

    def __init__(self) -> None:
        """Begin between two answers."""
        self._frame = bytearray()

    def receive(self, data: bytes) -> list[Answer]:
        """Return the answers that are complete now."""
        return list(self._answers(data))

    def forget(self) -> None:
        """Drop the beginning of a frame whose end did not come."""
        self._frame.clear()

    def _answers(self, data: bytes) -> Iterator[Answer]:
        for value in data:
            if value & _FIXED_MASK == _FIXED_BITS:  # real-time: also in the middle of a frame
                yield StatusByte(value)
            elif self._frame:
                yield from self._in_frame(value)
            elif value == _HEADER:
                self._frame.append(value)
            else:
                yield Garbage(value)

    def _in_frame(self, value: int) -> Iterator[Answer]:
        """Header, identifier, data, NUL. Frames other than a process id are skipped whole."""
        self._frame.append(value)
        if value != _NUL and len(self._frame) < _LONGEST_FRAME:
            return
        frame = bytes(self._frame)
        self._frame.clear()
        if value == _NUL and frame[1] == _PROCESS and len(frame) == _PROCESS_FRAME:
            yield Confirmed(frame[2:-1].decode("ascii", errors="replace"))


# -- what the status means -------------------------------------------------------------------------

_OFFLINE = 0x08  # n=1
_COVER_OPEN, _PAPER_STOP, _ERROR = 0x04, 0x20, 0x40  # n=2
_RECOVERABLE, _CUTTER, _UNRECOVERABLE, _SELF_HEALING = 0x04, 0x08, 0x20, 0x40  # n=3
_NEAR_END, _PAPER_END = 0x0C, 0x60  # n=4: two bits for each sensor


@dataclass(frozen=True, slots=True)
class Status:
    """The four answers of one round."""

    printer: int
    offline_cause: int
    error_cause: int
    paper: int


def judge(status: Status) -> tuple[DeviceState, Fault]:
    """Return the state and the one thing to do something about, gravest first.

    An open cover comes before paper out: with many printers the paper sensor sits on the cover.
    """
    faults = (
        (status.error_cause & _UNRECOVERABLE, Fault.HARDWARE),
        (status.error_cause & _CUTTER, Fault.CUTTER),
        (status.offline_cause & _COVER_OPEN, Fault.COVER_OPEN),
        (status.offline_cause & _PAPER_STOP or status.paper & _PAPER_END, Fault.PAPER_OUT),
        (status.error_cause & (_RECOVERABLE | _SELF_HEALING), Fault.HARDWARE),
        (status.offline_cause & _ERROR, Fault.HARDWARE),
        (status.printer & _OFFLINE, Fault.PRINTER_UNKNOWN),
    )
    for present, fault in faults:
        if present:
            return DeviceState.FAULT, fault
    if status.paper & _NEAR_END:
        return DeviceState.LOW, Fault.PAPER_LOW
    return DeviceState.OK, Fault.NONE
