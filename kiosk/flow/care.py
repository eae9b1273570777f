"""Who looks after the machine, and what they look at: wear, faults, self-tests."""

from enum import StrEnum

from msgspec import Struct

from kiosk.flow.device import Device, DeviceState, Fault, SelfTest
from vending.health import Health
from vending.rights import Role


class Staff(Struct, frozen=True, kw_only=True):
    """Who is signed in at the machine."""

    name: str
    role: Role
    witness: str = ""
    """The second person, if one has signed in too."""
    offline: bool = False
    """The head office has not confirmed it: what only it can decide must wait."""
    last_ms: int | None = None
    """When this person signed in the last time before."""


class SelfTestRun(Struct, frozen=True, kw_only=True):
    """A self-test, under way or over."""

    test: SelfTest
    started_at_ms: int
    passed: bool | None = None
    """None: under way."""
    detail: str = ""
    """A code or a figure for the page: ``returned``, ``unreadable``, ``184 ms``."""


class FaultSeen(Struct, frozen=True, kw_only=True):
    """A fault of a part, and how long it lasted."""

    device: Device
    state: DeviceState
    fault: Fault
    detail: str
    at_ms: int
    until_ms: int | None = None
    """None: it lasts."""


class Counter(StrEnum):
    """What is counted over the machine's life: how worn it is."""

    NOTES_STACKED = "notes-stacked"
    NOTES_RETURNED = "notes-returned"
    NOTES_REJECTED = "notes-rejected"
    NOTES_UNKNOWN = "notes-unknown"
    CARDS_INSERTED = "cards-inserted"
    CARDS_UNREADABLE = "cards-unreadable"
    CARDS_WRITTEN = "cards-written"
    SLIPS_PRINTED = "slips-printed"
    SLIPS_FAILED = "slips-failed"
    CODES_SCANNED = "codes-scanned"
    OFFICE_LOST = "office-lost"
    STARTS = "starts"


class Care(Struct, frozen=True, kw_only=True):
    """What maintenance staff look at: wear, faults, tests, and who was here."""

    counters: dict[Counter, int] = {}
    since_ms: dict[Device, int] = {}
    """Since when each part is as it is."""
    details: dict[Device, str] = {}
    """What each part said last about itself."""
    faults: tuple[FaultSeen, ...] = ()
    """The last few of each part, the oldest first."""
    test: SelfTestRun | None = None
    """The last self-test of this visit."""
    refusals_ms: tuple[int, ...] = ()
    """Sign-ins without the head office that failed of late: too many, and the door stays shut."""
    seen_ms: dict[str, int] = {}
    """When each of the staff was here last."""
    started_at_ms: int = 0
    """When the program started."""
    software_version: str = ""
    told: Health | None = None
    """What the head office was told last."""
