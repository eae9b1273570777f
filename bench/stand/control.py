"""The control channel of a running kiosk: press, look, wait.

A local socket with one JSON object a line, one answer to each question. The kiosk serves it only
when it was started with ``--control``; it presses the real buttons.
"""

import json
import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ANSWER_TIMEOUT_S = 20.0
WAIT_S = 30

State = dict[str, Any]
"""phase, page, language, paid_fen, order_no, buttons, cause, notice, wait, more_time; of a bill
due_fen and receipt_no; of the staff's page staff, view, stage, period_no, answer and slip.
"""


class KioskError(Exception):
    """The kiosk does not answer (any more)."""


class Refused(KioskError):
    """The kiosk could not do what it was asked: no such button here, for example."""


class NotInTime(Refused):
    """A phase did not come in time. The text says what was shown instead."""


class Control:
    """One connection. Calls may come from every thread; each waits for its answer."""

    def __init__(self, path: Path) -> None:
        """Connect with the first question."""
        self._path = path
        self._lock = threading.Lock()
        self._line: socket.socket | None = None

    def state(self) -> State:
        """Return what is on the screen."""
        return self.ask({"op": "state"})

    def press(self, button: str) -> State:
        """Press a button by its name (`kiosk.flow.screen.Button`). Raises Refused."""
        return self.ask({"op": "press", "button": button})

    def type(self, text: str) -> State:
        """Press a key of the screen's keys for each character of ``text``. Raises Refused."""
        return self.ask({"op": "type", "text": text})

    def hold(self) -> State:
        """Hold the machine's number until the staff's page is called."""
        return self.ask({"op": "hold"})

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
                raise ConnectionError("nobody listens")
            assert self._line
            self._line.settimeout(timeout_s)
            self._line.sendall(line)
            return dict(json.loads(self._read_line()))
        except (OSError, ValueError) as error:
            self._hang_up()
            raise KioskError(f"{error}; {self._why_silent()}") from None

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

    def _why_silent(self) -> str:
        """Return what is known about a kiosk that does not answer."""
        return "the kiosk does not answer"

    def close(self) -> None:
        """Hang up; the next question connects again."""
        with self._lock:
            self._hang_up()
