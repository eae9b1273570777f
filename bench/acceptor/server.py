"""Puts the simulated acceptor at the far end of a real wire: a TCP port or a pseudo-terminal.

Everything may be called from any thread: what a customer, a thief, a technician or a broken cable
does, and what a test may look at.
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

from bench.acceptor.device import CNY_FEN, AcceptorDevice
from bench.acceptor.mechanism import UNRECOGNISED, CutPoint, Place, State, Timing
from kiosk.devices.acceptor.ccnet.message import Code

JOIN_TIMEOUT_S = 5.0
_CHUNK = 4096


class BenchAcceptor:
    """A simulated acceptor under power. Serve it, then treat it badly."""

    def __init__(
        self,
        values_fen: tuple[int, ...] = CNY_FEN,
        *,
        timing: Timing | None = None,
        capacity: int = 1_000,
        credit_recovery: bool = True,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """See `Mechanism` for the arguments. Power is on."""
        self._device = AcceptorDevice(
            values_fen, timing=timing, capacity=capacity, credit_recovery=credit_recovery
        )
        self._device.mechanism.power_on()
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
        self._thread = threading.Thread(target=self._run, name="bench-acceptor", daemon=True)

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
        """Return the bench acceptor."""
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
    def box(self) -> tuple[int | None, ...]:
        """Values of the notes in the box that is in the machine now."""
        return self._at(Place.BOX)

    @property
    def removed(self) -> tuple[int | None, ...]:
        """Values of the notes in boxes that were taken away."""
        return self._at(Place.REMOVED_BOX)

    @property
    def given_back(self) -> tuple[int | None, ...]:
        """Values of the notes that were drawn in and came out again."""
        return self._at(Place.CUSTOMER)

    @property
    def state(self) -> State:
        """What the mechanism is doing."""
        with self._turn() as device:
            return device.mechanism.state

    @property
    def enabled_fen(self) -> tuple[int, ...]:
        """The notes that the host has enabled."""
        with self._turn() as device:
            bits, values = device.mechanism.enabled_bits, device.mechanism.values_fen
            return tuple(value for bill, value in enumerate(values) if bits >> bill & 1)

    def wait_for(self, predicate: Callable[[AcceptorDevice], bool], timeout_s: float) -> bool:
        """Wait until ``predicate`` holds; False after the deadline. It must not call back here."""
        with self._changed:
            return self._changed.wait_for(lambda: predicate(self._device), timeout_s)

    def _at(self, place: Place) -> tuple[int | None, ...]:
        with self._turn() as device:
            return device.mechanism.values_at(place)

    # -- people ----------------------------------------------------------------------------------

    def insert_note(self, value_fen: int | None) -> bool:
        """Offer a note (None: a piece of paper); False: it is not drawn in."""
        with self._turn() as device:
            return device.mechanism.insert(value_fen, self._now_s())

    def cheat(self) -> None:
        """Pull the note in the path out on a string."""
        with self._turn() as device:
            device.mechanism.cheat(self._now_s())

    def push_second(self) -> None:
        """Push two notes at once against the mouth."""
        with self._turn() as device:
            device.mechanism.push_second(self._now_s())

    def jam(self, *, in_stacker: bool = False) -> None:
        """Jam the validator or the stacker until `clear`."""
        with self._turn() as device:
            code = Code.JAM_IN_STACKER if in_stacker else Code.JAM_IN_VALIDATOR
            device.mechanism.stop_by_jam(code)

    def fail(self, code: int = 0x50) -> None:
        """Let a part fail (47 with this code) until `clear`."""
        with self._turn() as device:
            device.mechanism.stop_by_failure(code)

    def clear(self) -> None:
        """Repair jam and failure."""
        with self._turn() as device:
            device.mechanism.repair(self._now_s())

    def remove_box(self) -> None:
        """Take the box away with all that is in it."""
        with self._turn() as device:
            device.mechanism.remove_box()

    def insert_box(self) -> None:
        """Put an empty box in."""
        with self._turn() as device:
            device.mechanism.insert_box(self._now_s())

    def power_cut(self) -> None:
        """Take the acceptor's power away."""
        with self._turn() as device:
            device.mechanism.power_cut()

    def power_on(self) -> None:
        """Give the acceptor its power back."""
        with self._turn() as device:
            device.mechanism.power_on()

    # -- arranged mishaps ------------------------------------------------------------------------

    def cut_power_at(self, point: CutPoint) -> None:
        """Let the power fail at the next such moment; it comes back by itself."""
        with self._turn() as device:
            device.mechanism.cut_at = point

    def reject_next(self, code: int = UNRECOGNISED) -> None:
        """Reject the next note for this reason (CCNET code 60..6D)."""
        with self._turn() as device:
            device.mechanism.reject_next = code

    def drop_replies(self, count: int) -> None:
        """Lose the next answers on their way."""
        with self._turn() as device:
            device.replies_to_drop = count

    def corrupt_replies(self, count: int) -> None:
        """Damage the next answers on their way."""
        with self._turn() as device:
            device.replies_to_corrupt = count

    def refuse_commands(self, count: int) -> None:
        """Answer the next commands with NAK, as if they had arrived damaged."""
        with self._turn() as device:
            device.commands_to_refuse = count

    def repeat_reports(self, count: int) -> None:
        """Miss the next acknowledgements of 81 and 82, and so report again."""
        with self._turn() as device:
            device.acks_to_miss = count

    def slow_line(self, delay_s: float) -> None:
        """Let every answer leave so much later."""
        with self._turn() as device:
            device.delay_s = delay_s

    def unplug(self, *, out: bool = True) -> None:
        """Pull the data cable (or put it back): the line stands, nothing gets through."""
        with self._turn() as device:
            device.mute = out

    def hang_up(self) -> None:
        """Break the TCP connection; the driver may connect again."""
        with self._turn():
            self._drop_line()

    # -- the thread ------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _turn(self) -> Iterator[AcceptorDevice]:
        with self._changed:
            self._device.mechanism.advance(self._now_s())
            yield self._device
            self._changed.notify_all()
        self._ring()

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
