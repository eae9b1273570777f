"""The bench's window, put together. It looks at the stand a few times a second."""

import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from bench.panel.bills import BillBox
from bench.panel.cards import CardTable
from bench.panel.faults import FaultBoard
from bench.panel.hand import Hand
from bench.panel.look import GAP, HEIGHT, SLIPS, STYLE, TABLES, TEXT_PX, WIDTH, Box
from bench.panel.meter import MeterBox
from bench.panel.notes import NoteTray
from bench.panel.slips import SlipTray
from bench.stand import Stand
from bench.stand.story import LINES_KEPT
from kiosk.ui.resources import base_font

LOOK_MS = 200


class BenchWindow(QWidget):
    """Everything on one table. Closing it does not end the stand."""

    def __init__(self, stand: Stand) -> None:
        super().__init__()
        self.setObjectName("bench")
        self.setWindowTitle("售电终端试验台　Bench of the electricity kiosk")
        QApplication.setFont(base_font(TEXT_PX))
        self.setStyleSheet(STYLE)
        self.hand = Hand(stand)
        self.cards = CardTable(stand, self.hand)
        self.notes = NoteTray(stand, self.hand)
        self.bills = BillBox(stand, self.hand)
        self.meter = MeterBox(stand, self.hand)
        self.slips = SlipTray(stand)
        self.log = LogBox(stand)
        self._lay_out()
        self.resize(WIDTH, HEIGHT)
        self._looking = QTimer(self)
        self._looking.timeout.connect(self.refresh)
        self._looking.start(LOOK_MS)

    def refresh(self) -> None:
        """Show how everything is."""
        for part in (self.cards, self.notes, self.meter, self.slips, self.log):
            part.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._looking.stop()
        self.hand.close()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        faults = FaultBoard(self.hand)
        tables = QHBoxLayout()
        tables.addLayout(_column(self.cards, self.bills), 1)
        tables.addLayout(_column(self.notes, self.meter, faults), 1)
        left = QVBoxLayout()
        left.addLayout(tables)
        left.addWidget(self.log, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(GAP, GAP, GAP, GAP)
        whole.addLayout(left, TABLES)
        whole.addWidget(self.slips, SLIPS)
        for layout in (tables, left, whole):
            layout.setSpacing(GAP)


def _column(*parts: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(GAP)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    return column


class LogBox(Box):
    """What has happened, the newest below."""

    def __init__(self, stand: Stand) -> None:
        super().__init__("经过", "What happens")
        self._story = stand.story
        self._told = 0
        self._list = QListWidget()
        self.body.addWidget(self._list, 1)

    @property
    def texts(self) -> list[str]:
        """The lines that are shown."""
        return [self._list.item(row).text() for row in range(self._list.count())]

    def refresh(self) -> None:
        """Add what is new."""
        self._told, fresh = self._story.since(self._told)
        for line in fresh:
            clock = time.strftime("%H:%M:%S", time.localtime(line.at_s))
            self._list.addItem(f"{clock}　{line.text_zh}　{line.text_en}")
        while self._list.count() > LINES_KEPT:
            self._list.takeItem(0)
        if fresh:
            self._list.scrollToBottom()
