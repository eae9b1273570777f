"""A table of short words and numbers: the first column leans left, the others right."""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout

from kiosk.ui.theme import Theme
from kiosk.ui.widgets.text import LEFT, RIGHT, Panel, Text


class Table(Panel):
    """A line of headings and at most so many rows; unused rows take no room."""

    def __init__(self, theme: Theme, columns: int, rows: int) -> None:
        super().__init__(theme, "panel")
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.px(22), theme.px(8), theme.px(22), theme.px(8))
        grid.setHorizontalSpacing(theme.px(8))
        grid.setVerticalSpacing(0)
        self._lines = [
            [self._cell(theme, place, line) for place in range(columns)] for line in range(rows + 1)
        ]
        for along in range(columns):
            for down, cells in enumerate(self._lines):
                grid.addWidget(cells[along], down, along)
            grid.setColumnStretch(along, 1)

    @property
    def rows(self) -> int:
        """The most rows that it can show."""
        return len(self._lines) - 1

    def enlarge(self, role: str) -> None:
        """Write everything in another role."""
        for cells in self._lines:
            for cell in cells:
                cell.set_role(role)

    def say(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show ``rows`` under ``heads``. Raises ValueError for more rows than there is room for."""
        if len(rows) > self.rows:
            raise ValueError(f"{len(rows)} rows in a table of {self.rows}")
        empty = [("",) * len(heads)] * (self.rows - len(rows))
        for cells, texts in zip(self._lines, [heads, *rows, *empty], strict=True):
            for cell, text in zip(cells, texts, strict=True):
                cell.say(text)

    def _cell(self, theme: Theme, place: int, line: int) -> Text:
        shade = "text" if line else "muted"
        return Text(theme, "caption", shade=shade, wrap=False, lean=RIGHT if place else LEFT)
