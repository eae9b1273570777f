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
        self._code.addItems(_customers(stand))
        show = two_line_button("show-bill", "扫描账单", "show to the scanner")
        show.setProperty("small", True)
        show.clicked.connect(self._show)
        row = QHBoxLayout()
        row.addWidget(self._code, 1)
        row.addWidget(show)
        self.body.addLayout(row)

    def _show(self) -> None:
        code = self._code.currentText()
        self._hand.do(lambda stand: stand.show_code(code))


def _customers(stand: Stand) -> list[str]:
    """A bill's code begins with the customer's number."""
    people = (card.person for card in stand.cards.values())
    return sorted({person.customer_no for person in people if person})
