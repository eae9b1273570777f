"""Drawn objects: meter card, banknote, machine front, meter, arrows. Vector shapes in a rectangle.

The banknotes are plain coloured paper with a number: pictures of real notes need a permission that
a screen does not have (People's Bank of China, rules on the use of renminbi designs).
"""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPolygonF

from vending.money import FEN_PER_YUAN

_Align = Qt.AlignmentFlag

CARD_RATIO = 85.6 / 53.98
"""ISO/IEC 7810 ID-1, long side over short side."""
NOTE_RATIO = 2.05
"""About that of a 100-yuan note."""

AMBER, AMBER_DEEP, AMBER_INK = QColor("#FBBA3C"), QColor("#F6AC26"), QColor("#6B3B00")
CHIP, CHIP_LINE = QColor("#FFF3D1"), QColor("#A9781B")
MACHINE, MACHINE_EDGE, MACHINE_DARK = QColor("#2C3D36"), QColor("#42574E"), QColor("#0B1210")
GLOW, GLOW_DIM = QColor("#3BE39F"), QColor("#1C6B4D")
BRAND, BRAND_SOFT, WHITE = QColor("#00573D"), QColor("#CBE4D8"), QColor("#FFFFFF")
STOP = QColor("#B3261E")
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


def rounded(rect: QRectF, radius: float) -> QPainterPath:
    """Return a rectangle with round corners as a path."""
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    return path


def bolt(rect: QRectF) -> QPolygonF:
    """Return a lightning bolt that fills ``rect``."""
    points = ((0.62, 0.0), (0.12, 0.58), (0.46, 0.58), (0.36, 1.0), (0.88, 0.38), (0.53, 0.38))
    return QPolygonF(
        [QPointF(rect.x() + x * rect.width(), rect.y() + y * rect.height()) for x, y in points]
    )


def draw_shadow(painter: QPainter, rect: QRectF, radius: float) -> None:
    """Lay a soft shadow under ``rect``: a few growing, nearly clear rectangles."""
    reach = min(radius, _WIDEST_SHADOW)
    layers = max(1, round(reach / _SHADOW_LAYER))
    for part in range(1, layers + 1):
        grow = reach * part / layers
        grown = rect.adjusted(-grow, -grow / 2, grow, grow * 1.5)
        painter.fillPath(rounded(grown, radius + grow), SHADOW)


def draw_card(painter: QPainter, rect: QRectF, *, arrow: bool = True) -> None:
    """Draw a meter card upright, chip and arrow towards the top edge."""
    radius = rect.width() * 0.07
    draw_shadow(painter, rect, radius)
    width, height = rect.width(), rect.height()
    painter.fillPath(rounded(rect, radius), AMBER)
    _draw_sheen(painter, rect, radius)
    _draw_chip(painter, _part(rect, 0.33, 0.10, 0.34, 0.20))
    if arrow:
        draw_arrow(painter, _part(rect, 0.36, 0.40, 0.28, 0.24), AMBER_INK)
    badge = QRectF(rect.center().x() - 0.13 * width, rect.y() + 0.74 * height, 0.26 * width, 0)
    badge.setHeight(badge.width())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(WHITE)
    painter.drawEllipse(badge)
    painter.setBrush(BRAND)
    painter.drawPolygon(bolt(badge.adjusted(*_inset(badge.width() * 0.2))))


def _draw_sheen(painter: QPainter, rect: QRectF, radius: float) -> None:
    """Darken the card below a slanting line. (A gradient's type costs 4 ms at start.)"""
    below = QPainterPath(QPointF(rect.left(), rect.top() + rect.height() * 0.86))
    below.lineTo(rect.right(), rect.top() + rect.height() * 0.30)
    below.lineTo(rect.bottomRight())
    below.lineTo(rect.bottomLeft())
    below.closeSubpath()
    painter.save()
    painter.setClipPath(rounded(rect, radius), Qt.ClipOperation.IntersectClip)
    painter.fillPath(below, AMBER_DEEP)
    painter.restore()


def _draw_chip(painter: QPainter, rect: QRectF) -> None:
    painter.setPen(QPen(CHIP_LINE, rect.width() * 0.035))
    painter.setBrush(CHIP)
    painter.drawRoundedRect(rect, rect.width() * 0.16, rect.width() * 0.16)
    left, right = rect.x() + rect.width() * 0.34, rect.x() + rect.width() * 0.66
    for x in (left, right):
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
    for part in (0.33, 0.66):
        y = rect.y() + rect.height() * part
        painter.drawLine(QPointF(rect.left(), y), QPointF(left, y))
        painter.drawLine(QPointF(right, y), QPointF(rect.right(), y))


