"""``python -m center fleet``: how the terminals are, and whether an export of one is genuine."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from center import app
from center.cli import shared
from center.cli.shared import FAILED, OK, Arguments, Opened, command, moment
from center.fleet import status
from center.fleet.registry import Registry
from center.fleet.status import NEEDS_A_LOOK, Status
from vending import export
from vending.export import ExportUnsound
from vending.money import format_yuan

_MS_PER_MINUTE = 60_000


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``fleet`` and what it can do."""
    group = commands.add_parser("fleet", help="look at the terminals")
    actions = group.add_subparsers(required=True, metavar="COMMAND")
    text = "tell how every terminal is; fails while one is out of service or silent"
    command(actions, "status", _status, text)
    verify = command(actions, "verify-export", _verify, "check a terminal's export from a stick")
    verify.add_argument("file", metavar="FILE", type=Path)


def _status(given: Arguments) -> int:
    settings, now_ms = shared.config(given), app.wall_ms()
    silent_ms = settings.fleet.silent_minutes * _MS_PER_MINUTE
    with Opened(settings) as store:
        found = store.read(lambda connection: status.of_fleet(connection, now_ms, silent_ms))
    for each in found:
        for line in _lines(each, now_ms):
            print(shared.one_line(line))
    return FAILED if any(each.state in NEEDS_A_LOOK for each in found) else OK


def _lines(told: Status, now_ms: int) -> Iterator[str]:
    """Return a terminal as people read it: a headline, then what customers can do and what ails."""
    yield (
        f"{told.terminal_no}  {told.state:<15}heard {_ago(told.heard_at_ms, now_ms):<14}"
        f"cash {format_yuan(told.cash_fen):>10}  software {told.software_version or '-'}"
        f"  {told.name}"
    ).rstrip()
    health = told.health
    if health is None:
        return
    offers = ", ".join(health.offers) or "nothing"
    why = f"  out of service: {health.why}" if health.why else ""
    yield f"        customers can: {offers}{why}"
    yield (
        f"        period {health.period_no}, {health.box_notes} notes in the box,"
        f" {health.parked_orders} orders parked; told {moment(health.at_ms)}"
    )
    for ailment in health.ailments:
        fault = f" ({ailment.fault})" if ailment.fault else ""
        since = moment(ailment.since_ms)
        yield f"        {ailment.device} is {ailment.state}{fault} since {since}"


def _ago(at_ms: int | None, now_ms: int) -> str:
    if at_ms is None:
        return "never"
    minutes = max(0, now_ms - at_ms) // _MS_PER_MINUTE
    if minutes < 120:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"


def _verify(given: Arguments) -> int:
    """Say whose the export is, and what is in it. Only a whole and unchanged one is."""
    with Opened(shared.config(given)) as store:
        registry = Registry(store, app.wall_ms)

        def key_of(terminal_no: str) -> bytes | None:
            terminal = registry.get(terminal_no)
            key = terminal.public_key if terminal else None
            return bytes.fromhex(key) if key else None

        try:
            with given.file.open("rb") as file:
                manifest = export.check(file, key_of)
        except ExportUnsound as error:
            print(shared.one_line(f"not genuine: {error}"))
            return FAILED
    print(f"genuine: terminal {manifest.terminal_no}, made {moment(manifest.made_at_ms)}")
    for name in sorted(manifest.files):
        print(shared.one_line(f"  {name}"))
    return OK
