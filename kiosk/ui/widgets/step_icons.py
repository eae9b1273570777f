"""The four steps as small pictures, for people who have never done this."""

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.flow.screen import Step
from kiosk.ui.theme import Theme
from kiosk.ui.widgets import drawing
from kiosk.ui.widgets.shapes import fill, fill_circle, fill_rounded, rounded, smooth, stroke


class StepIcon(QWidget):
    """A square picture of one step."""

    def __init__(self, theme: Theme, step: Step) -> None:
        super().__init__()
        self._step = step
        side = theme.px(112)
        self.setFixedSize(QSize(side, side))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(QPainter(self))
        painter.scale(self.width() / 100, self.height() / 100)
        match self._step:
            case Step.CARD:
                draw_into_slot(painter)
            case Step.CHECK:
                _draw_person(painter)
            case Step.PAY:
                _draw_notes(painter, self)
            case Step.TAKE:
                _draw_out_of_slot(painter)
        painter.end()


def _draw_slot(painter: QPainter) -> None:
    fill_rounded(painter, QRectF(12, 6, 76, 30), 8, drawing.MACHINE)
    fill_rounded(painter, QRectF(26, 22, 48, 5), 2.5, drawing.MACHINE_DARK)


def draw_into_slot(painter: QPainter) -> None:
    """Draw a meter card on its way into its slot, on a ground of 100 by 100."""
    _draw_slot(painter)
    painter.save()
    painter.setClipRect(QRectF(0, 24.5, 100, 76))
    drawing.draw_card(painter, QRectF(32, 30, 36, 57))
    painter.restore()


def _draw_out_of_slot(painter: QPainter) -> None:
    _draw_slot(painter)
    painter.save()
    painter.setClipRect(QRectF(0, 24.5, 100, 76))
    drawing.draw_card(painter, QRectF(20, 18, 36, 57), arrow=False)
    painter.restore()
    drawing.draw_arrow(painter, QRectF(66, 46, 24, 38), drawing.BRAND, down=True)


def _draw_person(painter: QPainter) -> None:
    card = rounded(QRectF(8, 16, 76, 62), 8)
    fill(painter, card, drawing.BRAND_SOFT)
    stroke(painter, card, drawing.BRAND, 4)
    fill_circle(painter, QPointF(29, 38), 8.5, drawing.BRAND)
    fill_rounded(painter, QRectF(16, 50, 26, 16), 8, drawing.BRAND)
    for top, width in ((34, 28), (47, 28), (60, 16)):
        fill_rounded(painter, QRectF(49, top, width, 5), 2.5, drawing.BRAND)
    fill_circle(painter, QPointF(78, 76), 19.5, drawing.WHITE)
    fill_circle(painter, QPointF(78, 76), 16.5, drawing.GOOD)
    drawing.draw_tick(painter, QRectF(68, 66, 20, 20), drawing.WHITE)


def _draw_notes(painter: QPainter, widget: QWidget) -> None:
    for angle, value in ((-14, 2000), (0, 5000), (14, 10000)):
        painter.save()
        painter.translate(50, 122)
        painter.rotate(angle)
        drawing.draw_note(painter, QRectF(-21, -118, 42, 86), value, widget.font())
        painter.restore()
