"""The buttons at the bottom of the staff's page."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, row
from kiosk.ui.pages.staff.view import once
from kiosk.ui.staff.state import Press
from kiosk.ui.widgets.button import BigButton

_HEIGHT = 120
_MAIN = frozenset({Press.NEXT, Press.SIGN_IN, Press.FIND, Press.DO_IT})
"""The ways on; the others are the ways about."""


def press_name(press: Press) -> str:
    """Return the object name of a button, by which tests and the bench find it."""
    return f"button-staff-{press.value}"


class FootButton(BigButton):
    """Five of them stand in a row of an upright screen."""

    aside = 8


class Foot(QWidget):
    """Makes each button once and shows those of the moment."""

    def __init__(self, kit: Kit, pressed: Callable[[Press], None]) -> None:
        super().__init__()
        self._layout = row(self, spacing=kit.theme.px(16))
        self._buttons: dict[Press, BigButton] = {}
        for press in Press:
            face = "primary" if press in _MAIN else "secondary"
            button = FootButton(kit.theme, face, press_name(press), role="strong")
            button.clicked.connect(once(kit, partial(pressed, press)))
            self._buttons[press] = button
            self._layout.addWidget(button, 2 if press in _MAIN else 1)
        self.setFixedHeight(kit.theme.px(_HEIGHT))

    def offer(self, presses: dict[Press, bool], words: Words) -> None:
        """Show the buttons of ``presses``, lit or not."""
        for press, button in self._buttons.items():
            button.setVisible(press in presses)
            button.setEnabled(presses.get(press, False))
            button.say(words.text(f"staff.press.{press.value}"))
