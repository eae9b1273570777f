"""The kiosk's own program, watched from inside: ``python -m bench.measure.program kiosk.toml [N]``.

Announces its first frame and its idle screen. With N it then waits for a customer, goes with them
to the slot for notes, posts N facts to the running engine and announces how long each took to show.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from bench.measure.frames import Frames
from bench.measure.marks import FRAME, IDLE, announce, now_ns
from kiosk.app.run import App
from kiosk.engine.config_file import load
from kiosk.engine.log import start_logging
from kiosk.flow.event import CashChosen, ContinuePressed, Event

if TYPE_CHECKING:
    from bench.measure.prober import Prober
    from kiosk.app.services import Services

_AGREED_ON: dict[str, Event] = {"account": ContinuePressed(), "choose": CashChosen()}


class Watched(QObject):
    """The kiosk's program with somebody who looks at its window."""

    def __init__(self, app: App, facts: int) -> None:
        super().__init__()
        self._app, self._facts = app, facts
        self._frames = Frames(app.window)
        self._marks: dict[str, int] = {}
        self._services: Services | None = None
        self._prober: Prober | None = None
        app.built.connect(self._built)
        app.window.painted.connect(self._first_frame)
        app.on_draw = self._drawn

    def _built(self, built: Services | Exception) -> None:
        if isinstance(built, Exception):
            raise built
        self._services = built

    def _first_frame(self) -> None:
        self._marks[FRAME] = now_ns()

    def _drawn(self) -> None:
        shown = self._app.window.screen_shown
        if shown is None:
            return
        if shown.page == "idle" and IDLE not in self._marks:
            self._marks[IDLE] = 0
            self._frames.after_next(self._idle_frame)
        elif self._prober:
            self._prober.drawn(shown)
        elif self._facts and self._services:
            self._go_with_customer(shown.page, self._services)

    def _idle_frame(self, at_ns: int) -> None:
        self._marks[IDLE] = at_ns
        announce(self._marks)

    def _go_with_customer(self, page: str, services: Services) -> None:
        if page in _AGREED_ON:
            services.inbox.post(_AGREED_ON[page])
        elif page == "tender":
            from bench.measure.prober import Prober

            self._prober = Prober(self._app.window, self._frames, services.inbox)
            self._prober.start(self._facts)


def main(arguments: list[str]) -> None:
    """Run the kiosk as ``python -m kiosk run`` does."""
    config = load(Path(arguments[0]))
    start_logging(Path(config.storage.directory) / "log", config.log)
    application = QApplication(["kiosk"])
    app = App(config)
    watched = Watched(app, int(arguments[1]) if len(arguments) > 1 else 0)
    signal.signal(signal.SIGTERM, lambda *_: application.quit())
    app.open()
    application.exec()
    app.close()
    del watched


if __name__ == "__main__":
    main(sys.argv[1:])
