"""The buttons at the bottom of the staff's page."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial

from PySide6.QtWidgets import QWidget

from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, row
from kiosk.ui.pages.staff.view import once
from kiosk.ui.staff.visit import Presses
from kiosk.ui.widgets.button import BigButton

_HEIGHT = 120


def press_name(press: StrEnum) -> str:
    """Return the object name of a button, by which tests and the bench find it."""
    return f"button-staff-{press.value}"


class FootButton(BigButton):
    """Five of them stand in a row of an upright screen."""

    aside = 8


class Foot(QWidget):
    """Shows the buttons of the moment, the way on wider than the ways about."""

    def __init__(
        self, kit: Kit, pressed: Callable[[StrEnum], None], main: frozenset[StrEnum]
    ) -> None:
        """``main``: the ways on; the others are the ways about."""
        super().__init__()
        self._kit, self._pressed, self._main = kit, pressed, main
        self._layout = row(self, spacing=kit.theme.px(16))
        self._buttons: dict[StrEnum, BigButton] = {}
        self.setFixedHeight(kit.theme.px(_HEIGHT))

    def offer(self, presses: Presses, words: Words) -> None:
        """Show the buttons of ``presses`` in that order, lit or not."""
        for press, button in self._buttons.items():
            button.setVisible(press in presses)
        for place, (press, lit) in enumerate(presses.items()):
            button = self._button(press)
            if self._layout.indexOf(button) != place:
                self._layout.removeWidget(button)
                self._layout.insertWidget(place, button, 2 if press in self._main else 1)
            button.setEnabled(lit)
            button.say(words.text(f"staff.press.{press.value}"))
            button.show()

    def _button(self, press: StrEnum) -> BigButton:
        """Return the button of ``press``, made when it is first needed."""
        if press not in self._buttons:
            face = "primary" if press in self._main else "secondary"
            button = FootButton(self._kit.theme, face, press_name(press), role="strong")
            button.clicked.connect(once(self._kit, partial(self._pressed, press)))
            self._buttons[press] = button
        return self._buttons[press]
