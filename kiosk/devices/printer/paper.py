"""Items to ESC/POS commands: our own text, and python-escpos for QR code, picture and cut.

python-escpos takes half a second to import, so this module is imported by the driver's thread when
it is first needed. Its text functions are not used: they have no Kanji mode, count characters
instead of cells and print full-width punctuation as question marks.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from escpos.printer import Dummy
from PIL import Image, ImageDraw, ImageFont

from kiosk.devices.printer.cells import cells
from kiosk.devices.printer.codec import (
    INITIALISE,
    KANJI_MODE,
    encode_line,
    encode_modes,
    is_rare,
    without_real_time,
)
from kiosk.devices.printer.layout import Align, Cut, Item, Qr, TextLine

CELL_DOTS = 12
LINE_DOTS = 24
"""Font A and the Kanji font of 203 dpi printers: 12 x 24 and 24 x 24 dots."""
QR_MODULE_DOTS = 7
_NO_SUCH_CHARACTER = "\U0010ffff"
_INK = 128

Rasterise = Callable[[TextLine, int], Image.Image | None]
"""Draws a line over this many columns, or None when it lacks a character."""


class FontRasteriser:
    """Draws lines with a font file, one dot of the picture for one of the paper."""

    def __init__(self, font_file: Path) -> None:
        """Raise OSError when the font cannot be read."""
        self._font_file = font_file
        self._font = ImageFont.truetype(str(font_file), LINE_DOTS - 2)
        self._missing = bytes(self._font.getmask(_NO_SUCH_CHARACTER))

    def __call__(self, line: TextLine, columns: int) -> Image.Image | None:
        """See `Rasterise`."""
        if not all(self._has(char) for char in line.text if is_rare(char)):
            return None
        picture = Image.new("L", (max(cells(line.text), 1) * CELL_DOTS, LINE_DOTS), 255)
        pen = ImageDraw.Draw(picture)
        at = 0
        for char in line.text:
            middle = (at + cells(char) * CELL_DOTS // 2, LINE_DOTS // 2)
            pen.text(middle, char, font=self._font, fill=0, anchor="mm", stroke_width=line.bold)
            at += cells(char) * CELL_DOTS
        return _placed(picture, line, columns * CELL_DOTS)

    def _has(self, char: str) -> bool:
        return bytes(self._font.getmask(char)) != self._missing


def _placed(picture: Image.Image, line: TextLine, width: int) -> Image.Image:
    sized = picture.resize((picture.width * line.size.across, picture.height * line.size.down))
    free = width - sized.width
    left = {Align.LEFT: 0, Align.CENTER: free // 2, Align.RIGHT: free}[line.align]
    paper = Image.new("L", (width, sized.height), 255)
    paper.paste(sized, (left, 0))
    return paper.point(lambda ink: 255 if ink > _INK else 0)


class Composer:
    """Makes commands for one width of paper."""

    def __init__(self, columns: int, rasterise: Rasterise | None = None) -> None:
        """Without ``rasterise`` every rare character becomes a box."""
        self._columns = columns
        self._rasterise = rasterise
        self._escpos = _escpos(columns * CELL_DOTS)

    def compose(self, items: Iterable[Item]) -> list[bytes]:
        """Return the commands for a slip; each stands for itself, nothing may come inside one."""
        return [INITIALISE + KANJI_MODE, *(self._command(item) for item in items)]

    def _command(self, item: Item) -> bytes:
        match item:
            case TextLine():
                return self._line(item)
            case Qr(data):
                centred = encode_modes(TextLine("", Align.CENTER))
                return centred + self._taken(
                    lambda: self._escpos.qr(data, native=True, size=QR_MODULE_DOTS)
                )
            case Cut():
                return self._taken(self._escpos.cut)

    def _line(self, line: TextLine) -> bytes:
        picture = None
        if self._rasterise and any(is_rare(char) for char in line.text):
            picture = self._rasterise(line, self._columns)
        if picture is None:
            return encode_line(line)
        left = encode_modes(TextLine(""))
        return left + without_real_time(self._taken(lambda: self._escpos.image(picture)))

    def _taken(self, compose: Callable[[], object]) -> bytes:
        self._escpos.clear()
        compose()
        commands: bytes = self._escpos.output
        return commands


def _escpos(width_dots: int) -> Any:
    """Return python-escpos' composer for a printer that can do everything and is this wide."""
    escpos = Dummy()
    known = escpos.profile.profile_data
    media = {**known["media"], "width": {"mm": "Unknown", "pixels": width_dots}}
    escpos.profile.profile_data = {**known, "media": media}
    return escpos
