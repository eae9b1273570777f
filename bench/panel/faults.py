"""Switches for everything that can go wrong."""

from functools import partial
from typing import NamedTuple

from PySide6.QtWidgets import QGridLayout, QPushButton

from bench.acceptor import CutPoint
from bench.panel.hand import Deed, Hand
from bench.panel.look import Box, two_line_button
from bench.stand import Stand

COLUMNS = 4
SLOW_S = 3.0
PULL_AT_APDU = 12
"""In the middle of writing, when it is thrown while the notes go in."""


class Switch(NamedTuple):
    """One fault. Without ``off`` it happens once and passes by itself."""

    name: str
    text_zh: str
    text_en: str
    on: Deed
    off: Deed | None = None


def _restart_kiosk(stand: Stand) -> None:
    stand.kill_kiosk()
    stand.start_kiosk()


SWITCHES = (
    Switch("jam", "纸币器卡币", "note jam", lambda s: s.jam(), lambda s: s.unjam()),
    Switch("reject", "下一张拒收", "reject next note", lambda s: s.reject_next_note()),
    Switch(
        "acceptor-power",
        "纸币器断电",
        "acceptor without power",
        lambda s: s.acceptor_power_off(),
        lambda s: s.acceptor_power_on(),
    ),
    Switch(
        "past-escrow",
        "压钞时断电",
        "power cut past escrow",
        lambda s: s.cut_acceptor_power_at(CutPoint.PAST_ESCROW),
    ),
    Switch(
        "pull",
        "写卡中拔卡",
        "pull card while writing",
        lambda s: s.pull_card_at_apdu(PULL_AT_APDU),
    ),
    Switch("paper", "缺纸", "paper out", lambda s: s.paper_out(), lambda s: s.paper_in()),
    Switch(
        "printer", "打印机断线", "printer dead", lambda s: s.printer_dead(),
        lambda s: s.printer_back(),
    ),
    Switch(
        "office-gone", "线路中断", "head office gone", lambda s: s.office_gone(),
        lambda s: s.office_back(),
    ),
    Switch(
        "office-deaf", "应答丢失", "answers get lost", lambda s: s.office_deaf(),
        lambda s: s.office_back(),
    ),
    Switch(
        "office-slow", "线路缓慢", "slow line", lambda s: s.office_slow(SLOW_S),
        lambda s: s.office_slow(0.0),
    ),
    Switch("office-restart", "后台重启", "restart head office", lambda s: s.restart_office()),
    Switch("kiosk-restart", "终端断电重启", "kiosk power cut", _restart_kiosk),
)  # fmt: skip


class FaultBoard(Box):
    """One button for each switch; a red one is thrown."""

    def __init__(self, hand: Hand) -> None:
        super().__init__("故障", "Faults")
        grid = QGridLayout()
        grid.setSpacing(6)
        for place, switch in enumerate(SWITCHES):
            grid.addWidget(_button(switch, hand), place // COLUMNS, place % COLUMNS)
        self.body.addLayout(grid)


def _button(switch: Switch, hand: Hand) -> QPushButton:
    button = two_line_button(f"fault-{switch.name}", switch.text_zh, switch.text_en)
    button.setProperty("small", True)
    if switch.off is None:
        button.clicked.connect(lambda: hand.do(switch.on))
    else:
        button.setCheckable(True)
        button.toggled.connect(partial(_throw, switch, hand))
    return button


def _throw(switch: Switch, hand: Hand, is_on: bool) -> None:
    deed = switch.on if is_on else switch.off
    assert deed
    hand.do(deed)
