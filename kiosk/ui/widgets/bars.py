"""Bars of one sentence that must not be overlooked."""

from kiosk.ui.kit import row
from kiosk.ui.theme import Theme, panel_look
from kiosk.ui.widgets.marks import Mark, Sign
from kiosk.ui.widgets.text import Panel, Text


class Bar(Panel):
    """A sentence on a coloured ground with a sign before it. Takes no room while empty."""

    def __init__(self, theme: Theme, *, tone: str = "warning", role: str = "strong") -> None:
        super().__init__(tone)
        self._theme = theme
        self._mark = Mark(theme.px(54), Sign.ATTENTION, motion=False)
        self._text = Text(theme, role)
        layout = row(self, spacing=theme.px(18))
        layout.setContentsMargins(theme.px(20), theme.px(12), theme.px(20), theme.px(12))
        layout.addWidget(self._mark)
        layout.addWidget(self._text, 1)
        self.hide()

    def say(self, text: str, *, tone: str = "warning", sign: Sign = Sign.ATTENTION) -> None:
        """Show ``text``, or nothing when it is empty."""
        self._text.setText(text)
        self._mark.show_sign(sign)
        if tone != self.tone:
            self.tone = tone
            self.setStyleSheet(f"Panel {{ {panel_look(self._theme, tone)} }}")
        self.setVisible(bool(text))

    @property
    def text(self) -> str:
        """The sentence."""
        return self._text.text()
