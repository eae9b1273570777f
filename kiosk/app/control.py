"""A test aid: presses buttons and looks at the screen over a local socket, one JSON line a time.

Only there when the program was started with ``--control PATH``. The real widgets are pressed.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QElapsedTimer, QObject, QTimer
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QPushButton

from kiosk.cashbox.box import ClosedPeriod
from kiosk.flow.view import CashView, StaffView
from kiosk.ui.pages.page import Page
from kiosk.ui.widgets.header import NAMEPLATE, Nameplate
from kiosk.ui.widgets.keypad import key_name
from kiosk.ui.window import Window

MAX_LINE = 64 * 1024
MAX_WAIT_S = 600
FINGER_MS = 450
"""Between two presses; a little longer than the screen's own pause."""


class _Ask(msgspec.Struct, frozen=True):
    op: str
    button: str = ""
    text: str = ""
    file: str = ""
    phases: tuple[str, ...] = ()
    timeout_s: int = 30


class Control(QObject):
    """Serves the socket from Qt's thread."""

    def __init__(self, window: Window, path: Path, quit_app: Callable[[], None]) -> None:
        super().__init__()
        self._window = window
        self._quit = quit_app
        self._waiting: list[_Waiting] = []
        self._uptime = QElapsedTimer()
        self._uptime.start()
        self._next_press_ms = 0
        self._server = QLocalServer(self)
        QLocalServer.removeServer(str(path))
        self._server.newConnection.connect(self._accept)
        if not self._server.listen(str(path)):
            raise OSError(f"{path}: {self._server.errorString()}")

    def screen_changed(self) -> None:
        """Answer whoever waits for a phase that is now shown."""
        phase = self._window.screen_shown.phase if self._window.screen_shown else ""
        for waiting in [w for w in self._waiting if phase in w.phases]:
            self._end(waiting, {})

    def _accept(self) -> None:
        while self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            socket.readyRead.connect(partial(self._read, socket))

    def _read(self, socket: QLocalSocket) -> None:
        while socket.canReadLine():
            line = bytes(socket.readLine(MAX_LINE).data())
            try:
                ask = msgspec.json.decode(line, type=_Ask)
            except msgspec.DecodeError as error:
                _answer(socket, {"error": str(error)})
            else:
                self._serve(socket, ask)

    def _serve(self, socket: QLocalSocket, ask: _Ask) -> None:
        match ask.op:
            case "state":
                _answer(socket, self._state())
            case "press":
                self._click_soon(socket, ask.button)
            case "language":
                self._click_soon(socket, "language")
            case "type":
                _answer(socket, self._state() | self._type(ask.text))
            case "hold":
                _answer(socket, self._state() | self._hold())
            case "screenshot":
                saved = self._window.grab().save(ask.file)
                _answer(socket, self._state() | ({} if saved else {"error": "not saved"}))
            case "wait":
                self._wait(socket, ask)
            case "quit":
                _answer(socket, self._state())
                self._quit()
            case _:
                _answer(socket, {"error": f"no such op: {ask.op}"})

    def _click_soon(self, socket: QLocalSocket, name: str) -> None:
        """Click when a finger could: the screen takes presses in quick succession for one."""
        pause_ms = self._next_press_ms - self._uptime.elapsed()
        if pause_ms > 0:
            QTimer.singleShot(pause_ms, lambda: self._click_soon(socket, name))
            return
        clicked = self._click(name)
        # From now on, not from when it was asked for: a busy screen is late.
        self._next_press_ms = self._uptime.elapsed() + FINGER_MS
        _answer(socket, self._state() | clicked)

    def _click(self, name: str) -> dict[str, Any]:
        for button in self._window.findChildren(QPushButton, f"button-{name}"):
            if button.isVisible() and button.isEnabled():
                button.click()
                return {}
        return {"error": f"no button {name!r} here"}

    def _type(self, text: str) -> dict[str, Any]:
        """Press a key for each character, as fast as a screen of keys takes them."""
        for character in text:
            keys = self._window.findChildren(QPushButton, key_name(character))
            shown = [key for key in keys if key.isVisible() and key.isEnabled()]
            if not shown:
                return {"error": f"no key {character!r} here"}
            shown[0].click()
        return {}

    def _hold(self) -> dict[str, Any]:
        """Hold the machine's number for as long as it takes."""
        for plate in self._window.findChildren(Nameplate, NAMEPLATE):
            plate.held.emit()
        return {}

    def _wait(self, socket: QLocalSocket, ask: _Ask) -> None:
        waiting = _Waiting(self, socket, ask)
        self._waiting.append(waiting)
        self.screen_changed()

    def _end(self, waiting: "_Waiting", extra: dict[str, Any]) -> None:
        self._waiting.remove(waiting)
        waiting.timer.stop()
        _answer(waiting.socket, self._state() | extra)

    def time_is_up(self, waiting: "_Waiting") -> None:
        """Answer somebody who waited in vain."""
        if waiting in self._waiting:
            self._end(waiting, {"error": "timeout"})

    def _state(self) -> dict[str, Any]:
        screen = self._window.screen_shown
        if screen is None:
            return {"phase": "", "page": "", "buttons": []}
        paying = screen.tender or screen.bill
        named = screen.outcome or screen.owed or screen.bill
        return {
            "phase": screen.phase,
            "page": screen.page,
            "language": screen.language,
            "cause": screen.cause,
            "notice": screen.notice,
            "wait": screen.wait,
            "more_time": screen.more_time,
            "buttons": list(screen.buttons),
            "paid_fen": paying.paid_fen if paying else 0,
            "due_fen": screen.bill.due_fen if screen.bill else 0,
            "receipt_no": screen.bill.receipt_no if screen.bill else "",
            "order_no": named.order_no or None if named else None,
            "staff": screen.staff.name if screen.staff else "",
            "self_test": _self_test(screen.staff),
            "view": _view(self._window.page),
            **_cash(screen.staff.cash if screen.staff else None),
        }


