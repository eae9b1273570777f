"""The far end of a real wire, a TCP port or a pseudo-terminal, with a simulated device behind it.

One thread serves the wire and lets the device's time pass. A bell, which is a pipe, wakes it when
somebody else has touched the device, for then the device may have something to say.
"""

import contextlib
import os
import selectors
import socket
import threading
import tty
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

JOIN_TIMEOUT_S = 5.0
_CHUNK = 4096


class FarDevice(Protocol):
    """A device as its wire sees it. It has neither clock nor thread; times are seconds."""

    @property
    def wake_at_s(self) -> float | None:
        """When the device does something by itself; None: not before it is touched."""

    def receive(self, data: bytes, now_s: float) -> None:
        """Take bytes from the host."""

    def tick(self, now_s: float) -> bytes:
        """Let time pass; return the bytes that leave the device now."""

    def hang_up(self) -> None:
        """Learn that the line is gone."""


DeviceT = TypeVar("DeviceT", bound=FarDevice)


class FarEnd(Generic[DeviceT]):
    """A device at the far end of one wire, served once, by `serve` or by `serve_pty`.

    Everything may be called from any thread.
    """

    def __init__(self, device: DeviceT, *, name: str, now_s: Callable[[], float]) -> None:
        """Open nothing yet. ``name`` is the thread's."""
        self._device = device
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
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

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

    def hang_up(self) -> None:
        """Break the TCP connection; the driver may connect again."""
        with self._turn():
            self._drop_line()

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
        """Return the far end itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    # -- the device ------------------------------------------------------------------------------

    def wait_for(self, predicate: Callable[[DeviceT], bool], timeout_s: float) -> bool:
        """Wait until ``predicate`` holds; False after the deadline. It must not call back here."""
        with self._changed:
            return self._changed.wait_for(lambda: predicate(self._device), timeout_s)

    def change(self, change: Callable[[DeviceT], object]) -> None:
        """Do anything else to the device, between two bytes. It must not call back here."""
        with self._turn() as device:
            change(device)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[DeviceT]:
        """Have the device for oneself; whoever waits, and the thread, look at it afterwards."""
        with self._changed:
            yield self._device
            self._changed.notify_all()
        self._ring()

    # -- the thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing:
            for key, _ in self._selector.select(self._timeout_s()):
                with self._changed:
                    key.data()
            with self._changed:
                self._write(self._device.tick(self._now_s()))
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

    def _write(self, data: bytes) -> None:
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
