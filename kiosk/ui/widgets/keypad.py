"""Large keys to type with. What is typed goes to a callback: a PIN travels in no signal."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from kiosk.ui.keys import BACK, CLEAR
from kiosk.ui.kit import column, row
from kiosk.ui.theme import Theme
from kiosk.ui.widgets.button import BigButton

_DIGITS = ("123", "456", "789")
_LETTERS = ("1234567890", "qwertyuiop", "asdfghjkl-", "zxcvbnm._")
_KEY_WIDTH = 64
"""Reference pixels: 16 mm, so that ten keys stand in a row of an upright screen."""

Typed = Callable[[str], None]


def key_name(key: str) -> str:
    """Return the object name of ``key``, by which tests and the bench find it."""
    return f"key-{key}"


class Key(BigButton):
    """A key: it may be narrower than a button, never lower."""

    aside = 6

    def __init__(self, theme: Theme, key: str, typed: Typed) -> None:
        super().__init__(theme, "secondary", key_name(key), role="lead")
        self._narrowest = theme.px(_KEY_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.say(key)
        self.clicked.connect(partial(typed, key))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._narrowest, super().minimumSizeHint().height())


class Keypad(QWidget):
    """Ten digits as on a telephone, one back, and all away."""

    def __init__(self, theme: Theme, typed: Typed) -> None:
        """``typed`` is given a digit, `BACK` or `CLEAR`."""
        super().__init__()
        self._back, self._clear = (_key(theme, key, typed) for key in (BACK, CLEAR))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.px(8))
        for down, digits in enumerate(_DIGITS):
            for along, digit in enumerate(digits):
                grid.addWidget(_key(theme, digit, typed), down, along)
        for along, key in enumerate((self._clear, _key(theme, "0", typed), self._back)):
            grid.addWidget(key, len(_DIGITS), along)

    def say(self, clear: str, back: str) -> None:
        """Name the keys that take away."""
        self._clear.say(clear)
        self._back.say(back)


class Keyboard(QWidget):
    """Latin letters, digits and what else a staff name may have."""

    def __init__(self, theme: Theme, typed: Typed) -> None:
        """``typed`` is given a character, `BACK` or `CLEAR`."""
        super().__init__()
        self._back = _key(theme, BACK, typed)
        lines = column(self, spacing=theme.px(10))
        for characters in _LETTERS:
            keys: Sequence[Key] = [_key(theme, character, typed) for character in characters]
            line = row(spacing=theme.px(8))
            for key in keys:
                line.addWidget(key, 1)
            if characters == _LETTERS[-1]:
                line.addWidget(self._back, 10 - len(characters))
            lines.addLayout(line)

    def say(self, back: str) -> None:
        """Name the key that takes away; it is too narrow for words."""
        self._back.say("←")
        self._back.setAccessibleName(back)


def _key(theme: Theme, key: str, typed: Typed) -> Key:
    return Key(theme, key, typed)
