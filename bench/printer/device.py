"""The metal: receive buffer, print head, paper, cover, cutter. No thread and no clock of its own.

Status bytes as in the facts of real printers: real-time questions are answered at once, also while
nothing can be printed; commands wait in the buffer until it can.
"""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from bench.printer.commands import (
    REAL_TIME_CLEAR,
    REAL_TIME_RECOVER,
    REAL_TIME_STATUS,
    AutomaticStatus,
    Command,
    CommandReader,
    CutPaper,
    Feed,
    Initialise,
    KanjiMode,
    ProcessId,
    Raster,
    SetAlign,
    SetBold,
    SetSize,
    Text,
    Unknown,
)
from bench.printer.paper import Printed, PrintedPicture, PrintedSlip, PrintedText, put
from kiosk.devices.printer.glyphs import SPACING_DOTS

_REAL_TIME = re.compile(
    rb"\x10\x04[\x01-\x04]|" + re.escape(REAL_TIME_CLEAR) + b"|" + re.escape(REAL_TIME_RECOVER),
    re.DOTALL,
)
_REAL_TIME_LONGEST = len(REAL_TIME_CLEAR)
_DLE = b"\x10"
CLEARED = b"\x37\x25\x00"
BUFFER_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How long things take, in seconds."""

    line_s: float = 0.03
    """A line of text; a picture by its height."""
    cut_s: float = 0.4


FAST = Speed(line_s=0.0, cut_s=0.0)


@dataclass(frozen=True, slots=True)
class Modes:
    """What ESC @ sets back."""

    kanji: bool = False
    align: int = 0
    bold: bool = False
    across: int = 1
    down: int = 1


class PrinterDevice:
    """One printer. Switches are plain attributes; call `advance` after changing one."""

    def __init__(self, columns: int = 48, speed: Speed | None = None) -> None:
        """Paper is in, power is on."""
        self.columns = columns
        self.speed = speed or Speed()
        self.paper_out = self.paper_low = self.cover_open = self.cutter_fault = False
        self.cutter_freed = False
        """The cutter's knife moves again; the printer believes it only when told to recover."""
        self.dead = False
        """No power, or the cable is out: hears nothing, says nothing."""
        self.silent = False
        """Prints, but its answers get lost."""
        self.confirms = True
        """Knows GS ( H."""
        self.lines_left: int | None = None
        """The paper ends after so many more lines."""
        self.answer_mask = 0
        """Flipped in every status answer: a printer that talks nonsense."""
        self.answers_twice = 0
        """So many of the next answers are sent twice."""
        self.hold_answers = 0
        """So many of the next answers are not sent but kept until `release_answers`."""
        self.slips: list[PrintedSlip] = []
        self.unknown: list[bytes] = []
        self.questions = 0
        """Real-time questions heard."""
        self.on_command: Callable[[Command], object] = lambda command: None
        """Told of every command that was received whole, real-time questions excepted."""
        self.outgoing = b""
        self._held = b""
        self._reader = CommandReader()
        self._tail = b""
        self._waiting: deque[Command] = deque()
        self._free_at_s = 0.0
        self._modes = Modes()
        self._line = ""
        self._strip: list[Printed] = []

    # -- the line --------------------------------------------------------------------------------

    def receive(self, data: bytes, now_s: float) -> None:
        """Take bytes from the host."""
        if self.dead:
            return
        if not self._waiting:
            self._free_at_s = max(self._free_at_s, now_s)
        data, self._tail = self._tail + data, b""
        at = 0
        for real_time in _REAL_TIME.finditer(data):
            self._buffer(data[at : real_time.start()])
            self._on_real_time(real_time[0])
            at = real_time.end()
        rest = data[at:]
        begun = rest.rfind(_DLE, max(len(rest) - _REAL_TIME_LONGEST + 1, 0))
        if begun >= 0 and _may_continue(rest[begun:]):
            rest, self._tail = rest[:begun], rest[begun:]
        self._buffer(rest)
        self.advance(now_s)

    def hang_up(self) -> None:
        """The line is gone: what was not sent is lost; what was received is printed."""
        self.outgoing = self._held = self._tail = b""

    def release_answers(self) -> None:
        """Send the answers that were held back, late."""
        self.hold_answers = 0
        self.outgoing += self._held
        self._held = b""

    def _buffer(self, data: bytes) -> None:
        if len(self._waiting) < BUFFER_LIMIT:
            received = self._reader.receive(data)
            for command in received:
                self.on_command(command)
            self._waiting += received

    def _on_real_time(self, command: bytes) -> None:
        if command == REAL_TIME_CLEAR:
            self._forget_all()
            self._say(CLEARED)
        elif command == REAL_TIME_RECOVER:
            self._recover()
        else:
            self.questions += 1
            self._say(bytes((self._status(command[-1]) ^ self.answer_mask,)), status=True)

    def _forget_all(self) -> None:
        self._reader.forget()
        self._waiting.clear()
        self._line = ""

    def _recover(self) -> None:
        """Without an error it is ignored."""
        if self.cutter_fault:
            self._forget_all()
            self.cutter_fault, self.cutter_freed = not self.cutter_freed, False

    def _say(self, data: bytes, *, status: bool = False) -> None:
        if self.silent:
            return
        if status and self.answers_twice:
            self.answers_twice -= 1
            data *= 2
        if status and self.hold_answers:
            self.hold_answers -= 1
            self._held += data
        else:
            self.outgoing += data

    # -- status ----------------------------------------------------------------------------------

    @property
    def stopped(self) -> bool:
        """Nothing can be printed now."""
        return self.dead or self.paper_out or self.cover_open or self.cutter_fault

    def _status(self, number: int) -> int:
        """DLE EOT 1..4; bits 1 and 4 are always set."""
        bits = {
            1: 0x08 * self.stopped,
            2: 0x04 * self.cover_open | 0x20 * self.paper_out | 0x40 * self.cutter_fault,
            3: 0x08 * self.cutter_fault,
            4: 0x0C * (self.paper_low or self.paper_out) | 0x60 * self.paper_out,
        }
        return 0x12 | bits[number]

    # -- printing --------------------------------------------------------------------------------

    @property
    def wake_at_s(self) -> float | None:
        """Call `advance` no later than this; None: nothing to do."""
        return self._free_at_s if self._waiting and not self.stopped else None

    @property
    def waiting(self) -> int:
        """Commands received and not obeyed yet."""
        return len(self._waiting)

    def advance(self, now_s: float) -> None:
        """Print what can be printed by now."""
        if self.stopped:
            self._free_at_s = max(self._free_at_s, now_s)
        while self._waiting and not self.stopped and self._free_at_s <= now_s:
            self._free_at_s += self._obey(self._waiting.popleft())

    def tick(self, now_s: float) -> bytes:
        """Let time pass; return the bytes that leave the device now."""
        self.advance(now_s)
        leaving, self.outgoing = self.outgoing, b""
        return leaving

    def power_cut(self) -> None:
        """Buffer and modes are gone; the strip that hangs out stays."""
        self.dead = True
        self._waiting.clear()
        self._reader.forget()
        self._modes, self._line = Modes(), ""
        self.hang_up()

    def load_paper(self) -> None:
        """Put a new roll in; the piece that hung out is torn off."""
        self._tear_off(whole=False)
        self.paper_out = self.paper_low = False
        self.lines_left = None

    def _obey(self, command: Command) -> float:
        """Do it; return how long it takes, in seconds."""
        match command:
            case Text(data):
                self._line += data.decode("gb18030" if self._modes.kanji else "cp437")
            case Feed(lines):
                return self._feed(lines)
            case Raster(width_bytes, data, across, down):
                return self._put(PrintedPicture(width_bytes, data, self._modes.align, across, down))
            case CutPaper():
                self._tear_off(whole=True)
                return self.speed.cut_s
            case ProcessId(process):
                if self.confirms:
                    self._say(b"\x37\x22" + process + b"\x00")
            case Unknown(data):
                self.unknown.append(data)
            case AutomaticStatus():
                pass
            case _:
                self._set(command)
        return 0.0

    def _set(self, command: Command) -> None:
        match command:
            case Initialise():
                self._modes, self._line = Modes(), ""
            case KanjiMode(on):
                self._modes = replace(self._modes, kanji=on)
            case SetAlign(value):
                self._modes = replace(self._modes, align=value)
            case SetBold(on):
                self._modes = replace(self._modes, bold=on)
            case SetSize(across, down):
                self._modes = replace(self._modes, across=across, down=down)

    def _feed(self, lines: int) -> float:
        """Print the line, if there is one; more lines than one only move the paper."""
        if lines > 1 and not self._line:
            return lines * self.speed.line_s
        modes, text, self._line = self._modes, self._line, ""
        return self._put(PrintedText(text, modes.align, modes.bold, modes.across, modes.down))

    def _put(self, printed: Printed) -> float:
        put(self._strip, printed)
        if self.lines_left is not None:
            self.lines_left -= 1
            self.paper_out = self.lines_left <= 0
        if isinstance(printed, PrintedPicture):
            return printed.height_dots / SPACING_DOTS * self.speed.line_s
        return self.speed.line_s

    def _tear_off(self, *, whole: bool) -> None:
        if self._strip:
            self.slips.append(PrintedSlip(self.columns, tuple(self._strip), whole))
            self._strip = []

    @property
    def strip(self) -> PrintedSlip:
        """What hangs out of the printer, not cut yet."""
        return PrintedSlip(self.columns, tuple(self._strip), whole=False)


def _may_continue(beginning: bytes) -> bool:
    """Tell whether more bytes could make ``beginning`` a real-time command."""
    commands = (REAL_TIME_STATUS, REAL_TIME_CLEAR, REAL_TIME_RECOVER)
    return any(command.startswith(beginning) for command in commands)
