"""The head office in the same process: the real desk, on a database without a thread."""

import sqlite3
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Engine, create_engine, event, insert, update
from sqlalchemy.pool import StaticPool

from bench.explore.world import Life, World
from center.api.check import fault
from center.api.routes import ROUTES, Call, Route
from center.fleet.seal import Seal, SealedRequest
from center.keys.soft import TEST_KEYS, SoftKeyService
from center.orders.desk import Desk
from center.orders.policy import Policy
from center.store.committer import Unit
from center.store.migrate import migrate
from center.store.store import WRITE_TIMEOUT_S
from center.store.tables import cards
from center.utility.embedded import EmbeddedUtility
from center.utility.seed import RESIDENTIAL, Seed, SeedAccount, SeedBill, SeedPostPaid, plant
from vending.card import WalletUnit
from vending.messages import SignedIn

T = TypeVar("T")

BEGIN_MS = 1_763_944_000_000
"""24 November 2025, 08:26 in China: wall clock at the beginning of every run."""


def _account(number: int, unit: WalletUnit, **known: Any) -> SeedAccount:
    return SeedAccount(
        customer_no=f"1000000000{number:02d}",
        meter_no=f"2000000000{number:02d}",
        card_serial=f"A0000000000000{number:02d}",
        name=f"住户{number}",
        address=f"春江花园 {number} 栋",
        wallet_unit=unit,
        **known,
    )


ACCOUNTS = (
    _account(1, WalletUnit.ENERGY, purchase_count=7, balance_fen=36, used_this_year_wh=1_864_300),
    _account(2, WalletUnit.MONEY, purchase_count=12, balance_fen=250, arrears_fen=1_000),
    _account(3, WalletUnit.ENERGY, purchase_count=31, arrears_fen=4_350, overstock_amount=400_000),
    _account(4, WalletUnit.ENERGY, purchase_count=2, used_this_year_wh=2_759_990),
    _account(5, WalletUnit.MONEY, purchase_count=255, balance_fen=7),
    _account(6, WalletUnit.ENERGY, purchase_count=1, max_fen=20_000, min_fen=2_000),
)
"""Everybody in the simulation: both units, arrears, a step's edge, limits, a count at a byte's."""


def _owing(number: int, balance_fen: int, *bills: SeedBill) -> SeedPostPaid:
    return SeedPostPaid(
        customer_no=f"3000000000{number:02d}",
        name=f"商户{number}",
        address=f"春江路 {number} 号",
        balance_fen=balance_fen,
        bills=list(bills),
    )


def _bill(month: str, amount_fen: int, late_fee_fen: int = 0) -> SeedBill:
    return SeedBill(
        month=month, energy_wh=amount_fen * 18, amount_fen=amount_fen, late_fee_fen=late_fee_fen
    )


POST_PAID = (
    _owing(1, 0, _bill("2025-08", 8_320, 41), _bill("2025-09", 7_705), _bill("2025-10", 9_148)),
    _owing(2, 1_250, _bill("2025-10", 10_000)),
    _owing(3, 99, *(_bill(f"2025-{month:02d}", 1_501 + month) for month in range(1, 11))),
)
"""Customers with bills: late fees, a balance of before, many small months."""


class InlineStore:
    """Implements `center.store.store.Units`: each unit is one transaction, done at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def write(self, unit: Unit[T], timeout_s: float = WRITE_TIMEOUT_S) -> T:
        """Run a unit and commit; what it raises undoes it."""
        with self._engine.begin() as connection:
            return unit(connection)

    def read(self, question: Callable[[Connection], T]) -> T:
        """Run a question."""
        with self._engine.begin() as connection:
            return question(connection)


@cache
def _database() -> tuple[Engine, bytes]:
    """Return the one engine of this process, and the content that every run begins with."""
    engine = create_engine("sqlite://", poolclass=StaticPool)

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    migrate(engine)
    seed = Seed(tariffs=(RESIDENTIAL,), accounts=ACCOUNTS, post_paid=POST_PAID)
    InlineStore(engine).write(lambda connection: plant(connection, seed, BEGIN_MS))
    return engine, _driver(engine).serialize()


def _driver(engine: Engine) -> sqlite3.Connection:
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def fresh_store() -> InlineStore:
    """Return the store as it was planted. There is one in a process: a new run takes it over."""
    engine, image = _database()
    _driver(engine).deserialize(image)
    return InlineStore(engine)


class Unreachable(Exception):
    """The head office does not run."""


class Center:
    """What stands behind the line. Survives its own restarts through its database."""

    version = "explore"

    def __init__(self, world: World, chance: Random, policy: Policy) -> None:
        self.world = world
        self.life = Life()
        """Of the office itself: what was sent to it late still arrives."""
        self.store = fresh_store()
        self.up = True
        self.late = 0
        """Messages that are still on their way to us."""
        self._chance = chance
        self._policy = policy
        self._routes: dict[str, Route] = {route.name: route for route in ROUTES}
        self.desk = self._new_desk()

    def wall_ms(self) -> int:
        """Return UTC milliseconds since 1970."""
        return BEGIN_MS + self.world.now_ms

    def restart(self) -> None:
        """Forget everything that is not in the database."""
        self.desk = self._new_desk()
        self.up = True

    def serve(self, terminal_no: str, name: str, body: bytes, order_no: str = "") -> bytes:
        """Do what a terminal asks; JSON in, JSON out. Raises Unreachable."""
        if not self.up:
            raise Unreachable
        route = self._routes[name]
        message = msgspec.json.decode(body, type=route.takes) if route.takes else None
        if found := fault(message):
            raise AssertionError(f"the kiosk's {name} would be turned away: {found}")
        call = Call(message=message, request=_SEALED, terminal_no=terminal_no, order_no=order_no)
        return msgspec.json.encode(route.act(self, call))  # type: ignore[arg-type]

    def replace_card(self, meter_no: str, serial: str) -> None:
        """The utility's counter gives a meter another card: the old one is worth nothing more."""

        def unit(connection: Connection) -> None:
            old = update(cards).where(cards.c.meter_no == meter_no).values(replaced=True)
            connection.execute(old)
            row = {"serial": serial, "meter_no": meter_no, "replaced": False}
            connection.execute(insert(cards), row)

        self.store.write(unit)

    def sign_in(self, terminal_no: str) -> bytes:
        """Open a session."""
        if not self.up:
            raise Unreachable
        sequence = self.desk.last_order_sequence(terminal_no)
        answer = SignedIn(
            session_id="explore",
            server_time_ms=self.wall_ms(),
            last_order_sequence=sequence,
            last_period_no=self.desk.last_period_no(terminal_no),
        )
        return msgspec.json.encode(answer)

    def _new_desk(self) -> Desk:
        keys = SoftKeyService(TEST_KEYS, allow_test_keys=True, random_bytes=self._chance.randbytes)
        return Desk(self.store, EmbeddedUtility(), keys, self.wall_ms, self._policy)


_SEALED = SealedRequest(
    method="", path="", body=b"", seal=Seal(terminal_no="", session_id="", number=0, signature="")
)
