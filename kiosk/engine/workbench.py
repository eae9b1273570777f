"""The workshop behind the maintenance pages: parameters, the machine's own state, exports.

One thread of its own. Who may see or do what is judged by whoever is signed in when it is asked.
"""

import json
import logging
import platform
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

import kiosk
from kiosk.devices.port import Post
from kiosk.engine.clock import Clock
from kiosk.engine.config import Config
from kiosk.engine.config_file import Key, keys, sections
from kiosk.engine.database import JournalError
from kiosk.engine.export import DAY_MS, Content, Exporter, as_json, journal_text, log_files
from kiosk.engine.health import Health
from kiosk.engine.jobs import Jobs
from kiosk.engine.journal import Journal
from kiosk.engine.mask import masked
from kiosk.engine.roster import RosterKeeper
from kiosk.engine.workshop import (
    Export,
    ExportTrouble,
    Heart,
    MachineInfo,
    Parameter,
    SetBy,
)
from kiosk.flow.health import health as health_of
from kiosk.flow.session import Session
from kiosk.flow.staff_event import Exported
from kiosk.flow.workshop import has_right
from vending.rights import Right

_logger = logging.getLogger(__name__)

NO_UPDATE_KNOWN = "none-known"
SET, NOT_SET = "set", "not set"
"""All that is shown of a secret."""
_MB = 1024 * 1024
_LOGIN = re.compile(r"(?<=//)[^/@]*@")
"""Name and password in an address."""


class Site(NamedTuple):
    """What the workbench is told about the installation."""

    config: Config
    keys_set: frozenset[str]
    """Those that the configuration file sets."""
    qt_version: str
    log_directory: Path


class Workbench:
    """Implements `kiosk.engine.workshop.Workshop`. Safe from every thread."""

    def __init__(
        self,
        site: Site,
        journal: Journal,
        roster: RosterKeeper,
        hearts: Health,
        exporter: Exporter,
        clock: Clock,
        post: Post,
    ) -> None:
        self._site = site
        self._journal = journal
        self._roster = roster
        self._hearts = hearts
        self._exporter = exporter
        self._clock = clock
        self._post = post
        self._session: Session | None = None
        self._jobs = Jobs("workbench")

    def start(self) -> None:
        """Start the thread."""
        self._jobs.start()

    def stop(self, timeout_s: float) -> None:
        """End after the present job."""
        self._jobs.stop(timeout_s)

    def watch(self, session: Session, _: float | None) -> None:
        """Listen to the engine: who is signed in, how the machine is."""
        self._session = session

    # -- what the pages ask for ------------------------------------------------------------------

    def parameters(self, then: Callable[[tuple[Parameter, ...]], None]) -> None:
        """Return every parameter in the order of the configuration file."""
        self._jobs.do(lambda: then(self._parameters() if self._may(Right.SEE_PARAMETERS) else ()))

    def machine(self, then: Callable[[MachineInfo], None]) -> None:
        """Return the machine's own state."""
        self._jobs.do(lambda: then(self._machine()))

    def export(self, then: Callable[[Export], None]) -> None:
        """Write log and journal to the stick, masked and signed; posts `Exported`."""
        self._jobs.do(lambda: then(self._export()))

    # -- the thread ------------------------------------------------------------------------------

    def _may(self, right: Right) -> bool:
        return self._session is not None and has_right(self._session, right)

    def _parameters(self) -> tuple[Parameter, ...]:
        return parameters(self._site.config, self._site.keys_set)

    def _machine(self) -> MachineInfo:
        waiting, oldest_ms = self._waiting()
        database = self._journal.database.file
        return MachineInfo(
            terminal_no=self._site.config.terminal.number,
            software_version=kiosk.__version__,
            update=NO_UPDATE_KNOWN,
            python_version=platform.python_version(),
            qt_version=self._site.qt_version,
            system=platform.platform(terse=True),
            free_mb=_free_mb(database.parent),
            journal_mb=_size_mb(database),
            journal_entries=self._journal.head.seq,
            reports_waiting=waiting,
            oldest_report_ms=oldest_ms,
            roster_version=self._roster.version,
            roster_confirmed_ms=self._roster.confirmed_ms,
            hearts=tuple(
                Heart(name=name, age_s=round(age_s), limit_s=round(limit_s))
                for name, age_s, limit_s in self._hearts.ages()
            ),
        )

    def _waiting(self) -> tuple[int, int | None]:
        try:
            return self._journal.waiting()
        except JournalError as error:
            _logger.warning("how many reports wait cannot be read: %s", error)
            return 0, None

    def _export(self) -> Export:
        session = self._session
        if session is None or session.staff is None or not has_right(session, Right.EXPORT):
            return Export(file="", trouble=ExportTrouble.NOT_ALLOWED)
        written = self._exporter.write(self._contents(), self._clock.wall_ms())
        trouble, name = str(written.trouble or ""), session.staff.name
        self._post(Exported(file=written.file, trouble=trouble, staff=name))
        return written

    def _contents(self) -> Iterator[Content]:
        since_ms = self._clock.wall_ms() - self._site.config.storage.export_days * DAY_MS
        yield Content("machine.json", (as_json(msgspec.to_builtins(self._machine())),))
        yield Content("parameters.txt", (self._parameter_text(),))
        if self._session is not None:
            yield Content("health.json", (self._health_text(self._session),))
        yield Content("journal.txt", journal_text(self._journal, since_ms))
        yield from log_files(self._site.log_directory)

    def _parameter_text(self) -> bytes:
        lines = (f"{each.name} = {each.value}  # {each.set_by}\n" for each in self._parameters())
        return "".join(lines).encode()

    def _health_text(self, session: Session) -> bytes:
        care = session.care
        return as_json(
            {
                "health": masked(health_of(session, self._clock.wall_ms())),
                "counters": masked(care.counters),
                "details": masked(care.details),
                "faults": masked(care.faults),
                "started_at_ms": care.started_at_ms,
            }
        )


def parameters(config: Config, keys_set: frozenset[str]) -> tuple[Parameter, ...]:
    """Return every parameter in the order of the declarations; secrets as set or not set."""
    return tuple(
        Parameter(
            name=key.dotted,
            value=_shown(key, getattr(getattr(config, section), key.name)),
            set_by=SetBy.SITE if key.dotted in keys_set else SetBy.DEFAULT,
        )
        for section in sections()
        for key in keys(section).values()
    )


def _shown(key: Key, value: object) -> str:
    if key.secret:
        return SET if value else NOT_SET
    if isinstance(value, str):
        return _LOGIN.sub("***@", value)
    return json.dumps(value)


def _free_mb(directory: Path) -> int:
    try:
        return shutil.disk_usage(directory).free // _MB
    except OSError:
        return 0


def _size_mb(database: Path) -> int:
    """Of the live journal with its write-ahead file."""
    files = (database, database.with_name(database.name + "-wal"))
    return -(-sum(file.stat().st_size for file in files if file.exists()) // _MB)
