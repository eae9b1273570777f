"""Colours and sizes: the only file that decides how things look. Widgets paint themselves from it.

Sizes are given for a 17-inch screen of 1280 x 1024 (3.79 px/mm) and grow with the shorter side,
which fits 21.5 inches at 1920 x 1080 and 1080 x 1920 (4.03 px/mm). Capital letters of the body text
are 7.3 mm high, readable at 600 mm (EN 301 549, 5.1.4). Text and ground differ by 7:1 or more (WCAG
AAA).
"""

from functools import cached_property
from typing import NamedTuple

FONT_FAMILY = "Noto Sans SC"
REFERENCE_SHORT_SIDE = 1024
SMALLEST_TEXT_PX = 28
SMALLEST_TARGET_PX = 104
"""27 mm at 17 inches: older people hit 16 mm well, and nobody is hurried."""


class Tone(NamedTuple):
    """A ground and the text colours that may stand on it. Tests compute every contrast."""

    ground: str
    text: str
    muted: str
    """For labels beside values; still 7:1."""
    strong: str
    """For the one thing that matters most."""
    border: str


TONES: dict[str, Tone] = {
    "page": Tone("#F1F6F3", "#0F1F19", "#34463E", "#00513A", "#F1F6F3"),
    "panel": Tone("#FFFFFF", "#0F1F19", "#3B4D45", "#00573D", "#D3E0D9"),
    "tint": Tone("#DFEFE7", "#0F1F19", "#2B3D35", "#004932", "#DFEFE7"),
    "brand": Tone("#00573D", "#FFFFFF", "#E4F4EC", "#FFEFC4", "#00573D"),
    "warning": Tone("#FFE7AE", "#2A1C00", "#463300", "#5C3200", "#E09B00"),
    "danger": Tone("#FFE9E5", "#340B06", "#57201A", "#8A1A10", "#D98A80"),
    "slip": Tone("#FFFFFF", "#16211C", "#34423B", "#16211C", "#FFFFFF"),
}
PAGE = "page"
"""The tone of the window itself."""
EDGE_TO_EDGE = frozenset({"page", "brand"})
"""Tones of grounds without corners and border."""


class Face(NamedTuple):
    """A button's colours."""

    ground: str
    pressed: str
    lip: str
    """Its lower edge, which makes it look like something to press."""
    text: str
    border: str


FACES: dict[str, Face] = {
    "primary": Face("#00573D", "#003F2C", "#00301F", "#FFFFFF", "#00573D"),
    "secondary": Face("#FFFFFF", "#DDE8E2", "#9DB5A9", "#0F3B2C", "#9DB5A9"),
    "header": Face("#00472F", "#00301F", "#00301F", "#FFFFFF", "#8CC7AE"),
    "off": Face("#E3ECE7", "#E3ECE7", "#CBD8D1", "#3B4D45", "#CBD8D1"),
}


class TextRole(NamedTuple):
    """A size at 1280 x 1024 and a weight."""

    size_px: int
    bold: bool
    pitch: float
    """Line distance over the font's own, which is generous."""


TEXT_ROLES: dict[str, TextRole] = {
    "caption": TextRole(30, False, 0.92),
    "body": TextRole(38, False, 0.92),
    "strong": TextRole(38, True, 0.92),
    "lead": TextRole(46, True, 0.90),
    "reading": TextRole(46, False, 0.90),
    "title": TextRole(58, True, 0.88),
    "figure": TextRole(58, True, 0.86),
    "hero": TextRole(104, True, 0.84),
    "amount": TextRole(112, True, 0.80),
}

SECONDARY_ROLES = frozenset({"caption"})
"""May be smaller than the body text: nobody needs to read them to get through."""


class Theme:
    """Everything in pixels for one screen size."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height

    @property
    def portrait(self) -> bool:
        """Taller than wide: pictures stand above the words, not beside them."""
        return self.height > self.width

    @cached_property
    def scale(self) -> float:
        """This screen's pixels per pixel of the reference screen."""
        return min(self.width, self.height) / REFERENCE_SHORT_SIDE

    def px(self, reference_px: float) -> int:
        """Return a length of the reference screen in this screen's pixels."""
        return round(reference_px * self.scale)

    def text_px(self, role: str) -> int:
        """Return the font size of a text role."""
        return self.px(TEXT_ROLES[role].size_px)

    @property
    def target(self) -> int:
        """Least height of anything that can be pressed."""
        return max(SMALLEST_TARGET_PX, self.px(SMALLEST_TARGET_PX))

    @property
    def gap(self) -> int:
        """Distance between things that belong together; twice that between things that do not."""
        return self.px(14)

    @property
    def margin(self) -> int:
        """Distance from the screen's edge."""
        return self.px(40)

    @property
    def radius(self) -> int:
        """Rounding of panels and buttons."""
        return self.px(20)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two ``#rrggbb`` colours (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
