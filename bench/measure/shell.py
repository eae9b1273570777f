"""The kiosk's window alone: the starting screen, then the idle page; no engine, no devices.

Announces both moments when the second has come and stays until it is ended.
"""

from PySide6.QtWidgets import QApplication

from bench.measure.frames import Frames
from bench.measure.marks import FRAME, IDLE, announce, now_ns
from kiosk.flow.phase import Phase, Why
from kiosk.flow.screen import Screen
from kiosk.ui.config import UiConfig
from kiosk.ui.window import Window

CONFIG = UiConfig(terminal_no="330106", service_phone="400 820 5598", operator_name="城东供电公司")


def main() -> None:
    """Show it."""
    application = QApplication(["shell"])
    window = Window(CONFIG, lambda event: None)
    frames = Frames(window)
    marks: dict[str, int] = {}

    def first_frame() -> None:
        marks[FRAME] = now_ns()
        frames.after_next(idle_frame)
        window.show_screen(Screen(page="idle", phase=Phase.IDLE, language="zh"))

    def idle_frame(at_ns: int) -> None:
        announce({**marks, IDLE: at_ns})

    window.painted.connect(first_frame)
    window.show_screen(
        Screen(page="out_of_service", phase=Phase.OUT_OF_SERVICE, language="zh", cause=Why.STARTING)
    )
    window.open()
    application.exec()


if __name__ == "__main__":
    main()
