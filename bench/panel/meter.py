"""The meters at home: put a card in and read the display."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from bench.meter import Meter, PlugResult
from bench.panel.hand import Hand
from bench.panel.look import LCD, LCD_EDGE, LCD_INK, Box, state_label
from bench.stand import Stand
from vending.card import WalletUnit

_UNITS = {WalletUnit.ENERGY: ("kWh", "kWh"), WalletUnit.MONEY: ("元", "yuan")}


class MeterBox(Box):
    """Chooses a card and plugs it into the meter that it belongs to."""

    def __init__(self, stand: Stand, hand: Hand) -> None:
        super().__init__("家中的电表", "Meter at home")
        self._stand, self._hand = stand, hand
        self._last_inside: str | None = None
        self._cards = QComboBox()
        self._cards.setObjectName("meter-card")
        for card in stand.cards.values():
            if card.meter:
                self._cards.addItem(f"{card.title_zh}　{card.name}", card.name)
        self._plug = QPushButton("插表　Plug in")
        self._plug.setObjectName("main")
        self._plug.clicked.connect(self._plug_in)
        row = QHBoxLayout()
        row.addWidget(self._cards, 1)
        row.addWidget(self._plug)
        self.body.addLayout(row)
        self._display = Display()
        self.body.addWidget(self._display)
        self._state = state_label()
        self.body.addWidget(self._state)
        self.refresh()

    @property
    def chosen(self) -> str:
        """Name of the card that would be plugged in."""
        return str(self._cards.currentData())

    def refresh(self) -> None:
        """Show the chosen card's meter; a card that goes into the kiosk is chosen by itself."""
        inside = self._stand.card_in_slot
        if inside not in {None, self._last_inside} and self._cards.findData(inside) >= 0:
            self._cards.setCurrentIndex(self._cards.findData(inside))
        self._last_inside = inside
        meter = self._stand.card(self.chosen).meter
        assert meter
        self._plug.setEnabled(inside != self.chosen)
        self._display.show_result(self._stand.displays.get(self.chosen))
        self._state.setText(_told(meter))

    def _plug_in(self) -> None:
        name = self.chosen
        self._hand.do(lambda stand: stand.plug_into_meter(name))


class Display(QWidget):
    """The meter's display."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[str, str] = ("", "")
        self.setFixedHeight(66)

    def show_result(self, result: PlugResult | None) -> None:
        """Show what the meter said last; nothing: nobody has put a card in yet."""
        lines = (result.display_zh, result.display_en) if result else ("--------", "")
        if lines != self._lines:
            self._lines = lines
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        glass = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(LCD_EDGE, 2))
        painter.setBrush(LCD)
        painter.drawRoundedRect(glass, 6, 6)
        painter.setPen(LCD_INK)
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        half = glass.height() / 2
        for number, line in enumerate(self._lines):
            place = QRectF(glass.x() + 10, glass.y() + number * half, glass.width() - 20, half)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, line)
        painter.end()


def _told(meter: Meter) -> str:
    zh, en = _UNITS[meter.state.wallet_unit]
    loaded = ", ".join(
        f"#{credit.purchase_count}: {credit.amount / 100:.2f}" for credit in meter.state.credits
    )
    return (
        f"表号 meter {meter.state.meter_no}　购电次数 count {meter.state.purchase_count}\n"
        f"已充入 credited ({zh}{'' if zh == en else f', {en}'}): {loaded or '—'}"
    )
