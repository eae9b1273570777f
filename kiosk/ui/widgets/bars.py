"""Sentences on a coloured ground that must not be overlooked."""

from kiosk.ui.kit import column, row
from kiosk.ui.theme import Theme
from kiosk.ui.widgets.marks import Mark, Sign
from kiosk.ui.widgets.text import Panel, Text


class Bar(Panel):
    """A sentence on a coloured ground with a sign before it. Takes no room while empty."""

    def __init__(self, theme: Theme, *, tone: str = "warning", role: str = "strong") -> None:
        super().__init__(theme, tone)
        self._mark = Mark(theme.px(54), Sign.ATTENTION, motion=False)
        self._text = Text(theme, role)
        layout = row(self, spacing=theme.px(18))
        layout.setContentsMargins(theme.px(20), theme.px(12), theme.px(20), theme.px(12))
        layout.addWidget(self._mark)
        layout.addWidget(self._text, 1)
        self.hide()

    def say(self, text: str, *, tone: str = "warning", sign: Sign | None = Sign.ATTENTION) -> None:
        """Show ``text``, or nothing when it is empty; ``sign`` None: without a sign."""
        self._text.setText(text)
        self._mark.setVisible(sign is not None)
        if sign is not None:
            self._mark.show_sign(sign)
        self.set_tone(tone)
        self.setVisible(bool(text))

    @property
    def text(self) -> str:
        """The sentence."""
        return self._text.text()


class Todo(Panel):
    """What to do now, set off from what happened; below it what else helps."""

    def __init__(self, theme: Theme, role: str = "strong") -> None:
        super().__init__(theme, "warning")
        self._todo = Text(theme, role)
        self._more = Text(theme, "body")
        layout = column(self, spacing=theme.px(8))
        layout.setContentsMargins(theme.px(28), theme.px(18), theme.px(28), theme.px(18))
        layout.addWidget(self._todo)
        layout.addWidget(self._more)

    def say(self, todo: str, more: str = "") -> None:
        """Show what to do, and what else."""
        self._todo.say(todo)
        self._more.say(more)
        self.setVisible(bool(todo))
