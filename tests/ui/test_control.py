"""The bench's hands: buttons, keys and the staff's gesture over the local socket."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from kiosk.app.control import Control
from kiosk.flow.event import CodeEntered, ResellPressed
from kiosk.flow.screen import Screen
from kiosk.flow.staff_event import StaffCalled
from tests.ui.conftest import Stage
from vending.order_no import make_order_no

DEADLINE_MS = 5000
Ask = Callable[..., dict[str, Any]]
Screens = dict[str, Screen]
RIGHT = make_order_no("310042", 1_763_956_800_000, 77)


@pytest.fixture
def ask(stage: Stage, tmp_path: Path, qtbot: QtBot) -> Iterator[Ask]:
    """Put a question over the socket and return its answer."""
    control = Control(stage.window, tmp_path / "control", lambda: None)
    socket = QLocalSocket()
    socket.connectToServer(str(tmp_path / "control"))

    def ask(**question: object) -> dict[str, Any]:
        socket.write(json.dumps(question).encode() + b"\n")
        qtbot.waitUntil(socket.canReadLine, timeout=DEADLINE_MS)
        answer: dict[str, Any] = json.loads(bytes(socket.readLine().data()))
        return answer

    yield ask
    socket.disconnectFromServer()
    control.deleteLater()


def test_a_number_is_typed_and_sent(stage: Stage, screens: Screens, ask: Ask) -> None:
    stage.show(screens["code"])
    assert "error" not in ask(op="type", text=RIGHT)
    assert "error" not in ask(op="press", button="confirm")
    assert stage.posted[-1] == CodeEntered(order_no=RIGHT)


def test_a_key_that_is_not_there_is_an_error(stage: Stage, screens: Screens, ask: Ask) -> None:
    stage.show(screens["code"])
    assert "no key 'x'" in ask(op="type", text="31x")["error"]
    stage.show(screens["idle"])
    assert "no key '3'" in ask(op="type", text="3")["error"]


def test_the_menu_and_the_staffs_gesture(stage: Stage, screens: Screens, ask: Ask) -> None:
    stage.show(screens["idle"])
    ask(op="press", button="resell")
    ask(op="hold")
    assert stage.posted == [ResellPressed(), StaffCalled()]


def test_what_is_owed_is_in_the_state(stage: Stage, screens: Screens, ask: Ask) -> None:
    stage.show(screens["owed"])
    owed = screens["owed"].owed
    assert owed is not None
    assert ask(op="state")["order_no"] == owed.order_no
