"""Whose bill? Type its number, show its code, or insert the card: all three in one glance."""

from kiosk.flow.event import CustomerNoEntered
from kiosk.flow.phase import Notice
from kiosk.flow.screen import Screen
from kiosk.ui.customer_no import FEWEST, MOST, missing, with_key
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, row
from kiosk.ui.pages.number import NumberPage
from kiosk.ui.widgets.marks import Sign
from kiosk.ui.widgets.text import Panel, Text
from kiosk.ui.widgets.way_icons import Way, WayIcon

LOOK_UP_BUTTON = "button-look-up"


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


class BillAskPage(NumberPage):
    """The keys are for the first way; the other two need only be known."""

    tells_itself = frozenset({Notice.CODE_UNKNOWN})

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, LOOK_UP_BUTTON, MOST, with_key)
        self._trouble = ""
        self._ways = {way: WayPanel(kit, way) for way in Way}
        self._lay_out(self._ways.values(), shares=(12, 13))

    def fill_content(self, screen: Screen, words: Words) -> None:
        self._trouble = trouble(screen, words)
        self._title.say(words.text("bill-ask.title"))
        for way, panel in self._ways.items():
            panel.say(words.text(f"bill-ask.{way.value}"))
        self._ways[Way.CODE].setVisible(screen.bill_by_scan)
        self._confirm.say(words.text("bill-ask.confirm"))
        self._say_keys(words)

    def _typed(self, key: str) -> None:
        self._trouble = ""
        super()._typed(key)

    def _show_digits(self, words: Words) -> None:
        self._row.show_digits(self._digits)
        self._confirm.setEnabled(not missing(self._digits))
        self._say_state(words)

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
