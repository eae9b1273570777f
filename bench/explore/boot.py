"""One run of the kiosk's program, put together as `kiosk.app.services` does, without its threads.

Each thread of the product is a timer here: the engine's, the network's, the outbox's and one for
each device.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bench.acceptor.device import AcceptorDevice
from bench.card_slot import CardSlot
from bench.explore.acceptor import SimAcceptor
from bench.explore.card import SimCardDesk
from bench.explore.clock import KioskClock
from bench.explore.disk import Disk, SimDatabase
from bench.explore.fuse import Fuse
from bench.explore.line import Line, SimOffice
from bench.explore.plan import VALUES_FEN, Plan
from bench.explore.printer import PrinterBox, SimPrinter
from bench.explore.world import Life, Timer, World
from kiosk.backend.outbox import Outbox
from kiosk.devices.acceptor.ccnet.machine import CcnetMachine
from kiosk.engine.engine import Engine, Settings
from kiosk.engine.executor import Executor, Ports
from kiosk.engine.inbox import Delivery, Fate, Inbox
from kiosk.engine.journal import Journal
from kiosk.engine.machine import Machine
from kiosk.engine.office import LineStatus, OfficeLane
from kiosk.engine.runner import Runner
from kiosk.flow import machine
from kiosk.flow.command import Command
from kiosk.flow.event import (
    Device,
    DeviceChanged,
    DeviceState,
    Event,
    PeriodAnswered,
    Restarted,
)
from kiosk.flow.policy import Policy
from kiosk.flow.screen import timeout_s
from kiosk.flow.session import Session, fresh
from vending.cash import PeriodAnswer

VERSION = "explore"
TURNS_MS = (2, 2, 2, 2, 2, 2, 30, 400)
"""A fact waits so long for the engine's thread; now and then the machine is busy."""
NETWORK_MS = 3
GOODBYE_MS = 200
"""From the wish to restart to the end of the program."""


@dataclass(frozen=True)
class Hardware:
    """What a run of the program finds."""

    clock: KioskClock
    disk: Disk
    fuse: Fuse
    acceptor: AcceptorDevice
    slot: CardSlot
    printer: PrinterBox
    line: Line


class SimInbox(Inbox):
    """The real inbox; whoever waits for the journal lets the engine turn meanwhile."""

    def __init__(self, turn: Callable[[], None]) -> None:
        super().__init__()
        self._turn_engine = turn

    def post_durably(self, event: Event, timeout_s: float) -> bool:
        """See `Inbox.post_durably`."""
        delivery = Delivery(event)
        self._queue.append(delivery)
        while delivery.fate is Fate.WAITING:
            self._turn_engine()
        return delivery.fate is Fate.DURABLE


