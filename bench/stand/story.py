"""What happens on the bench, told in both languages, for the window and the demo."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from bench.card_slot import SlotEvent, SlotEventKind
from vending.money import format_yuan

LINES_KEPT = 500


class Happening(Enum):
    """Everything that is told; braces take what is said about it."""

    KIOSK_STARTS = ("售电终端启动", "the kiosk starts")
    KIOSK_KILLED = ("售电终端断电", "the kiosk loses power")
    CARD_INSERTED = ("插入 {}", "into the slot: {}")
    CARD_PULLED = ("电卡被拔出", "the card is pulled out")
    CARD_EJECTED = ("终端退出电卡", "the kiosk gives the card back")
    NOTE_OFFERED = ("投入 {} 元", "into the note slot: {} yuan")
    NOTE_NOT_TAKEN = ("{} 元未被吸入", "{} yuan: not drawn in")
    PAPER_OFFERED = ("投入一张白纸", "into the note slot: a piece of paper")
    PAPER_NOT_TAKEN = ("白纸未被吸入", "a piece of paper: not drawn in")
    METER = ("电表显示：{}", "the meter says: {}")
    BILL_SHOWN = ("扫描 {}", "before the scanner: {}")
    BILL_NOT_SEEN = ("扫描 {}，没有读到", "before the scanner: {}; nobody listens")
    SLIP = ("打印凭条", "a slip comes out")
    JAM = ("纸币器卡币", "the note acceptor jams")
    REPAIRED = ("卡币已排除", "the jam is cleared")
    BOX_OUT = ("取走钞箱", "the cash box is taken away")
    BOX_IN = ("装入空钞箱", "an empty cash box goes in")
    REJECT_NEXT = ("下一张纸币将无法识别", "the next note will not be recognised")
    POWER_OFF = ("纸币器断电", "the note acceptor loses power")
    POWER_ON = ("纸币器通电", "the note acceptor has power")
    POWER_CUT_ARRANGED = ("纸币器将断电：{}", "the note acceptor will lose power: {}")
    PULL_ARRANGED = ("第 {} 条卡命令前拔卡", "the card will be pulled before command {}")
    PAPER_OUT = ("打印纸用完", "the printer is out of paper")
    PAPER_IN = ("装入打印纸", "paper goes into the printer")
    PRINTER_DEAD = ("打印机断线", "the printer is dead")
    PRINTER_BACK = ("打印机恢复", "the printer is back")
    OFFICE_GONE = ("与后台的线路中断", "the line to the head office is cut")
    OFFICE_DEAF = ("后台的应答丢失", "answers of the head office get lost")
    OFFICE_SLOW = ("线路延迟 {}", "the line is slow by {}")
    OFFICE_QUICK = ("线路不再延迟", "the line is quick again")
    OFFICE_BACK = ("与后台的线路恢复", "the line to the head office is whole")
    OFFICE_RESTARTS = ("后台重新启动", "the head office restarts")
    STAFF = (
        "工作人员 {}：按住屏幕上的终端号 5 秒",
        "staff: {}; hold the terminal number on the screen for 5 s",
    )
    FAILED = ("未能执行：{}", "that did not work: {}")

    def __init__(self, text_zh: str, text_en: str) -> None:
        self.text_zh = text_zh
        self.text_en = text_en


@dataclass(frozen=True)
class Line:
    """Something that happened."""

    happening: Happening
    text_zh: str
    text_en: str
    at_s: float = field(default_factory=time.time)
    """Unix time."""


class Story:
    """The latest lines, and whoever wants to hear of new ones. Safe from every thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: deque[Line] = deque(maxlen=LINES_KEPT)
        self._listeners: list[Callable[[Line], object]] = []
        self._told = 0

    @property
    def lines(self) -> tuple[Line, ...]:
        """The latest lines, the oldest first."""
        with self._lock:
            return tuple(self._lines)

    def since(self, told: int) -> tuple[int, tuple[Line, ...]]:
        """Return how many lines there were in all, and those after the first ``told``."""
        with self._lock:
            fresh = min(self._told - told, len(self._lines))
            return self._told, tuple(self._lines)[len(self._lines) - fresh :]

    def listen(self, listener: Callable[[Line], object]) -> None:
        """Call ``listener`` with every new line, in the thread in which it happens."""
        with self._lock:
            self._listeners.append(listener)

    def tell(self, happening: Happening, said_zh: str = "", said_en: str = "") -> None:
        """Add a line."""
        line = Line(happening, happening.text_zh.format(said_zh), happening.text_en.format(said_en))
        with self._lock:
            self._lines.append(line)
            self._told += 1
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(line)

    def note(self, value_fen: int | None, taken: bool) -> None:
        """Tell of an offered banknote, or piece of paper."""
        if value_fen is None:
            self.tell(Happening.PAPER_OFFERED if taken else Happening.PAPER_NOT_TAKEN)
            return
        yuan = format_yuan(value_fen).removesuffix(".00")
        self.tell(Happening.NOTE_OFFERED if taken else Happening.NOTE_NOT_TAKEN, yuan, yuan)

    def card_slot(self, event: SlotEvent) -> None:
        """Tell of a card that leaves the slot."""
        if event.kind is SlotEventKind.PULLED:
            self.tell(Happening.CARD_PULLED)
        elif event.kind is SlotEventKind.EJECTED:
            self.tell(Happening.CARD_EJECTED)
