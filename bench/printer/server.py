"""Puts the simulated printer at the far end of a real wire: a TCP port or a pseudo-terminal.

Everything may be called from any thread: what a technician does, what breaks, and what a test or a
window may look at.
"""

import contextlib
import os
import selectors
import socket
import threading
import time
import tty
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from bench.printer.device import PrinterDevice, Speed
from bench.printer.paper import PrintedSlip

JOIN_TIMEOUT_S = 5.0
_CHUNK = 4096


class BenchPrinter:
    """A simulated receipt printer under power. Serve it, then treat it badly."""

    def __init__(
        self,
        columns: int = 48,
        *,
        speed: Speed | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """``columns``: cells of 12 dots in a line. Paper is in."""
        self._device = PrinterDevice(columns, speed)
        self._now_s = now_s
        self._changed = threading.Condition()
        self._selector = selectors.DefaultSelector()
        self._bell_out, self._bell_in = os.pipe()
        os.set_blocking(self._bell_in, False)
        self._selector.register(self._bell_out, selectors.EVENT_READ, self._bell_rang)
        self._line: int | None = None
        self._client: socket.socket | None = None
        self._listener: socket.socket | None = None
        self._kept_open: int | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="bench-printer", daemon=True)

    # -- life ------------------------------------------------------------------------------------

    def serve(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen; return the URL for the driver. Raises OSError when the port is taken."""
        self._listener = socket.create_server((host, port))
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._thread.start()
        return f"socket://{host}:{self._listener.getsockname()[1]}"

    def serve_pty(self) -> str:
        """Open a pseudo-terminal; return the path for the driver."""
        self._line, self._kept_open = os.openpty()
        tty.setraw(self._kept_open)
        self._selector.register(self._line, selectors.EVENT_READ, self._readable)
        self._thread.start()
        return os.ttyname(self._kept_open)

    def close(self) -> None:
        """Hang up and end the thread; harmless the second time."""
        if self._closing:
            return
        self._closing = True
        self._ring()
        if self._thread.is_alive():
            self._thread.join(JOIN_TIMEOUT_S)
        self._drop_line()
        if self._listener:
            self._listener.close()
        if self._kept_open is not None:
            os.close(self._kept_open)
        self._selector.close()
        os.close(self._bell_out)
        os.close(self._bell_in)

    def __enter__(self) -> Self:
        """Return the bench printer."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

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

    def wait_for(self, predicate: Callable[[PrinterDevice], bool], timeout_s: float) -> bool:
        """Wait until ``predicate`` holds; False after the deadline. It must not call back here."""
        with self._changed:
            return self._changed.wait_for(lambda: predicate(self._device), timeout_s)

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

    def hang_up(self) -> None:
        """Break the TCP connection; the driver may connect again."""
        with self._turn():
            self._drop_line()

    def change(self, change: Callable[[PrinterDevice], object]) -> None:
        """Do anything else to the device, between two bytes. It must not call back here."""
        with self._turn() as device:
            change(device)

    # -- the thread ------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _turn(self) -> Iterator[PrinterDevice]:
        with self._changed:
            yield self._device
            self._device.advance(self._now_s())
            self._changed.notify_all()
        self._ring()

    def _run(self) -> None:
        while not self._closing:
            for key, _ in self._selector.select(self._timeout_s()):
                with self._changed:
                    key.data()
            with self._changed:
                self._device.advance(self._now_s())
                self._write()
                self._changed.notify_all()

    def _timeout_s(self) -> float | None:
        with self._changed:
            wake_at_s = self._device.wake_at_s
        return None if wake_at_s is None else max(wake_at_s - self._now_s(), 0)

    def _ring(self) -> None:
        with contextlib.suppress(BlockingIOError, OSError):
            os.write(self._bell_in, b"!")

    def _bell_rang(self) -> None:
        os.read(self._bell_out, _CHUNK)

    def _accept(self) -> None:
        assert self._listener
        self._drop_line()
        self._client, _ = self._listener.accept()
        self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._line = self._client.fileno()
        self._selector.register(self._line, selectors.EVENT_READ, self._readable)

    def _readable(self) -> None:
        if self._line is None:
            return  # dropped while this event was on its way
        try:
            data = os.read(self._line, _CHUNK)
        except OSError:
            data = b""
        if data:
            self._device.receive(data, self._now_s())
        else:
            self._drop_line()

    def _write(self) -> None:
        data, self._device.outgoing = self._device.outgoing, b""
        if data and self._line is not None:
            try:
                os.write(self._line, data)
            except OSError:
                self._drop_line()

    def _drop_line(self) -> None:
        if self._line is None:
            return
        self._selector.unregister(self._line)
        if self._client:
            self._client.close()
        else:
            os.close(self._line)
        self._line = self._client = None
        self._device.hang_up()
