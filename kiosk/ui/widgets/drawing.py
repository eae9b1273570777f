"""Drawn objects: meter card, banknote, machine front, meter, signs. Vector shapes in a rectangle.

The banknotes are plain coloured paper with a number: pictures of real notes need a permission that
a screen does not have (People's Bank of China, rules on the use of renminbi designs).
"""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath

from kiosk.ui.widgets.shapes import (
    circle,
    fill,
    fill_circle,
    fill_polygon,
    fill_rounded,
    inset,
    letter,
    line,
    part,
    place,
    rounded,
    stroke,
    stroke_soft,
)
from vending.money import FEN_PER_YUAN

CARD_RATIO = 85.6 / 53.98
"""ISO/IEC 7810 ID-1, long side over short side."""
NOTE_RATIO = 2.05
"""About that of a 100-yuan note."""

AMBER, AMBER_DEEP, AMBER_INK = QColor("#FBBA3C"), QColor("#F0A01C"), QColor("#6B3B00")
CHIP, CHIP_LINE = QColor("#FFF3D1"), QColor("#A9781B")
MACHINE, MACHINE_EDGE, MACHINE_DARK = QColor("#2C3D36"), QColor("#42574E"), QColor("#0B1210")
LIP = QColor("#4E675C")
GLOW, GLOW_DIM = QColor("#3BE39F"), QColor("#1C6B4D")
BRAND, BRAND_SOFT, WHITE = QColor("#00573D"), QColor("#CBE4D8"), QColor("#FFFFFF")
GOOD, STOP, CLEAR = QColor("#0B8A5C"), QColor("#B3261E"), QColor(0, 0, 0, 0)
METER, METER_EDGE = QColor("#F7FAF8"), QColor("#B8C9C0")
DISPLAY, DISPLAY_INK = QColor("#C4DDB5"), QColor("#24401C")
LAMP, LAMP_DIM = QColor("#D8392B"), QColor("#9FB4A9")
SHADOW = QColor(8, 30, 22, 10)
_SHADOW_LAYER = 3.0
"""Pixels by which one layer is larger than the one before."""
_WIDEST_SHADOW = 18.0

NOTE_COLOURS: dict[int, tuple[str, str]] = {
    100: ("#DCE8C8", "#45591B"),
    500: ("#E3D3EC", "#563073"),
    1000: ("#CFE0EE", "#1D4A72"),
    2000: ("#EFDCC5", "#6B4012"),
    5000: ("#CDE8D2", "#14562B"),
    10000: ("#F8CFCB", "#8A1A22"),
}
_OTHER_NOTE = ("#DDE3E0", "#2C3B35")


def draw_shadow(painter: QPainter, rect: QRectF, radius: float) -> None:
    """Lay a soft shadow under ``rect``: a few growing, nearly clear rectangles."""
    reach = min(radius, _WIDEST_SHADOW)
    layers = max(1, round(reach / _SHADOW_LAYER))
    for number in range(1, layers + 1):
        grow = reach * number / layers
        grown = rect.adjusted(-grow, -grow / 2, grow, grow * 1.5)
        fill_rounded(painter, grown, radius + grow, SHADOW)


def draw_bolt(painter: QPainter, rect: QRectF, colour: QColor) -> None:
    """Fill ``rect`` with a lightning bolt."""
    points = ((0.62, 0.0), (0.12, 0.58), (0.46, 0.58), (0.36, 1.0), (0.88, 0.38), (0.53, 0.38))
    fill_polygon(painter, (place(rect, x, y) for x, y in points), colour)


# -- card and note ---------------------------------------------------------------------------------


def draw_card(painter: QPainter, rect: QRectF, *, arrow: bool = True) -> None:
    """Draw a meter card upright, chip and arrow towards the top edge."""
    radius = rect.width() * 0.07
    draw_shadow(painter, rect, radius)
    fill_rounded(painter, rect, radius, AMBER_DEEP)
    fill_rounded(painter, rect.adjusted(0, 0, 0, -rect.height() * 0.012), radius, AMBER)
    _draw_chip(painter, part(rect, 0.33, 0.10, 0.34, 0.20))
    if arrow:
        draw_arrow(painter, part(rect, 0.36, 0.40, 0.28, 0.24), AMBER_INK)
    badge = place(rect, 0.5, 0.82)
    radius = rect.width() * 0.13
    fill_circle(painter, badge, radius, WHITE)
    draw_bolt(
        painter,
        QRectF(badge.x() - radius * 0.6, badge.y() - radius * 0.6, radius * 1.2, radius * 1.2),
        BRAND,
    )


