"""The one window: header, steps, the page of the moment, and the question about more time."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from kiosk.flow.event import Event, LanguageChosen
from kiosk.flow.screen import Button, Screen, Step
from kiosk.flow.staff_event import StaffCalled
from kiosk.ui.bridge import PRESSES
from kiosk.ui.config import UiConfig
from kiosk.ui.i18n import LANGUAGES, Words, next_language
from kiosk.ui.kit import Kit, column, settle_layouts
from kiosk.ui.pages import MADE_IN_ADVANCE, make_page, page_of
from kiosk.ui.pages.page import Page
from kiosk.ui.resources import base_font
from kiosk.ui.theme import PAGE, TONES, Theme
from kiosk.ui.widgets.header import Header
from vending.cash import Business

if TYPE_CHECKING:
    from kiosk.engine.staff import StaffDesk
    from kiosk.engine.workshop import Workshop
    from kiosk.ui.more_time import MoreTime
    from kiosk.ui.widgets.step_strip import StepStrip

WITHOUT_STEPS = frozenset({"idle", "out_of_service"})
STAFF_MAY_CALL = WITHOUT_STEPS
"""Pages on which nobody is served: holding the machine's number opens the staff's page."""
_WARM_PAUSE_MS = 15
"""Between two pages made in advance: a screen that arrives meanwhile does not wait for all."""


class Window(QWidget):
    """Draws `Screen` values and posts what is pressed. Decides nothing.

    Signals: ``painted()`` once, after the first frame: now is the time for heavy imports. What the
    first screen does not need is imported and made after it, a piece at a time.
    Close the window before the program ends: pictures stop moving while they still can.
    """

    painted = Signal()

    def __init__(
        self,
        config: UiConfig,
        post: Callable[[Event], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        desk: "StaffDesk | None" = None,
    ) -> None:
        """``post`` takes facts without blocking; deadlines are told on ``clock``, in seconds."""
        super().__init__()
        self.desk = desk
        """Whom the staff's page talks to; may be set later, None: it says that there is nobody."""
        self.workshop: Workshop | None = None
        """Whom the maintenance pages talk to; set later, like `desk`."""
        self._config, self._post, self._clock = config, post, clock
        self.theme = _theme(config)
        self._screen: Screen | None = None
        self._words: dict[str, Words] = {}
        self._pages: dict[str, Page] = {}
        self._made_steps: StepStrip | None = None
        self._made_more_time: MoreTime | None = None
        self._pressed_at_s: float | None = None
        self._to_warm = [*map(self._page_maker, MADE_IN_ADVANCE), self._make_rest]
        self._first_frame = True
        self._paint_ground()
        self._kit = Kit(
            self.theme,
            config,
            self._press,
            self._submit,
            post,
            self._first_press,
            clock,
            lambda: self.desk,
            lambda: self.workshop,
        )
        self._header = Header(self.theme, config, clock)
        self._header.language.clicked.connect(self._switch_language)
        self._header.nameplate.held.connect(self._call_staff)
        self._stack = QStackedWidget()
        self._layout = column(self)
        self._layout.addWidget(self._header)
        self._layout.addWidget(self._stack, 1)
        self.setWindowTitle(config.operator_name)

    def open(self) -> None:
        """Show the window in the size that the configuration asks for."""
        if self._config.fullscreen:
            # A bare X server has no window manager to enlarge anything: the size is set by hand.
            self.setGeometry(QGuiApplication.primaryScreen().geometry())
            self.showFullScreen()
        else:
            self.setFixedSize(self.theme.width, self.theme.height)
            self.show()

    @property
    def screen_shown(self) -> Screen | None:
        """What is on the screen now."""
        return self._screen

    @property
    def page(self) -> Page | None:
        """The page on the screen now."""
        return self._pages.get(page_of(self._screen)) if self._screen else None

    def show_screen(self, screen: Screen, deadline_monotonic_s: float | None = None) -> None:
        """Draw ``screen``, which may stay until ``deadline_monotonic_s`` (None: for ever)."""
        before, self._screen = self._screen, screen
        words = self.words(screen.language)
        if before is None or before.language != screen.language:
            self._header.say(words)
        self._show_steps(screen, words)
        page = self._page(page_of(screen))
        if before is not None and page_of(before) != page_of(screen):
            self._page(page_of(before)).leave()
        page.fill(screen, words)
        self._stack.setCurrentWidget(page)
        self._show_time(screen, words, deadline_monotonic_s)
        settle_layouts()

    def words(self, language: str) -> Words:
        """Return the words of ``language``, or of the first one known."""
        known = language if language in LANGUAGES else LANGUAGES[0]
        if known not in self._words:
            self._words[known] = Words(known, self._config)
        return self._words[known]

    def warm_up(self) -> None:
        """Make all at once what has not been needed yet."""
        while self._to_warm:
            self._to_warm.pop(0)()

    # -- parts, made when first needed --

    def _page(self, name: str) -> Page:
        page = self._pages.get(name)
        if page is None:
            page = make_page(name, self._kit)
            self._pages[name] = page
            self._stack.addWidget(page)
        return page

    def _page_maker(self, name: str) -> Callable[[], object]:
        return lambda: self._page(name)

    def _make_rest(self) -> None:
        self._steps()
        self._more_time()
        for language in LANGUAGES:
            self.words(language)

    def _steps(self) -> "StepStrip":
        if self._made_steps is None:
            from kiosk.ui.widgets.step_strip import StepStrip

            self._made_steps = StepStrip(self.theme)
            self._made_steps.hide()
            self._layout.insertWidget(1, self._made_steps)
        return self._made_steps

    def _more_time(self) -> "MoreTime":
        if self._made_more_time is None:
            from kiosk.ui.more_time import MoreTime

            self._made_more_time = MoreTime(self._kit, self)
            self._header.countdown.ticked.connect(self._made_more_time.tell_seconds)
            self._cover_page()
        return self._made_more_time

    # -- what a screen shows besides its page --

    def _show_steps(self, screen: Screen, words: Words) -> None:
        if screen.step is not None and screen.page not in WITHOUT_STEPS:
            bill = screen.business is Business.BILL
            names = {step: words.step(step, bill=bill) for step in Step}
            self._steps().show_step(screen.step, names)
            self._steps().show()
        elif self._made_steps is not None:
            self._made_steps.hide()

    def _show_time(self, screen: Screen, words: Words, deadline_s: float | None) -> None:
        if screen.more_time:
            self._more_time().ask(screen, words)
        elif self._made_more_time is not None:
            self._made_more_time.hide()
        told = deadline_s if screen.countdown or screen.more_time else None
        self._header.countdown.count_to(told, words.text("header.seconds", seconds="{seconds}"))

    # -- presses --

    def _press(self, button: Button) -> None:
        screen = self._screen
        if screen is not None and button in screen.buttons and self._first_press():
            self._post(PRESSES[button]())

    def _submit(self, event: Event) -> None:
        if self._first_press():
            self._post(event)

    def _call_staff(self) -> None:
        if self._screen is not None and self._screen.page in STAFF_MAY_CALL:
            self._post(StaffCalled())

    def _switch_language(self) -> None:
        if self._screen is not None and self._first_press():
            self._post(LanguageChosen(language=next_language(self._screen.language)))

    def _first_press(self) -> bool:
        """Tell a press from the tail of the one before it, wherever on the screen it lands."""
        now_s = self._clock()
        last_s = self._pressed_at_s
        if last_s is not None and now_s - last_s < self._config.debounce_ms / 1000:
            return False
        self._pressed_at_s = now_s
        return True

    # -- first frame and after --

    def _after_first_frame(self) -> None:
        self.painted.emit()
        if self._config.fullscreen:
            from PySide6.QtCore import Qt

            self.setCursor(Qt.CursorShape.BlankCursor)
        QTimer.singleShot(_WARM_PAUSE_MS, self._warm_slowly)

    def _warm_slowly(self) -> None:
        if self._to_warm:
            self._to_warm.pop(0)()
            QTimer.singleShot(_WARM_PAUSE_MS, self._warm_slowly)

    # -- Qt's own --

    def _paint_ground(self) -> None:
        QApplication.setFont(base_font(self.theme.text_px("body")))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(TONES[PAGE].ground))
        self.setPalette(palette)

    def _cover_page(self) -> None:
        """Lay the question over everything but the header: the language can still be switched."""
        if self._made_more_time is not None:
            top = self._header.sizeHint().height()
            self._made_more_time.setGeometry(0, top, self.width(), self.height() - top)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cover_page()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._first_frame:
            self._first_frame = False
            QTimer.singleShot(0, self._after_first_frame)


def _theme(config: UiConfig) -> Theme:
    if config.fullscreen:
        size = QGuiApplication.primaryScreen().geometry().size()
        return Theme(size.width(), size.height())
    return Theme(config.width, config.height)
