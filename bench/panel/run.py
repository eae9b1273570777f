"""Head office, bench and kiosk together, with windows to play with."""

import signal
from pathlib import Path

from PySide6.QtWidgets import QApplication

from bench.panel.window import BenchWindow
from bench.stand import Stand


def run(directory: Path) -> int:
    """Open the windows on a fresh stand in ``directory``; return when the bench's is closed."""
    application = QApplication.instance() or QApplication(["bench"])
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: application.quit())
    with Stand(directory) as stand:
        window = BenchWindow(stand)
        window.show()
        window.hand.do(lambda s: s.start_kiosk())
        code = application.exec()
        window.close()
    return code