def _draw_chip(painter: QPainter, rect: QRectF) -> None:
    width = rect.width() * 0.035
    pad = rounded(rect, rect.width() * 0.16)
    fill(painter, pad, CHIP)
    stroke(painter, pad, CHIP_LINE, width)
    for x in (0.34, 0.66):
        line(painter, place(rect, x, 0.02), place(rect, x, 0.98), CHIP_LINE, width)
    for y in (0.33, 0.66):
        line(painter, place(rect, 0.02, y), place(rect, 0.34, y), CHIP_LINE, width)
        line(painter, place(rect, 0.66, y), place(rect, 0.98, y), CHIP_LINE, width)


def draw_note(painter: QPainter, rect: QRectF, value_fen: int, font: QFont) -> None:
    """Draw a banknote, upright or lying as ``rect`` is, with its number of yuan; any note for 0."""
    ground, ink = (QColor(c) for c in NOTE_COLOURS.get(value_fen, _OTHER_NOTE))
    short = min(rect.width(), rect.height())
    draw_shadow(painter, rect, short * 0.06)
    fill_rounded(painter, rect, short * 0.05, ground)
    frame = rounded(inset(rect, short * 0.06), short * 0.03)
    stroke(painter, frame, ink, max(1.5, short * 0.015))
    ring = QColor(ink)
    ring.setAlpha(46)
    for size in (0.30, 0.42):
        stroke(painter, circle(rect.center(), short * size), ring, short * 0.05)
    if value_fen:
        lying = rect.width() > rect.height()
        draw = _draw_corner_value if lying else _draw_value
        draw(painter, rect, str(value_fen // FEN_PER_YUAN), ink, font)


def _draw_value(painter: QPainter, rect: QRectF, digits: str, ink: QColor, font: QFont) -> None:
    share = 0.40 if len(digits) > 2 else 0.50
    letter(painter, rect, digits, _bold(font, rect.width() * share), ink)
    small, corners = _bold(font, rect.width() * 0.17), inset(rect, rect.width() * 0.12)
    letter(painter, corners, digits, small, ink, lean=0.0, sink=0.0)
    letter(painter, corners, digits, small, ink, lean=1.0, sink=1.0)


def _draw_corner_value(
    painter: QPainter, rect: QRectF, digits: str, ink: QColor, font: QFont
) -> None:
    """Write the number large along the upper edge, which is what shows of a note under another."""
    strip = part(rect, 0.06, 0.0, 0.88, 0.40)
    letter(painter, strip, digits, _bold(font, rect.height() * 0.26), ink, lean=0.0)


def _bold(font: QFont, size_px: float) -> QFont:
    sized = QFont(font)
    sized.setBold(True)
    sized.setPixelSize(max(1, int(size_px)))
    return sized


# -- where they go ---------------------------------------------------------------------------------


def draw_machine(painter: QPainter, rect: QRectF, slit: QRectF, glow: float) -> None:
    """Draw the machine's front with a slot whose lamp glows from 0 (dim) to 1."""
    radius, high = rect.width() * 0.06, slit.height()
    draw_shadow(painter, rect, radius * 0.6)
    fill_rounded(painter, rect, radius, MACHINE_EDGE)
    fill_rounded(painter, rect.adjusted(0, radius * 0.16, 0, 0), radius, MACHINE)
    lip = slit.adjusted(-high * 2, -high * 1.3, high * 2, high * 1.1)
    fill_rounded(painter, lip, high, LIP)
    fill_rounded(painter, slit, high / 2, MACHINE_DARK)
    lamp = QRectF(slit.x(), lip.top() - high * 1.3, slit.width(), high * 0.55)
    fill_rounded(painter, lamp, lamp.height() / 2, _mixed(GLOW_DIM, GLOW, glow))


def draw_meter(painter: QPainter, rect: QRectF, slit: QRectF, glow: float) -> None:
    """Draw an electricity meter with its display and card slot."""
    radius = rect.width() * 0.06
    draw_shadow(painter, rect, radius * 0.6)
    fill_rounded(painter, rect, radius, METER)
    stroke(painter, rounded(rect, radius), METER_EDGE, rect.width() * 0.012)
    display = part(rect, 0.16, 0.12, 0.68, 0.34)
    fill_rounded(painter, display, radius * 0.4, DISPLAY)
    _draw_credit(painter, display, glow)
    lamp = _mixed(LAMP_DIM, LAMP, glow)
    fill_circle(painter, place(rect, 0.5, 0.58), rect.width() * 0.028, lamp)
    fill_rounded(painter, slit, slit.height() / 2, MACHINE_DARK)


def _draw_credit(painter: QPainter, display: QRectF, glow: float) -> None:
    """Draw a bolt and bars for the credit, which grows while the card is in."""
    side = display.height() * 0.6
    top = display.center().y() - side / 2
    draw_bolt(painter, QRectF(display.x() + side * 0.35, top, side * 0.8, side), DISPLAY_INK)
    empty = QColor(DISPLAY_INK)
    empty.setAlpha(50)
    bars, filled, left = 5, 1 + round(4 * glow), display.x() + side * 1.5
    step = (display.right() - left - side * 0.2) / bars
    for number in range(bars):
        bar = QRectF(left + number * step, top, step * 0.7, side)
        fill_rounded(painter, bar, step * 0.14, DISPLAY_INK if number < filled else empty)


# -- signs -----------------------------------------------------------------------------------------


def draw_arrow(painter: QPainter, rect: QRectF, colour: QColor, *, down: bool = False) -> None:
    """Fill ``rect`` with a stout arrow that points up, or down."""
    points = [(0.5, 0.0), (1.0, 0.5), (0.7, 0.5), (0.7, 1.0), (0.3, 1.0), (0.3, 0.5), (0.0, 0.5)]
    turned = [place(rect, x, 1 - y if down else y) for x, y in points]
    fill_polygon(painter, turned, colour)
    stroke_soft(painter, [*turned, turned[0]], colour, rect.width() * 0.08)


def draw_forbidden(painter: QPainter, centre: QPointF, radius: float) -> None:
    """Draw "do not pull": a downward arrow in a red circle with a bar across."""
    ring, reach = radius * 0.22, radius * 0.70
    fill_circle(painter, centre, radius, WHITE)
    wide, high = radius * 0.76, radius * 1.1
    arrow = QRectF(centre.x() - wide / 2, centre.y() - high / 2, wide, high)
    draw_arrow(painter, arrow, MACHINE, down=True)
    stroke(painter, circle(centre, radius), STOP, ring)
    line(painter, centre - QPointF(reach, reach), centre + QPointF(reach, reach), STOP, ring)


def draw_tick(painter: QPainter, rect: QRectF, colour: QColor, share: float = 1.0) -> None:
    """Draw the first ``share`` of a tick's stroke in ``rect``."""
    if share <= 0:
        return
    start, corner, end = place(rect, 0.08, 0.54), place(rect, 0.38, 0.82), place(rect, 0.92, 0.22)
    points = [start, start + (corner - start) * min(1.0, share / 0.36)]
    if share > 0.36:
        points.append(corner + (end - corner) * ((share - 0.36) / 0.64))
    stroke_soft(painter, points, colour, rect.width() * 0.15)


def draw_exclamation(painter: QPainter, rect: QRectF, colour: QColor) -> None:
    """Draw an exclamation mark in ``rect``."""
    wide = rect.width() * 0.22
    bar = QRectF(rect.center().x() - wide / 2, rect.y(), wide, rect.height() * 0.64)
    fill_rounded(painter, bar, wide / 2, colour)
    dot = wide * 0.62
    fill_circle(painter, QPointF(rect.center().x(), rect.bottom() - dot), dot, colour)


def shield(rect: QRectF) -> QPainterPath:
    """Return a shield that fills ``rect``: what is behind it is safe."""
    path = QPainterPath(place(rect, 0.5, 0.0))
    path.quadTo(place(rect, 0.74, 0.14), place(rect, 1.0, 0.14))
    path.lineTo(place(rect, 1.0, 0.5))
    path.quadTo(place(rect, 1.0, 0.84), place(rect, 0.5, 1.0))
    path.quadTo(place(rect, 0.0, 0.84), place(rect, 0.0, 0.5))
    path.lineTo(place(rect, 0.0, 0.14))
    path.quadTo(place(rect, 0.26, 0.14), place(rect, 0.5, 0.0))
    path.closeSubpath()
    return path


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    def channel(a: int, b: int) -> int:
        return round(a + (b - a) * share)

    return QColor(
        channel(one.red(), other.red()),
        channel(one.green(), other.green()),
        channel(one.blue(), other.blue()),
    )
