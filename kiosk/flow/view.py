"""Parts of a `kiosk.flow.screen.Screen` that only some pages show. Codes and numbers only."""

from msgspec import Struct

from kiosk.cashbox.box import CashBox
from kiosk.flow.care import Counter, FaultSeen, SelfTestRun
from kiosk.flow.device import Device, DeviceState, Fault, SelfTest
from vending.bill import BillStatement, Settlement
from vending.cash import Figures
from vending.rights import Right, Role


class BillChoice(Struct, frozen=True, kw_only=True):
    """One way to pay: so many months, the oldest first."""

    months: int
    due_fen: int


class BillView(Struct, frozen=True, kw_only=True):
    """What is owed, what is chosen and what is paid."""

    statement: BillStatement
    choices: tuple[BillChoice, ...]
    """All months first, then 1, 2, 3 ... of the oldest."""
    note_values_fen: tuple[int, ...]
    """The denominations that the machine takes."""
    order_no: str = ""
    """Empty: nothing is chosen yet."""
    months: int = 0
    """How many are chosen."""
    due_fen: int = 0
    paid_fen: int = 0
    notes: int = 0
    last_note_fen: int | None = None
    """The note on its way into the box, or the last one that got there."""
    moving: bool = False
    settlement: Settlement | None = None
    """What the notes so far settle; its balance is what stays on the account."""
    receipt_no: str = ""
    """Empty: not posted (yet)."""
    slip_failed: bool = False
    printing: bool = False


class CashView(Struct, frozen=True, kw_only=True):
    """The cash box, its open period's figures, and what may be done about it now."""

    cash: CashBox
    figures: Figures
    """Of the open period."""
    may_start: bool
    may_cancel: bool
    may_end: bool
    needs_second: bool
    """A second person must sign in before it can start."""
    printing: str = ""
    """Number of the paper that is being printed (`Paper.number`); empty: none."""
    print_failed: bool = False
    """The last paper did not come out."""


class DeviceView(Struct, frozen=True, kw_only=True):
    """One part of the machine as maintenance staff see it."""

    device: Device
    state: DeviceState
    fault: Fault
    detail: str
    since_ms: int
    counters: tuple[tuple[Counter, int], ...]
    faults: tuple[FaultSeen, ...]
    """The last ones, the newest first."""
    tests: tuple[SelfTest, ...]
    can_reset: bool


class StaffView(Struct, frozen=True, kw_only=True):
    """Who is signed in, and what they may see."""

    name: str
    role: Role
    witness: str
    offline: bool = False
    last_ms: int | None = None
    rights: frozenset[Right] = frozenset()
    cash: CashView | None = None
    """None: this role does not see it."""
    devices: tuple[DeviceView, ...] = ()
    test: SelfTestRun | None = None
    software_version: str = ""
    started_at_ms: int = 0
    out_of_service: str = ""
    """Code of why customers could not be served if staff left now; empty: they could."""
