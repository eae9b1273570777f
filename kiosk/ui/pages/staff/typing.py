"""Views with keys: a name on a keyboard, a PIN or an order number on a keypad."""

from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.order_code import missing, mistake
from kiosk.ui.pages.staff.view import StaffView
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.state import State
from kiosk.ui.widgets.bars import Bar
from kiosk.ui.widgets.digit_row import DOT, DigitRow
from kiosk.ui.widgets.keypad import Keyboard, Keypad
from kiosk.ui.widgets.text import Panel, Text
from vending.order_no import ORDER_NO_DIGITS
from vending.staff import PIN_DIGITS

_SHOWN = 20
"""Most characters of a name that are shown: the last ones."""


class NameView(StaffView):
    """Latin letters and digits: names under which the head office knows its people."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        self._name = Text(theme, "strong", shade="strong", wrap=False)
        self._keyboard = Keyboard(theme, model.type)
        entry = Panel(theme, "panel")
        inside = column(entry)
        inside.setContentsMargins(theme.px(24), theme.px(8), theme.px(24), theme.px(8))
        inside.addWidget(self._name)
        entry.setFixedHeight(theme.px(84))
        if theme.portrait:
            self.content.addStretch(1)
        self.content.addWidget(entry)
        self.content.addWidget(self._keyboard, 0 if theme.portrait else 1)
        if theme.portrait:
            self.content.addStretch(1)

    def fill(self, state: State, words: Words) -> None:
        hidden = len(state.name) - _SHOWN
        self._name.setText(f"{'…' + state.name[hidden:] if hidden > 0 else state.name}_")
        self._keyboard.say(words.text("staff.back"))


class PadView(StaffView):
    """Words beside ten digits; below each other on an upright screen."""

    def __init__(self, kit: Kit, model: StaffModel, places: int) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        self._hint, self._state = Text(theme, "body"), Bar(theme, role="body")
        self.row = DigitRow(theme, places)
        self._pad = Keypad(theme, model.type)
        said, typing = column(spacing=theme.px(16)), column(spacing=theme.px(12))
        said.addStretch(1)
        said.addWidget(self._hint)
        said.addWidget(self._state)
        said.addStretch(1)
        typing.addWidget(self.row)
        typing.addWidget(self._pad, 1)
        both = column(spacing=theme.px(20)) if theme.portrait else row(spacing=theme.px(30))
        both.addLayout(said, 10)
        both.addLayout(typing, 15)
        self.content.addLayout(both, 1)

    def say(self, hint: str, told: str, words: Words, *, wrong: bool = False) -> None:
        """Say what to type and how far it is."""
        self._hint.say(hint)
        if wrong:
            self._state.say(told)
        else:
            self._state.say(told, tone="tint", sign=None)
        self._pad.say(words.text("staff.clear"), words.text("staff.back"))


class PinView(PadView):
    """Dots only: which digits were typed is known to the model alone."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model, PIN_DIGITS[1])

    def fill(self, state: State, words: Words) -> None:
        self.row.show_digits(DOT * state.pin_digits)
        name = words.text("staff.typed-name", name=state.name)
        self.say(words.text("staff.pin-hint"), name, words)


class NumberView(PadView):
    """An order of another machine, by the number on its slip."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model, ORDER_NO_DIGITS)

    def fill(self, state: State, words: Words) -> None:
        wrong = mistake(state.number)
        self.row.show_digits(state.number, wrong=wrong is not None)
        told = words.text("code.missing", count=missing(state.number))
        if wrong:
            told = words.text(f"code.wrong-{wrong.value}")
        elif not missing(state.number):
            told = words.text("code.right")
        self.say(words.text("staff.number-hint"), told, words, wrong=wrong is not None)
