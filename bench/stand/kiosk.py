"""A kiosk as a child process, and its control channel: press, look, wait.

The channel is a local socket with one JSON object a line, one answer to each question. The kiosk
serves it only when it was started with ``--control``; it presses the real buttons.
"""

import json
import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from bench.stand.child import Child, ChildEnded

START_TIMEOUT_S = 40.0
ANSWER_TIMEOUT_S = 20.0
WAIT_S = 30

State = dict[str, Any]
"""phase, page, language, paid_fen, order_no, buttons, cause, notice, wait, more_time."""


class KioskError(Exception):
    """The kiosk does not answer (any more). The text is the end of its log."""


class Refused(KioskError):
    """The kiosk could not do what it was asked: no such button here, for example."""


class NotInTime(Refused):
    """A phase did not come in time. The text says what was shown instead."""


class Kiosk:
    """A running kiosk. Calls may come from every thread; each waits for its answer."""

    def __init__(self, config: Path, log: Path, environment: Mapping[str, str]) -> None:
        """Start it; `connect` waits until it answers."""
        # The address of a local socket holds about 100 characters: a folder of our own is short.
        self._folder = tempfile.mkdtemp(prefix="kiosk-")
        self._path = Path(self._folder) / "control"
        self._lock = threading.Lock()
        self._line: socket.socket | None = None
        self._child = Child(
            "kiosk",
            ("run", str(config), "--control", str(self._path)),
            log,
            environment=environment,
        )

    def connect(self, timeout_s: float = START_TIMEOUT_S) -> Self:
        """Wait until its window answers; end it and raise KioskError when it does not."""
        try:
            for _ in self._child.looks(timeout_s):
                if self._dial():
                    break
        except ChildEnded as ended:
            self.kill()
            raise KioskError(str(ended)) from None
        return self

    @property
    def alive(self) -> bool:
        """The process runs."""
        return self._child.alive

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._child.process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended; None: it runs."""
        return self._child.process.poll()

    # -- the channel -----------------------------------------------------------------------------

    def state(self) -> State:
        """Return what is on the screen."""
        return self.ask({"op": "state"})

    def press(self, button: str) -> State:
        """Press a button by its name (`kiosk.flow.screen.Button`). Raises Refused."""
        return self.ask({"op": "press", "button": button})

    def switch_language(self) -> State:
        """Press the language button."""
        return self.ask({"op": "language"})

    def screenshot(self, file: Path) -> State:
        """Save the window as a picture."""
        return self.ask({"op": "screenshot", "file": str(file.resolve())})

    def wait(self, *phases: str, timeout_s: int = WAIT_S) -> State:
        """Wait for one of ``phases`` (`kiosk.flow.session.Phase`). Raises NotInTime."""
        question = {"op": "wait", "phases": list(phases), "timeout_s": timeout_s}
        try:
            return self.ask(question, timeout_s + ANSWER_TIMEOUT_S)
        except Refused as refused:
            raise NotInTime(f"waited {timeout_s} s for {' or '.join(phases)}: {refused}") from None

    def ask(self, question: Mapping[str, Any], timeout_s: float = ANSWER_TIMEOUT_S) -> State:
        """Put a question and return its answer. Raises Refused, or KioskError without answer."""
        with self._lock:
            answer = self._exchange(json.dumps(question).encode() + b"\n", timeout_s)
        if "error" in answer:
            raise Refused(f"{answer.pop('error')}; shown is {answer}")
        return answer

    def _exchange(self, line: bytes, timeout_s: float) -> State:
        try:
            if self._line is None and not self._dial():
                raise KioskError(self._child.last_words())
            assert self._line
            self._line.settimeout(timeout_s)
            self._line.sendall(line)
            return dict(json.loads(self._read_line()))
        except (OSError, ValueError) as error:
            self._hang_up()
            raise KioskError(f"{error}\n{self._child.last_words()}") from None

    def _read_line(self) -> bytes:
        assert self._line
        received = bytearray()
        while not received.endswith(b"\n"):
            data = self._line.recv(4096)
            if not data:
                raise ConnectionError("the kiosk hung up")
            received += data
        return bytes(received)

    def _dial(self) -> bool:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.connect(str(self._path))
        except OSError:
            line.close()
            return False
        self._line = line
        return True

    def _hang_up(self) -> None:
        if self._line:
            self._line.close()
            self._line = None

    # -- its end ---------------------------------------------------------------------------------

    def stop(self) -> int | None:
        """End it in order; return its exit code."""
        code = self._child.stop()
        self._clean_up()
        return code

    def kill(self) -> None:
        """End it as a power failure would (SIGKILL)."""
        self._child.kill()
        self._clean_up()

    def _clean_up(self) -> None:
        with self._lock:
            self._hang_up()
        shutil.rmtree(self._folder, ignore_errors=True)


def has_display() -> bool:
    """Tell whether windows can be seen here."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def qt_environment() -> dict[str, str]:
    """Return what Qt needs to know when there is no display: draw all the same."""
    return {} if has_display() else {"QT_QPA_PLATFORM": "offscreen"}
