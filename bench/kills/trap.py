"""Hears everything that happens around the kiosk, and springs at the moment it is armed for."""

import threading
from collections.abc import Callable

from bench.acceptor.device import AcceptorDevice
from bench.card_slot import SlotEvent, SlotEventKind
from bench.kills.moment import SIDES, Count, Kind, Moment, Side
from bench.printer.commands import Command as Printing
from bench.printer.commands import CutPaper, Initialise, ProcessId
from bench.printer.device import PrinterDevice
from bench.stand import Stand
from kiosk.devices.acceptor.ccnet.message import Command as Noting
from vending import wire

_INSTRUCTIONS = {
    0xA4: "SELECT",
    0xB0: "READ",
    0xD6: "UPDATE",
    0x84: "CHALLENGE",
    0x88: "INTERNAL-AUTH",
    0x82: "EXTERNAL-AUTH",
    0xC0: "RESPONSE",
}
_SLIP_STEPS: dict[type[Printing], str] = {Initialise: "START", CutPaper: "CUT", ProcessId: "ASK"}
_RESOURCES = {
    wire.ACCOUNTS_PATH: "accounts",
    wire.TRIALS_PATH: "trials",
    wire.VENDS_PATH: "vends",
    wire.SEALS_PATH: "seals",
    wire.REPORTS_PATH: "reports",
    wire.STAFF_SIGN_IN_PATH: "staff-sign-in",
}


class Trap:
    """Counts what it hears. Safe from every thread; whoever brings the news is held meanwhile."""

    def __init__(self, spring: Callable[[Moment], object]) -> None:
        """``spring`` kills; it is called once, by the thread in which the moment happens."""
        self._spring = spring
        self._lock = threading.Lock()
        self._count = Count()
        self._wanted: Moment | None = None
        self._heard: list[Moment] = []
        self._sprung = False

    def arm(self, wanted: Moment | None) -> None:
        """Count anew, and spring at ``wanted``; None: only count."""
        with self._lock:
            self._count, self._heard = Count(), []
            self._wanted, self._sprung = wanted, False

    @property
    def sprung(self) -> bool:
        """It has killed since it was armed."""
        with self._lock:
            return self._sprung

    @property
    def heard(self) -> tuple[Moment, ...]:
        """Every moment since it was armed, in order."""
        with self._lock:
            return tuple(self._heard)

    def hear(self, kind: Kind, name: str, *sides: Side) -> bool:
        """Learn that something happens; tell whether that was the moment."""
        with self._lock:
            moments = [self._count.next(kind, name, side) for side in sides or SIDES[kind]]
            self._heard += moments
            if self._sprung or self._wanted not in moments:
                return False
            self._sprung = True
            self._spring(self._wanted)
            return True

    # -- the ends of the wires -------------------------------------------------------------------

    def watch(self, stand: Stand) -> None:
        """Listen at the far ends of every wire of a stand that has been started."""
        assert stand.proxy
        stand.proxy.tap = lambda: RequestTap(self)
        stand.slot.observe(self._card)
        stand.printer.change(self._watch_printer)
        stand.acceptor.change(self._watch_acceptor)

    def _watch_acceptor(self, device: AcceptorDevice) -> None:
        device.on_command = self._acceptor

    def _watch_printer(self, device: PrinterDevice) -> None:
        device.on_command = self._printer

    def _acceptor(self, command: bytes) -> None:
        if command[0] != Noting.POLL:
            self.hear(Kind.ACCEPTOR, Noting(command[0]).name)

    def _printer(self, command: Printing) -> None:
        if step := _SLIP_STEPS.get(type(command)):
            self.hear(Kind.PRINTER, step)

    def _card(self, event: SlotEvent) -> None:
        if event.kind is SlotEventKind.RESET:
            self.hear(Kind.CARD, "RESET")
        elif event.kind is SlotEventKind.APDU:
            self.hear(Kind.CARD, _INSTRUCTIONS.get(event.apdu[1], f"{event.apdu[1]:02X}"))


class RequestTap:
    """One connection to the head office, as `bench.proxy.Tap`: tells requests from answers.

    HTTP/1.1 without pipelining: a request begins with the first piece after an answer.
    """

    def __init__(self, trap: Trap) -> None:
        self._trap = trap
        self._name = ""
        self._answered = True

    def question(self, data: bytes) -> None:
        """See `bench.proxy.Tap`."""
        if self._answered:
            self._answered, self._name = False, resource(data)
            self._tell(Side.BEFORE)

    def answer(self, _data: bytes) -> None:
        """See `bench.proxy.Tap`."""
        if not self._answered:
            self._answered = True
            self._tell(Side.AFTER)

    def _tell(self, side: Side) -> None:
        if self._name and self._trap.hear(Kind.REQUEST, self._name, side):
            raise ConnectionAbortedError("killed")


def resource(data: bytes) -> str:
    """Return what a request is about; empty: nothing that a purchase asks for (a sign-in)."""
    method, _, rest = data.partition(b" ")
    path = rest.partition(b" ")[0].decode("ascii", "replace")
    if method == b"GET" and path.startswith(wire.VENDS_PATH):
        return "inquiries"
    return _RESOURCES.get(path, "")
