"""Hands and eyes for the pages of a bill."""

from kiosk.flow.screen import Screen
from kiosk.flow.view import BillView
from kiosk.ui.widgets.button import BigButton
from tests.ui.conftest import Stage


def button(stage: Stage, name: str) -> BigButton:
    (found,) = (b for b in stage.window.findChildren(BigButton, name) if b.isVisible())
    return found


def seen(stage: Stage, name: str) -> bool:
    return any(b.isVisible() for b in stage.window.findChildren(BigButton, name))


def tap(stage: Stage, name: str) -> None:
    """Press a button, long enough after whatever was pressed before."""
    stage.clock.now_s += 1.0
    stage.posted.clear()
    button(stage, name).click()


def view(screen: Screen) -> BillView:
    assert screen.bill is not None
    return screen.bill
