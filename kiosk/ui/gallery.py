"""``python -m kiosk.ui.gallery OUTDIR [NAME ...]``: every screen in every size and language as PNG.

Needs no display. With names, only samples whose name begins with one of them are drawn.
"""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from kiosk.flow.screen import Screen
from kiosk.ui.i18n import LANGUAGES
from kiosk.ui.samples import CONFIG, Sample, samples
from kiosk.ui.samples_bill import bill_samples
from kiosk.ui.samples_care import care_samples
from kiosk.ui.samples_cash import cash_samples
from kiosk.ui.samples_owed import owed_samples
from kiosk.ui.samples_staff import staff_samples
from kiosk.ui.widgets.countdown import EMPHASISED_S
from kiosk.ui.window import Window

SIZES = ((1280, 1024), (1920, 1080), (1080, 1920))
_NOW_S = 1000.0
_LEFT_S = 47.0
_LEFT_WHEN_ASKED_S = EMPHASISED_S - 3.0


SOURCES: dict[str, Callable[[], Iterable[Sample]]] = {
    "buying": samples,
    "owed": owed_samples,
    "bills": bill_samples,
    "staff": staff_samples,
    "cash": cash_samples,
    "care": care_samples,
}
"""Who makes the samples of what."""


def all_samples() -> list[Sample]:
    """Return every state that customers and staff can meet."""
    return [sample for make in SOURCES.values() for sample in make()]


def draw_all(folder: Path, names: tuple[str, ...] = ()) -> int:
    """Draw the samples into ``folder`` and return how many pictures there are."""
    wanted = [s for s in all_samples() if not names or s.name.startswith(names)]
    drawn = 0
    for width, height in SIZES:
        window = Window(
            replace(CONFIG, width=width, height=height), lambda _: None, clock=lambda: _NOW_S
        )
        window.open()
        for language in LANGUAGES:
            place = folder / f"{width}x{height}-{language}"
            place.mkdir(parents=True, exist_ok=True)
            for sample in wanted:
                _draw(window, sample, language, place)
                drawn += 1
        window.close()
    return drawn


def _draw(window: Window, sample: Sample, language: str, place: Path) -> None:
    told = replace(sample.screen, language=language)
    sample.play(window, told, deadline_for(sample.screen))
    QApplication.processEvents()
    window.grab().save(str(place / f"{sample.name}.png"))


def deadline_for(screen: Screen) -> float:
    """Return a deadline that shows the calm countdown, or the emphasised one with its question."""
    return _NOW_S + (_LEFT_WHEN_ASKED_S if screen.more_time else _LEFT_S)


def main() -> int:
    """Draw into the folder named on the command line."""
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication(sys.argv[:1])
    drawn = draw_all(Path(sys.argv[1]), tuple(sys.argv[2:]))
    print(f"{drawn} pictures in {sys.argv[1]}")
    application.quit()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