def draw_note(painter: QPainter, rect: QRectF, value_fen: int, font: QFont) -> None:
    """Draw a banknote, upright or lying as ``rect`` is, with its number of yuan; any note for 0."""
    ground, ink = (QColor(c) for c in NOTE_COLOURS.get(value_fen, _OTHER_NOTE))
    short = min(rect.width(), rect.height())
    draw_shadow(painter, rect, short * 0.06)
    painter.fillPath(rounded(rect, short * 0.05), ground)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink, max(1.5, short * 0.015)))
    painter.drawRoundedRect(rect.adjusted(*_inset(short * 0.06)), short * 0.03, short * 0.03)
    ring = QColor(ink)
    ring.setAlpha(46)
    painter.setPen(QPen(ring, short * 0.05))
    for size in (0.30, 0.42):
        painter.drawEllipse(rect.center(), short * size, short * size)
    if value_fen:
        lying = rect.width() > rect.height()
        draw = _draw_corner_value if lying else _draw_value
        draw(painter, rect, str(value_fen // FEN_PER_YUAN), ink, font)


def _draw_value(painter: QPainter, rect: QRectF, digits: str, ink: QColor, font: QFont) -> None:
    share = 0.40 if len(digits) > 2 else 0.50
    _draw_digits(painter, rect, digits, ink, _sized(font, rect.width() * share))
    small, corner = _sized(font, rect.width() * 0.17), rect.adjusted(*_inset(rect.width() * 0.12))
    _draw_digits(painter, corner, digits, ink, small, _Align.AlignTop | _Align.AlignLeft)
    _draw_digits(painter, corner, digits, ink, small, _Align.AlignBottom | _Align.AlignRight)


def _draw_corner_value(
    painter: QPainter, rect: QRectF, digits: str, ink: QColor, font: QFont
) -> None:
    """Write the number large along the upper edge, which is what shows of a note under another."""
    strip = QRectF(rect.x(), rect.y(), rect.width(), rect.height() * 0.40)
    inside = strip.adjusted(rect.width() * 0.06, 0, -rect.width() * 0.06, 0)
    big = _sized(font, rect.height() * 0.26)
    _draw_digits(painter, inside, digits, ink, big, _Align.AlignVCenter | _Align.AlignLeft)


def _draw_digits(
    painter: QPainter,
    rect: QRectF,
    digits: str,
    ink: QColor,
    font: QFont,
    align: Qt.AlignmentFlag = _Align.AlignCenter,
) -> None:
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(rect, align, digits)


def _sized(font: QFont, size_px: float) -> QFont:
    sized = QFont(font)
    sized.setBold(True)
    sized.setPixelSize(max(1, int(size_px)))
    return sized


def draw_machine(painter: QPainter, rect: QRectF, slit: QRectF, glow: float) -> None:
    """Draw the machine's front with a slot whose lamp glows from 0 (dim) to 1."""
    radius = rect.width() * 0.06
    draw_shadow(painter, rect, radius * 0.6)
    painter.fillPath(rounded(rect, radius), MACHINE_EDGE)
    painter.fillPath(rounded(rect.adjusted(0, radius * 0.16, 0, 0), radius), MACHINE)
    lip = slit.adjusted(
        -slit.height() * 2, -slit.height() * 1.3, slit.height() * 2, slit.height() * 1.1
    )
    painter.fillPath(rounded(lip, slit.height()), MACHINE_EDGE.lighter(118))
    painter.fillPath(rounded(slit, slit.height() / 2), MACHINE_DARK)
    lamp = QRectF(slit.x(), lip.top() - slit.height() * 1.3, slit.width(), slit.height() * 0.55)
    painter.fillPath(rounded(lamp, lamp.height() / 2), _mixed(GLOW_DIM, GLOW, glow))


def draw_meter(painter: QPainter, rect: QRectF, slit: QRectF, glow: float) -> None:
    """Draw an electricity meter with its display and card slot."""
    radius = rect.width() * 0.06
    draw_shadow(painter, rect, radius * 0.6)
    painter.fillPath(rounded(rect, radius), QColor("#F7FAF8"))
    painter.setPen(QPen(QColor("#B8C9C0"), rect.width() * 0.012))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, radius, radius)
    display = _part(rect, 0.16, 0.12, 0.68, 0.34)
    painter.fillPath(rounded(display, radius * 0.4), QColor("#C4DDB5"))
    _draw_credit(painter, display, glow)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_mixed(QColor("#9FB4A9"), QColor("#D8392B"), glow))
    lamp = rect.width() * 0.028
    painter.drawEllipse(
        QPointF(rect.x() + rect.width() * 0.5, rect.y() + rect.height() * 0.58), lamp, lamp
    )
    painter.fillPath(rounded(slit, slit.height() / 2), MACHINE_DARK)


