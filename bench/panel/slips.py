"""The slips that came out of the printer."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea

from bench.panel.look import Box, state_label
from bench.printer import PrintedSlip
from bench.stand import Stand
from bench.stand.story import Happening

SHOWN_WIDTH = 390


class SlipTray(Box):
    """Shows the newest slip, and those before it on request."""

    def __init__(self, stand: Stand) -> None:
        super().__init__("凭条", "Slips")
        self._stand = stand
        self._slips: tuple[PrintedSlip, ...] = ()
        self._shown = -1
        self._paper = QLabel()
        self._paper.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        scroll = QScrollArea()
        scroll.setWidget(self._paper)
        scroll.setWidgetResizable(True)
        self.body.addWidget(scroll, 1)
        self._where = state_label("还没有凭条　no slip yet")
        self._before = self._step_button("slip-before", "◀", -1)
        self._after = self._step_button("slip-after", "▶", 1)
        row = QHBoxLayout()
        row.addWidget(self._where, 1)
        row.addWidget(self._before)
        row.addWidget(self._after)
        self.body.addLayout(row)

    @property
    def shown(self) -> int:
        """Number of the slip that is shown, from 0; -1: none."""
        return self._shown

    def refresh(self) -> None:
        """Show a slip that has just come out."""
        slips = self._stand.slips
        if len(slips) != len(self._slips):
            self._slips = slips
            self._stand.story.tell(Happening.SLIP)
            self._show(len(slips) - 1)

    def _show(self, number: int) -> None:
        self._shown = number
        self._paper.setPixmap(slip_picture(self._slips[number]))
        whole = "" if self._slips[number].whole else "，纸在中途用完 paper ran out"
        self._where.setText(f"第 {number + 1} 张，共 {len(self._slips)} 张{whole}")
        self._before.setEnabled(number > 0)
        self._after.setEnabled(number < len(self._slips) - 1)

    def _step_button(self, name: str, sign: str, step: int) -> QPushButton:
        button = QPushButton(sign)
        button.setObjectName(name)
        button.setEnabled(False)
        button.clicked.connect(lambda: self._show(self._shown + step))
        return button


def slip_picture(slip: PrintedSlip) -> QPixmap:
    """Return the slip as large as the tray shows it."""
    grey = slip.image.convert("L")
    image = QImage(
        grey.tobytes(), grey.width, grey.height, grey.width, QImage.Format.Format_Grayscale8
    )
    smooth = Qt.TransformationMode.SmoothTransformation
    return QPixmap.fromImage(image.scaledToWidth(SHOWN_WIDTH, smooth))
