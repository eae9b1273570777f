"""Pictures of cash as inline SVG: bars, drawn with whole numbers only."""

from collections.abc import Sequence
from html import escape

from vending.money import format_yuan

WIDTH = 720
BAR_HEIGHT = 18
ROW_HEIGHT = 26
LABEL_WIDTH = 110
AMOUNT_WIDTH = 130
BAR_COLOUR = "#2f6db5"
_LONGEST = WIDTH - LABEL_WIDTH - AMOUNT_WIDTH


def bars(title: str, rows: Sequence[tuple[str, int]]) -> str:
    """Return a picture with one bar for each label and amount in fen."""
    most = max((fen for _, fen in rows), default=0)
    height = max(1, len(rows)) * ROW_HEIGHT
    drawn = "".join(
        _bar(place * ROW_HEIGHT, label, fen, most) for place, (label, fen) in enumerate(rows)
    )
    return (
        f'<svg role="img" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        f' xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>{drawn}</svg>'
    )


def _bar(top: int, label: str, fen: int, most: int) -> str:
    length = _LONGEST * fen // most if most else 0
    text_y = top + BAR_HEIGHT - 4
    return (
        f'<text text-anchor="end" x="{LABEL_WIDTH - 8}" y="{text_y}">{escape(label)}</text>'
        f'<rect fill="{BAR_COLOUR}" x="{LABEL_WIDTH}" y="{top}" width="{max(1, length)}"'
        f' height="{BAR_HEIGHT}"/>'
        f'<text x="{LABEL_WIDTH + length + 8}" y="{text_y}">{format_yuan(fen)}</text>'
    )
