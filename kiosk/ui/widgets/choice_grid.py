"""Large buttons in rows and columns, a page of them at a time."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from kiosk.ui.kit import column, row
from kiosk.ui.theme import Theme
from kiosk.ui.widgets.button import BigButton

GRID, GRID_PORTRAIT = (2, 3), (5, 2)
"""Rows and columns."""
EARLIER_BUTTON, LATER_BUTTON = "button-earlier", "button-later"
_LEAST_HEIGHT = 116
"""Reference pixels: two lines of words."""


def choice_name(number: int) -> str:
    """Return the object name of a button by the number of its choice, from 1."""
    return f"button-choice-{number}"


class ChoiceGrid(QWidget):
    """Turns its pages by itself; tells which choice was pressed, from 0."""

    def __init__(
        self, theme: Theme, pressed: Callable[[int], None], turned: Callable[[], None]
    ) -> None:
        super().__init__()
        self._choices: tuple[tuple[str, str], ...] = ()
        self._page, self._turned = 0, turned
        self._pressed = pressed
        rows, columns = GRID_PORTRAIT if theme.portrait else GRID
        self.places = rows * columns
        """How many choices a page has."""
        self._buttons = [self._make(theme, place) for place in range(self.places)]
        grid = QGridLayout()
        grid.setSpacing(theme.gap)
        for place, button in enumerate(self._buttons):
            grid.addWidget(button, place // columns, place % columns)
        for along in range(columns):
            grid.setColumnStretch(along, 1)
        self._earlier = BigButton(theme, "secondary", EARLIER_BUTTON)
        self._later = BigButton(theme, "secondary", LATER_BUTTON)
        keys = row(spacing=theme.gap)
        for key, by in ((self._earlier, -1), (self._later, 1)):
            key.clicked.connect(partial(self._turn, by))
            key.setFixedHeight(theme.target)
            keys.addWidget(key, 1)
        layout = column(self, spacing=theme.gap)
        layout.addLayout(grid)
        layout.addLayout(keys)

    def say(self, choices: tuple[tuple[str, str], ...], earlier: str, later: str) -> None:
        """Offer ``choices``, each with its title and note, and name the keys that turn pages."""
        if len(choices) != len(self._choices):
            self._page = 0
        self._choices = choices
        self._earlier.say(earlier)
        self._later.say(later)
        self._show()

    def begin(self) -> None:
        """Go to the first page."""
        self._page = 0
        self._show()

    def _make(self, theme: Theme, place: int) -> BigButton:
        button = BigButton(theme, "secondary", "")
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        button.setMinimumHeight(theme.px(_LEAST_HEIGHT))
        button.clicked.connect(lambda: self._pressed(self._page * self.places + place))
        return button

    def _show(self) -> None:
        first = self._page * self.places
        shown = self._choices[first : first + self.places]
        for place, button in enumerate(self._buttons):
            button.setObjectName(choice_name(first + place + 1))
            button.setVisible(place < len(shown))
        for button, (title, note) in zip(self._buttons, shown, strict=False):
            button.say(title, note)
        for key, usable in (
            (self._earlier, self._page > 0),
            (self._later, first + self.places < len(self._choices)),
        ):
            key.setVisible(len(self._choices) > self.places)
            key.setEnabled(usable)

    def _turn(self, by: int) -> None:
        self._page += by
        self._show()
        self._turned()
