"""The card desk: `Supervisor` with a clock, a thread and real processes.

One thread takes calls from the executor and lines from the worker out of one queue, lets the
supervisor decide, and does what it says. Nothing in it waits for the worker: writing to it cannot
block, because no more than a few short requests are ever unread in its pipe.
"""

import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

import kiosk
from kiosk.meter_card import messages as ms
from kiosk.meter_card.port import Inbox, WriteOrder
from kiosk.meter_card.supervisor import Action, Kill, Limits, Post, Send, Start, Supervisor
from vending.card import CardSnapshot, SealAnswer
from vending.messages import Vend

MAX_WAITING = 256
"""Calls and replies not yet looked at. The thread empties the queue in microseconds."""

REAP_S = 2.0
"""How long a killed process may take to be gone. One that takes longer is left to the system."""

WORKER_COMMAND = (sys.executable, "-m", "kiosk.meter_card.worker")
"""A packaged kiosk has no such interpreter and passes a command of its own."""

Turn = Callable[[float], list[Action]]
"""Something for the supervisor: takes the time, returns what to do."""


class WorkerCard:
    """A `CardDesk` whose card work happens in a child process."""

    def __init__(
        self,
        card_url: str,
        *,
        limits: Limits | None = None,
        apdu_timeout_s: float | None = None,
        recycle_after_write: bool = False,
        log_path: Path | None = None,
        command: Sequence[str] = WORKER_COMMAND,
    ) -> None:
        """``card_url`` names the slot (`card_io`); ``log_path`` takes what workers print, or the
        kiosk's own standard error does.
        """
        self._arguments = [*command, "--card", card_url]
        if apdu_timeout_s is not None:
            self._arguments += ["--apdu-timeout-s", str(apdu_timeout_s)]
        self._log_path = log_path
        self._supervisor = Supervisor(limits or Limits(), recycle_after_write=recycle_after_write)
        self._turns: queue.Queue[Turn | None] = queue.Queue(MAX_WAITING)
        self._inbox: Inbox | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="card-desk", daemon=True)

    def start(self, inbox: Inbox) -> None:
        """See `CardDesk.start`. Once only."""
        self._inbox = inbox
        self._turns.put_nowait(self._supervisor.start)
        self._thread.start()

    def read(self) -> None:
        """See `CardDesk.read`."""
        self._turns.put_nowait(self._supervisor.read)

    def write(self, order_no: str, vend: Vend, before: CardSnapshot) -> None:
        """See `CardDesk.write`."""
        order = WriteOrder(order_no=order_no, vend=vend, before=before)
        self._turns.put_nowait(lambda now_s: self._supervisor.write(order, now_s))

    def continue_write(self, order_no: str, answer: SealAnswer) -> None:
        """See `CardDesk.continue_write`."""
        self._turns.put_nowait(
            lambda now_s: self._supervisor.continue_write(order_no, answer, now_s)
        )

    def abort_write(self, order_no: str) -> None:
        """See `CardDesk.abort_write`."""
        self._turns.put_nowait(lambda now_s: self._supervisor.abort_write(order_no, now_s))

    def prove(self, order_no: str, vend: Vend, before: CardSnapshot) -> None:
        """See `CardDesk.prove`."""
        order = WriteOrder(order_no=order_no, vend=vend, before=before)
        self._turns.put_nowait(lambda now_s: self._supervisor.prove(order, now_s))

    def release(self) -> None:
        """See `CardDesk.release`."""
        self._turns.put_nowait(self._supervisor.release)

    def reset(self) -> None:
        """See `CardDesk.reset`."""
        self._turns.put_nowait(self._supervisor.reset)

    def stop(self, timeout_s: float) -> None:
        """See `CardDesk.stop`. The worker ends with its input, or is killed at the time-out."""
        if not self._thread.is_alive():
            return
        deadline_s = time.monotonic() + timeout_s
        self._turns.put(None, timeout=timeout_s)
        self._thread.join(timeout_s)
        if self._process is not None:
            _end(self._process, max(0.0, deadline_s - time.monotonic()))

    # -- the thread --------------------------------------------------------------------------------

    def _run(self) -> None:
        turn: Turn | None = self._turns.get()
        while turn is not None:
            for action in turn(time.monotonic()):
                self._do(action)
            turn = self._next_turn()

    def _next_turn(self) -> Turn | None:
        patience_s = self._supervisor.wake_at_s() - time.monotonic()
        try:
            return self._turns.get(timeout=max(0.0, patience_s))
        except queue.Empty:
            return self._supervisor.tick

    def _do(self, action: Action) -> None:
        match action:
            case Post():
                assert self._inbox is not None
                self._inbox.post(action.event)
            case Send():
                self._send(action.request)
            case Kill():
                self._kill()
            case Start():
                self._start_worker(action.life)

    def _start_worker(self, life: int) -> None:
        self._kill()  # one that died by itself is reaped
        try:
            self._process = self._spawn()
        except OSError as error:
            why = f"cannot start: {error}"
            self._turns.put_nowait(lambda now_s: self._supervisor.died(life, why, now_s))
            return
        listener = threading.Thread(
            target=self._listen, args=(life, self._process), name=f"card-worker-{life}", daemon=True
        )
        listener.start()

    def _spawn(self) -> subprocess.Popen[bytes]:
        log = None if self._log_path is None else self._log_path.open("ab")
        try:
            return subprocess.Popen(
                self._arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for the kiosk; the worker ends with its input
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        finally:
            if log is not None:
                log.close()

    def _send(self, request: ms.Request) -> None:
        """Say it; if the worker is dead, its listener says so."""
        assert self._process is not None
        try:
            _pipe(self._process.stdin).write(ms.encode(request))
            _pipe(self._process.stdin).flush()
        except OSError:
            return

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            _end(process, REAP_S)

    def _listen(self, life: int, process: subprocess.Popen[bytes]) -> None:
        """Hand on what one worker says, and that it has ended. Runs in a thread of its own."""
        why = "ended"
        try:
            with _pipe(process.stdout) as lines:
                for line in iter(lambda: lines.readline(ms.MAX_LINE_BYTES), b""):
                    self._tell(life, ms.decode_reply(line))
        except (ms.BadLine, OSError) as error:
            why = f"talked nonsense: {error}"
        process.kill()
        why = f"{why}, exit code {process.wait()}"
        self._turns.put(lambda now_s: self._supervisor.died(life, why, now_s))

    def _tell(self, life: int, reply: ms.Reply) -> None:
        self._turns.put(lambda now_s: self._supervisor.heard(life, reply, now_s))


def _environment() -> dict[str, str]:
    """The kiosk's own, and where the kiosk's packages are."""
    root = str(Path(kiosk.__file__).parents[1])
    inherited = os.environ.get("PYTHONPATH")
    path = root if not inherited else os.pathsep.join((root, inherited))
    return {**os.environ, "PYTHONPATH": path}


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _end(process: subprocess.Popen[bytes], timeout_s: float) -> None:
    """Close the worker's input, wait for its end, and make sure of it."""
    with contextlib.suppress(OSError):  # what was still unsent is of no interest to the dead
        _pipe(process.stdin).close()
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(REAP_S)