def _draw_credit(painter: QPainter, display: QRectF, glow: float) -> None:
    """Draw a bolt and bars for the credit, which grows while the card is in."""
    ink = QColor("#24401C")
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    side = display.height() * 0.6
    mark = QRectF(display.x() + side * 0.35, display.center().y() - side / 2, side * 0.8, side)
    painter.drawPolygon(bolt(mark))
    room = display.right() - mark.right() - side * 0.7
    bars, filled = 5, 1 + round(4 * glow)
    width = room / (bars * 1.4)
    for number in range(bars):
        bar = QRectF(mark.right() + side * 0.35 + number * width * 1.4, mark.y(), width, side)
        colour = QColor(ink)
        colour.setAlpha(255 if number < filled else 50)
        painter.fillPath(rounded(bar, width * 0.2), colour)


def draw_arrow(painter: QPainter, rect: QRectF, colour: QColor, *, down: bool = False) -> None:
    """Fill ``rect`` with a stout arrow that points up, or down."""
    points = [(0.5, 0.0), (1.0, 0.5), (0.7, 0.5), (0.7, 1.0), (0.3, 1.0), (0.3, 0.5), (0.0, 0.5)]
    turned = [(x, 1 - y) if down else (x, y) for x, y in points]
    polygon = QPolygonF(
        [QPointF(rect.x() + x * rect.width(), rect.y() + y * rect.height()) for x, y in turned]
    )
    painter.setPen(
        QPen(
            colour,
            rect.width() * 0.08,
            Qt.PenStyle.SolidLine,
            Qt.PenCapStyle.RoundCap,
            Qt.PenJoinStyle.RoundJoin,
        )
    )
    painter.setBrush(colour)
    painter.drawPolygon(polygon)


def draw_forbidden(painter: QPainter, centre: QPointF, radius: float) -> None:
    """Draw "do not pull": a downward arrow in a red circle with a bar across."""
    painter.setPen(QPen(STOP, radius * 0.22))
    painter.setBrush(WHITE)
    painter.drawEllipse(centre, radius, radius)
    box = QRectF(
        centre.x() - radius * 0.38, centre.y() - radius * 0.55, radius * 0.76, radius * 1.1
    )
    draw_arrow(painter, box, MACHINE, down=True)
    painter.setPen(QPen(STOP, radius * 0.22))
    reach = radius * 0.70
    painter.drawLine(centre + QPointF(-reach, -reach), centre + QPointF(reach, reach))


def draw_tick(painter: QPainter, rect: QRectF, colour: QColor, part: float = 1.0) -> None:
    """Draw the first ``part`` of a tick's stroke in ``rect``."""
    points = [QPointF(0.08, 0.54), QPointF(0.38, 0.82), QPointF(0.92, 0.22)]
    placed = [
        QPointF(rect.x() + p.x() * rect.width(), rect.y() + p.y() * rect.height()) for p in points
    ]
    path = QPainterPath(placed[0])
    first = min(1.0, part / 0.36)
    path.lineTo(placed[0] + (placed[1] - placed[0]) * first)
    if part > 0.36:
        path.lineTo(placed[1] + (placed[2] - placed[1]) * ((part - 0.36) / 0.64))
    pen = QPen(colour, rect.width() * 0.15)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)


def draw_exclamation(painter: QPainter, rect: QRectF, colour: QColor) -> None:
    """Draw an exclamation mark in ``rect``."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    stroke = rect.width() * 0.22
    bar = QRectF(rect.center().x() - stroke / 2, rect.y(), stroke, rect.height() * 0.64)
    painter.drawRoundedRect(bar, stroke / 2, stroke / 2)
    dot = stroke * 0.62
    painter.drawEllipse(QPointF(rect.center().x(), rect.bottom() - dot), dot, dot)


def shield(rect: QRectF) -> QPainterPath:
    """Return a shield that fills ``rect``: what is behind it is safe."""
    x, y, w, h = rect.x(), rect.y(), rect.width(), rect.height()
    path = QPainterPath(QPointF(x + w / 2, y))
    path.quadTo(QPointF(x + 0.74 * w, y + 0.14 * h), QPointF(x + w, y + 0.14 * h))
    path.lineTo(x + w, y + 0.5 * h)
    path.quadTo(QPointF(x + w, y + 0.84 * h), QPointF(x + w / 2, y + h))
    path.quadTo(QPointF(x, y + 0.84 * h), QPointF(x, y + 0.5 * h))
    path.lineTo(x, y + 0.14 * h)
    path.quadTo(QPointF(x + 0.26 * w, y + 0.14 * h), QPointF(x + w / 2, y))
    path.closeSubpath()
    return path


def _part(rect: QRectF, x: float, y: float, width: float, height: float) -> QRectF:
    return QRectF(
        rect.x() + x * rect.width(),
        rect.y() + y * rect.height(),
        width * rect.width(),
        height * rect.height(),
    )


def _inset(by: float) -> tuple[float, float, float, float]:
    return by, by, -by, -by


def _mixed(one: QColor, other: QColor, part: float) -> QColor:
    def channel(a: int, b: int) -> int:
        return round(a + (b - a) * part)

    return QColor(
        channel(one.red(), other.red()),
        channel(one.green(), other.green()),
        channel(one.blue(), other.blue()),
    )
