"""The thin part: one thread that owns the line and the clock, and runs the protocol machine."""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.devices.driver_thread import BACK_OFF_S, thread_died, try_write
from kiosk.devices.port import Inbox
from kiosk.devices.printer.layout import LayoutError, SlipLayouts
from kiosk.devices.printer.machine import Limits, Output, Post, PrinterMachine, Reopen, Send
from kiosk.devices.transport import LineSettings, Transport, TransportLost
from kiosk.flow.event import Device, Fault, SlipFailed
from kiosk.flow.paper import Paper

if TYPE_CHECKING:
    from kiosk.devices.printer.paper import Composer

ASSETS = Path(__file__).resolve().parent.parent.parent.parent / "assets"
RARE_FONT = ASSETS / "fonts" / "NotoSansSC-Regular.ttf"
SLIPS_LIMIT = 8
"""Slips that may wait for the thread; a kiosk prints one at a time."""
WAKE_S = 0.05
"""A slip waits no longer than this for the thread to look up from the line."""
WARM_UP_S = 5.0
"""The half second that python-escpos takes to import is spent so long after the start, when the
first screen has been painted, unless a slip comes earlier."""

_log = logging.getLogger(__name__)


class EscposPrinter:
    """An ESC/POS printer at a pyserial URL. Implements `kiosk.devices.port.Printer`."""

    def __init__(
        self,
        url: str,
        *,
        operator_name: str,
        service_phone: str,
        columns: int = 48,
        slips: Path = ASSETS / "slips",
        settings: LineSettings | None = None,
        limits: Limits | None = None,
        first_process: int | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open nothing yet. ``columns``: 32, 42 or 48 cells. ``slips``: folder of layout files.

        ``first_process``: where process ids begin; a late word about an earlier run's slip must
        not be taken for this run's, so by default it follows the clock.
        Raises `LayoutError` for layout files that make no sense and OSError without any.
        """
        self._url = url
        self._settings = settings or LineSettings()
        self._layouts = SlipLayouts(
            read_layouts(slips),
            operator_name=operator_name,
            service_phone=service_phone,
            columns=columns,
        )
        begin = int(now_s() * 10) if first_process is None else first_process
        self._machine = PrinterMachine(
            limits, first_process=begin, about=f"ESC/POS, {columns} columns"
        )
        self._now_s = now_s
        self._slips: queue.Queue[Paper] = queue.Queue(SLIPS_LIMIT)
        self._reset_asked = threading.Event()
        self._reopen = False
        self._composer: Composer | None = None
        self._warm_up_at_s = float("inf")
        self._inbox: Inbox | None = None
        self._stop_at_s = float("inf")
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="escpos-printer", daemon=True)

    # -- the port --------------------------------------------------------------------------------

    def start(self, inbox: Inbox) -> None:
        """Begin to watch the printer's state. The first `DeviceChanged` tells the state found."""
        self._inbox = inbox
        self._warm_up_at_s = self._now_s() + WARM_UP_S
        self._thread.start()

    def print_slip(self, slip: Paper) -> None:
        """Print and cut. Ends in `SlipPrinted` (confirmed by the printer) or `SlipFailed`."""
        with contextlib.suppress(queue.Full):
            if self._thread.is_alive():
                self._slips.put_nowait(slip)
                return
        self._post_failed(slip, Fault.PRINTER_UNKNOWN)

    def reset(self) -> None:
        """Start printer and line anew, after a job under way."""
        self._reset_asked.set()

    def stop(self, timeout_s: float) -> None:
        """End the thread; a job under way is finished first if time allows."""
        self._stop_at_s = self._now_s() + timeout_s
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s + WAKE_S + self._settings.write_deadline_s)

    @property
    def thread(self) -> threading.Thread:
        """The thread, for whoever watches over it or measures it."""
        return self._thread

    # -- the thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._keep_line()
        finally:
            if not self._over:  # a bug: say so, do not just fall silent
                died = Post(thread_died(Device.PRINTER))
                self._do([*self._machine.line_down(self._now_s()), died], None)
                while not self._slips.empty():
                    self._post_failed(self._slips.get_nowait(), Fault.PRINTER_UNKNOWN)

    @property
    def _over(self) -> bool:
        idle = not self._machine.busy and self._slips.empty()
        return self._ending.is_set() and (idle or self._now_s() >= self._stop_at_s)

    def _keep_line(self) -> None:
        pause_s = BACK_OFF_S[0]
        while not self._over:
            self._reopen = False
            try:
                with Transport(self._url, self._settings) as line:
                    pause_s = BACK_OFF_S[0]
                    self._serve(line)
            except TransportLost as lost:
                _log.warning("printer: %s", lost)
                self._do(self._machine.line_down(self._now_s()), None)
                self._wait_without_line(pause_s)
                pause_s = min(pause_s * 2, BACK_OFF_S[1])

    def _serve(self, line: Transport) -> None:
        self._do(self._machine.line_up(self._now_s()), line)
        while not self._over and not self._reopen:
            self._take_slips(line)
            self._take_reset(line)
            now_s = self._now_s()
            data = line.read(min(max(self._machine.wake_at_s - now_s, 0), WAKE_S))
            now_s = self._now_s()
            if data:
                self._do(self._machine.receive(data, now_s), line)
            elif now_s >= self._machine.wake_at_s:
                self._do(self._machine.tick(now_s), line)
            elif now_s >= self._warm_up_at_s:
                self._warm()

    def _wait_without_line(self, pause_s: float) -> None:
        until_s = self._now_s() + pause_s
        while self._now_s() < until_s and not self._over and not self._reopen:
            self._take_slips(None)
            self._take_reset(None)
            self._do(self._machine.tick(self._now_s()), None)
            self._ending.wait(WAKE_S)

    def _take_reset(self, line: Transport | None) -> None:
        if self._reset_asked.is_set():
            self._reset_asked.clear()
            self._do(self._machine.reset(self._now_s()), line)

    def _take_slips(self, line: Transport | None) -> None:
        while not self._slips.empty():
            slip = self._slips.get_nowait()
            if commands := self._composed(slip):
                self._do(self._machine.print(slip.number, commands, self._now_s()), line)

    def _composed(self, slip: Paper) -> list[bytes]:
        """Return the commands for ``slip``; nothing, and the slip has failed, if there are none."""
        commands: list[bytes] = []
        try:
            commands = self._warm().compose(self._layouts.render(slip))
        except LayoutError:
            _log.exception("printer: no slip for %s", slip.number)
        finally:  # also when a bug ends the thread
            if not commands:
                self._post_failed(slip, Fault.PRINTER_UNKNOWN)
        return commands

    def _warm(self) -> "Composer":
        """Return the composer; the first time this takes half a second."""
        self._warm_up_at_s = float("inf")
        if self._composer is None:
            from kiosk.devices.printer.paper import Composer, FontRasteriser

            self._composer = Composer(self._layouts.columns, FontRasteriser(RARE_FONT))
        return self._composer

    def _do(self, outputs: list[Output], line: Transport | None) -> None:
        """Do all of it, also when the line breaks on the way: facts are facts."""
        lost: TransportLost | None = None
        for output in outputs:
            match output:
                case Send(data):
                    lost = lost or try_write(line, data)
                case Post(event):
                    assert self._inbox is not None
                    self._inbox.post(event)
                case Reopen():
                    self._reopen = True
        if lost:
            raise lost

    def _post_failed(self, slip: Paper, fault: Fault) -> None:
        assert self._inbox is not None
        self._inbox.post(SlipFailed(order_no=slip.number, fault=fault))


def read_layouts(folder: Path) -> dict[str, str]:
    """Return the text of each layout file by its name. Raises OSError when there is none."""
    files = {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.toml"))}
    if not files:
        raise FileNotFoundError(f"no layout files in {folder}")
    return files
