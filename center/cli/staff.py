"""``python -m center staff``: who may take an order's ways out."""

import argparse
import getpass
import sys
from pathlib import Path

from center import app
from center.cli import shared
from center.cli.shared import FAILED, OK, Arguments, Opened, command, moment
from center.staff.people import Entry, People, StaffError
from center.staff.pins import Pins
from center.staff.room import StaffRoom
from center.store.store import Store
from vending.staff import Role, StaffRefused


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``staff`` and what it can do."""
    group = commands.add_parser("staff", help="manage the staff")
    actions = group.add_subparsers(required=True, metavar="COMMAND")
    add = command(actions, "add", _add, "make somebody known; the PIN is asked for twice")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", required=True, type=Role, choices=list(Role), metavar="ROLE")
    add.add_argument("--pin-file", type=Path, help="a file with the PIN, instead of asking")
    command(actions, "list", _list, "list everybody")
    for name, run, text in (
        ("block", _block, "let somebody in no more"),
        ("unblock", _unblock, "let somebody in again, also after too many failures"),
    ):
        command(actions, name, run, text).add_argument("name", metavar="NAME")
    pin = command(actions, "pin", _pin, "give somebody another PIN")
    pin.add_argument("name", metavar="NAME")
    pin.add_argument("--pin-file", type=Path, help="a file with the PIN, instead of asking")


def prove(store: Store, name: str, pin_file: Path | None) -> Entry:
    """Return who proves to be ``name`` by their PIN. Raises StaffError."""
    pin = _read(pin_file) if pin_file else getpass.getpass(f"PIN of {name}: ")
    found = StaffRoom(store, app.wall_ms).check(None, name, pin)
    if isinstance(found, StaffRefused):
        until = moment(found.locked_until_ms)
        raise StaffError(f"{name} is not let in: {found.reason}, locked until {until}")
    return found


def _add(given: Arguments) -> int:
    pin = _new_pin(given)
    with Opened(shared.config(given)) as store:
        _people(store).add(given.name, given.role, pin, getpass.getuser())
    return OK


def _list(given: Arguments) -> int:
    with Opened(shared.config(given)) as store:
        entries = _people(store).all()
    now_ms = app.wall_ms()
    for entry in entries:
        person = entry.person
        print(
            f"{person.role:<12}{_state(entry, now_ms):<9}"
            f"{moment(entry.last_sign_in_ms):<21}{person.name}"
        )
    return OK if entries else FAILED


def _state(entry: Entry, now_ms: int) -> str:
    if entry.blocked:
        return "blocked"
    return "locked" if entry.is_locked(now_ms) else "known"


def _block(given: Arguments) -> int:
    with Opened(shared.config(given)) as store:
        _people(store).block(given.name, True, getpass.getuser())
    return OK


def _unblock(given: Arguments) -> int:
    with Opened(shared.config(given)) as store:
        _people(store).block(given.name, False, getpass.getuser())
    return OK


def _pin(given: Arguments) -> int:
    pin = _new_pin(given)
    with Opened(shared.config(given)) as store:
        _people(store).set_pin(given.name, pin, getpass.getuser())
    return OK


def _people(store: Store) -> People:
    return People(store, app.wall_ms, Pins())


def _new_pin(given: Arguments) -> str:
    if given.pin_file:
        return _read(given.pin_file)
    pin = getpass.getpass(f"New PIN of {given.name}: ")
    if getpass.getpass("Once more: ") != pin:
        raise StaffError("the two PINs differ; nothing was changed")
    return pin


def _read(file: Path) -> str:
    if file.stat().st_mode & 0o077:
        print(f"center: others can read {file}", file=sys.stderr)
    return file.read_text("utf-8").strip()
