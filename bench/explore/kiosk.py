"""A kiosk in the simulation: the machine in the hall, and one run of its program after another."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench.acceptor.device import AcceptorDevice
from bench.acceptor.mechanism import Place
from bench.card_slot import POWER_OFF, CardSlot, SlotEvent, SlotEventKind
from bench.explore.boot import Boot, Hardware
from bench.explore.clock import KioskClock
from bench.explore.coverage import CUT, Coverage
from bench.explore.disk import ANCHOR, Disk, Image, Tear, torn
from bench.explore.fuse import Fuse
from bench.explore.line import Line
from bench.explore.office import Center
from bench.explore.plan import Plan
from bench.explore.printer import PrinterBox
from bench.explore.residents import Resident
from bench.explore.world import Life, World
from kiosk.flow import machine
from kiosk.flow.event import Event
from kiosk.flow.paper import Slip
from kiosk.flow.phase import Phase
from kiosk.flow.session import Session

START_MS = 25_000
"""From power to the first frame."""
WHERE_OFF = "off"


class TakenBox(NamedTuple):
    """A box that somebody took out of the machine."""

    period_no: int
    """The period that the terminal was in."""
    notes: Counter[int]
    """Value -> how many lay in it."""


class SimKiosk:
    """The machine. What it consists of outlives the program."""

    def __init__(
        self, world: World, plan: Plan, number: int, folder: Path, center: Center, seen: Coverage
    ) -> None:
        self.number = number
        self.terminal_no = f"{number + 1:06d}"
        self.line = Line(center)
        self.boot: Boot | None = None
        self.in_slot: Resident | None = None
        self.boots = 0
        self.cuts = 0
        self.mains = True
        """The next power cut takes everything; False: only the program ends."""
        self.tear = Tear.WHOLE
        """What the next power cut leaves of a commit under way."""
        self.off_ms = 0
        self.boxes: list[TakenBox] = []
        """Every box that was taken out, the oldest first: physical truth."""
        self.on_shown: list[Callable[[Session], None]] = []
        """Who looks at the screen."""
        self.on_phase: Callable[[SimKiosk, str], None] = lambda kiosk, phase: None
        self._world = world
        self._plan = plan
        self._seen = seen
        self._chance = plan.stream("kiosk", number)
        self._image: Image | None = None
        self._life = Life()
        self._phase = WHERE_OFF
        self._period_no = 1
        self.hardware = Hardware(
            clock=KioskClock(world),
            disk=Disk(folder / self.terminal_no),
            fuse=Fuse(self._blow),
            acceptor=AcceptorDevice(credit_recovery=plan.site.credit_recovery),
            slot=CardSlot(),
            printer=PrinterBox(),
            line=self.line,
        )
        self.hardware.slot.observe(self._slot_changed)

    # -- what people see and do ------------------------------------------------------------------

    @property
    def session(self) -> Session | None:
        """What the program knows; None: it does not run, or has halted."""
        if self.boot is None or self.boot.engine.halt:
            return None
        return self.boot.engine.session

    @property
    def at_rest(self) -> bool:
        """Nobody is served, nothing is pending, nothing waits to be sent."""
        session = self.session
        if session is None or self.boot is None or session.phase is not Phase.IDLE:
            return False
        return machine.is_resting(session) and not any(self.boot.waiting.values())

    @property
    def phase(self) -> str:
        """What is shown, in one word."""
        return self._phase

    @property
    def slips(self) -> list[Slip]:
        """Every slip that has come out here."""
        return self.hardware.printer.slips

    def press(self, event: Event) -> None:
        """Press something on the screen."""
        if self.boot:
            self.boot.inbox.post(event)

    def insert(self, owner: Resident) -> None:
        """Put a card into the empty slot."""
        self.in_slot = owner
        owner.kiosk = self
        self.hardware.slot.insert(owner.card)

    def pull(self) -> None:
        """Pull the card out of the slot, if there is one."""
        self.hardware.slot.pull()

    def offer(self, value_fen: int | None) -> bool:
        """Hold a note against the mouth of the acceptor; False: it is not drawn in."""
        metal = self.hardware.acceptor.mechanism
        metal.advance(self._world.now_s)
        taken = metal.insert(value_fen, self._world.now_s)
        self.stir()
        return taken

    @property
    def box_is_in(self) -> bool:
        """A box is in the machine."""
        return self.hardware.acceptor.mechanism.box_present

    def take_box(self) -> None:
        """Open the machine and take the box out, with all that is in it."""
        metal = self.hardware.acceptor.mechanism
        metal.advance(self._world.now_s)
        if metal.box_present:
            notes = Counter(value or 0 for value in metal.values_at(Place.BOX))
            self.boxes.append(TakenBox(self._period_no, notes))
        metal.remove_box()
        self.stir()

    def put_box(self) -> None:
        """Put an empty box in, if none is."""
        metal = self.hardware.acceptor.mechanism
        metal.advance(self._world.now_s)
        if not metal.box_present:
            metal.insert_box(self._world.now_s)
        self.stir()

    def stir(self) -> None:
        """Something touched the acceptor."""
        if self.boot and self.boot.acceptor:
            self.boot.acceptor.stir()

    def touch_slot(self) -> None:
        """Something touched the reader."""
        if self.boot and self.boot.card_desk and self.boot.card_desk.worker:
            self.boot.card_desk.worker.touch()

    def _slot_changed(self, event: SlotEvent) -> None:
        if event.kind in {SlotEventKind.PULLED, SlotEventKind.EJECTED} and self.in_slot:
            self.in_slot.kiosk = None
            self.in_slot = None
            self._tell()

    # -- power -----------------------------------------------------------------------------------

    def power_on(self) -> None:
        """Give everything its power and start the program; harmless when it runs."""
        if self.boot:
            return
        metal = self.hardware.acceptor.mechanism
        metal.advance(self._world.now_s)
        if not metal.powered and metal.until_s is None:
            metal.power_on()
        self.boots += 1
        self.boot = Boot(self._world, self._plan, self.terminal_no, self.boots, self.hardware)
        self.boot.listen(self._shown, self._seen.stepped)
        self.boot.restart = self._restart

    def _restart(self) -> None:
        """Staff want the program to start anew; everything else keeps its power."""
        kept, self.mains = self.mains, False
        self.power_off("restarted by staff")
        self.mains = kept

    def power_off(self, what: str = "between two effects") -> None:
        """Cut the power now, between two things."""
        if self.boot:
            self._blow(what)
            self.fall()

    def _blow(self, what: str) -> None:
        """At the very moment of the cut: what is on the disk now is all that there will be."""
        boot = self.boot
        assert boot
        self.cuts += 1
        self._seen.met(self._phase, f"{CUT}{what}")
        boot.life.alive = False
        image = self.hardware.disk.image()
        if boot.database.torn_from is not None:
            image = torn(boot.database.torn_from, image, self.tear, self._chance)
        self._image = self._with_torn_anchor(image)
        if boot.card_desk:
            boot.card_desk.end()
        if self.mains:
            metal = self.hardware.acceptor.mechanism
            metal.advance(self._world.now_s)
            metal.power_cut()
            self.hardware.slot.receive(POWER_OFF)

    def _with_torn_anchor(self, image: Image) -> Image:
        """The anchor is not forced to the disk: it may be torn, or an older one."""
        anchor = image.get(ANCHOR, b"")
        if anchor and self.mains and self._chance.random() < 0.2:
            keep = self._chance.randrange(len(anchor))
            return {**image, ANCHOR: anchor[:keep]}
        return image

    def fall(self) -> None:
        """After a cut: clean up behind the program, and come back after a while."""
        boot = self.boot
        if boot is None or self._image is None:
            return
        boot.engine.close()
        self.hardware.disk.restore(self._image)
        self._image = None
        self.boot = None
        self._enter(WHERE_OFF)
        self._world.after(self.off_ms + START_MS, self._life, self.power_on)

    # -- who looks -------------------------------------------------------------------------------

    def _shown(self, session: Session) -> None:
        self._period_no = session.cash.period.period_no
        self._enter(session.phase.value)
        self._tell()

    def _enter(self, phase: str) -> None:
        if phase != self._phase:
            self._phase = phase
            self.on_phase(self, phase)

    def _tell(self) -> None:
        session = self.session
        if session:
            for look in tuple(self.on_shown):
                look(session)
