"""Everything of the kiosk that is not the screen: engine, devices, head office, outbox, watchdog.

Built on a thread of its own after the first frame, because the libraries behind it take half a
second to import. The devices are made when the journal has been folded: what the acceptor may
repeat and what it must be asked about is known before the first byte goes out.
"""

import random
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path

import kiosk
from kiosk.app.policy import ca_file, journal_file, key_file, policy_of, timing_of
from kiosk.app.watchdog import Watchdog
from kiosk.backend import identity
from kiosk.backend.client import Client
from kiosk.backend.outbox import Outbox
from kiosk.devices.port import Acceptor, Printer, Scanner
from kiosk.devices.registry import driver
from kiosk.devices.transport import LineSettings
from kiosk.engine.clock import SystemClock
from kiosk.engine.copies import Copies
from kiosk.engine.database import Database
from kiosk.engine.engine import Engine, Settings
from kiosk.engine.executor import Executor, Ports
from kiosk.engine.export import Exporter
from kiosk.engine.halt import Halt
from kiosk.engine.health import Health
from kiosk.engine.inbox import Inbox
from kiosk.engine.journal import Journal
from kiosk.engine.loop import Loop
from kiosk.engine.machine import Machine
from kiosk.engine.nightly import Nightly
from kiosk.engine.office import LineStatus, OfficeLane
from kiosk.engine.roster import RosterKeeper
from kiosk.engine.runner import Runner
from kiosk.engine.staff_desk import OfficeStaffDesk
from kiosk.engine.stick import MountedStick
from kiosk.engine.story import Storyteller
from kiosk.engine.upkeep import Keeping
from kiosk.engine.workbench import Site, Workbench
from kiosk.flow import machine
from kiosk.flow.command import Command
from kiosk.flow.event import Event, PeriodAnswered, Restarted
from kiosk.flow.screen import timeout_s
from kiosk.flow.session import Session, fresh
from kiosk.meter_card.remote import WorkerCard

ENGINE_LIMIT_S = 60.0
"""A damaged disk may be slow; checking and following a long journal shows that it goes on."""
OFFICE_LIMIT_S = 150.0
STOP_S = 5.0
DURABLE_S = 10.0
"""The engine takes a fact within milliseconds, unless it has halted or the disk is slow."""

Listener = Callable[[Session, float | None], None]


