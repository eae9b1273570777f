"""The staff that this terminal knows by itself: fetched, kept, and good for some days.

The head office's hashes lie in a file that only its owner may read. Every sign-in of the terminal
says which version is in force: the same one confirms what is kept, another one is fetched. The
terminal signs what it keeps: a file that was changed, is open to others, of another terminal or not
confirmed for too long lets nobody in.
"""

import hmac
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Struct

from kiosk.backend.identity import Identity
from kiosk.backend.port import OfficeError
from kiosk.engine.pins import Pins
from vending import seal
from vending.messages import SignedIn
from vending.roster import Roster, RosterPerson

ROSTER_FILE = "roster.json"
FILE_MODE = 0o600
MOST_BYTES = 1024 * 1024
CLOCK_SLACK_MS = 10 * 60_000
"""A clock that is so far behind the last confirmation is not believed."""
WRITE_AFTER_MS = 60 * 60_000
"""Every sign-in confirms, about once a minute: not each is worth a write."""
_DAY_MS = 24 * 60 * 60_000
_OTHERS = 0o077

_logger = logging.getLogger(__name__)


class RosterOffice(Protocol):
    """Where the roster is fetched."""

    def roster(self) -> Roster:
        """Return the staff that may sign in here. Raises OfficeError."""


class KeptRoster(Struct, frozen=True, kw_only=True):
    """What is kept."""

    terminal_no: str
    confirmed_ms: int
    """When the head office last said that this is the version in force."""
    roster: Roster


class _Sealed(Struct, frozen=True, kw_only=True):
    """What lies in the file."""

    kept: str
    """`KeptRoster` as JSON: the very text that was signed."""
    signature: str
    """By the terminal's own key."""


class RosterKeeper:
    """Keeps the roster and checks PINs against it. Safe from every thread."""

    def __init__(
        self,
        directory: Path,
        identity: Identity,
        wall_ms: Callable[[], int],
        pins: Pins | None = None,
    ) -> None:
        self._file = directory / ROSTER_FILE
        self._identity = identity
        self._wall_ms = wall_ms
        self._pins = pins or Pins()
        self._lock = threading.Lock()
        self._kept = _read(self._file, identity)
        self._written_ms = self._kept.confirmed_ms if self._kept else 0

    @property
    def version(self) -> int:
        """The version that is kept; 0: none."""
        kept = self._kept
        return kept.roster.version if kept else 0

    @property
    def confirmed_ms(self) -> int | None:
        """When the head office last confirmed it; None: nothing is kept."""
        kept = self._kept
        return kept.confirmed_ms if kept else None

    def follow(self, signed_in: SignedIn, office: RosterOffice) -> None:
        """Confirm or fetch what the terminal's sign-in named. Version 0: there is none to keep.

        What cannot be fetched now is fetched after the next sign-in.
        """
        if not signed_in.roster_version:
            return
        kept = self._kept
        if kept and kept.roster.version == signed_in.roster_version:
            self._keep(kept.roster, urgent=False)
            return
        try:
            self._keep(office.roster(), urgent=True)
        except OfficeError as error:
            _logger.warning("the roster could not be fetched: %s", type(error).__name__)

    def is_good(self) -> bool:
        """Tell whether it may be used now: confirmed within its days, by a clock that is right."""
        kept = self._kept
        if kept is None:
            return False
        age_ms = self._wall_ms() - kept.confirmed_ms
        return -CLOCK_SLACK_MS <= age_ms <= kept.roster.good_for_days * _DAY_MS

    def check(self, name: str, pin: str) -> RosterPerson | None:
        """Return who this is, None for a wrong name or PIN; a name that nobody has costs as much.

        Raises `pins.PinsBusy` when it cannot be checked now.
        """
        kept = self._kept
        people = kept.roster.people if kept else ()
        person = _find(people, name)
        fits = self._pins.fits(person.pin_hash if person else None, pin)
        return person if fits else None

    def _keep(self, roster: Roster, *, urgent: bool) -> None:
        now_ms = self._wall_ms()
        terminal_no = self._identity.terminal_no
        kept = KeptRoster(terminal_no=terminal_no, confirmed_ms=now_ms, roster=roster)
        with self._lock:
            self._kept = kept
            if not urgent and abs(now_ms - self._written_ms) < WRITE_AFTER_MS:
                return
            try:
                _write(self._file, _sealed(kept, self._identity))
                self._written_ms = now_ms
            except OSError as error:
                _logger.warning("the roster could not be kept: %s", error.strerror)


def _find(people: tuple[RosterPerson, ...], name: str) -> RosterPerson | None:
    """Compare all of them, so that a name's place in the list does not show."""
    wanted, found = name.encode(), None
    for person in people:
        if hmac.compare_digest(person.name.encode(), wanted):
            found = person
    return found


def _sealed(kept: KeptRoster, identity: Identity) -> bytes:
    text = msgspec.json.encode(kept)
    return msgspec.json.encode(_Sealed(kept=text.decode(), signature=identity.sign(text)))


def _read(file: Path, identity: Identity) -> KeptRoster | None:
    """Return what is kept; None when there is nothing that may be trusted."""
    try:
        return _trusted(file, identity)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, UnicodeError) as error:
        _logger.error("the roster cannot be used: %s", type(error).__name__)
        return None


def _trusted(file: Path, identity: Identity) -> KeptRoster | None:
    with file.open("rb") as opened:
        if os.name == "posix" and os.fstat(opened.fileno()).st_mode & _OTHERS:
            _logger.error("the roster can be read by others: run chmod 600 %s", file)
            return None
        sealed = msgspec.json.decode(opened.read(MOST_BYTES), type=_Sealed)
    text = sealed.kept.encode()
    if not seal.is_signed(bytes.fromhex(identity.public_key()), text, sealed.signature):
        _logger.error("the roster is not what this terminal has kept: it is fetched again")
        return None
    return msgspec.json.decode(text, type=KeptRoster)


def _write(file: Path, data: bytes) -> None:
    """Replace ``file`` whole or not at all; never readable by others."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.part")
    beside.unlink(missing_ok=True)
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as part:  # noqa: PTH123
        part.write(data)
        part.flush()
        os.fsync(part.fileno())
    beside.replace(file)
    if os.name == "posix":
        handle = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
