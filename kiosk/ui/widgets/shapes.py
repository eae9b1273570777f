"""Filling, stroking and lettering, the few ways in which anything here is painted.

All of it by paths: no pen and no brush lingers on the painter for the next line to stumble over.
"""

import math
from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
)

Point = tuple[float, float]


def smooth(painter: QPainter) -> QPainter:
    """Return ``painter`` with smooth edges and smooth scaling."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    return painter


def rounded(rect: QRectF, radius: float) -> QPainterPath:
    """Return a rectangle with round corners."""
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    return path


def circle(centre: QPointF, radius: float) -> QPainterPath:
    """Return a circle."""
    path = QPainterPath()
    path.addEllipse(centre, radius, radius)
    return path


def inset(rect: QRectF, by: float) -> QRectF:
    """Return ``rect`` smaller by as much on each side."""
    return rect.adjusted(by, by, -by, -by)


def part(rect: QRectF, x: float, y: float, width: float, height: float) -> QRectF:
    """Return a part of ``rect``, told in parts of its width and height."""
    left, top = rect.x() + x * rect.width(), rect.y() + y * rect.height()
    return QRectF(left, top, width * rect.width(), height * rect.height())


def place(rect: QRectF, x: float, y: float) -> QPointF:
    """Return a point of ``rect``, told in parts of its width and height."""
    return QPointF(rect.x() + x * rect.width(), rect.y() + y * rect.height())


def fill(painter: QPainter, path: QPainterPath, colour: QColor) -> None:
    """Fill ``path``."""
    painter.fillPath(path, colour)


def fill_rounded(painter: QPainter, rect: QRectF, radius: float, colour: QColor) -> None:
    """Fill a rectangle with round corners."""
    fill(painter, rounded(rect, radius), colour)


def fill_circle(painter: QPainter, centre: QPointF, radius: float, colour: QColor) -> None:
    """Fill a circle."""
    fill(painter, circle(centre, radius), colour)


def fill_polygon(painter: QPainter, points: Iterable[QPointF], colour: QColor) -> None:
    """Fill a polygon."""
    path = QPainterPath()
    path.addPolygon(QPolygonF(list(points)))
    path.closeSubpath()
    fill(painter, path, colour)


def stroke(painter: QPainter, path: QPainterPath, colour: QColor, width: float) -> None:
    """Draw along ``path``."""
    painter.strokePath(path, QPen(colour, width))


def line(painter: QPainter, start: QPointF, end: QPointF, colour: QColor, width: float) -> None:
    """Draw a straight line."""
    path = QPainterPath(start)
    path.lineTo(end)
    stroke(painter, path, colour, width)


def stroke_soft(painter: QPainter, points: list[QPointF], colour: QColor, width: float) -> None:
    """Draw through ``points`` with round ends and joints."""
    for start, end in pairwise(points):
        along = end - start
        length = math.hypot(along.x(), along.y()) or 1.0
        across = QPointF(-along.y(), along.x()) * (width / 2 / length)
        fill_polygon(painter, (start + across, end + across, end - across, start - across), colour)
    for point in points:
        fill_circle(painter, point, width / 2, colour)


def arc(
    painter: QPainter, rect: QRectF, start: float, span: float, colour: QColor, width: float
) -> None:
    """Draw a part of a ring clockwise from the top: ``start`` and ``span`` in turns."""
    path = QPainterPath()
    path.arcMoveTo(rect, 90 - start * 360)
    path.arcTo(rect, 90 - start * 360, -span * 360)
    stroke(painter, path, colour, width)


def letter(
    painter: QPainter,
    rect: QRectF,
    text: str,
    font: QFont,
    colour: QColor,
    *,
    lean: float = 0.5,
    sink: float = 0.5,
) -> None:
    """Write one line in ``rect``. ``lean``: 0 left to 1 right; ``sink``: 0 top to 1 bottom."""
    metrics = QFontMetricsF(font)
    left = rect.x() + (rect.width() - metrics.horizontalAdvance(text)) * lean
    top = rect.y() + (rect.height() - metrics.height()) * sink
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(QPointF(left, top + metrics.ascent()), text)