def _self_test(staff: StaffView | None) -> str:
    """Return the self-test that the staff's page tells of: ``note runs``, ``slip passed``."""
    run = staff.test if staff else None
    if run is None:
        return ""
    verdict = "runs" if run.passed is None else "passed" if run.passed else "failed"
    return f"{run.test} {verdict}"


def _view(page: Page | None) -> str:
    """Return which view of the staff's page is shown; empty: another page is."""
    model = getattr(page, "model", None)  # the page itself is imported when staff call
    return str(model.state.view) if model else ""


def _cash(cash: CashView | None) -> dict[str, Any]:
    """Return how far a clearing is, and what became of the last one."""
    if cash is None:
        return {"stage": "", "period_no": 0, "answer": "", "slip": ""}
    last = cash.cash.closed[-1] if cash.cash.closed else None
    slip = "printing" if cash.printing else "failed" if cash.print_failed else ""
    return {
        "stage": cash.cash.stage,
        "period_no": cash.cash.period.period_no,
        "answer": _word(last) if last else "",
        "slip": "printed" if last and last.printed else slip,
    }


def _word(period: ClosedPeriod) -> str:
    """Return the head office's word about a closed period."""
    if period.answer is None:
        return "waiting"
    return "agrees" if period.answer.agrees else "differs"


class _Waiting:
    """Somebody waiting for a phase, with a deadline."""

    def __init__(self, control: Control, socket: QLocalSocket, ask: _Ask) -> None:
        self.socket = socket
        self.phases = frozenset(ask.phases)
        self.timer = QTimer(control)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(lambda: control.time_is_up(self))
        self.timer.start(min(ask.timeout_s, MAX_WAIT_S) * 1000)


def _answer(socket: QLocalSocket, what: dict[str, Any]) -> None:
    socket.write(msgspec.json.encode(what) + b"\n")
    socket.flush()
