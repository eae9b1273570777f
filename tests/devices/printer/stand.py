"""What the printer's tests share: a slip, its layouts, and an inbox that can be waited for."""

import threading
from pathlib import Path

from msgspec.structs import replace

from kiosk.devices.printer.escpos import ASSETS, read_layouts
from kiosk.devices.printer.layout import SlipLayouts
from kiosk.flow.event import DeviceChanged, DeviceState, Event, Fault, SlipFailed, SlipPrinted
from kiosk.flow.paper import Slip, SlipLine

OPERATOR, PHONE = "杭州供电公司", "95598"
WAIT_S = 10.0
GOLDEN = Path(__file__).parent / "slips"

ENERGY = Slip(
    layout="purchase",
    language="zh",
    order_no="3100012611240001234",
    terminal_no="310001",
    at_ms=1_795_484_804_000,
    customer_no="330100200033",
    meter_no="001900450033",
    name_masked="张*",
    paid_fen=15_000,
    notes_fen=(5_000, 2_000, 2_000, 5_000, 1_000),
    arrears_fen=4_350,
    balance_before_fen=12,
    balance_after_fen=11,
    energy_wh=187_560,
    purchase_count=32,
    lines=(SlipLine(1, 5_380, 120_000, 6_456), SlipLine(2, 5_880, 67_560, 3_973)),
)
MONEY = replace(ENERGY, energy_wh=None, wallet_money_fen=10_640, lines=())
ARREARS_ONLY = replace(
    ENERGY,
    notes_fen=(1_000,),
    paid_fen=1_000,
    arrears_fen=1_000,
    balance_before_fen=0,
    balance_after_fen=0,
    energy_wh=None,
    purchase_count=None,
    lines=(),
)
DOUBTFUL = replace(ENERGY, layout="doubtful", reason="write-failed")
UNSOLD = replace(
    ARREARS_ONLY, layout="doubtful", reason="sale-unknown", arrears_fen=0, purchase_count=None
)


def layouts(columns: int = 32) -> SlipLayouts:
    """The layouts that the product ships."""
    return SlipLayouts(
        read_layouts(ASSETS / "slips"),
        operator_name=OPERATOR,
        service_phone=PHONE,
        columns=columns,
    )


class Facts:
    """An inbox that keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()

    def post(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def post_durably(self, event: Event, timeout_s: float) -> bool:
        self.post(event)
        return True

    def state(self, state: DeviceState, fault: Fault = Fault.NONE) -> bool:
        """Wait until the newest state posted is this one; False after the deadline."""
        with self._changed:
            return self._changed.wait_for(lambda: self.newest() == (state, fault), WAIT_S)

    def newest(self) -> tuple[DeviceState, Fault] | None:
        states = self.states()
        return states[-1] if states else None

    def states(self) -> list[tuple[DeviceState, Fault]]:
        return [(e.state, e.fault) for e in self.events if isinstance(e, DeviceChanged)]

    def ends(self) -> list[SlipPrinted | SlipFailed]:
        return [e for e in self.events if isinstance(e, SlipPrinted | SlipFailed)]

    def wait_for_end(self, count: int = 1) -> SlipPrinted | SlipFailed:
        """Return how the ``count``-th slip ended."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.ends()) >= count, WAIT_S)
        return self.ends()[count - 1]
