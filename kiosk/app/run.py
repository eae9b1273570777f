"""The program: first the window, then everything behind it."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, qVersion
from PySide6.QtWidgets import QApplication

from kiosk.app.policy import HALT_WORDS, LOG_DIRECTORY, closed_screen
from kiosk.engine.clock import SystemClock
from kiosk.engine.config import Config
from kiosk.engine.halt import Halt
from kiosk.engine.health import Health
from kiosk.engine.log import start_logging
from kiosk.flow.event import Event, LanguageChosen
from kiosk.flow.phase import Why
from kiosk.flow.screen import Screen, screen
from kiosk.flow.session import Session
from kiosk.ui.bridge import Bridge
from kiosk.ui.config import UiConfig
from kiosk.ui.window import Window

if TYPE_CHECKING:
    from kiosk.app.services import Services

QT_LIMIT_S = 20.0
"""A screen that does not answer for so long is frozen."""
BEAT_MS = 1000
START_AGAIN = 75
"""Exit code when staff restarted the program (EX_TEMPFAIL of sysexits.h): start it again."""

_logger = logging.getLogger(__name__)


class App(QObject):
    """Qt's side. Signals: ``built(object)``, `Services` or the error that prevented them;
    ``restart_wanted()`` by staff, from the engine's thread.
    """

    built = Signal(object)
    restart_wanted = Signal()

    def __init__(self, config: Config, keys_set: frozenset[str] = frozenset()) -> None:
        """``keys_set``: those that the configuration file sets."""
        super().__init__()
        self._config = config
        self._keys_set = keys_set
        self._language: str = config.terminal.language
        self._services: Services | None = None
        self._closed_for: Why | None = None
        """Shown without any session behind it: nothing but the language can be chosen."""
        self.health = Health(SystemClock())
        self.window = Window(_ui_config(config), self._post)
        self.bridge = Bridge(self._draw)
        self.built.connect(self._begin)
        self.window.painted.connect(self._build_services)
        self._pulse = QTimer(self)
        self._pulse.timeout.connect(self.health.heart("screen", QT_LIMIT_S))
        self._pulse.start(BEAT_MS)
        self.on_draw: Callable[[], None] = lambda: None

    def open(self) -> None:
        """Show the first frame; the rest follows by itself."""
        self.window.show_screen(closed_screen(Why.STARTING, self._language))
        self.window.open()

    def close(self) -> None:
        """End the screen and everything behind it."""
        self.window.close()
        if self._services:
            self._services.stop()

    def _post(self, event: Event) -> None:
        if self._closed_for and isinstance(event, LanguageChosen):
            self._language = event.language
            self._show_closed(self._closed_for)  # no engine answers this one
        elif self._services:
            self._services.inbox.post(event)

    def _build_services(self) -> None:
        threading.Thread(target=self._build, name="build", daemon=True).start()

    def _build(self) -> None:
        """Heavy imports and opening files, off the screen's thread."""
        try:
            from kiosk.app.services import Services
            from kiosk.engine.workbench import Site

            logs = Path(self._config.storage.directory) / LOG_DIRECTORY
            site = Site(self._config, self._keys_set, qVersion(), logs)
            self.built.emit(Services(site, self.health))
        except Exception as error:
            _logger.exception("the kiosk cannot start")
            self.built.emit(error)

    def _begin(self, built: Services | Exception) -> None:
        if isinstance(built, Exception):
            self._show_closed(Why.NOT_SET_UP)
            return
        self._services = built
        self.window.desk = built.staff_desk
        self.window.workshop = built.workshop
        built.on_restart(self.restart_wanted.emit)
        built.listen(self._show, self._halted)
        built.start()

    def _show(self, session: Session, deadline_s: float | None) -> None:
        self._closed_for = None
        self._language = session.language
        self.bridge.show(screen(session), deadline_s)

    def _halted(self, halt: Halt) -> None:
        self._show_closed(HALT_WORDS[halt.reason])

    def _show_closed(self, why: Why) -> None:
        self._closed_for = why
        self.bridge.show(closed_screen(why, self._language))

    def _draw(self, shown: Screen, deadline_s: float | None) -> None:
        self.window.show_screen(shown, deadline_s)
        self.on_draw()


def run(config: Config, control: Path | None, keys_set: frozenset[str] = frozenset()) -> int:
    """Run the kiosk until it is told to end; return the exit code, `START_AGAIN` after a restart
    by staff. ``keys_set``: those that the configuration file sets.
    """
    start_logging(Path(config.storage.directory) / LOG_DIRECTORY, config.log)
    application = QApplication.instance() or QApplication(["kiosk"])
    app = App(config, keys_set)
    app.restart_wanted.connect(lambda: application.exit(START_AGAIN))
    signal.signal(signal.SIGTERM, lambda *_: application.quit())
    signal.signal(signal.SIGINT, lambda *_: application.quit())
    serving = None
    if control:
        from kiosk.app.control import Control

        serving = Control(app.window, control, application.quit)
        app.on_draw = serving.screen_changed
    app.open()
    started_s = time.monotonic()
    code = application.exec()
    _logger.info("ending after %d s", time.monotonic() - started_s)
    app.close()
    return code


def _ui_config(config: Config) -> UiConfig:
    terminal, shown = config.terminal, config.screen
    return UiConfig(
        terminal_no=terminal.number,
        service_phone=terminal.service_phone,
        operator_name=terminal.operator_name,
        note_values_fen=config.acceptor.denominations_fen,
        width=shown.width or 1280,
        height=shown.height or 1024,
        fullscreen=shown.fullscreen,
    )
