"""The thin part: one thread that listens to the line."""

import logging
import threading
import time
from collections.abc import Callable

from kiosk.devices.driver_thread import BACK_OFF_S, thread_died
from kiosk.devices.port import Inbox
from kiosk.devices.scanner.codec import Decoder, number_in
from kiosk.devices.transport import LineSettings, Transport, TransportLost
from kiosk.flow.event import CodeScanned, Device, DeviceChanged, DeviceState, Fault

WAKE_S = 0.1
"""A reset, or the end, waits no longer than this for the thread to look up from the line."""

_log = logging.getLogger(__name__)


class LineScanner:
    """A scanner at a pyserial URL that sends lines. Implements `kiosk.devices.port.Scanner`.

    Nothing can be asked of it: it is well while its line is open.
    """

    def __init__(
        self,
        url: str,
        *,
        settings: LineSettings | None = None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open nothing yet."""
        self._url = url
        self._settings = settings or LineSettings()
        self._now_s = now_s
        self._decoder = Decoder()
        self._state: DeviceState | None = None
        self._inbox: Inbox | None = None
        self._reset_asked = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="line-scanner", daemon=True)

    # -- the port --------------------------------------------------------------------------------

    def start(self, inbox: Inbox) -> None:
        """Begin to listen. The first `DeviceChanged` tells the state found."""
        self._inbox = inbox
        self._thread.start()

    def reset(self) -> None:
        """Open the line anew."""
        self._reset_asked.set()

    def stop(self, timeout_s: float) -> None:
        """End the thread."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    @property
    def thread(self) -> threading.Thread:
        """The thread, for whoever watches over it or measures it."""
        return self._thread

    @property
    def garbage(self) -> int:
        """How much came that was no code."""
        return self._decoder.garbage

    # -- the thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._keep_line()
        finally:
            if not self._ending.is_set():  # a bug: say so, do not just fall silent
                self._post(thread_died(Device.SCANNER))

    def _keep_line(self) -> None:
        pause_s = BACK_OFF_S[0]
        while not self._ending.is_set():
            if self._reset_asked.is_set():
                self._reset_asked.clear()
                self._know(DeviceState.STARTING)
            began_s = self._now_s()
            try:
                with Transport(self._url, self._settings) as line:
                    self._know(DeviceState.OK, detail=f"lines, {self._url}")
                    self._serve(line)
            except TransportLost as lost:
                _log.warning("scanner: %s", lost)
                self._know(DeviceState.OFFLINE, Fault.NO_ANSWER)
                if self._now_s() - began_s >= BACK_OFF_S[1]:  # it held, so this is a new failure
                    pause_s = BACK_OFF_S[0]
                self._wait(pause_s)
                pause_s = min(pause_s * 2, BACK_OFF_S[1])

    def _serve(self, line: Transport) -> None:
        self._decoder.forget()
        while not (self._ending.is_set() or self._reset_asked.is_set()):
            data = line.read(self._patience_s())
            garbage = self._decoder.garbage
            for code in self._decoder.receive(data, self._now_s()):
                self._post(CodeScanned(text=number_in(code)))
            self._tell_garbage(garbage)

    def _patience_s(self) -> float:
        wake_at_s = self._decoder.wake_at_s
        return WAKE_S if wake_at_s is None else min(wake_at_s - self._now_s(), WAKE_S)

    def _wait(self, pause_s: float) -> None:
        until_s = self._now_s() + pause_s
        while self._now_s() < until_s and not self._reset_asked.is_set():
            if self._ending.wait(WAKE_S):
                return

    def _tell_garbage(self, before: int) -> None:
        """Log it now and then: what was read may be anybody's, and a scanner may go mad."""
        count = self._decoder.garbage
        if count != before and count.bit_count() == 1:
            _log.warning("scanner: %d lines were no code", count)

    def _know(self, state: DeviceState, fault: Fault = Fault.NONE, detail: str = "") -> None:
        if state is not self._state:
            self._state = state
            self._post(
                DeviceChanged(device=Device.SCANNER, state=state, fault=fault, detail=detail)
            )

    def _post(self, event: CodeScanned | DeviceChanged) -> None:
        assert self._inbox is not None
        self._inbox.post(event)
