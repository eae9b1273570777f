"""Text measured in cells, the columns of a printer: one for ASCII, two for everything else.

A printer in Kanji mode prints every character that takes more than one byte in GB18030 two cells
wide, also those that Unicode calls narrow or ambiguous (``é``, ``×``, ``“``). So the printer's
encoding decides, and East-Asian width agrees with it wherever both have an opinion.
"""

import re
import unicodedata

CLOSERS = "，。、：；！？）》」』”’…％"
OPENERS = "（《「『“‘"
SUBSTITUTES = str.maketrans({"¥": "￥", "\u00a0": " ", "–": "-", "•": "·", "−": "-"})
"""Characters that GB18030 has only in four bytes, or not in the printer's font, and their twins."""

_TOKEN = re.compile(rf"\s+|[{OPENERS}]*(?:[!-~]+|[^\s!-~])[{CLOSERS}]*")
_DROPPED = frozenset({"Cc", "Cf", "Mn", "Me", "Cs", "Co", "Cn"})


def clean(text: str) -> str:
    """Return ``text`` in one line of printable characters: composed, no controls, no marks."""
    spaced = re.sub(r"\s+", " ", text)
    composed = unicodedata.normalize("NFC", spaced).translate(SUBSTITUTES)
    return "".join(c for c in composed if unicodedata.category(c) not in _DROPPED)


def cells(text: str) -> int:
    """Return how many cells ``text`` takes."""
    return sum(1 if char.isascii() else 2 for char in text)


def wrap(text: str, columns: int) -> list[str]:
    """Return ``text`` in lines of at most ``columns`` cells (2 or more), at least one line.

    Lines break at spaces and between Chinese characters, and never before a closing punctuation
    mark, unless a single word is longer than a line.
    """
    lines, line = [], ""
    for token in _TOKEN.findall(text):
        if cells(line) + cells(token.rstrip()) <= columns:
            line += token
            continue
        if line.strip():
            lines.append(line.rstrip())
        *whole, line = _split(token.lstrip(), columns)
        lines += whole
    return [*lines, line.rstrip()]


def wrap_evenly(text: str, columns: int) -> list[str]:
    """Return as many lines as `wrap` makes, as equally long as they can be."""
    lines = wrap(text, columns)
    for narrower in range(columns - 1, 1, -1):
        tried = wrap(text, narrower)
        if len(tried) > len(lines):
            break
        lines = tried
    return lines


def spread(left: str, right: str, columns: int) -> list[str]:
    """Return ``left`` and ``right`` at the two edges: one line if there is room, or below."""
    gap = columns - cells(left) - cells(right)
    if gap >= 1:
        return [left + " " * gap + right]
    return wrap(left, columns) + [flush_right(line, columns) for line in wrap(right, columns)]


def flush_right(text: str, columns: int) -> str:
    """Return ``text`` with spaces before it, so that it ends at the right edge."""
    return " " * (columns - cells(text)) + text


def _split(word: str, columns: int) -> list[str]:
    """Return ``word`` in pieces of at most ``columns`` cells; at least one piece."""
    pieces = [""]
    for char in word:
        if cells(pieces[-1] + char) > columns:
            pieces.append("")
        pieces[-1] += char
    return pieces
