"""Reads a QR code off the printed dots, as a scanner does. Shares nothing with what drew it.

ISO/IEC 18004, model 2: versions 1 to 3 with one block of codewords, numeric and byte mode. Nothing
is repaired: fresh paper has no dirt, so dots that are not wholly right are the driver's fault.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

Dots = Sequence[Sequence[int]]
"""Rows of dots or of modules; what is not 0 is black."""

_FINDER_MODULES = 7
_FORMAT_BITS, _FORMAT_MASK, _FORMAT_GENERATOR = 15, 0x5412, 0x537
_LEVELS = {0b01: "L", 0b00: "M", 0b11: "Q", 0b10: "H"}
_CHECK_WORDS = {
    21: {"L": 7, "M": 10, "Q": 13, "H": 17},
    25: {"L": 10, "M": 16, "Q": 22, "H": 28},
    29: {"L": 15, "M": 26},
}
"""Codewords that check the others, by modules in a row and level."""
_FIELD_POLYNOMIAL = 0x11D
_NUMERIC, _BYTE = 0b0001, 0b0100
_BITS_OF_DIGITS = {3: 10, 2: 7, 1: 4}
_MASKS: tuple[Callable[[int, int], int], ...] = (
    lambda y, x: (y + x) % 2,
    lambda y, _: y % 2,
    lambda _, x: x % 3,
    lambda y, x: (y + x) % 3,
    lambda y, x: (y // 2 + x // 3) % 2,
    lambda y, x: y * x % 2 + y * x % 3,
    lambda y, x: (y * x % 2 + y * x % 3) % 2,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
)
"""A module of the data is turned over where this is 0."""


class NoCode(ValueError):
    """The dots are no QR code, or one with a fault."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a scanner finds."""

    text: str
    level: str
    """Error correction: ``L``, ``M``, ``Q`` or ``H``."""
    module_dots: int
    quiet_dots: int
    """White around it on the narrowest side."""


def read_code(dots: Dots) -> Code:
    """Return the one QR code in the picture. Raises `NoCode`."""
    top, bottom, left, right = _box(dots)
    side = right - left
    finder = len(list(takewhile(bool, dots[top][left:right])))
    if bottom - top != side or not finder or finder % _FINDER_MODULES:
        raise NoCode("the black dots are not a square with a finder pattern")
    size = finder // _FINDER_MODULES
    square = [[int(dot > 0) for dot in row[left:right]] for row in dots[top:bottom]]
    modules = _modules(square, size)
    level, mask = _format(modules)
    words = _codewords(modules, mask)
    data = _checked(words, _CHECK_WORDS[len(modules)].get(level, 0))
    quiet = min(top, len(dots) - bottom, left, len(dots[0]) - right)
    return Code(_text(data), level, size, quiet)


def _box(dots: Dots) -> tuple[int, int, int, int]:
    """Return the borders of what is black: top, bottom, left, right."""
    rows = [y for y, row in enumerate(dots) if any(row)]
    columns = [x for x in range(len(dots[0]) if dots else 0) if any(row[x] for row in dots)]
    if not rows:
        raise NoCode("there is nothing on the paper")
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


def _modules(square: list[list[int]], size: int) -> Dots:
    """Return one value for each module. All its dots must agree."""
    count, rest = divmod(len(square), size)
    if rest or count not in _CHECK_WORDS:
        raise NoCode(f"{len(square)} dots of {size} for a module are no code that is read here")
    modules = [row[::size] for row in square[::size]]
    for y, row in enumerate(square):
        if row != [module for module in modules[y // size] for _ in range(size)]:
            raise NoCode(f"row {y} cuts through a module")
    return modules


def _format(modules: Dots) -> tuple[str, int]:
    """Return the level of error correction and the number of the mask (section 7.9)."""
    places = [*((8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)), *((y, 8) for y in (7, 5, 4, 3, 2, 1, 0))]
    bits = 0
    for y, x in places:
        bits = bits << 1 | modules[y][x]
    bits ^= _FORMAT_MASK
    rest = bits
    for place in range(_FORMAT_BITS - 1, 9, -1):
        if rest >> place & 1:
            rest ^= _FORMAT_GENERATOR << (place - 10)
    if rest:
        raise NoCode("the format does not check")
    return _LEVELS[bits >> 13], bits >> 10 & 7


def _is_data(y: int, x: int, count: int) -> bool:
    """Tell data from finder patterns, format, timing and the alignment pattern."""
    corner = (y < 9 and (x < 9 or x >= count - 8)) or (y >= count - 8 and x < 9)
    centre = count - 7
    alignment = count > 21 and abs(y - centre) <= 2 and abs(x - centre) <= 2
    return not (corner or alignment or 6 in {y, x})


def _codewords(modules: Dots, mask: int) -> list[int]:
    """Return the bytes; bits that are left over at the end are filling."""
    turned_over = _MASKS[mask]
    bits = [modules[y][x] ^ (turned_over(y, x) == 0) for y, x in _path(len(modules))]
    return [_number(bits[at : at + 8]) for at in range(0, len(bits) - 7, 8)]


def _path(count: int) -> Iterator[tuple[int, int]]:
    """Walk over the data: up and down in pairs of columns from the right (section 7.7.3)."""
    rights = [right if right > 6 else right - 1 for right in range(count - 1, 0, -2)]
    for number, right in enumerate(rights):
        for y in range(count) if number % 2 else range(count - 1, -1, -1):
            yield from ((y, x) for x in (right, right - 1) if _is_data(y, x, count))


def _checked(words: list[int], check_words: int) -> list[int]:
    """Return the words of the data if the Reed-Solomon check words agree with them."""
    if not check_words:
        raise NoCode("a code of two blocks is not read here")
    powers = [1]
    while len(powers) < 255:
        doubled = powers[-1] << 1
        powers.append(doubled ^ _FIELD_POLYNOMIAL if doubled > 255 else doubled)
    logarithm = {power: exponent for exponent, power in enumerate(powers)}
    for root in range(check_words):
        syndrome = 0
        for word in words:
            grown = powers[(logarithm[syndrome] + root) % 255] if syndrome else 0
            syndrome = grown ^ word
        if syndrome:
            raise NoCode("the check words do not agree with the data")
    return words[:-check_words]


def _text(data: list[int]) -> str:
    bits = iter([word >> place & 1 for word in data for place in range(7, -1, -1)])
    text = ""
    while mode := _take(bits, 4):
        if mode == _NUMERIC:
            text += "".join(_digits(bits, _take(bits, 10)))
        elif mode == _BYTE:
            text += bytes(_take(bits, 8) for _ in range(_take(bits, 8))).decode("utf-8", "replace")
        else:
            raise NoCode(f"mode {mode} is not read here")
    return text


def _digits(bits: Iterator[int], count: int) -> Iterator[str]:
    for left in range(count, 0, -3):
        digits = min(left, 3)
        yield f"{_take(bits, _BITS_OF_DIGITS[digits]):0{digits}d}"


def _take(bits: Iterator[int], count: int) -> int:
    """Return the next bits as a number; a code that is full to the brim ends without a mode."""
    return _number([next(bits, 0) for _ in range(count)])


def _number(bits: Sequence[int]) -> int:
    return sum(bit << place for place, bit in enumerate(reversed(bits)))
