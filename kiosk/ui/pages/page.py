"""What all pages have in common: a notice, the content, the buttons."""

from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from kiosk.flow.phase import Notice
from kiosk.flow.screen import Button, Screen
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.widgets.actions import Actions
from kiosk.ui.widgets.bars import Bar
from kiosk.ui.widgets.marks import Sign
from kiosk.ui.widgets.text import CENTRE, Panel, Text

GOOD_NEWS = frozenset({Notice.RESUMED})

_BEFORE, _AFTER = 0, 3
"""Places of the empty items around picture and words."""


class Page(Panel):
    """A whole screen below the header. Subclasses add to ``self.content`` and fill it."""

    tells_itself: frozenset[Notice] = frozenset()
    """Notices whose news is part of the page's own words."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit.theme, "page")
        self.kit = kit
        self._both: QHBoxLayout | None = None
        theme = kit.theme
        self.notice = Bar(theme)
        self.printer_bar = Bar(theme)
        self.choices = self.make_choices()
        self.content: QVBoxLayout = column(spacing=theme.gap)
        self.frame = column(self, spacing=theme.gap)
        self.frame.setContentsMargins(theme.margin, theme.px(12), theme.margin, theme.px(26))
        self.frame.addWidget(self.notice)
        self.frame.addLayout(self.content, 1)
        self.frame.addWidget(self.printer_bar)
        self.frame.addWidget(self.choices)

    def make_choices(self) -> Actions:
        """Return the buttons at the bottom."""
        return Actions(self.kit)

    def fill(self, screen: Screen, words: Words) -> None:
        """Show ``screen`` in the language of ``words``."""
        self.say_notice(screen, words)
        self.fill_content(screen, words)
        offered = () if screen.more_time else screen.buttons
        self.choices.offer({b: self.button_words(b, screen, words) for b in offered})

    def fill_content(self, screen: Screen, words: Words) -> None:
        """Fill what lies between the notice and the buttons."""

    def leave(self) -> None:
        """Forget what was typed: another page is shown."""

    def button_words(self, button: Button, screen: Screen, words: Words) -> tuple[str, str]:
        """Return a button's title and the note that tells what it will do."""
        if button is Button.CANCEL and not screen.card_present:
            return words.text("page.leave"), ""
        return words.button(button), ""

    def say_notice(self, screen: Screen, words: Words) -> None:
        """Show the notice above everything else."""
        if screen.notice is None or screen.notice in self.tells_itself:
            self.notice.say("")
        elif screen.notice in GOOD_NEWS:
            self.notice.say(words.notice(screen.notice), tone="tint", sign=Sign.DONE)
        else:
            self.notice.say(words.notice(screen.notice))

    def say_printer(self, screen: Screen, words: Words) -> None:
        """Tell before anything is paid that there will be no slip."""
        self.printer_bar.say(words.text("banner.printer-down") if screen.printer_down else "")

    def show_picture(self, picture: QWidget, visible: bool) -> None:
        """Show or hide the picture of `beside`; words that stand alone move to the middle."""
        picture.setVisible(visible)
        if self._both is not None:
            for place in (_BEFORE, _AFTER):
                self._both.setStretch(place, 0 if visible else 3)

    def beside(
        self, picture: QWidget, words: QLayout, *, shares: tuple[int, int] = (9, 13)
    ) -> None:
        """Put a picture and words side by side, or one above the other on an upright screen."""
        theme = self.kit.theme
        if theme.portrait:
            self.content.addWidget(picture, 1)
            self.content.addLayout(words)
            return
        self._both = row(spacing=theme.px(30))
        self._both.addStretch(0)
        self._both.addWidget(picture, shares[0])
        self._both.addLayout(words, shares[1])
        self._both.addStretch(0)
        self.content.addLayout(self._both, 1)


class PicturePanel(Panel):
    """A tinted ground with a picture and at most a few words under it."""

    def __init__(self, kit: Kit, picture: QWidget) -> None:
        super().__init__(kit.theme, "tint")
        theme = kit.theme
        self.caption = Text(theme, "lead", shade="strong", lean=CENTRE)
        self.second = Text(theme, "body", lean=CENTRE)
        self.frame = column(self, spacing=theme.px(6))
        self.frame.setContentsMargins(theme.px(20), theme.px(18), theme.px(20), theme.px(18))
        self.frame.addWidget(picture, 1)
        self.frame.addWidget(self.caption)
        self.frame.addWidget(self.second)
        self.setMinimumHeight(theme.px(240))
        self.say("")

    def say(self, caption: str, second: str = "") -> None:
        """Put words under the picture."""
        self.caption.say(caption)
        self.second.say(second)