class Services:
    """The machine behind the screen."""

    def __init__(self, site: Site, health: Health) -> None:
        """Make everything that needs no journal; start nothing.

        Raises `identity.IdentityError` when the terminal is not registered yet.
        """
        self._site = site
        self._config = config = site.config
        self._clock = SystemClock()
        self._identity = identity.load(key_file(config))
        self.inbox = Inbox()
        self.engine = self._make_engine()
        self._client = self._make_client()
        self._status = LineStatus(self.inbox.post, self._clock)
        self._lane = OfficeLane(
            self._client,
            self.inbox.post,
            self._clock,
            self._status,
            software_version=kiosk.__version__,
            probe_s=config.head_office.probe_s,
        )
        self._executor: Executor | None = None
        self._ports: Ports | None = None
        self._outbox: Outbox | None = None
        self._begun = False
        engine_beat = health.heart("engine", ENGINE_LIMIT_S)
        self._runner = Runner(
            self.engine, self.inbox, self._clock, partial(self._beat, engine_beat)
        )
        office_beat = health.heart("office", OFFICE_LIMIT_S)
        self._network = Loop("office", self._lane.turn, self._clock, office_beat)
        outbox_beat = health.heart("outbox", OFFICE_LIMIT_S)
        self._deliveries = Loop("outbox", self._deliver, self._clock, outbox_beat)
        nightly = self._make_nightly()
        self._nightly = Loop("nightly", nightly.turn, self._clock)  # nobody waits for it
        self._watchdog = Watchdog(health, self._clock)
        self._restart: Callable[[], None] = lambda: None
        self._make_staff_side(health)
        self._lane.on_ask(self._network.wake)
        self.engine.on_reports(self._deliveries.wake)
        self.engine.on_progress(engine_beat)

    def listen(self, shown: Listener, halted: Callable[[Halt], None]) -> None:
        """Tell the screen of every session and of a halt; before `start`."""
        self.engine.listen(shown)
        self.engine.on_halt(halted)

    def on_restart(self, restart: Callable[[], None]) -> None:
        """Call ``restart`` when staff want the program to start anew; before `start`."""
        self._restart = restart

    def start(self) -> None:
        """Check the journal, take up what was left, go into service when all parts are ready."""
        self._runner.start()
        self._watchdog.start()
        self.staff_desk.start()
        self.workshop.start()

    def stop(self) -> None:
        """End everything, the acceptor first so that no note is on its way."""
        self._watchdog.stop()
        if self._ports:
            self._ports.acceptor.stop(STOP_S)
            self._ports.card_desk.stop(STOP_S)
            self._ports.printer.stop(STOP_S)
            if self._ports.scanner:
                self._ports.scanner.stop(STOP_S)
        self._client.close()
        self._nightly.stop(STOP_S)
        self.staff_desk.stop(STOP_S)
        self.workshop.stop(STOP_S)
        self._network.stop(STOP_S)
        self._deliveries.stop(STOP_S)
        self._runner.stop(STOP_S)

    # -- making --------------------------------------------------------------------------------

    def _make_engine(self) -> Engine[Session]:
        config = self._config
        self._journal = Journal(Database(journal_file(config)), owner=config.terminal.number)
        settings = Settings(
            software_version=kiosk.__version__,
            checkpoint_entries=config.storage.checkpoint_entries,
            clock_tolerance_ms=config.storage.clock_tolerance_s * 1000,
            keeping=Keeping(config.storage.archive_entries, config.storage.archive_after_days),
        )
        flow = Machine(
            fresh=fresh(policy_of(config)),
            step=machine.step,
            timeout_s=timeout_s,
            is_resting=machine.is_resting,
            standing=machine.standing,
            make_safe=machine.MAKE_SAFE,
            restarted=self._restarted,
        )
        engine = Engine(flow, self._journal, self._clock, self._perform, settings)
        engine.listen(self._make_devices)
        return engine

    def _restarted(self, boot_id: str, software_version: str) -> Event:
        """The policy is a fact too: what was decided under an older one stays decided."""
        policy = policy_of(self._config)
        return Restarted(boot_id=boot_id, software_version=software_version, policy=policy)

    def _make_nightly(self) -> Nightly:
        storage = self._config.storage
        copies = None
        if storage.copy_directory:
            copies = Copies(self._journal, Path(storage.copy_directory), storage.copies_kept)
        wake = self._deliveries.wake
        return Nightly(self._journal, self._clock, copies, storage.copy_hour, wake)

    def _make_client(self) -> Client:
        config = self._config
        return Client(
            config.head_office.url,
            self._identity,
            timing=timing_of(config),
            ca_file=ca_file(config),
        )

    def _make_staff_side(self, health: Health) -> None:
        """Whom the pages of staff talk to, and what they know without the head office."""
        storage = self._config.storage
        roster = RosterKeeper(Path(storage.directory), self._identity, self._clock.wall_ms)
        self._lane.on_sign_in(roster.follow)
        self.staff_desk = OfficeStaffDesk(
            self._client,
            roster,
            Storyteller(self._journal),
            self.inbox.post,
            self._clock.wall_ms,
        )
        exporter = Exporter(MountedStick(storage.export_directory), self._identity)
        self.workshop = Workbench(
            self._site, self._journal, roster, health, exporter, self._clock, self.inbox.post
        )
        self.engine.listen(self.staff_desk.watch)
        self.engine.listen(self.workshop.watch)

    def _make_devices(self, session: Session, _: float | None) -> None:
        """At the first session: the journal is folded, nothing has been wished for yet."""
        if self._ports is None:
            self._ports = Ports(
                card_desk=self._make_card_desk(),
                acceptor=self._make_acceptor(session),
                printer=self._make_printer(),
                office=self._lane,
                scanner=self._make_scanner(),
                restart=self._restart,
            )
            self._executor = Executor(self._ports, self.inbox.post)

    def _make_acceptor(self, session: Session) -> Acceptor:
        settings = self._config.acceptor
        make = driver(settings.model)
        acceptor: Acceptor = make(
            settings.url,
            settings=LineSettings(baud=settings.baud),
            boot_id=secrets.token_hex(4),
            last_end=session.note_end,
        )
        return acceptor

    def _make_printer(self) -> Printer:
        settings, terminal = self._config.printer, self._config.terminal
        printer: Printer = driver(settings.model)(
            settings.url,
            settings=LineSettings(baud=settings.baud),
            columns=settings.columns,
            operator_name=terminal.operator_name,
            service_phone=terminal.service_phone,
        )
        return printer

    def _make_scanner(self) -> Scanner | None:
        """None: this machine has no scanner."""
        settings = self._config.scanner
        if not settings.url:
            return None
        scanner: Scanner = driver(settings.model)(
            settings.url, settings=LineSettings(baud=settings.baud)
        )
        return scanner

    def _make_card_desk(self) -> WorkerCard:
        log = Path(self._config.storage.directory) / "log" / "card-worker.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        return WorkerCard(self._config.card_reader.url, log_path=log)

    # -- running -------------------------------------------------------------------------------

    def _perform(self, asked: Command) -> None:
        if self._executor:
            self._executor.perform(asked)

    def _beat(self, beat: Callable[[], None]) -> None:
        """After the engine's first turn that found a journal: let the devices begin."""
        beat()
        if self._ports and not self._begun:
            self._begun = True
            self._outbox = self._make_outbox()
            self._ports.acceptor.start(self.inbox)
            self._ports.printer.start(self.inbox)
            self._ports.card_desk.start(self.inbox)
            if self._ports.scanner:
                self._ports.scanner.start(self.inbox)
            self._network.start()
            self._deliveries.start()
            self._nightly.start()

    def _make_outbox(self) -> Outbox:
        return Outbox(
            self._journal,
            self._status.watch(self._client.report),
            self._journal.journal_id,
            wall_ms=self._clock.wall_ms,
            draw=random.random,
            alarm_after_ms=self._config.head_office.report_alarm_h * 3_600_000,
            on_answer=lambda a: self.inbox.post_durably(PeriodAnswered(answer=a), DURABLE_S),
        )

    def _deliver(self) -> float | None:
        rest_ms = self._outbox.turn() if self._outbox else None
        return None if rest_ms is None else self._clock.monotonic_s() + rest_ms / 1000
