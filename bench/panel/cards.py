"""The cards on the table, and the kiosk's card slot."""

from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from bench.issue_card import DemoCard
from bench.panel.hand import Hand
from bench.panel.look import Box, state_label, two_line_button
from bench.stand import Stand
from kiosk.ui.widgets import drawing

ICON = QSize(30, 42)
_WITHOUT_METER = 0.35


class CardTable(Box):
    """Click a card and it goes into the slot."""

    def __init__(self, stand: Stand, hand: Hand) -> None:
        super().__init__("电卡", "Cards")
        self._stand = stand
        self._buttons = {card.name: self._button(card, hand) for card in stand.cards.values()}
        for button in self._buttons.values():
            self.body.addWidget(button)
        self._slot = state_label()
        self._pull = QPushButton("拔卡　Pull")
        self._pull.setObjectName("pull-card")
        self._pull.clicked.connect(partial(_pull, hand))
        row = QHBoxLayout()
        row.addWidget(self._slot, 1)
        row.addWidget(self._pull)
        self.body.addLayout(row)
        self.refresh()

    def refresh(self) -> None:
        """Show what is in the slot."""
        inside = self._stand.card_in_slot
        if inside is None:
            self._slot.setText("卡槽：空　Slot: empty")
        else:
            self._slot.setText(f"卡槽：{self._stand.card(inside).title_zh}　in the slot")
        self._pull.setEnabled(inside is not None)
        for button in self._buttons.values():
            button.setEnabled(inside is None)

    def _button(self, card: DemoCard, hand: Hand) -> QPushButton:
        button = two_line_button(f"card-{card.name}", card.title_zh, card.title_en)
        button.setIcon(QIcon(_picture(card)))
        button.setIconSize(ICON)
        button.clicked.connect(partial(_insert, hand, card.name))
        return button


def _insert(hand: Hand, name: str) -> None:
    hand.do(lambda stand: stand.insert_card(name))


def _pull(hand: Hand) -> None:
    hand.do(lambda stand: stand.pull_card())


def _picture(card: DemoCard) -> QPixmap:
    """Return a small card; pale when it is no meter card."""
    pixmap = QPixmap(ICON * 2)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(1.0 if card.meter else _WITHOUT_METER)
    drawing.draw_card(painter, QRectF(3, 2, ICON.width() - 6, ICON.height() - 6), arrow=False)
    painter.end()
    return pixmap
