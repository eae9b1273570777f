"""What the commands share: the configuration, the database, exit codes and kinds of arguments."""

import argparse
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

from center import app
from center.config import Config, load
from center.orders.desk import Desk
from center.orders.port import LedgerEntry
from center.store.store import Store
from center.utility.embedded import EmbeddedUtility
from vending.money import format_yuan
from vending.order_no import TERMINAL_NO_DIGITS, is_order_no

Arguments = argparse.Namespace

CONFIG_FILE = Path("center.toml")
OK, FAILED = 0, 1
_CHINA = timezone(timedelta(hours=8))


def command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[Arguments], int],
    text: str,
) -> argparse.ArgumentParser:
    """Add a command that ``run`` carries out."""
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    return parser


def config(given: Arguments) -> Config:
    """Return the configuration; without a file by that name, the defaults."""
    if given.config is None and not CONFIG_FILE.exists():
        return Config()
    return load(given.config or CONFIG_FILE)


class Opened:
    """The database, closed again at the end."""

    def __init__(self, settings: Config) -> None:
        self._settings = settings

    def __enter__(self) -> Store:
        self._store = app.open_store(self._settings)
        return self._store

    def __exit__(self, *_: object) -> None:
        self._store.close()


def desk(settings: Config, store: Store) -> Desk:
    """Return the desk over an open database."""
    keys, policy = app.key_service(settings), app.policy(settings)
    return Desk(store, EmbeddedUtility(), keys, app.wall_ms, policy)


def terminal_no(text: str) -> str:
    """Return ``text`` if it is a terminal number. Raises ArgumentTypeError."""
    if len(text) != TERMINAL_NO_DIGITS or not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"a terminal number is {TERMINAL_NO_DIGITS} digits")
    return text


def order_no(text: str) -> str:
    """Return ``text`` if it is an order number. Raises ArgumentTypeError."""
    if not is_order_no(text):
        raise argparse.ArgumentTypeError("not an order number, or a digit is wrong")
    return text


def moment(at_ms: int | None) -> str:
    """Return a moment as people in China read it; a dash for none."""
    if at_ms is None:
        return "-"
    return datetime.fromtimestamp(at_ms // 1_000, _CHINA).strftime("%Y-%m-%d %H:%M:%S")


def one_line(text: str) -> str:
    """Return ``text`` as one line that a screen shows as it is.

    Terminals say part of it: a line break or an escape sequence would let one of them write lines
    of another.
    """
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def ledger_line(entry: LedgerEntry) -> str:
    """Return an entry as people read it: date, state, debit, credit, account."""
    debit = format_yuan(entry.debit_fen) if entry.debit_fen else ""
    credit = format_yuan(entry.credit_fen) if entry.credit_fen else ""
    return (
        f"{entry.business_date}  {entry.state:<8}{debit:>12}{credit:>12}  "
        f"{entry.account}  {entry.account_title}"
    )
