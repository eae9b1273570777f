"""What the printer's tests share: a slip, its layouts, and an inbox that can be waited for."""

import threading
from pathlib import Path

from msgspec.structs import replace

from kiosk.devices.printer.escpos import ASSETS, read_layouts
from kiosk.devices.printer.layout import SlipLayouts
from kiosk.flow.event import DeviceChanged, DeviceState, Event, Fault, SlipFailed, SlipPrinted
from kiosk.flow.paper import CashPaper, SelfTestPaper, Slip, SlipLine, SlipMonth
from vending.cash import Business, BusinessSum, Figures, LooseNote, NoteCount, Opening, OpenItem

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
BILL = Slip(
    layout="bill",
    language="zh",
    order_no="3100012611240002345",
    terminal_no="310001",
    at_ms=1_795_484_804_000,
    customer_no="330100200077",
    meter_no="",
    name_masked="李*",
    paid_fen=20_000,
    notes_fen=(10_000, 5_000, 5_000),
    balance_before_fen=350,
    balance_after_fen=2_120,
    months=(SlipMonth("2026-09", 168_000, 9_038), SlipMonth("2026-10", 171_500, 9_192)),
    receipt_no="JF2026112400017",
)
BILL_PART = replace(BILL, paid_fen=1_000, notes_fen=(1_000,), balance_after_fen=1_350, months=())
BILL_DOUBTFUL = replace(
    BILL, layout="bill-doubtful", reason="posting-unknown", months=(), receipt_no=""
)

CLEARING = CashPaper(
    layout="clearing",
    language="zh",
    terminal_no="310001",
    at_ms=1_795_500_300_000,
    period_no=12,
    opened_at_ms=1_795_000_080_000,
    closed_at_ms=1_795_500_240_000,
    operator="310107",
    witness="310112",
    box_id="B-0042",
    bag_no="F8812044",
    openings=(Opening(removed_at_ms=1_795_500_000_000, returned_at_ms=1_795_500_120_000),),
    figures=Figures(
        counts=(
            NoteCount(cassette="1", value_fen=10_000, notes=31),
            NoteCount(cassette="1", value_fen=5_000, notes=12),
            NoteCount(cassette="1", value_fen=2_000, notes=7),
            NoteCount(cassette="1", value_fen=1_000, notes=20),
        ),
        sums=(
            BusinessSum(
                business=Business.ENERGY,
                orders=24,
                notes=44,
                paid_fen=298_000,
                completed_orders=23,
                completed_fen=288_000,
                slips=24,
                slips_fen=298_000,
            ),
            BusinessSum(
                business=Business.BILL,
                orders=8,
                notes=25,
                paid_fen=101_000,
                completed_orders=8,
                completed_fen=101_000,
                slips=7,
                slips_fen=91_000,
            ),
        ),
        incomplete=(
            OpenItem(order_no="3100012611240001234", business=Business.ENERGY, paid_fen=10_000),
        ),
        loose=(
            LooseNote(
                note_id="k7-31",
                value_fen=5_000,
                near_order_no="3100012611240001234",
                certain=True,
            ),
            LooseNote(note_id="k7-44", value_fen=0, near_order_no=None, certain=False),
        ),
    ),
)
SIMPLE = replace(
    CLEARING,
    witness="",
    agrees=True,
    copy=True,
    figures=replace(CLEARING.figures, incomplete=(), loose=(), sums=(CLEARING.figures.sums[1],)),
)
DISTURBED = replace(
    CLEARING,
    agrees=False,
    openings=(
        Opening(removed_at_ms=1_795_400_000_000, returned_at_ms=None, announced=False),
        Opening(removed_at_ms=1_795_500_000_000, returned_at_ms=1_795_500_120_000, staff="310107"),
    ),
    figures=replace(
        CLEARING.figures,
        counts=(
            NoteCount(cassette="1", value_fen=10_000, notes=31),
            NoteCount(cassette="2", value_fen=1_000, notes=2),
        ),
    ),
)
X_REPORT = replace(CLEARING, layout="x-report", closed_at_ms=None, openings=())
TEST = SelfTestPaper(
    layout="test",
    language="zh",
    terminal_no="310001",
    at_ms=1_795_484_804_000,
    software_version="1.4.0",
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
