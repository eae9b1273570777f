"""Puts the simulated printer at the far end of a real wire: a TCP port or a pseudo-terminal.

Everything may be called from any thread: what a technician does, what breaks, and what a test or a
window may look at.
"""

import contextlib
import time
from collections.abc import Callable, Iterator

from bench.far_end import FarEnd
from bench.printer.device import PrinterDevice, Speed
from bench.printer.paper import PrintedSlip


class BenchPrinter(FarEnd[PrinterDevice]):
    """A simulated receipt printer under power. Serve it, then treat it badly."""

    def __init__(
        self,
        columns: int = 48,
        *,
        speed: Speed | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """``columns``: cells of 12 dots in a line. Paper is in."""
        super().__init__(PrinterDevice(columns, speed), name="bench-printer", now_s=now_s)

    # -- looking ---------------------------------------------------------------------------------

    @property
    def slips(self) -> list[PrintedSlip]:
        """Every piece of paper that came out, oldest first; ``text`` and ``image`` of each."""
        with self._turn() as device:
            return list(device.slips)

    @property
    def strip(self) -> PrintedSlip:
        """What hangs out of the printer, not cut yet."""
        with self._turn() as device:
            return device.strip

    @property
    def unknown(self) -> list[bytes]:
        """Bytes that were no command."""
        with self._turn() as device:
            return list(device.unknown)

    def wait_for_slips(self, count: int, timeout_s: float) -> bool:
        """Wait until so many slips came out; False after the deadline."""
        return self.wait_for(lambda device: len(device.slips) >= count, timeout_s)

    # -- people and mishaps ----------------------------------------------------------------------

    def paper_out(self, *, out: bool = True) -> None:
        """Take the roll out, or put a new one in."""
        with self._turn() as device:
            if out:
                device.paper_out = True
            else:
                device.load_paper()

    def paper_low(self, *, low: bool = True) -> None:
        """Let the near-end sensor see the end of the roll."""
        with self._turn() as device:
            device.paper_low = low

    def paper_ends_after(self, lines: int) -> None:
        """Let the roll end so many printed lines from now."""
        with self._turn() as device:
            device.lines_left = lines

    def cover_open(self, *, is_open: bool = True) -> None:
        """Open or close the cover."""
        with self._turn() as device:
            device.cover_open = is_open

    def cutter_fault(self, *, faulty: bool = True) -> None:
        """Jam the cutter, or clear it."""
        with self._turn() as device:
            device.cutter_fault = faulty

    def free_cutter(self) -> None:
        """Take out what jams the cutter: the printer goes on when it is told to recover."""
        with self._turn() as device:
            device.cutter_freed = True

    def power(self, *, on: bool) -> None:
        """Cut or give power. The line stands; nothing is heard or said without power."""
        with self._turn() as device:
            if on:
                device.dead = False
            else:
                device.power_cut()

    def speed(self, speed: Speed) -> None:
        """Print faster or slower from now on."""
        with self._turn() as device:
            device.speed = speed

    @contextlib.contextmanager
    def _turn(self) -> Iterator[PrinterDevice]:
        """A printer that was stopped may print on at once."""
        with super()._turn() as device:
            yield device
            device.advance(self._now_s())
