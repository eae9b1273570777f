"""Nothing is owed under this card: perhaps it is a new one. The slip's number finds the payment."""

from kiosk.flow.event import CodeEntered, MoreTimePressed
from kiosk.flow.screen import Screen
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column, row, settle_layouts
from kiosk.ui.order_code import missing, mistake, with_key
from kiosk.ui.pages.page import Page
from kiosk.ui.stirring import Stirring
from kiosk.ui.widgets.bars import Bar
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.digit_row import DigitRow
from kiosk.ui.widgets.keypad import Keypad
from kiosk.ui.widgets.marks import Sign
from kiosk.ui.widgets.text import Text
from vending.order_no import ORDER_NO_DIGITS, is_order_no

CONFIRM_BUTTON = "button-confirm"
_CHOICES_HEIGHT = 124
"""Reference pixels: the keys need the room."""


class CodePage(Page):
    """Keys to type a number that proves itself: a slip of the finger is told at once."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme = kit.theme
        self._digits = ""
        self._words: Words | None = None
        self._stirring = Stirring(kit.clock, lambda: kit.post(MoreTimePressed()))
        self._title = Text(theme, "title", shade="strong")
        self._what, self._where = Text(theme, "body"), Text(theme, "caption", shade="muted")
        self._state = Bar(theme, role="body")
        self._row = DigitRow(theme, ORDER_NO_DIGITS)
        self._keypad = Keypad(theme, self._typed)
        self._confirm = BigButton(theme, "primary", CONFIRM_BUTTON)
        self._confirm.clicked.connect(self._send)
        self.choices.add_main(self._confirm)
        self.choices.setFixedHeight(theme.px(_CHOICES_HEIGHT))
        self._lay_out()

    @property
    def digits(self) -> str:
        """What was typed so far."""
        return self._digits

    def fill_content(self, screen: Screen, words: Words) -> None:
        self._words = words
        self._title.say(words.text("code.title"))
        self._what.say(words.text("code.text"))
        self._where.say(words.text("code.where"))
        self._keypad.say(words.text("code.clear"), words.text("code.back"))
        self._confirm.say(words.text("code.confirm"))
        self._show()

    def leave(self) -> None:
        self._digits = ""

    def _lay_out(self) -> None:
        theme = self.kit.theme
        words, typing = column(spacing=theme.px(12)), column(spacing=theme.px(12))
        words.addStretch(1)
        for widget in (self._title, self._what, self._where, self._state):
            words.addWidget(widget)
        words.addStretch(1)
        typing.addWidget(self._row)
        typing.addWidget(self._keypad, 1)
        both = column(spacing=theme.px(20)) if theme.portrait else row(spacing=theme.px(30))
        both.addLayout(words, 11)
        both.addLayout(typing, 14)
        self.content.addLayout(both, 1)

    def _typed(self, key: str) -> None:
        self._digits = with_key(self._digits, key)
        self._stirring.stir()
        self._show()

    def _show(self) -> None:
        if self._words is None:
            return
        wrong = mistake(self._digits)
        self._row.show_digits(self._digits, wrong=wrong is not None)
        self._confirm.setEnabled(is_order_no(self._digits))
        if wrong:
            self._state.say(self._words.text(f"code.wrong-{wrong.value}"))
        elif missing(self._digits):
            left = self._words.text("code.missing", count=missing(self._digits))
            self._state.say(left, tone="tint", sign=None)
        else:
            self._state.say(self._words.text("code.right"), tone="tint", sign=Sign.DONE)
        settle_layouts()

    def _send(self) -> None:
        if is_order_no(self._digits):
            self.kit.submit(CodeEntered(order_no=self._digits))
