"""Items to ESC/POS commands: our own text and QR code, and python-escpos for picture and cut.

python-escpos takes half a second to import, so this module is imported by the driver's thread when
it is first needed. Its text functions are not used: they have no Kanji mode, count characters
instead of cells and print full-width punctuation as question marks.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Literal

from escpos.printer import Dummy
from PIL import Image, ImageFont

from kiosk.devices.printer.codec import (
    BOX,
    INITIALISE,
    KANJI_MODE,
    encode_line,
    encode_modes,
    is_rare,
    without_real_time,
)
from kiosk.devices.printer.glyphs import CELL_DOTS, GLYPH_DOTS, LINE_DOTS, SPACING_DOTS, draw_cells
from kiosk.devices.printer.layout import Align, Cut, Item, Qr, TextLine
from kiosk.devices.printer.qr import DOTS, draw_qr

BAND_BYTES = 480
"""A picture goes out in commands of about this size, half a second each at 9600 baud: the question
that follows one must be answered in time (`machine.Limits.answer_s`). Paper shows no gap."""
_NO_SUCH_CHARACTER = "\U0010ffff"
_INK = 128

Rasterise = Callable[[TextLine, int], Image.Image | None]
"""Draws a line over this many columns, or None when it has no rare character of it."""


class FontRasteriser:
    """Draws lines with a font file, one dot of the picture for one of the paper."""

    def __init__(self, font_file: Path) -> None:
        """Raise OSError when the font cannot be read."""
        self._font_file = font_file
        self._font = ImageFont.truetype(str(font_file), GLYPH_DOTS)
        self._missing = bytes(self._font.getmask(_NO_SUCH_CHARACTER))

    def __call__(self, line: TextLine, columns: int) -> Image.Image | None:
        """See `Rasterise`."""
        if not any(self._has(char) for char in line.text if is_rare(char)):
            return None  # the printer's own font does all it can
        known = "".join(char if self._has(char) else BOX for char in line.text)
        picture = draw_cells(known, self._font, scale=1, ink=0, paper=255)
        return _placed(picture, line, columns * CELL_DOTS)

    def _has(self, char: str) -> bool:
        return bytes(self._font.getmask(char)) != self._missing


def _placed(picture: Image.Image, line: TextLine, width: int) -> Image.Image:
    sized = picture.resize((picture.width * line.size.across, picture.height * line.size.down))
    free = width - sized.width
    left = {Align.LEFT: 0, Align.CENTER: free // 2, Align.RIGHT: free}[line.align]
    gap = SPACING_DOTS - LINE_DOTS
    paper = Image.new("L", (width, sized.height + gap), 255)
    paper.paste(sized, (left, gap // 2))
    return paper.point(lambda ink: 255 if ink > _INK else 0)


class Composer:
    """Makes commands for one width of paper."""

    def __init__(self, columns: int, rasterise: Rasterise | None = None) -> None:
        """Without ``rasterise`` every rare character becomes a box."""
        self._columns = columns
        self._rasterise = rasterise
        self._escpos = _escpos(columns * CELL_DOTS)

    def compose(self, items: Iterable[Item]) -> list[bytes]:
        """Return the commands for a slip; each stands for itself, nothing may come inside one.

        Raises `LayoutError` for a QR code that does not fit the paper.
        """
        commands = (command for item in items for command in self._commands(item))
        return [INITIALISE + KANJI_MODE, *commands]

    def _commands(self, item: Item) -> Iterator[bytes]:
        match item:
            case TextLine():
                yield from self._line(item)
            case Qr(data):
                picture = draw_qr(data, self._columns * CELL_DOTS)
                yield from self._picture(picture, Align.CENTER, DOTS)
            case Cut():
                yield self._taken(self._escpos.cut)

    def _line(self, line: TextLine) -> Iterator[bytes]:
        picture = None
        if self._rasterise and any(is_rare(char) for char in line.text):
            picture = self._rasterise(line, self._columns)
        if picture is None:
            yield encode_line(line)
        else:
            yield from self._picture(picture, Align.LEFT)

    def _picture(
        self, picture: Image.Image, align: Align, dots: Literal[1, 2] = 1
    ) -> Iterator[bytes]:
        """Print each dot of the picture ``dots`` times as wide and as high."""
        yield encode_modes(TextLine("", align))
        rows = max(BAND_BYTES // -(-picture.width // 8), 1)
        for top in range(0, picture.height, rows):
            band = picture.crop((0, top, picture.width, min(top + rows, picture.height)))
            yield without_real_time(self._taken(partial(self._raster, band, fine=dots == 1)))

    def _raster(self, band: Image.Image, *, fine: bool) -> None:
        self._escpos.image(band, high_density_horizontal=fine, high_density_vertical=fine)

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
