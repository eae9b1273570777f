"""The printer at the level of its port: it prints, fails, dawdles or is dead."""

from collections.abc import Callable
from enum import StrEnum

from bench.explore.fuse import Fuse
from bench.explore.world import Life, World
from kiosk.devices.port import Inbox
from kiosk.flow.event import Device, DeviceChanged, DeviceState, Fault, SlipFailed, SlipPrinted
from kiosk.flow.paper import Paper as Printed
from kiosk.flow.paper import Slip

START_MS = 500
PRINT_MS = 2_500
DAWDLE_MS = 70_000


class Paper(StrEnum):
    """What is wrong with a printer."""

    WELL = "well"
    OUT = "out"
    DEAD = "dead"
    SLOW = "slow"


_STATES = {
    Paper.WELL: (DeviceState.OK, Fault.NONE),
    Paper.SLOW: (DeviceState.OK, Fault.NONE),
    Paper.OUT: (DeviceState.FAULT, Fault.PAPER_OUT),
    Paper.DEAD: (DeviceState.OFFLINE, Fault.NO_ANSWER),
}


class PrinterBox:
    """The machine itself: survives runs of the kiosk."""

    def __init__(self) -> None:
        self.paper = Paper.WELL
        self.slips: list[Slip] = []
        """Customers' slips; the staff's are in ``papers``."""
        self.papers: list[Printed] = []
        self.changed: Callable[[], None] = lambda: None

    def become(self, paper: Paper) -> None:
        """Break, or be repaired."""
        self.paper = paper
        self.changed()

    def keep(self, printed: Printed) -> None:
        """Put what came out where it belongs."""
        if isinstance(printed, Slip):
            self.slips.append(printed)
        else:
            self.papers.append(printed)


class SimPrinter:
    """Implements `kiosk.devices.port.Printer` for one run of the kiosk."""

    def __init__(self, world: World, life: Life, fuse: Fuse, box: PrinterBox) -> None:
        self._world = world
        self._life = life
        self._fuse = fuse
        self._box = box
        self._inbox: Inbox | None = None
        self._told: tuple[DeviceState, Fault] | None = None

    def start(self, inbox: Inbox) -> None:
        """See `Printer.start`."""
        self._inbox = inbox
        self._box.changed = lambda: self._world.after(START_MS, self._life, self._tell)
        self._box.changed()

    def print_slip(self, slip: Printed) -> None:
        """See `Printer.print_slip`."""
        pause_ms = DAWDLE_MS if self._box.paper is Paper.SLOW else PRINT_MS
        self._world.after(pause_ms, self._life, lambda: self._end(slip))

    def reset(self) -> None:
        """See `Printer.reset`: what is wrong with the paper stays wrong."""
        assert self._inbox is not None
        self._told = None
        self._inbox.post(DeviceChanged(device=Device.PRINTER, state=DeviceState.STARTING))
        self._box.changed()

    def stop(self, timeout_s: float) -> None:
        """See `Printer.stop`."""

    def _end(self, slip: Printed) -> None:
        assert self._inbox is not None
        self._fuse.burn("printer: not printed")
        state, fault = _STATES[self._box.paper]
        if state is DeviceState.OK:
            self._box.keep(slip)
            self._fuse.burn("printer: printed")
            self._inbox.post(SlipPrinted(order_no=slip.number))
        else:
            self._inbox.post(SlipFailed(order_no=slip.number, fault=fault))

    def _tell(self) -> None:
        found = _STATES[self._box.paper]
        if found != self._told and self._inbox is not None:
            self._told = found
            state, fault = found
            self._inbox.post(DeviceChanged(device=Device.PRINTER, state=state, fault=fault))
