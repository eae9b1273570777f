"""The buttons at the bottom: the way out on the left, the way on big on the right."""

from PySide6.QtWidgets import QWidget

from kiosk.flow.screen import Button
from kiosk.ui.kit import Kit, row
from kiosk.ui.widgets.button import BigButton

_QUIET_WIDTH = 400
"""Reference pixels; the way out is plain to see but never the biggest thing on the screen."""
_QUIET_SHARE, MAIN_SHARE = 1000, 2000
"""Shares of the width; the empty middle has 1, so that it takes what nobody else may."""


def button_name(button: Button) -> str:
    """Return the object name of ``button``, by which tests and the bench find it."""
    return f"button-{button.value}"


class Actions(QWidget):
    """Makes each button once and shows those that the flow allows now."""

    def __init__(
        self,
        kit: Kit,
        quiet: frozenset[Button] = frozenset({Button.CANCEL}),
        *,
        quiet_width: int = _QUIET_WIDTH,
    ) -> None:
        """``quiet``: the ways out, smaller and on the left, at most ``quiet_width`` reference
        pixels wide.
        """
        super().__init__()
        self._kit, self._quiet, self._quiet_width = kit, quiet, quiet_width
        self._buttons: dict[Button, BigButton] = {}
        self._layout = row(self, spacing=kit.theme.px(28))
        self._layout.addStretch(1)
        self.setFixedHeight(kit.theme.px(152))

    def offer(self, words: dict[Button, tuple[str, str]]) -> None:
        """Show the buttons of ``words`` in that order, each with its title and note."""
        for button, widget in self._buttons.items():
            widget.setVisible(button in words)
        for button, (title, note) in words.items():
            self._button(button).say(title, note)
        self.setVisible(bool(words))

    def button(self, button: Button) -> BigButton | None:
        """Return the widget of ``button`` if it was ever needed."""
        return self._buttons.get(button)

    def limit_quiet(self, quiet_width: int) -> None:
        """Let the ways out be at most ``quiet_width`` reference pixels wide from now on."""
        self._quiet_width = quiet_width
        for button, widget in self._buttons.items():
            if button in self._quiet:
                widget.setMaximumWidth(self._kit.theme.px(quiet_width))

    def add_main(self, widget: BigButton, share: int = MAIN_SHARE) -> None:
        """Put a page's own way on to the right; ``share`` of the width."""
        self._layout.addWidget(widget, share)

    def _button(self, button: Button) -> BigButton:
        known = self._buttons.get(button)
        if known is None:
            known = self._make(button)
            self._buttons[button] = known
        known.show()
        return known

    def _make(self, button: Button) -> BigButton:
        quiet = button in self._quiet
        widget = BigButton(
            self._kit.theme, "secondary" if quiet else "primary", button_name(button)
        )
        widget.clicked.connect(lambda: self._kit.press(button))
        if quiet:
            widget.setMaximumWidth(self._kit.theme.px(self._quiet_width))
        place = 0 if quiet else self._layout.count()
        self._layout.insertWidget(place, widget, _QUIET_SHARE if quiet else MAIN_SHARE)
        return widget
