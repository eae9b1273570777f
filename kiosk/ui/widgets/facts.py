"""Labels and their values: tables of pairs, and single figures."""

from PySide6.QtWidgets import QGridLayout

from kiosk.ui.kit import column
from kiosk.ui.theme import Theme
from kiosk.ui.widgets.text import LEFT, TOP, Panel, Text

Pair = tuple[str, str]


class PairRows:
    """Rows of a grid: what it is on the left, how much or who on the right."""

    def __init__(
        self,
        theme: Theme,
        grid: QGridLayout,
        rows: int,
        *,
        first: int = 0,
        value_role: str = "strong",
        label_role: str = "body",
        lean: float = LEFT,
    ) -> None:
        grid.setColumnStretch(1, 1)
        self._rows = [
            (
                Text(theme, label_role, shade="muted", wrap=False, sink=TOP),
                Text(theme, value_role, lean=lean),
            )
            for _ in range(rows)
        ]
        for number, (label, value) in enumerate(self._rows, start=first):
            grid.addWidget(label, number, 0)
            grid.addWidget(value, number, 1)

    def enlarge(self, role: str) -> None:
        """Write the values in another role."""
        for _, value in self._rows:
            value.set_role(role)

    def say(self, pairs: list[Pair]) -> None:
        """Show ``pairs`` of label and value; unused rows take no room."""
        empty = [("", "")] * (len(self._rows) - len(pairs))
        for (label, value), (name, text) in zip(self._rows, [*pairs, *empty], strict=True):
            label.drop_px = (value.line_height() - label.line_height()) // 2
            label.say(name)
            value.say(text)


class Facts(Panel):
    """A table on a panel of its own."""

    def __init__(
        self,
        theme: Theme,
        rows: int,
        *,
        tone: str = "panel",
        value_role: str = "strong",
        label_role: str = "body",
        spacing: int = 8,
    ) -> None:
        """``spacing`` between rows in reference pixels."""
        super().__init__(theme, tone)
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.px(28), theme.px(16), theme.px(28), theme.px(16))
        grid.setHorizontalSpacing(theme.px(24))
        grid.setVerticalSpacing(theme.px(spacing))
        self._rows = PairRows(theme, grid, rows, value_role=value_role, label_role=label_role)

    def enlarge(self, role: str) -> None:
        """Write the values in another role."""
        self._rows.enlarge(role)

    def say(self, pairs: list[Pair]) -> None:
        """Show ``pairs``; the panel goes when there are none."""
        self._rows.say(pairs)
        self.setVisible(bool(pairs))


class Figure(Panel):
    """One number with its label above it, in the largest role that its length allows."""

    def __init__(self, theme: Theme, *, tone: str = "panel", shade: str = "strong") -> None:
        super().__init__(theme, tone)
        self._label = Text(theme, "body", shade="muted")
        self._value = Text(theme, "lead", shade=shade, wrap=False)
        layout = column(self)
        layout.setContentsMargins(theme.px(28), theme.px(14), theme.px(28), theme.px(14))
        layout.addWidget(self._label)
        layout.addWidget(self._value)

    def say(self, label: str, value: str, role: str = "figure") -> None:
        """Show a number; nothing when it is empty."""
        self._value.set_role(role)
        self._label.say(label)
        self._value.say(value)
        self.setVisible(bool(value))


def role_for(longest: int, *roles: tuple[str, int]) -> str:
    """Return the first of ``roles`` (name, most characters) that takes ``longest`` characters."""
    return next((role for role, most in roles if longest <= most), roles[-1][0])
