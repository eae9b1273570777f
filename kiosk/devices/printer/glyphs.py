"""Characters drawn cell by cell, as a printer's own font stands on paper."""

from PIL import Image, ImageDraw, ImageFont

from kiosk.devices.printer.cells import cells

CELL_DOTS = 12
LINE_DOTS = 24
"""Font A and the Kanji font of 203 dpi printers: 12 x 24 and 24 x 24 dots."""
SPACING_DOTS = 30
"""From line to line, when nothing else is set."""
GLYPH_DOTS = LINE_DOTS - 3
"""Size of the type that fills a cell of `LINE_DOTS`."""


def draw_cells(
    text: str, font: ImageFont.FreeTypeFont, *, scale: int, ink: int, paper: int
) -> Image.Image:
    """Return ``text`` in cells of 12 x 24 dots times ``scale``.

    ``font`` has `GLYPH_DOTS` times ``scale``; letters wider than their cell are squeezed.
    """
    cell, height = CELL_DOTS * scale, LINE_DOTS * scale
    picture = Image.new("L", (max(cells(text), 1) * cell, height), paper)
    at = 0
    for char in text:
        width = cells(char) * cell
        drawn = Image.new("L", (max(int(font.getlength(char)) + 2, width), height), paper)
        pen = ImageDraw.Draw(drawn)
        pen.text((drawn.width // 2, height * 3 // 4), char, font=font, fill=ink, anchor="ms")
        fitted = (
            drawn
            if drawn.width == width
            else drawn.resize((width, height), Image.Resampling.BILINEAR)
        )
        picture.paste(fitted, (at, 0))
        at += width
    return picture
