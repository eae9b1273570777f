"""The banknotes on the table, and the acceptor that they are fed to."""

from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QPushButton

from bench.acceptor import CNY_FEN, Denominations, State
from bench.panel.hand import Deed, Hand
from bench.panel.look import Box, state_label, two_line_button
from bench.stand import Stand
from kiosk.ui.widgets import drawing
from vending.money import format_yuan

NOTE = QSize(114, 55)
COLUMNS = 5
BOXES_SHOWN = 2
"""Of those that were taken out, the newest."""
_LIFT = 2.0

STATE_WORDS = {
    State.OFF: ("断电", "no power"),
    State.POWER_UP: ("上电", "powering up"),
    State.INITIALISING: ("初始化", "initialising"),
    State.READY: ("就绪", "ready"),
    State.ACCEPTING: ("吸入纸币", "drawing a note in"),
    State.ESCROW: ("暂存", "note in escrow"),
    State.HOLDING: ("暂存", "note in escrow"),
    State.STACKING: ("压钞", "stacking"),
    State.STACKED: ("已入箱", "stacked"),
    State.RETURNING: ("退钞", "giving back"),
    State.RETURNED: ("已退钞", "given back"),
    State.REJECTING: ("拒收", "rejecting"),
    State.STOPPED: ("停机", "stopped"),
    State.CHEATED: ("作弊", "cheated"),
    State.PAUSED: ("暂停", "paused"),
}


class NoteTray(Box):
    """Click a note and it is offered to the acceptor."""

    def __init__(self, stand: Stand, hand: Hand) -> None:
        super().__init__("纸币", "Banknotes")
        self._stand = stand
        self._hand = hand
        grid = QGridLayout()
        grid.setSpacing(8)
        for place, value in enumerate((*CNY_FEN, None)):
            note = NoteButton(value)
            note.clicked.connect(partial(_offer, hand, value))
            grid.addWidget(note, place // COLUMNS, place % COLUMNS)
        self.body.addLayout(grid)
        self._box_out = self._box_button("box-out", "取走钞箱", "take the box out", Stand.box_out)
        self._box_in = self._box_button("box-in", "装入空钞箱", "put a box in", Stand.box_in)
        row = QHBoxLayout()
        row.addWidget(self._box_out)
        row.addWidget(self._box_in)
        self.body.addLayout(row)
        self._state = state_label()
        self.body.addWidget(self._state)
        self.refresh()

    def _box_button(self, name: str, zh: str, en: str, deed: Deed) -> QPushButton:
        button = two_line_button(name, zh, en)
        button.setProperty("small", True)
        button.clicked.connect(lambda: self._hand.do(deed))
        return button

    def refresh(self) -> None:
        """Show what the acceptor does, takes and holds."""
        acceptor = self._stand.acceptor
        zh, en = STATE_WORDS[acceptor.state]
        taken = ", ".join(format_yuan(value).removesuffix(".00") for value in acceptor.enabled_fen)
        self._box_out.setEnabled(acceptor.box_present)
        self._box_in.setEnabled(not acceptor.box_present)
        boxes = enumerate(self._stand.removed_boxes, 1)
        told = [f"\n取走 taken out {number}: {_content(box)}" for number, box in boxes]
        taken_away = "".join(told[-BOXES_SHOWN:])
        self._state.setText(
            f"纸币器：{zh}　acceptor: {en}\n"
            f"收 takes: {taken or '—'}\n"
            f"钞箱 box: {_content(self._stand.box) if acceptor.box_present else '—'}{taken_away}"
        )


def _content(box: Denominations) -> str:
    """A box in words: ``2 张 notes, 110.00 元 yuan (100×1 10×1)``."""
    total = format_yuan(sum(value_fen * count for value_fen, count in box.items()))
    each = " ".join(
        f"{format_yuan(value_fen).removesuffix('.00')}×{count}" for value_fen, count in box.items()
    )
    return f"{sum(box.values())} 张 notes, {total} 元 yuan" + (f" ({each})" if each else "")


class NoteButton(QAbstractButton):
    """A drawn banknote, or a piece of paper."""

    def __init__(self, value_fen: int | None) -> None:
        super().__init__()
        self._value_fen = value_fen
        self.setObjectName(f"note-{value_fen or 'paper'}")
        self.setFixedSize(NOTE)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect()).adjusted(4, 3, -4, -5)
        if self.isDown():
            place.translate(0, -_LIFT)
        if self._value_fen is None:
            self._draw_paper(painter, place)
        else:
            drawing.draw_note(painter, place, self._value_fen, self.font())
        painter.end()

    def _draw_paper(self, painter: QPainter, place: QRectF) -> None:
        drawing.draw_shadow(painter, place, 3)
        painter.fillRect(place, QColor("#FFFFFF"))
        painter.setPen(QColor("#4C5D55"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, "白纸 paper")


def _offer(hand: Hand, value_fen: int | None) -> None:
    hand.do(lambda stand: stand.insert_note(value_fen))
