"""The thin part: one thread that owns the line and the clock, and runs the protocol machine."""

import logging
import queue
import threading
import time
from collections.abc import Callable

from kiosk.devices.acceptor.ccnet.host import (
    AskNote,
    Close,
    GiveBack,
    HostCommand,
    Open,
    Output,
    Post,
    PostDurably,
    Reset,
    Send,
    Stack,
)
from kiosk.devices.acceptor.ccnet.limits import Limits
from kiosk.devices.acceptor.ccnet.machine import CcnetMachine
from kiosk.devices.driver_thread import BACK_OFF_S, thread_died, try_write
from kiosk.devices.port import Inbox
from kiosk.devices.transport import LineSettings, Transport, TransportLost
from kiosk.flow.event import AcceptorClosed, Device, Event

COMMANDS_LIMIT = 64
"""Commands that may wait for the thread: a purchase needs two or three at a time."""
DURABLE_LIMIT_S = 2.0
"""How long the journal may take; then the device is let to repeat its report."""
WAKE_S = 0.1
"""A command of the host waits no longer than this for the thread to look up from the line."""

_log = logging.getLogger(__name__)


class Overrun(RuntimeError):
    """Our fault: more commands than the driver can ever need are waiting."""


class CcnetAcceptor:
    """A CCNET banknote acceptor at a pyserial URL. Implements `kiosk.devices.port.Acceptor`."""

    def __init__(
        self,
        url: str,
        *,
        boot_id: str,
        settings: LineSettings | None = None,
        limits: Limits | None = None,
        last_end: Event | None = None,
        high_security_fen: tuple[int, ...] = (),
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open nothing yet. ``boot_id``, ``last_end`` and the rest: see `CcnetMachine`.

        Questions (`ask_note`) put before `start` are known before the first byte is sent.
        """
        self._url = url
        self._settings = settings or LineSettings()
        self._machine = CcnetMachine(
            boot_id=boot_id,
            limits=limits,
            last_end=last_end,
            high_security_fen=high_security_fen,
        )
        self._now_s = now_s
        self._commands: queue.Queue[HostCommand] = queue.Queue(COMMANDS_LIMIT)
        self._inbox: Inbox | None = None
        self._closed = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ccnet-acceptor", daemon=True)

    # -- the port --------------------------------------------------------------------------------

    def start(self, inbox: Inbox) -> None:
        """Begin to poll. The first `DeviceChanged` tells the state found."""
        self._inbox = inbox
        self._thread.start()

    def open(self, values_fen: tuple[int, ...]) -> None:
        """Accept these denominations; each note stops in escrow."""
        self._put(Open(values_fen))

    def close(self) -> None:
        """Inhibit, keep polling until the path is empty, then post `AcceptorClosed`."""
        self._put(Close())

    def stack(self, note_id: str) -> None:
        """Swallow. Ends in `NoteStacked`, `NoteReturned` or `NoteUnknown`, never in silence."""
        self._put(Stack(note_id))

    def give_back(self, note_id: str) -> None:
        """Return the note in escrow. Ends like `stack`."""
        self._put(GiveBack(note_id))

    def ask_note(self, note_id: str, value_fen: int, *, returning: bool = False) -> None:
        """Tell what became of a note that an earlier run wanted swallowed, or given back."""
        self._put(AskNote(note_id, value_fen, returning=returning))

    def reset(self) -> None:
        """Start the device anew when its path is empty."""
        self._put(Reset())

    def stop(self, timeout_s: float) -> None:
        """Close, wait for an empty path as long as allowed, end the thread."""
        if self._thread.is_alive():
            self._closed.clear()
            self._put(Close())
            self._closed.wait(timeout_s)
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(DURABLE_LIMIT_S + WAKE_S + self._settings.write_deadline_s)

    @property
    def thread(self) -> threading.Thread:
        """The thread, for whoever watches over it or measures it."""
        return self._thread

    def _put(self, command: HostCommand) -> None:
        try:
            self._commands.put_nowait(command)
        except queue.Full:
            raise Overrun(f"{COMMANDS_LIMIT} commands are waiting") from None

    # -- the thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._keep_line()
        finally:
            if not self._ending.is_set():  # a bug: say so, do not just fall silent
                self._post(thread_died(Device.ACCEPTOR))

    def _keep_line(self) -> None:
        pause_s = BACK_OFF_S[0]
        while not self._ending.is_set():
            try:
                with Transport(self._url, self._settings) as line:
                    pause_s = BACK_OFF_S[0]
                    self._serve(line)
            except TransportLost as lost:
                _log.warning("acceptor: %s", lost)
                self._do(self._machine.line_down(self._now_s()), None)
                self._wait_without_line(pause_s)
                pause_s = min(pause_s * 2, BACK_OFF_S[1])

    def _serve(self, line: Transport) -> None:
        self._do(self._machine.line_up(self._now_s()), line)
        while not self._ending.is_set():
            self._take_commands(line)
            wake_at_s = self._machine.wake_at_s
            data = line.read(min(wake_at_s - self._now_s(), WAKE_S))
            now_s = self._now_s()
            if data:
                self._do(self._machine.receive(data, now_s), line)
            elif now_s >= wake_at_s:
                self._do(self._machine.tick(now_s), line)

    def _wait_without_line(self, pause_s: float) -> None:
        until_s = self._now_s() + pause_s
        while self._now_s() < until_s and not self._ending.wait(WAKE_S):
            self._take_commands(None)
            self._do(self._machine.tick(self._now_s()), None)

    def _take_commands(self, line: Transport | None) -> None:
        while not self._commands.empty():
            self._do(self._machine.command(self._commands.get_nowait(), self._now_s()), line)

    def _do(self, outputs: list[Output], line: Transport | None) -> None:
        """Do all of it, also when the line breaks on the way: facts are facts."""
        todo = list(outputs)
        lost: TransportLost | None = None
        while todo:
            match todo.pop(0):
                case Send(data):
                    lost = lost or try_write(line, data)
                case Post(event):
                    self._post(event)
                case PostDurably(event):
                    todo += self._machine.posted(self._post_durably(event), self._now_s())
        if lost:
            raise lost

    def _post_durably(self, event: Event) -> bool:
        assert self._inbox is not None
        return self._inbox.post_durably(event, DURABLE_LIMIT_S)

    def _post(self, event: Event) -> None:
        assert self._inbox is not None
        self._inbox.post(event)
        if isinstance(event, AcceptorClosed):
            self._closed.set()
