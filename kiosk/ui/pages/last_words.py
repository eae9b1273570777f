"""What the last pages of a payment share: a picture beside the words, and no further step."""

from kiosk.flow.phase import Notice
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.page import Page, PicturePanel
from kiosk.ui.widgets.bars import Bar, Todo
from kiosk.ui.widgets.facts import Facts, Figure
from kiosk.ui.widgets.marks import Mark, Sign
from kiosk.ui.widgets.slip_view import SlipView
from kiosk.ui.widgets.text import Text

SLIP_ROWS = 6


class WellDone(Page):
    """It worked: an amount and what else is to be known; without paper the slip itself."""

    tells_itself = frozenset({Notice.NO_SLIP})

    def __init__(self, kit: Kit, picture: PicturePanel, rows: int, shares: tuple[int, int]) -> None:
        """``rows``: most facts beside the amount."""
        super().__init__(kit)
        theme, motion = kit.theme, kit.config.motion
        self._title = Text(theme, "title", shade="strong")
        self._amount = Figure(theme)
        self._facts = Facts(theme, rows)
        self._no_slip = Bar(theme)
        self._slip = SlipView(theme, SLIP_ROWS)
        head = row(spacing=theme.px(24))
        head.addWidget(Mark(theme.px(104), Sign.DONE, motion=motion))
        head.addWidget(self._title, 1)
        words = column(spacing=theme.gap)
        words.addStretch(1)
        words.addLayout(head)
        for widget in (self._amount, self._facts, self._slip, self._no_slip):
            words.addWidget(widget)
        words.addStretch(1)
        self.beside(picture, words, shares=shares)


class MoneySafe(Page):
    """Paid, and not surely delivered: calms first, explains second, never without a next step."""

    tells_itself = frozenset({Notice.NO_SLIP})

    def __init__(self, kit: Kit, picture: PicturePanel, rows: int) -> None:
        """``rows``: most facts."""
        super().__init__(kit)
        theme, motion = kit.theme, kit.config.motion
        self._title = Text(theme, "title", shade="strong")
        self._what = Text(theme, "body")
        self._facts = Facts(theme, rows)
        self._todo = Todo(theme)
        head = row(spacing=theme.px(24))
        head.addWidget(Mark(theme.px(112), Sign.SAFE, motion=motion))
        head.addWidget(self._title, 1)
        words = column(spacing=theme.px(16))
        words.addStretch(1)
        words.addLayout(head)
        for widget in (self._what, self._facts, self._todo):
            words.addWidget(widget)
        words.addStretch(1)
        self.beside(picture, words, shares=(8, 16))