class Boot:
    """Everything of the kiosk that is not the screen, from one start to its end."""

    def __init__(
        self, world: World, plan: Plan, terminal_no: str, number: int, hardware: Hardware
    ) -> None:
        self.life = Life()
        self.acceptor: SimAcceptor | None = None
        self.card_desk: SimCardDesk | None = None
        self.outbox: Outbox | None = None
        self._world = world
        self._plan = plan
        self._number = number
        self._terminal_no = terminal_no
        self._hardware = hardware
        self._chance = plan.stream("boot", terminal_no, number)
        self._step: Callable[[Session, Event], None] = lambda session, event: None
        self.restart: Callable[[], None] = lambda: None
        """Ends this run; staff want another one."""
        self.inbox = SimInbox(self._turn)
        site = plan.site
        self.database = SimDatabase(hardware.disk, hardware.fuse, site.checkpoint_pages)
        self.journal = Journal(
            self.database, owner=terminal_no, new_id=lambda: self._chance.randbytes(16).hex()
        )
        self.engine = Engine(
            self._machine(), self.journal, hardware.clock, self._perform, self._settings()
        )
        self.engine.listen(self._make_devices)
        self._runner = Runner(self.engine, self.inbox, hardware.clock)
        self._engine_timer = Timer(world, self.life, self._turn)
        self.inbox.on_post(lambda: self._engine_timer.wake(self._chance.choice(TURNS_MS)))
        self._make_network()
        self._executor: Executor | None = None
        self._printer: SimPrinter | None = None
        self._begun = False
        self._engine_timer.wake()

    def listen(
        self, shown: Callable[[Session], None], stepped: Callable[[Session, Event], None]
    ) -> None:
        """Tell of every session, and of every step before it is made."""
        self.engine.listen(lambda session, _: shown(session))
        self._step = stepped

    @property
    def waiting(self) -> dict[str, int]:
        """How much waits in the queues of this run."""
        reports = self.outbox.deliveries.waiting if self.outbox else 0
        return {"inbox": len(self.inbox), "outbox": reports}

    # -- making ----------------------------------------------------------------------------------

    def _settings(self) -> Settings:
        return Settings(
            software_version=VERSION,
            checkpoint_entries=self._plan.site.checkpoint_entries,
            new_boot_id=lambda: self._chance.randbytes(8).hex(),
        )

    def _machine(self) -> Machine[Session]:
        policy = Policy(
            terminal_no=self._terminal_no,
            note_values_fen=VALUES_FEN,
            clearing_by_two=self._plan.site.clearing_by_two,
        )

        def step(session: Session, event: Event) -> tuple[Session, tuple[Command, ...]]:
            self._step(session, event)
            return machine.step(session, event)

        def restarted(boot_id: str, software_version: str) -> Event:
            return Restarted(boot_id=boot_id, software_version=software_version, policy=policy)

        return Machine(
            fresh=fresh(policy),
            step=step,
            timeout_s=timeout_s,
            is_resting=machine.is_resting,
            standing=machine.standing,
            make_safe=machine.MAKE_SAFE,
            restarted=restarted,
        )

    def _make_network(self) -> None:
        hardware = self._hardware
        self._office = SimOffice(
            hardware.line, hardware.fuse, self._terminal_no, self._plan.stream("line", self._number)
        )
        self._status = LineStatus(self.inbox.post, hardware.clock)
        self._lane = OfficeLane(
            self._office,
            self._post_answer,
            hardware.clock,
            self._status,
            software_version=VERSION,
        )
        self._lane_timer = Timer(self._world, self.life, self._turn_lane)
        self._outbox_timer = Timer(self._world, self.life, self._turn_outbox)
        self._lane_busy_us = self._outbox_busy_us = 0
        self._lane.on_ask(lambda: self._lane_timer.wake(self._pause_ms(self._lane_busy_us)))
        self.engine.on_reports(
            lambda: self._outbox_timer.wake(self._pause_ms(self._outbox_busy_us))
        )

    def _pause_ms(self, busy_us: int) -> int:
        """A thread that waits for an answer does nothing else."""
        return max(NETWORK_MS, -(-(busy_us - self._world.now_us) // 1_000))

    def _make_devices(self, session: Session, _: float | None) -> None:
        if self._executor:
            return
        hardware, world, life = self._hardware, self._world, self.life
        ccnet = CcnetMachine(boot_id=f"{self._number:08x}", last_end=session.note_end)
        self.acceptor = SimAcceptor(world, life, hardware.fuse, hardware.acceptor, ccnet)
        self.card_desk = SimCardDesk(
            world, life, hardware.fuse, hardware.slot, motor=self._plan.site.motor
        )
        self._printer = SimPrinter(world, life, hardware.fuse, hardware.printer)
        ports = Ports(
            self.card_desk,
            self.acceptor,
            self._printer,
            self._lane,
            restart=lambda: world.after(GOODBYE_MS, life, self.restart),
        )
        self._executor = Executor(ports, self.inbox.post)

    def _begin(self) -> None:
        """After the first turn that found a journal: let the devices begin."""
        if not self._executor or self._begun:
            return
        self._begun = True
        assert self.acceptor
        assert self.card_desk
        assert self._printer
        self.outbox = Outbox(
            self.journal,
            self._status.watch(self._office.report),
            self.journal.journal_id,
            wall_ms=self._hardware.clock.wall_ms,
            draw=self._chance.random,
            on_answer=self._keep_answer,
        )
        self.acceptor.start(self.inbox)
        self._printer.start(self.inbox)
        self.card_desk.start(self.inbox)
        self.inbox.post(DeviceChanged(device=Device.SCANNER, state=DeviceState.OK))
        self._lane_timer.wake(NETWORK_MS)
        self._outbox_timer.wake(NETWORK_MS)

    # -- the threads -----------------------------------------------------------------------------

    def _turn(self) -> None:
        due_s = self._runner.turn()
        self._begin()
        self._engine_timer.set_s(due_s)

    def _perform(self, asked: Command) -> None:
        name = type(asked).__name__
        self._hardware.fuse.burn(f"wish: {name} not asked")
        if self._executor:
            self._executor.perform(asked)
        self._hardware.fuse.burn(f"wish: {name} asked")

    def _turn_lane(self) -> None:
        self._office.took_ms = 0
        due_s = self._lane.turn()
        self._lane_busy_us = self._world.now_us + self._office.took_ms * 1_000
        if due_s is not None:
            self._lane_timer.set_s(max(due_s, self._lane_busy_us / 1_000_000))

    def _turn_outbox(self) -> None:
        assert self.outbox
        self._office.took_ms = 0
        rest_ms = self.outbox.turn()
        took_ms = self._office.took_ms
        self._outbox_busy_us = self._world.now_us + took_ms * 1_000
        if rest_ms is not None:
            self._outbox_timer.wake(max(rest_ms, took_ms))

    def _keep_answer(self, answer: PeriodAnswer) -> bool:
        return self.inbox.post_durably(PeriodAnswered(answer=answer), 0.0)

    def _post_answer(self, event: Event) -> None:
        """The caller of the office would have waited for it: so does the fact."""
        took_ms = self._office.took_ms
        if took_ms:
            self._world.after(took_ms, self.life, lambda: self.inbox.post(event))
        else:
            self.inbox.post(event)
