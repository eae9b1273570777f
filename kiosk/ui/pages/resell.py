"""What was paid earlier is to be completed: the card, please. Nothing is paid again."""

from kiosk.flow.screen import Screen
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column
from kiosk.ui.pages.page import Page, PicturePanel
from kiosk.ui.widgets.bars import Todo
from kiosk.ui.widgets.card_slot import CardScene, CardSlot
from kiosk.ui.widgets.text import Text


class ResellPage(Page):
    """One thing to do, shown in the picture."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme = kit.theme
        self._picture = PicturePanel(kit, CardSlot(CardScene.INSERT, motion=kit.config.motion))
        self._title = Text(theme, "title", shade="strong")
        self._what = Text(theme, "reading")
        self._todo = Todo(theme, "lead")
        self._help = Text(theme, "body", shade="muted")
        words = column(spacing=theme.px(26))
        words.addStretch(1)
        for widget in (self._title, self._what, self._todo, self._help):
            words.addWidget(widget)
        words.addStretch(1)
        self.beside(self._picture, words, shares=(9, 13))

    def fill_content(self, screen: Screen, words: Words) -> None:
        self._title.say(words.text("resell.title"))
        self._what.say(words.text("resell.text"))
        self._todo.say(words.text("resell.todo"))
        self._help.say(words.text("resell.help"))
        self._picture.say(words.text("resell.picture"))
