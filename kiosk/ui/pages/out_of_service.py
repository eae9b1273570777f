"""The machine cannot sell: why, until when, and where to go instead."""

from kiosk.flow.phase import Why
from kiosk.flow.screen import Button, Screen
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, centred, column
from kiosk.ui.pages.page import Page, PicturePanel
from kiosk.ui.widgets.bars import Bar
from kiosk.ui.widgets.card_slot import CardScene, CardSlot
from kiosk.ui.widgets.marks import Mark, Sign, WaitRing
from kiosk.ui.widgets.text import CENTRE, Panel, Text


class OutOfServicePage(Page):
    """Honest and calm; while starting it shows that something is happening."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme, motion = kit.theme, kit.config.motion
        self._ring = WaitRing(theme.px(170), motion=motion)
        self._mark = Mark(theme.px(170), Sign.ATTENTION, motion=False)
        self._title = Text(theme, "hero", lean=CENTRE)
        self._card = PicturePanel(kit, CardSlot(CardScene.TAKE, motion=motion))
        self._what = Text(theme, "lead", shade="strong", lean=CENTRE)
        self._todo = Text(theme, "lead", lean=CENTRE)
        self._help = Text(theme, "figure", shade="strong", lean=CENTRE)
        self._still = Bar(theme)
        told = Panel(theme, "panel")
        words = column(told, spacing=theme.px(18))
        words.setContentsMargins(theme.px(40), theme.px(34), theme.px(40), theme.px(34))
        words.addWidget(self._what)
        words.addWidget(self._todo)
        middle = column(spacing=theme.px(16))
        middle.addStretch(3)
        middle.addLayout(centred(self._ring))
        middle.addLayout(centred(self._mark))
        middle.addWidget(self._title)
        middle.addStretch(1)
        middle.addWidget(told)
        middle.addWidget(self._still)
        middle.addWidget(self._help)
        middle.addStretch(3)
        self.beside(self._card, middle, shares=(8, 14))

    def fill_content(self, screen: Screen, words: Words) -> None:
        cause = screen.cause or Why.STARTING
        starting = cause is Why.STARTING
        self._ring.setVisible(starting)
        delivers = Button.RESELL in screen.buttons
        bills = Button.PAY_BILL in screen.buttons
        offers = delivers or bills
        self._mark.setVisible(not starting and not offers)
        self._todo.set_role("body" if offers else "lead")
        self._help.set_role("lead" if offers else "figure")
        still = words.text("out-of-service.bills" if bills else "out-of-service.resell")
        self._still.say(still if offers else "", tone="tint", sign=Sign.DONE)
        sentence = words.cause(cause)
        closed = words.text("out-of-service.title-bills" if bills else "out-of-service.title")
        self._title.say(sentence.title if starting else closed)
        self._what.say(sentence.text)
        self._todo.say(sentence.todo)
        self._help.say("" if starting else words.text("out-of-service.help"))
        self.show_picture(self._card, screen.card_present)
        self._card.say(words.text("refused.take-card"))
