"""Nothing is owed under this card: perhaps it is a new one. The slip's number finds the payment."""

from kiosk.flow.event import CodeEntered
from kiosk.flow.screen import Screen
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit
from kiosk.ui.order_code import missing, mistake, with_key
from kiosk.ui.pages.number import NumberPage
from kiosk.ui.widgets.marks import Sign
from kiosk.ui.widgets.text import Text
from vending.order_no import ORDER_NO_DIGITS, is_order_no

CONFIRM_BUTTON = "button-confirm"


class CodePage(NumberPage):
    """Keys to type a number that proves itself: a slip of the finger is told at once."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, CONFIRM_BUTTON, ORDER_NO_DIGITS, with_key)
        theme = kit.theme
        self._what, self._where = Text(theme, "body"), Text(theme, "caption", shade="muted")
        self._lay_out((self._what, self._where), shares=(11, 14))

    def fill_content(self, screen: Screen, words: Words) -> None:
        self._title.say(words.text("code.title"))
        self._what.say(words.text("code.text"))
        self._where.say(words.text("code.where"))
        self._confirm.say(words.text("code.confirm"))
        self._say_keys(words)

    def _show_digits(self, words: Words) -> None:
        wrong = mistake(self._digits)
        self._row.show_digits(self._digits, wrong=wrong is not None)
        self._confirm.setEnabled(is_order_no(self._digits))
        if wrong:
            self._state.say(words.text(f"code.wrong-{wrong.value}"))
        elif missing(self._digits):
            left = words.text("code.missing", count=missing(self._digits))
            self._state.say(left, tone="tint", sign=None)
        else:
            self._state.say(words.text("code.right"), tone="tint", sign=Sign.DONE)

    def _send(self) -> None:
        if is_order_no(self._digits):
            self.kit.submit(CodeEntered(order_no=self._digits))
