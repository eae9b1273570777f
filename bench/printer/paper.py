"""The paper: what was printed, in order, until it is cut; as text and as a picture."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import qrcode  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont

from kiosk.devices.printer.cells import cells
from kiosk.devices.printer.glyphs import CELL_DOTS, GLYPH_DOTS, LINE_DOTS, SPACING_DOTS, draw_cells

FONTS = Path(__file__).resolve().parent.parent.parent / "assets" / "fonts"
MARGIN_DOTS = 24
INK, PAPER = 40, 252


@dataclass(frozen=True, slots=True)
class PrintedText:
    """A line of characters. Cells: one for ASCII, two for the rest, times ``across``."""

    text: str
    align: int = 0
    bold: bool = False
    across: int = 1
    down: int = 1

    @property
    def cells(self) -> int:
        """How many columns of the paper it covers."""
        return self.across * cells(self.text)


@dataclass(frozen=True, slots=True)
class PrintedQr:
    """A QR code."""

    data: str
    align: int = 0
    module_dots: int = 3


@dataclass(frozen=True, slots=True)
class PrintedPicture:
    """Dots: rows of ``width_bytes`` bytes."""

    width_bytes: int
    data: bytes
    align: int = 0

    @property
    def height(self) -> int:
        """Rows."""
        return len(self.data) // self.width_bytes


Printed = PrintedText | PrintedQr | PrintedPicture


@dataclass(frozen=True, slots=True)
class PrintedSlip:
    """A piece of paper. ``whole`` is False when the paper ended in the middle of it."""

    columns: int
    printed: tuple[Printed, ...]
    whole: bool = True

    @property
    def text(self) -> str:
        """The slip as text, aligned with spaces; QR codes and pictures in brackets."""
        return "\n".join(_as_text(item, self.columns) for item in self.printed) + "\n"

    @property
    def image(self) -> Image.Image:
        """The slip as a picture of its dots, with a margin of white paper."""
        width = self.columns * CELL_DOTS
        strips = [_drawn(item, width) for item in self.printed]
        height = sum(strip.height for strip in strips)
        size = (width + 2 * MARGIN_DOTS, height + 2 * MARGIN_DOTS)
        picture, at = Image.new("L", size, PAPER), MARGIN_DOTS
        for strip in strips:
            picture.paste(strip, (MARGIN_DOTS, at))
            at += strip.height
        return picture


def _as_text(item: Printed, columns: int) -> str:
    match item:
        case PrintedText(text=text, align=align):
            return " " * ((columns - item.cells) * align // 2) + text
        case PrintedQr(data=data):
            return f"[QR {data}]"
        case PrintedPicture():
            return f"[picture {item.width_bytes * 8} x {item.height}]"


def _drawn(item: Printed, width: int) -> Image.Image:
    """Return a strip of paper as wide as the print head."""
    match item:
        case PrintedText():
            ink, gap = _drawn_text(item), SPACING_DOTS - LINE_DOTS
        case PrintedQr():
            ink, gap = _drawn_qr(item), 0
        case PrintedPicture():
            ink, gap = _drawn_picture(item), 0
    strip = Image.new("L", (width, ink.height + gap), PAPER)
    strip.paste(ink, (max(width - ink.width, 0) * item.align // 2, gap // 2))
    return strip


@cache
def _font(*, bold: bool) -> ImageFont.FreeTypeFont:
    name = "NotoSansSC-Bold.ttf" if bold else "NotoSansSC-Regular.ttf"
    return ImageFont.truetype(str(FONTS / name), GLYPH_DOTS)


def _drawn_text(line: PrintedText) -> Image.Image:
    """Return the characters, drawn as large as they are printed, one cell box after the other."""
    scale = max(line.across, line.down)
    font = _font(bold=line.bold).font_variant(size=GLYPH_DOTS * scale)
    picture = draw_cells(line.text, font, scale=scale, ink=INK, paper=PAPER)
    final = (max(line.cells, 1) * CELL_DOTS, LINE_DOTS * line.down)
    return picture if picture.size == final else picture.resize(final, Image.Resampling.BILINEAR)


def _drawn_qr(code: PrintedQr) -> Image.Image:
    drawn = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_L, box_size=code.module_dots, border=2
    )
    drawn.add_data(code.data)
    drawn.make(fit=True)
    modules = drawn.get_matrix()
    dots = code.module_dots
    side = len(modules) * dots
    picture = Image.new("L", (side, side), PAPER)
    pen = ImageDraw.Draw(picture)
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            if dark:
                box = (x * dots, y * dots, (x + 1) * dots - 1, (y + 1) * dots - 1)
                pen.rectangle(box, fill=INK)
    return picture


def _drawn_picture(dots: PrintedPicture) -> Image.Image:
    bits = Image.frombytes("1", (dots.width_bytes * 8, dots.height), dots.data)
    return bits.convert("L").point(lambda lit: INK if lit else PAPER)
