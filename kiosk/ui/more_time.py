"""Do you need more time? Asked over whatever the page shows, before anything is given up."""

from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen import Button, Screen
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column
from kiosk.ui.widgets.actions import Actions
from kiosk.ui.widgets.text import CENTRE, Panel, Text

_VEIL = QColor(6, 24, 17, 205)


class MoreTime(QWidget):
    """A veil over the page and on it one question with a big Yes."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        theme = kit.theme
        self._title = Text(theme, "title", shade="strong", lean=CENTRE)
        self._text = Text(theme, "body", lean=CENTRE)
        self._key, self._paid = "more-time.text", ""
        self._words: Words | None = None
        self.choices = Actions(kit, quiet=frozenset({Button.CANCEL, Button.FINISH}))
        card = Panel(theme, "panel")
        inside = column(card, spacing=theme.px(34))
        aside = theme.px(48)
        inside.setContentsMargins(aside, theme.px(48), aside, theme.px(40))
        inside.addWidget(self._title)
        inside.addWidget(self._text)
        inside.addWidget(self.choices)
        layout = column(self)
        layout.setContentsMargins(theme.px(60), 0, theme.px(60), 0)
        layout.addStretch(1)
        layout.addWidget(card)
        layout.addStretch(1)
        self.hide()

    def ask(self, screen: Screen, words: Words) -> None:
        """Show the question of ``screen``."""
        payment = screen.bill or screen.tender
        paid_fen = payment.paid_fen if payment else 0
        self._words, self._paid = words, words.money(paid_fen)
        held = "more-time.text" if screen.card_present else "more-time.text-no-card"
        paying = "more-time.text-bill" if screen.bill else "more-time.text-paid"
        self._key = paying if paid_fen else held
        self._title.say(words.text("more-time.title"))
        titles = {
            Button.CANCEL: words.text(
                "more-time.cancel" if screen.card_present else "more-time.leave"
            ),
            Button.FINISH: words.text(
                "more-time.finish-bill" if screen.bill else "more-time.finish"
            ),
        }
        self.choices.offer({b: (titles.get(b, words.button(b)), "") for b in screen.buttons})
        self.show()
        self.raise_()

    def tell_seconds(self, seconds: int) -> None:
        """Say how long the question stays."""
        if self._words is not None and self.isVisible():
            self._text.say(self._words.text(self._key, seconds=seconds, paid=self._paid))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), _VEIL)
        painter.end()
