"""What the maintenance pages ask for beyond the session: parameters, versions, exports.

Calls return at once; ``then`` is called from a thread of the workshop with the answer.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from msgspec import Struct


class SetBy(StrEnum):
    """Who set a parameter."""

    SITE = "site"
    """The configuration file."""
    DEFAULT = "default"
    """Nobody: it is the software's."""


class Parameter(Struct, frozen=True, kw_only=True):
    """One parameter of the machine; a secret one is shown as set or not set only."""

    name: str
    """``section.key`` as in the configuration file."""
    value: str
    set_by: SetBy


class Heart(Struct, frozen=True, kw_only=True):
    """A part of the program that the watchdog listens to."""

    name: str
    age_s: int
    """Since its last beat."""
    limit_s: int
    """At this age the watchdog ends the program."""


class MachineInfo(Struct, frozen=True, kw_only=True):
    """The machine's own state, as of now."""

    terminal_no: str
    software_version: str
    update: str
    """Code of the update state: ``none-known``."""
    python_version: str
    qt_version: str
    system: str
    free_mb: int
    """On the disk of the journal."""
    journal_mb: int
    journal_entries: int
    reports_waiting: int
    """Reports that the head office has not taken yet."""
    oldest_report_ms: int | None
    roster_version: int
    roster_confirmed_ms: int | None
    """When the head office last confirmed the staff that the terminal knows; None: never."""
    hearts: tuple[Heart, ...]


class ExportTrouble(StrEnum):
    """Why nothing was exported."""

    NO_STICK = "no-stick"
    STICK_FULL = "stick-full"
    STICK_FAILED = "stick-failed"
    NOT_ALLOWED = "not-allowed"
    """Nobody who may is signed in any more."""


class Export(Struct, frozen=True, kw_only=True):
    """What was written to the stick."""

    file: str
    """Name without its directory; empty: nothing."""
    size_kb: int = 0
    trouble: ExportTrouble | None = None


class Workshop(Protocol):
    """What the maintenance pages can ask for."""

    def parameters(self, then: Callable[[tuple[Parameter, ...]], None]) -> None:
        """Return every parameter in the order of the configuration file."""

    def machine(self, then: Callable[[MachineInfo], None]) -> None:
        """Return the machine's own state."""

    def export(self, then: Callable[[Export], None]) -> None:
        """Write log and journal to the stick, masked and signed; posts `Exported`."""
