"""A line of bytes to a device, opened by any pyserial URL.

A serial port (``/dev/ttyS0``), a pseudo-terminal, ``socket://host:port``, ``loop://`` and tracing
(``spy:///dev/ttyS0?file=trace.txt``) are one code path. A transport belongs to one thread.
"""

import socket
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

import serial

READ_LIMIT = 4096
"""The most bytes that one read returns."""


class TransportError(Exception):
    """Base of what can go wrong with a line."""


class TransportLost(TransportError):
    """The other side's fault: the line cannot be opened, broke, or takes no bytes any more."""


class TransportMisused(TransportError):
    """Our fault: settings that no line can have, or use of a line that we closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSettings:
    """How the line is driven. Only real serial ports look at anything but the deadline."""

    baud: int = 9600
    data_bits: Literal[5, 6, 7, 8] = 8
    parity: Literal["N", "E", "O", "M", "S"] = "N"
    stop_bits: Literal[1, 2] = 1
    write_deadline_s: float = 1.0


class Transport:
    """An open line."""

    def __init__(self, url: str, settings: LineSettings | None = None) -> None:
        """Open ``url``.

        Raises `TransportLost` when nothing answers there, `TransportMisused` when the URL's kind or
        the settings make no sense.
        """
        self.url = url
        self._open = True
        line = settings or LineSettings()
        try:
            self._port = serial.serial_for_url(
                url,
                baudrate=line.baud,
                bytesize=line.data_bits,
                parity=line.parity,
                stopbits=line.stop_bits,
                timeout=0,
                write_timeout=line.write_deadline_s,
                exclusive=True,  # two programs at one device would hear each other's answers
            )
        except ValueError as error:
            raise TransportMisused(f"{url}: {error}") from error
        except OSError as error:
            raise TransportLost(f"{url}: {error}") from error

        if held := self._socket():  # an acknowledgement must not wait for the one before it
            held.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _socket(self) -> socket.socket | None:
        held = getattr(self._port, "_socket", None)
        return held if isinstance(held, socket.socket) else None

    def read(self, timeout_s: float) -> bytes:
        """Return what has arrived, empty after ``timeout_s`` without a byte.

        Raises `TransportLost`.
        """
        self._must_be_open()
        try:
            self._port.timeout = max(timeout_s, 0)
            first: bytes = self._port.read(1)
            if not first:
                return b""
            self._port.timeout = 0
            rest: bytes = self._port.read(READ_LIMIT - 1)
        except OSError as error:
            raise TransportLost(f"{self.url}: {error}") from error
        return first + rest

    def write(self, data: bytes) -> None:
        """Send all of ``data`` before the deadline.

        Raises `TransportLost`; some of the bytes may be out.
        """
        self._must_be_open()
        try:
            self._port.write(data)
        except OSError as error:
            raise TransportLost(f"{self.url}: {error}") from error

    def close(self) -> None:
        """Close the line; harmless the second time."""
        if self._open:
            self._open = False
            # pyserial 3.5 forgets to close a socket whose other side has gone
            held = self._socket()
            self._port.close()
            if held:
                held.close()

    def __enter__(self) -> Self:
        """Return the open line."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the line."""
        self.close()

    def _must_be_open(self) -> None:
        if not self._open:
            raise TransportMisused(f"{self.url}: used after it was closed")
