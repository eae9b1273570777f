"""Whose bill? Type its number, show its code, or insert the card: all three in one glance."""

from kiosk.flow.event import CustomerNoEntered, MoreTimePressed
from kiosk.flow.phase import Notice
from kiosk.flow.screen import Screen
from kiosk.ui.customer_no import FEWEST, MOST, missing, with_key
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column, row, settle_layouts
from kiosk.ui.pages.page import Page
from kiosk.ui.stirring import Stirring
from kiosk.ui.widgets.bars import Bar
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.digit_row import DigitRow
from kiosk.ui.widgets.keypad import Keypad
from kiosk.ui.widgets.marks import Sign
from kiosk.ui.widgets.text import Panel, Text
from kiosk.ui.widgets.way_icons import Way, WayIcon

LOOK_UP_BUTTON = "button-look-up"
_CHOICES_HEIGHT = 124
"""Reference pixels: the keys need the room."""


class WayPanel(Panel):
    """A picture of a way and its words."""

    def __init__(self, kit: Kit, way: Way) -> None:
        super().__init__(kit.theme, "tint" if way is Way.NUMBER else "panel")
        theme = kit.theme
        self._text = Text(theme, "strong" if way is Way.NUMBER else "body")
        layout = row(self, spacing=theme.px(16))
        layout.setContentsMargins(theme.px(16), theme.px(6), theme.px(16), theme.px(6))
        layout.addWidget(WayIcon(theme, way))
        layout.addWidget(self._text, 1)

    def say(self, text: str) -> None:
        """Put the way into words."""
        self._text.say(text)


class BillAskPage(Page):
    """The keys are for the first way; the other two need only be known."""

    tells_itself = frozenset({Notice.CODE_UNKNOWN})

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme = kit.theme
        self._digits = ""
        self._words: Words | None = None
        self._trouble = ""
        self._stirring = Stirring(kit.clock, lambda: kit.post(MoreTimePressed()))
        self._title = Text(theme, "title", shade="strong")
        self._ways = {way: WayPanel(kit, way) for way in Way}
        self._state = Bar(theme, role="body")
        self._row = DigitRow(theme, MOST)
        self._keypad = Keypad(theme, self._typed)
        self._look_up = BigButton(theme, "primary", LOOK_UP_BUTTON)
        self._look_up.clicked.connect(self._send)
        self.choices.add_main(self._look_up)
        self.choices.setFixedHeight(theme.px(_CHOICES_HEIGHT))
        self._lay_out()

    @property
    def digits(self) -> str:
        """What was typed so far."""
        return self._digits

    def fill_content(self, screen: Screen, words: Words) -> None:
        self._words = words
        self._trouble = trouble(screen, words)
        self._title.say(words.text("bill-ask.title"))
        for way, panel in self._ways.items():
            panel.say(words.text(f"bill-ask.{way.value}"))
        self._ways[Way.CODE].setVisible(screen.bill_by_scan)
        self._keypad.say(words.text("code.clear"), words.text("code.back"))
        self._look_up.say(words.text("bill-ask.confirm"))
        self._show()

    def leave(self) -> None:
        self._digits = ""

    def _lay_out(self) -> None:
        theme = self.kit.theme
        words, typing = column(spacing=theme.px(12)), column(spacing=theme.px(12))
        words.addStretch(1)
        for widget in (self._title, *self._ways.values(), self._state):
            words.addWidget(widget)
        words.addStretch(1)
        typing.addWidget(self._row)
        typing.addWidget(self._keypad, 1)
        both = column(spacing=theme.px(20)) if theme.portrait else row(spacing=theme.px(30))
        both.addLayout(words, 12)
        both.addLayout(typing, 13)
        self.content.addLayout(both, 1)

    def _typed(self, key: str) -> None:
        self._digits = with_key(self._digits, key)
        self._trouble = ""
        self._stirring.stir()
        self._show()

    def _show(self) -> None:
        if self._words is None:
            return
        self._row.show_digits(self._digits)
        self._look_up.setEnabled(not missing(self._digits))
        self._say_state(self._words)
        settle_layouts()

    def _say_state(self, words: Words) -> None:
        if self._trouble:
            self._state.say(self._trouble, sign=None)
        elif not self._digits:
            hint = words.text("bill-ask.hint", least=FEWEST, most=MOST)
            self._state.say(hint, tone="tint", sign=None)
        elif missing(self._digits):
            left = words.text("bill-ask.short", count=missing(self._digits))
            self._state.say(left, tone="tint", sign=None)
        else:
            ready = words.text("bill-ask.ready", count=len(self._digits))
            self._state.say(ready, tone="tint", sign=Sign.DONE)

    def _send(self) -> None:
        if not missing(self._digits):
            self.kit.submit(CustomerNoEntered(customer_no=self._digits))


def trouble(screen: Screen, words: Words) -> str:
    """Return what was wrong with the code or the card, until the next key."""
    if screen.notice is Notice.CODE_UNKNOWN:
        return words.notice(Notice.CODE_UNKNOWN)
    if screen.cause is None:
        return ""
    return words.text("bill-ask.card-says-nothing", why=words.cause(screen.cause).title)
