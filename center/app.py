"""The head office put together: the only file that names concrete classes."""

import time
from pathlib import Path

import msgspec

from center.api.server import Listening
from center.api.web import Limits
from center.config import Config, ConfigError
from center.fleet.registry import Registry
from center.fleet.sessions import Sessions
from center.keys.port import KeyService
from center.keys.soft import TEST_KEYS, SoftKeyService, master_keys
from center.orders.desk import Desk
from center.orders.policy import Policy
from center.orders.port import OrderDesk
from center.staff.room import StaffRoom
from center.staff.roster import Rosters
from center.store.store import Store
from center.utility.embedded import EmbeddedUtility

VERSION = "0.1.0"


def wall_ms() -> int:
    """Return UTC milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Center:
    """All that stands behind the counter (`center.api.routes.Office`). Closed after the server."""

    def __init__(self, config: Config) -> None:
        """Raises ConfigError for keys that cannot be used, StoreFailed for the database."""
        keys = key_service(config)
        self.store = open_store(config)
        self.version = VERSION
        self.registry = Registry(self.store, wall_ms)
        self.sessions = Sessions(self.registry)
        self.staff = StaffRoom(self.store, wall_ms)
        self.rosters = Rosters(self.store, wall_ms, config.staff.roster_days)
        self.desk: OrderDesk = Desk(self.store, EmbeddedUtility(), keys, wall_ms, policy(config))

    def wall_ms(self) -> int:
        """Return UTC milliseconds since 1970."""
        return wall_ms()

    def close(self) -> None:
        """Finish what waits to be written."""
        self.store.close()


def open_store(config: Config) -> Store:
    """Return the database, its tables brought up to date. Raises StoreFailed."""
    file = config.database.sqlite_file
    if file is not None:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    return Store(config.database.dsn)


def key_service(config: Config) -> KeyService:
    """Return what holds the card keys. Raises ConfigError."""
    if config.keys.test_keys:
        return SoftKeyService(TEST_KEYS, allow_test_keys=True)
    table = {name: getattr(config.keys, name) for name in ("internal", "external", "mac")}
    try:
        return SoftKeyService(master_keys(table))
    except ValueError as error:
        raise ConfigError(f"[keys]: {error}") from None


def policy(config: Config) -> Policy:
    """Return what the site allows."""
    section = config.orders
    return Policy(resell=section.resell, second_person=frozenset(section.second_person))


def listening(config: Config) -> Listening:
    """Return where to listen."""
    server = config.server
    secure = bool(server.certificate_file)
    return Listening(
        address=server.address,
        port=server.port,
        certificate_file=Path(server.certificate_file) if secure else None,
        key_file=Path(server.key_file) if secure else None,
    )


def limits(config: Config) -> Limits:
    """Return what the door lets in."""
    return msgspec.convert(msgspec.structs.asdict(config.limits), Limits)
