"""The staff's page: its title, the view of the moment, the buttons; and the way from the desk's
thread to Qt's.
"""

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QMouseEvent

from kiosk.flow.screen import Screen
from kiosk.flow.staff_event import StaffLeft
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, row, settle_layouts
from kiosk.ui.pages.page import Page
from kiosk.ui.pages.staff.foot import Foot
from kiosk.ui.pages.staff.view import StaffView
from kiosk.ui.pages.staff.views import VIEWS
from kiosk.ui.staff import words as told
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.state import Press, State
from kiosk.ui.widgets.bars import Bar
from kiosk.ui.widgets.text import RIGHT, Text


class Relay(QObject):
    """Signals: ``called(object)``, a call to be made in Qt's thread, from whichever thread."""

    called = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.called.connect(self._call)

    def _call(self, call: Callable[[], None]) -> None:
        call()


class StaffPage(Page):
    """Begins a visit when it comes up and forgets all of it when it goes."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme = kit.theme
        self._relay = Relay()
        self.model = StaffModel(
            self._relay.called.emit, self._draw, kit.clock, kit.post, upright=theme.portrait
        )
        self._begun = False
        self._words: Words | None = None
        self._views: dict[StrEnum, StaffView] = {}
        self._title = Text(theme, "lead", shade="strong")
        self._who = Text(theme, "caption", shade="muted", lean=RIGHT)
        self._trouble = Bar(theme, role="body")
        self._foot = Foot(kit, self._pressed, self.model.main)
        head = row(spacing=theme.px(20))
        head.addWidget(self._title, 7)
        head.addWidget(self._trouble, 7)
        head.addWidget(self._who, 4)
        self.content.addLayout(head)
        self.frame.addWidget(self._foot)

    def fill_content(self, screen: Screen, words: Words) -> None:
        self._words = words
        if not self._begun:
            self._begun = True
            self.model.open(self.kit.desk(), self.kit.workshop())
        self.model.see(screen.staff)
        self._draw()

    def leave(self) -> None:
        self._begun = False
        self.model.close()

    # -- what was pressed ------------------------------------------------------------------------

    def _pressed(self, press: StrEnum) -> None:
        if press is Press.LEAVE and self.kit.desk() is None:
            self.kit.post(StaffLeft())
        else:
            self.model.press(press)

    # -- drawing ---------------------------------------------------------------------------------

    def _draw(self) -> None:
        words, state = self._words, self.model.state
        if words is None:
            return
        trouble = told.trouble(state, words)
        self._title.say("" if trouble else self.model.title(words))
        self._trouble.say(trouble)
        self._who.say("" if trouble else self._signed_in(state, words))
        self._show(state.view).fill(state, words)
        self._foot.offer(self.model.presses(), words)
        settle_layouts()

    def _signed_in(self, state: State, words: Words) -> str:
        staff = self.model.visit.staff
        return told.who(state.signed_in, staff, words)

    def _show(self, view: StrEnum) -> StaffView:
        if view not in self._views:
            self._views[view] = VIEWS[view](self.kit, self.model)
            self.content.addWidget(self._views[view], 1)
        for each, widget in self._views.items():
            widget.setVisible(each is view)
        return self._views[view]

    # -- Qt's own --

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A touch beside the keys is a touch as well."""
        self.model.touch()
