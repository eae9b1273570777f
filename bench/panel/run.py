"""Head office, bench and kiosk together, with windows to play with."""

import signal
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from bench.panel.window import BenchWindow
from bench.stand import Stand
from bench.stand.staff import PIN, STAFF
from bench.stand.story import Happening


def run(directory: Path) -> int:
    """Open the windows on a fresh stand in ``directory``; return when the bench's is closed."""
    application = QApplication.instance() or QApplication(["bench"])
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: application.quit())
    with Stand(directory) as stand:
        employ(stand)
        window = BenchWindow(stand)
        _place(window)
        window.show()
        print(f"Close the bench's window to end. Everything is in {directory}", flush=True)
        window.hand.do(lambda s: s.start_kiosk())
        code = application.exec()
        window.close()
    return code


def employ(stand: Stand) -> None:
    """Make one person of each role known at the head office, and say how they sign in."""
    for role, name in STAFF.items():
        stand.office.employ(name, role, PIN)
        said = f"{name} / {PIN} ({role})"
        stand.story.tell(Happening.STAFF, said, said)


def _place(window: BenchWindow) -> None:
    """As far to the right as the screen goes: the kiosk's window comes up on the left."""
    screen = QGuiApplication.primaryScreen().availableGeometry()
    window.move(max(screen.left(), screen.right() - window.width()), screen.top())
