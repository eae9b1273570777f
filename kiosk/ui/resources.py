"""Where the files that come with the program lie, and the fonts among them."""

from functools import cache
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

from kiosk.ui.theme import FONT_FAMILY

ASSETS = Path(__file__).resolve().parent.parent.parent / "assets"
FONT_FILES = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")


@cache
def load_fonts() -> str:
    """Register the bundled fonts with Qt, once for a process, and return their family's name.

    Needs a QGuiApplication. Raises RuntimeError when a file cannot be used: without it every
    Chinese character would be an empty box.
    """
    for name in FONT_FILES:
        if QFontDatabase.addApplicationFont(str(ASSETS / "fonts" / name)) < 0:
            raise RuntimeError(f"cannot load the bundled font {name}")
    return FONT_FAMILY


def base_font(size_px: int) -> QFont:
    """Return the application's font. Neither hinted nor sub-pixel smoothed, so that every machine
    draws the same pixels whatever its fontconfig says.
    """
    font = QFont(load_fonts())
    font.setPixelSize(size_px)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setStyleStrategy(QFont.StyleStrategy.NoSubpixelAntialias)
    return font
