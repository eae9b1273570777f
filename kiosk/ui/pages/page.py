"""What all pages have in common: a notice, the content, the buttons."""

from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from kiosk.flow.screen import Button, Screen
from kiosk.flow.session import Notice
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.widgets.actions import Actions
from kiosk.ui.widgets.bars import Bar
from kiosk.ui.widgets.marks import Sign
from kiosk.ui.widgets.text import Align, Panel, Text

GOOD_NEWS = frozenset({Notice.RESUMED})


class Page(Panel):
    """A whole screen below the header. Subclasses add their content to ``self.content`` and fill it."""

    def __init__(self, kit: Kit) -> None:
        super().__init__("page")
        self.kit = kit
        theme = kit.theme
        self.notice = Bar(theme)
        self.printer_bar = Bar(theme)
        self.actions = Actions(kit)
        self.content: QVBoxLayout = column(spacing=theme.gap)
        self.frame = column(self, spacing=theme.gap)
        self.frame.setContentsMargins(theme.margin, theme.px(12), theme.margin, theme.px(26))
        self.frame.addWidget(self.notice)
        self.frame.addLayout(self.content, 1)
        self.frame.addWidget(self.printer_bar)
        self.frame.addWidget(self.actions)

    def fill(self, screen: Screen, words: Words) -> None:
        """Show ``screen`` in the language of ``words``."""
        self.say_notice(screen, words)
        self.fill_content(screen, words)
        offered = () if screen.more_time else screen.buttons
        self.actions.offer({b: self.button_words(b, screen, words) for b in offered})

    def fill_content(self, screen: Screen, words: Words) -> None:
        """Fill what lies between the notice and the buttons."""

    def button_words(self, button: Button, screen: Screen, words: Words) -> tuple[str, str]:
        """Return a button's title and the note that tells what it will do."""
        return words.button(button), ""

    def say_notice(self, screen: Screen, words: Words) -> None:
        """Show the notice above everything else."""
        if screen.notice is None:
            self.notice.say("")
        elif screen.notice in GOOD_NEWS:
            self.notice.say(words.notice(screen.notice), tone="tint", sign=Sign.DONE)
        else:
            self.notice.say(words.notice(screen.notice))

    def say_printer(self, screen: Screen, words: Words) -> None:
        """Tell before anything is paid that there will be no slip."""
        self.printer_bar.say(words.text("banner.printer-down") if screen.printer_down else "")

    def beside(self, picture: QWidget, words: QLayout, *, shares: tuple[int, int] = (9, 13)) -> None:
        """Put a picture and words side by side, or one above the other on an upright screen."""
        theme = self.kit.theme
        if theme.portrait:
            self.content.addWidget(picture, 1)
            self.content.addLayout(words)
            return
        both: QHBoxLayout = row(spacing=theme.px(30))
        both.addWidget(picture, shares[0])
        both.addLayout(words, shares[1])
        self.content.addLayout(both, 1)


class PicturePanel(Panel):
    """A tinted ground with a picture and at most a few words under it."""

    def __init__(self, kit: Kit, picture: QWidget) -> None:
        super().__init__("tint")
        theme = kit.theme
        self.caption = Text("lead", shade="strong", align=Align.AlignCenter)
        self.second = Text("body", align=Align.AlignCenter)
        layout = column(self, spacing=theme.px(6))
        layout.setContentsMargins(theme.px(20), theme.px(18), theme.px(20), theme.px(18))
        layout.addWidget(picture, 1)
        layout.addWidget(self.caption)
        layout.addWidget(self.second)
        self.setMinimumHeight(theme.px(240))
        self.say("")

    def say(self, caption: str, second: str = "") -> None:
        """Put words under the picture."""
        self.caption.say(caption)
        self.second.say(second)
