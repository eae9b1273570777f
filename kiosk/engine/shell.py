"""The engine with its threads: what `kiosk.app` starts once it has chosen the concrete parts.

Facts: devices and screen -> inbox -> engine thread. Wishes: executor -> devices, network thread.
Reports: outbox thread. Each thread reports to `Health` after every turn.
"""

import logging
import random
from collections.abc import Callable
from typing import Generic, NamedTuple

from kiosk.backend.outbox import Outbox, StoreError
from kiosk.backend.port import HeadOffice
from kiosk.devices.port import Acceptor, Printer
from kiosk.engine.clock import Clock
from kiosk.engine.engine import Engine, Settings
from kiosk.engine.executor import Executor, Ports
from kiosk.engine.health import Health
from kiosk.engine.inbox import Inbox
from kiosk.engine.journal import Journal
from kiosk.engine.loop import Loop
from kiosk.engine.machine import Machine, S
from kiosk.engine.office import AS_THE_ACCOUNT_SAYS, LineStatus, OfficeLane, SiteLimits
from kiosk.engine.runner import Runner
from kiosk.meter_card.port import CardDesk

_logger = logging.getLogger(__name__)

ENGINE_LIMIT_S = 60.0
"""A start may check a journal of years; a turn takes milliseconds."""
NETWORK_LIMIT_S = 180.0
"""One call to the head office, with its own deadlines, and room to spare."""
STORE_RETRY_S = 5.0
"""Pause of the outbox while the journal cannot be used; the engine says why."""


class Parts(NamedTuple):
    """The concrete parts of a kiosk."""

    card_desk: CardDesk
    acceptor: Acceptor
    printer: Printer
    office: HeadOffice


class Timing(NamedTuple):
    """What the configuration says about the line and the reports."""

    probe_s: float = 60.0
    report_alarm_s: float = 24 * 3600.0


DEFAULT_TIMING = Timing()


class Shell(Generic[S]):
    """A running kiosk without a screen. The screen listens to `engine` and posts to `inbox`."""

    def __init__(
        self,
        machine: Machine[S],
        journal: Journal,
        parts: Parts,
        clock: Clock,
        settings: Settings,
        *,
        timing: Timing = DEFAULT_TIMING,
        site: SiteLimits = AS_THE_ACCOUNT_SAYS,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._parts = parts
        self._clock = clock
        self.health = Health(clock)
        self.inbox = Inbox()
        status = LineStatus(self.inbox.post, clock)
        self._lane = OfficeLane(
            parts.office,
            self.inbox.post,
            clock,
            status,
            software_version=settings.software_version,
            probe_s=timing.probe_s,
            site=site,
        )
        ports = Ports(parts.card_desk, parts.acceptor, parts.printer, self._lane)
        executor = Executor(ports, self.inbox.post)
        self.engine = Engine(machine, journal, clock, executor.perform, settings)
        self.outbox = Outbox(
            journal,
            status.watch(parts.office.report),
            lambda: journal.journal_id,
            wall_ms=clock.wall_ms,
            draw=draw,
            alarm_after_ms=int(timing.report_alarm_s * 1000),
        )
        heart = self.health.heart
        self._runner = Runner(self.engine, self.inbox, clock, heart("engine", ENGINE_LIMIT_S))
        self._network = Loop("network", self._lane.turn, clock, heart("network", NETWORK_LIMIT_S))
        self._reports = Loop("outbox", self._deliver, clock, heart("outbox", NETWORK_LIMIT_S))
        self._lane.on_ask(self._network.wake)
        self.engine.on_reports(self._reports.wake)

    def start(self) -> None:
        """Start the threads, then the devices."""
        self._runner.start()
        self._network.start()
        self._reports.start()
        self._parts.card_desk.start(self.inbox)
        self._parts.acceptor.start(self.inbox)
        self._parts.printer.start(self.inbox)

    def stop(self, timeout_s: float) -> bool:
        """Stop the devices, then the threads; tell whether all ended within ``timeout_s`` each.

        Reports that are still waiting stay where they are, on the disk.
        """
        for part in (self._parts.acceptor, self._parts.card_desk, self._parts.printer):
            part.stop(timeout_s)
        ended = [self._network.stop(timeout_s), self._reports.stop(timeout_s)]
        return self._runner.stop(timeout_s) and all(ended)

    def _deliver(self) -> float | None:
        try:
            rest_ms = self.outbox.turn()
        except StoreError as error:
            _logger.warning("reports wait for the journal: %s", error)
            rest_ms = int(STORE_RETRY_S * 1000)
        return None if rest_ms is None else self._clock.monotonic_s() + rest_ms / 1000
