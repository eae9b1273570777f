"""A head office for the bench: a child process with books of its own, and a look into them."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import Connection

from bench.issue_card import PEOPLE
from bench.stand.child import ROOT, Child
from center import app
from center.config import Config, load
from center.fleet.registry import Registry
from center.orders.desk import Desk
from center.orders.port import LedgerEntry
from center.staff.people import People
from center.staff.pins import Pins
from center.store.store import Store
from center.utility.embedded import EmbeddedUtility
from center.utility.seed import plant, read_seed
from vending.money import format_yuan
from vending.staff import Role

T = TypeVar("T")

START_TIMEOUT_S = 30.0
COMMAND_TIMEOUT_S = 60.0
_CONFIG = """\
# Head office of a bench. Its keys are public: never where money is real.
[server]
port = 0

[database]
dsn = "sqlite:///center.db"

[keys]
test_keys = true
"""


class _Announcement(msgspec.Struct):
    listening: str


class Office:
    """The head office of a stand. Its books live in ``directory`` and survive `stop`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._child: Child | None = None
        self._config: Config | None = None

    def prepare(self, terminal_no: str, people: Path = PEOPLE) -> str:
        """Write configuration and books; return the one-time code for the terminal."""
        self._directory.mkdir(parents=True, exist_ok=True)
        self._file.write_text(_CONFIG, "utf-8")
        seed = read_seed(people)
        store = self._open()
        try:
            store.write(lambda connection: plant(connection, seed, app.wall_ms()))
            return Registry(store, app.wall_ms).add(terminal_no, "bench")
        finally:
            store.close()

    def expect(self, terminal_no: str) -> str:
        """Let a further terminal in; return its one-time code."""
        store = self._open()
        try:
            return Registry(store, app.wall_ms).add(terminal_no, "bench")
        finally:
            store.close()

    def employ(self, name: str, role: Role, pin: str) -> Path:
        """Make somebody of the staff known; return the file with their PIN, for commands."""
        store = self._open()
        try:
            People(store, app.wall_ms, Pins()).add(name, role, pin, "bench")
        finally:
            store.close()
        file = self._directory / f"{name}.pin"
        file.touch(0o600)
        file.write_text(pin, "utf-8")
        return file.resolve()

    def command(self, *arguments: str) -> tuple[int, str]:
        """Run ``python -m center`` on these books, as somebody at the head office would; return
        its exit code and all that it says.
        """
        ran = subprocess.run(
            [sys.executable, "-m", "center", "--config", str(self._file.resolve()), *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_TIMEOUT_S,
            check=False,
        )
        return ran.returncode, ran.stdout

    def start(self) -> int:
        """Run the service; return the port that it listens on. Raises ChildEnded."""
        child = Child(
            "center",
            ("--config", str(self._file), "serve"),
            self._directory / "center.log",
            announces=True,
        )
        self._child = child
        said = msgspec.json.decode(child.first_line(START_TIMEOUT_S), type=_Announcement)
        port = urlsplit(said.listening).port
        assert port
        return port

    def stop(self) -> None:
        """End the service in order; harmless when it does not run."""
        if self._child:
            self._child.stop()

    def kill(self) -> None:
        """End the service as a power failure would."""
        if self._child:
            self._child.kill()

    @property
    def running(self) -> bool:
        """The service runs."""
        return self._child is not None and self._child.alive

    def read(self, question: Callable[[Connection], T]) -> T:
        """Put a question to the books, whether the service runs or not."""
        store = self._open()
        try:
            return store.read(question)
        finally:
            store.close()

    def ledger(self, order_no: str) -> list[LedgerEntry]:
        """Return what the ledger holds about an order, in the order of posting."""
        assert self._config
        store = self._open()
        try:
            keys = app.key_service(self._config)
            return Desk(store, EmbeddedUtility(), keys, app.wall_ms).ledger_entries(order_no)
        finally:
            store.close()

    @property
    def _file(self) -> Path:
        return self._directory / "center.toml"

    def _open(self) -> Store:
        self._config = self._config or load(self._file)
        return app.open_store(self._config)


def ledger_line(entry: LedgerEntry) -> str:
    """Return an entry as a person reads it: date, state, debit, credit, account."""
    debit = format_yuan(entry.debit_fen) if entry.debit_fen else ""
    credit = format_yuan(entry.credit_fen) if entry.credit_fen else ""
    return (
        f"{entry.business_date}  {entry.state:<8}{debit:>12}{credit:>12}  "
        f"{entry.account}  {entry.account_title}"
    )
