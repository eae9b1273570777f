"""Puts the simulated scanner at the far end of a real wire: a TCP port or a pseudo-terminal."""

import time
from collections.abc import Callable

from bench.far_end import FarEnd
from bench.scanner.device import CR_LF, ScannerDevice

LISTENER_S = 2.0
"""A kiosk that has just opened the line may not have been noticed yet."""


class BenchScanner(FarEnd[ScannerDevice]):
    """A simulated scanner. Serve it, then hold something before it."""

    def __init__(self, end: bytes = CR_LF, *, now_s: Callable[[], float] = time.monotonic) -> None:
        """``end``: what is sent after each code."""
        super().__init__(ScannerDevice(end), name="bench-scanner", now_s=now_s)

    def serve_pty(self) -> str:
        """Open a pseudo-terminal; return the path for the driver. It always listens."""
        path = super().serve_pty()
        self.change(lambda device: setattr(device, "listened_to", True))
        return path

    def show(self, code: str) -> bool:
        """Hold a code before the scanner; False: nobody listens to it."""
        return self.say(code.encode() + self._device.end)

    def say(self, data: bytes) -> bool:
        """Send these bytes; False: nobody listens."""
        if not self.wait_for(lambda device: device.listened_to, LISTENER_S):
            return False
        self.change(lambda device: device.say(data))
        return True

    def _accept(self) -> None:
        super()._accept()
        self._device.listened_to = True
