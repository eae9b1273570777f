"""The attract screen: what this machine does and how to begin."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout

from kiosk.flow.screen import Button, Screen, Step
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, centred, column, row
from kiosk.ui.pages.page import Page
from kiosk.ui.theme import REFERENCE_SHORT_SIDE, TONES, Theme
from kiosk.ui.widgets.actions import Actions
from kiosk.ui.widgets.card_slot import ATTRACT, CardScene, CardSlot
from kiosk.ui.widgets.shapes import fill_polygon, place, smooth
from kiosk.ui.widgets.step_icons import StepIcon
from kiosk.ui.widgets.text import BOTTOM, CENTRE, TOP, Panel, Text
from kiosk.ui.widgets.ticker import Ticker

_STAGE = QColor("#004933")
_RESELL_WIDTH = 560
_BILL_HEIGHT = 132
"""Reference pixels of the buttons when one of them is a way in."""
_DOWN, _ALONG = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
_BESIDE = ((0.56, 0), (1, 0), (1, 1), (0.46, 1))


class Hero(Panel):
    """A green ground with a darker stage for the picture. Two plain fills: it is painted anew under
    every frame of the moving card.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "brand")
        self._portrait = theme.portrait

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(QPainter(self))
        rect = QRectF(self.rect())
        painter.fillRect(rect, QColor(TONES["brand"].ground))
        corners = ((0, 0.40), (1, 0.30), (1, 1), (0, 1)) if self._portrait else _BESIDE
        fill_polygon(painter, (place(rect, x, y) for x, y in corners), _STAGE)
        painter.end()


class StepTile(Panel):
    """A picture of a step over its name."""

    def __init__(self, kit: Kit, step: Step) -> None:
        super().__init__(kit.theme, "panel")
        theme = kit.theme
        self._name = Text(theme, "body", lean=CENTRE)
        layout = column(self, spacing=theme.px(4))
        layout.setContentsMargins(theme.px(8), theme.px(14), theme.px(8), theme.px(10))
        layout.addLayout(centred(StepIcon(theme, step)))
        layout.addWidget(self._name, 1)

    def say(self, name: str) -> None:
        """Name the step."""
        self._name.say(name)


class IdlePage(Page):
    """Moves for a moment, rests for longer, and fills the screen from edge to edge."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme, motion = kit.theme, kit.config.motion
        self.frame.setContentsMargins(0, 0, 0, theme.px(20))
        self._title = Text(theme, "hero", sink=BOTTOM)
        self._how = Text(theme, "lead", shade="strong", sink=TOP)
        self._tiles = {step: StepTile(kit, step) for step in Step}
        self._ticker = Ticker(theme, motion=motion)
        slot = CardSlot(motion=motion)
        slot.show_scene(CardScene.INSERT, rhythm=ATTRACT)
        self.content.addWidget(self._hero(theme, slot), 1)
        self.content.addLayout(self._steps(theme))

    def make_choices(self) -> Actions:
        """A bill is as good a reason to come as a card; what was paid earlier is a smaller one."""
        return Actions(self.kit, frozenset({Button.RESELL}))

    def fill_content(self, screen: Screen, words: Words) -> None:
        self._title.say(words.text("idle.title"))
        self._how.say(words.text("idle.text"))
        for step, tile in self._tiles.items():
            tile.say(words.text(f"idle.step-{step.value}"))
        notes = words.notes(self.kit.config.note_values_fen)
        facts = [words.text("idle.fact-notes", notes=notes)]
        facts += [words.text("idle.fact-change"), words.text("idle.fact-help")]
        self._ticker.say(facts)
        self._give_room(screen)
        self.say_printer(screen, words)

    def button_words(self, button: Button, screen: Screen, words: Words) -> tuple[str, str]:
        note = words.text("idle.bill") if button is Button.PAY_BILL else ""
        return words.button(button), note

    def _give_room(self, screen: Screen) -> None:
        """Lay the facts beside the smaller button when it is alone, above the buttons otherwise."""
        theme, large = self.kit.theme, Button.PAY_BILL in screen.buttons
        self._ticker.setVisible(not (large and screen.printer_down) or theme.portrait)
        over = theme.portrait or large
        self._last.setDirection(_DOWN if over else _ALONG)
        self._last.setSpacing(theme.px(14 if over else 24))
        self.choices.setFixedHeight(theme.px(_BILL_HEIGHT) if large else theme.target)
        wide = REFERENCE_SHORT_SIDE if theme.portrait and not large else _RESELL_WIDTH
        self.choices.limit_quiet(wide)

    def _hero(self, theme: Theme, slot: CardSlot) -> Hero:
        hero = Hero(theme)
        portrait = theme.portrait
        if portrait:
            for text in (self._title, self._how):
                text.set_lean(CENTRE)
        said = column(spacing=theme.px(22))
        said.addStretch(1)
        said.addWidget(self._title)
        said.addWidget(self._how)
        said.addStretch(1)
        layout = column(hero) if portrait else row(hero, spacing=theme.px(20))
        aside = theme.px(56)
        layout.setContentsMargins(aside, theme.px(16), aside, theme.px(16))
        layout.addLayout(said, 2 if portrait else 11)
        layout.addWidget(slot, 5 if portrait else 10)
        return hero

    def _steps(self, theme: Theme) -> QVBoxLayout:
        """Return what lies below the hero, kept off the screen's edges."""
        tiles = row(spacing=theme.px(18))
        for tile in self._tiles.values():
            tiles.addWidget(tile, 1)
        layout = column(spacing=theme.px(14))
        layout.setContentsMargins(theme.margin, theme.px(8), theme.margin, 0)
        layout.addLayout(tiles)
        for bar in (self.notice, self.printer_bar, self.choices):
            self.frame.removeWidget(bar)
        for bar in (self.notice, self.printer_bar):
            layout.addWidget(bar)
        self._last = row()
        self._last.addWidget(self._ticker, 1)
        self._last.addWidget(self.choices)
        layout.addLayout(self._last)
        return layout
