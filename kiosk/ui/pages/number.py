"""Typing a number: words beside a row of digits and the keys, wherever one is asked for."""

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QWidget

from kiosk.flow.event import MoreTimePressed
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column, row, settle_layouts
from kiosk.ui.pages.page import Page
from kiosk.ui.stirring import Stirring
from kiosk.ui.widgets.bars import Bar
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.digit_row import DigitRow
from kiosk.ui.widgets.keypad import Keypad
from kiosk.ui.widgets.text import Text

_CHOICES_HEIGHT = 124
"""Reference pixels: the keys need the room."""


class NumberPage(Page):
    """Keeps what is typed until the page goes; each key is a sign that somebody is still there."""

    def __init__(
        self, kit: Kit, confirm: str, most: int, with_key: Callable[[str, str], str]
    ) -> None:
        """``confirm``: name of the button that sends the number; ``most``: its digits at most."""
        super().__init__(kit)
        theme = kit.theme
        self._digits = ""
        self._words: Words | None = None
        self._with_key = with_key
        self._stirring = Stirring(kit.clock, lambda: kit.post(MoreTimePressed()))
        self._title = Text(theme, "title", shade="strong")
        self._state = Bar(theme, role="body")
        self._row = DigitRow(theme, most)
        self._keypad = Keypad(theme, self._typed)
        self._confirm = BigButton(theme, "primary", confirm)
        self._confirm.clicked.connect(self._send)
        self.choices.add_main(self._confirm)
        self.choices.setFixedHeight(theme.px(_CHOICES_HEIGHT))

    @property
    def digits(self) -> str:
        """What was typed so far."""
        return self._digits

    def leave(self) -> None:
        self._digits = ""

    def _say_keys(self, words: Words) -> None:
        self._words = words
        self._keypad.say(words.text("code.clear"), words.text("code.back"))
        self._show()

    def _typed(self, key: str) -> None:
        self._digits = self._with_key(self._digits, key)
        self._stirring.stir()
        self._show()

    def _show(self) -> None:
        if self._words is not None:
            self._show_digits(self._words)
            settle_layouts()

    def _show_digits(self, words: Words) -> None:
        """Say what the digits are so far, and whether they can be sent."""
        raise AssertionError(f"{type(self).__name__} does not say what is typed")

    def _send(self) -> None:
        """Post the number, if it can be one."""
        raise AssertionError(f"{type(self).__name__} does not send what is typed")

    def _lay_out(self, explaining: Iterable[QWidget], shares: tuple[int, int]) -> None:
        """Put the title, what explains and the state beside (or above) the row and the keys."""
        theme = self.kit.theme
        words, typing = column(spacing=theme.px(12)), column(spacing=theme.px(12))
        words.addStretch(1)
        for widget in (self._title, *explaining, self._state):
            words.addWidget(widget)
        words.addStretch(1)
        typing.addWidget(self._row)
        typing.addWidget(self._keypad, 1)
        both = column(spacing=theme.px(20)) if theme.portrait else row(spacing=theme.px(30))
        both.addLayout(words, shares[0])
        both.addLayout(typing, shares[1])
        self.content.addLayout(both, 1)
