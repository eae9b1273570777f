"""The bills on the table, and the scanner that they are held before."""

from PySide6.QtWidgets import QComboBox, QHBoxLayout

from bench.panel.hand import Hand
from bench.panel.look import Box, two_line_button
from bench.stand import Stand


class BillBox(Box):
    """Choose a customer's bill, or type any code, and show it to the scanner."""

    def __init__(self, stand: Stand, hand: Hand) -> None:
        super().__init__("账单", "Bills")
        self._hand = hand
        self._code = QComboBox()
        self._code.setObjectName("bill-code")
        self._code.setEditable(True)
        for bill in stand.bills:
            self._code.addItem(f"{bill.name} {bill.code}", bill.code)
        show = two_line_button("show-bill", "扫描账单", "show to the scanner")
        show.setProperty("small", True)
        show.clicked.connect(self._show)
        row = QHBoxLayout()
        row.addWidget(self._code, 1)
        row.addWidget(show)
        self.body.addLayout(row)

    @property
    def code(self) -> str:
        """The chosen bill's, or what was typed."""
        chosen, text = self._code.currentData(), self._code.currentText()
        return chosen if chosen and text == self._code.itemText(self._code.currentIndex()) else text

    def _show(self) -> None:
        code = self.code
        self._hand.do(lambda stand: stand.show_code(code))
