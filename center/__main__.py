"""``python -m center``: serve, manage terminals, take accounts over, look into the books."""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from center import app
from center.api.openapi import document
from center.api.server import Server, exit_quietly_on_signals
from center.cash.periods import CashError
from center.cli import bills, cash, fleet, shared, staff, ways_out
from center.cli.shared import CONFIG_FILE, FAILED, OK, Arguments, Opened, command
from center.config import ConfigError
from center.fleet.registry import Registry, Terminal, TerminalUnknown
from center.orders.audit import check
from center.orders.refund import CannotPay
from center.staff.people import StaffError
from center.store.errors import StoreError
from center.utility.bill_file import BillFileError
from center.utility.bills import BillConflict
from center.utility.seed import SeedError, plant, read_seed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the process's exit code."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except (ConfigError, SeedError, StoreError, OSError) as error:
        print(f"center: {error}", file=sys.stderr)
    except (StaffError, CannotPay, BillConflict, BillFileError, CashError) as error:
        print(f"center: {error}", file=sys.stderr)
    except TerminalUnknown as error:
        print(f"center: there is no terminal {error}", file=sys.stderr)
    return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m center", description="The head office.")
    parser.add_argument("--config", type=Path, help=f"configuration (default: {CONFIG_FILE})")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = command(commands, "serve", _serve, "serve terminals until SIGTERM or SIGINT")
    serve.add_argument("--port", type=int, help="instead of the configured one; 0: any free one")
    terminal = commands.add_parser("terminal", help="manage terminals")
    _terminal_commands(terminal.add_subparsers(required=True, metavar="COMMAND"))
    seed = command(commands, "seed", _seed, "take accounts over from a TOML file")
    seed.add_argument("file", type=Path)
    staff.add_commands(commands)
    ways_out.add_commands(commands)
    bills.add_commands(commands)
    fleet.add_commands(commands)
    cash.add_commands(commands)
    ledger = command(commands, "ledger", _ledger, "show what the ledger holds about an order")
    ledger.add_argument("order_no", metavar="ORDER_NO", type=shared.order_no)
    ledger.add_argument("--json", action="store_true", help="one JSON object for each entry")
    command(commands, "check", _check, "check configuration, database and books")
    command(commands, "openapi", _openapi, "print the contract")
    return parser


def _terminal_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    add = command(commands, "add", _add_terminal, "issue a one-time code for a terminal")
    add.add_argument("terminal_no", metavar="NO", type=shared.terminal_no)
    add.add_argument("--name", default="", help="where it stands")
    command(commands, "list", _list_terminals, "list all terminals")
    block = command(commands, "block", _block_terminal, "let a terminal trade no more")
    block.add_argument("terminal_no", metavar="NO", type=shared.terminal_no)
    unblock = command(commands, "unblock", _unblock_terminal, "let a terminal trade again")
    unblock.add_argument("terminal_no", metavar="NO", type=shared.terminal_no)


# -- serving --


def _serve(given: Arguments) -> int:
    """Print one line of JSON, ``{"listening": URL}``, when terminals can connect."""
    config = shared.config(given)
    if given.port is not None:
        config = config.with_port(given.port)
    logging.basicConfig(level=config.log.level.upper(), format="%(asctime)s %(name)s %(message)s")
    office = app.Center(config)
    try:
        exit_quietly_on_signals()
        Server(office, app.listening(config), app.limits(config), _announce).serve_until_stopped()
    finally:
        office.close()
    return OK


def _announce(url: str) -> None:
    print(msgspec.json.encode({"listening": url}).decode(), flush=True)


# -- terminals --


def _add_terminal(given: Arguments) -> int:
    with Opened(shared.config(given)) as store:
        code = Registry(store, app.wall_ms).add(given.terminal_no, given.name)
    print(code)
    return OK


def _list_terminals(given: Arguments) -> int:
    with Opened(shared.config(given)) as store:
        terminals = Registry(store, app.wall_ms).all()
    for terminal in terminals:
        print(f"{terminal.terminal_no}  {_state(terminal):<12}  {terminal.name}".rstrip())
    return OK


def _state(terminal: Terminal) -> str:
    if terminal.blocked:
        return "blocked"
    if terminal.public_key is None:
        return "expected"
    return "new code" if terminal.code_is_out else "registered"


def _block_terminal(given: Arguments) -> int:
    with Opened(shared.config(given)) as store:
        Registry(store, app.wall_ms).block(given.terminal_no, True)
    return OK


def _unblock_terminal(given: Arguments) -> int:
    with Opened(shared.config(given)) as store:
        Registry(store, app.wall_ms).block(given.terminal_no, False)
    return OK


# -- accounts and books --


def _seed(given: Arguments) -> int:
    seed = read_seed(given.file)
    with Opened(shared.config(given)) as store:
        taken = store.write(lambda connection: plant(connection, seed, app.wall_ms()))
    known = len(seed.accounts) + len(seed.post_paid)
    print(f"{taken} of {known} accounts taken over; the others were known")
    return OK


def _ledger(given: Arguments) -> int:
    config = shared.config(given)
    with Opened(config) as store:
        entries = shared.desk(config, store).ledger_entries(given.order_no)
    for entry in entries:
        print(msgspec.json.encode(entry).decode() if given.json else shared.ledger_line(entry))
    return OK if entries else FAILED


def _check(given: Arguments) -> int:
    config = shared.config(given)
    app.key_service(config)
    with Opened(config) as store:
        faults = store.read(check)
    for fault in faults:
        print(fault)
    print("the books are in order" if not faults else f"{len(faults)} faults in the books")
    return FAILED if faults else OK


def _openapi(given: Arguments) -> int:
    text = msgspec.json.format(msgspec.json.encode(document()), indent=2)
    print(text.decode())
    return OK


if __name__ == "__main__":
    sys.exit(main())
