"""The paper: what was printed, in order, until it is cut; as text and as a picture."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from PIL import Image, ImageFont

from bench.printer.qr import Code, NoCode, read_code
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
class PrintedPicture:
    """Dots: rows of ``width_bytes`` bytes, each dot ``across`` times as wide, ``down`` as high."""

    width_bytes: int
    data: bytes
    align: int = 0
    across: int = 1
    down: int = 1

    @property
    def width_dots(self) -> int:
        """Dots of the paper in a row."""
        return self.width_bytes * 8 * self.across

    @property
    def height_dots(self) -> int:
        """Dots of the paper from top to bottom."""
        return len(self.data) // self.width_bytes * self.down

    @property
    def dots(self) -> Image.Image:
        """The dots of the paper, 255 where there is ink."""
        rows = len(self.data) // self.width_bytes
        sent = Image.frombytes("1", (self.width_bytes * 8, rows), self.data).convert("L")
        return sent.resize((self.width_dots, self.height_dots), Image.Resampling.NEAREST)


Printed = PrintedText | PrintedPicture


def put(strip: list[Printed], printed: Printed) -> None:
    """Add what is printed next. Pictures that touch are one: nobody sees where a band began."""
    match strip[-1:], printed:
        case [PrintedPicture() as above], PrintedPicture() if _alike(above, printed):
            strip[-1] = replace(above, data=above.data + printed.data)
        case _:
            strip.append(printed)


def _alike(one: PrintedPicture, other: PrintedPicture) -> bool:
    return replace(one, data=b"") == replace(other, data=b"")


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
    def codes(self) -> list[Code]:
        """What a scanner finds when it is held over the slip."""
        found = (_scanned(item, self.columns) for item in self.printed)
        return [code for code in found if code]

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
        case PrintedPicture():
            code = _scanned(item, columns)
            size = f"{item.width_dots} x {item.height_dots}"
            return f"[QR {code.text}]" if code else f"[picture {size}]"


def _scanned(item: Printed, columns: int) -> Code | None:
    if not isinstance(item, PrintedPicture):
        return None
    strip = _drawn(item, columns * CELL_DOTS).point(lambda light: light == INK)
    dots, width = strip.tobytes(), strip.width
    try:
        return read_code([dots[at : at + width] for at in range(0, len(dots), width)])
    except NoCode:
        return None


def _drawn(item: Printed, width: int) -> Image.Image:
    """Return a strip of paper as wide as the print head."""
    match item:
        case PrintedText():
            ink, gap = _drawn_text(item), SPACING_DOTS - LINE_DOTS
        case PrintedPicture():
            ink, gap = item.dots.point(lambda lit: INK if lit else PAPER), 0
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
