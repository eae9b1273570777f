"""Proves the judge: plants every bug and looks for the first day that shows it.

    python -m tests.explore.mutants [--seconds N] [--keep] [BUG ...]

prints a table of what was found, at which seed and how fast; ``--keep`` writes the days down for
the tests. For a bug that another part of the product makes harmless, a day is looked for on which
it changes something; and where that part has a bug of its own here, a day on which both together
are found.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench.explore.draw import draw
from bench.explore.exhaust import clearing, purchase
from bench.explore.plan import Plan
from bench.explore.run import run
from bench.explore.sweep import kiosks_of
from bench.explore.themes import THEMES
from kiosk.engine.database import JournalError
from tests.explore import (
    bugs_bills,
    bugs_cash,
    bugs_center,
    bugs_flow,
    bugs_machine,
    bugs_ways_out,
)
from tests.explore.bugs import BUGS, planted

BUG_FILES = (bugs_flow, bugs_machine, bugs_center, bugs_ways_out, bugs_cash, bugs_bills)
"""Importing them fills the table."""

DAYS = Path(__file__).with_name("days.json")
"""The plan of the first day that shows each mutant: it stays when days are drawn otherwise."""
BUDGET_S = 120.0

Mutant = tuple[str, ...]
"""Bugs that are planted together."""

TOGETHER: tuple[Mutant, ...] = (
    ("sale-repeated", "sold-again", "utility-sells-again"),
    ("inquiry-says-no", "sold-again", "utility-sells-again"),
    ("order-numbers-restart", "last-number-ignored"),
    ("driver-waits-long", "late-note-only-logged"),
    ("driver-waits-long", "loose-note-not-counted"),
    ("return-file-last", "any-count-proves"),
    ("refunded-bill-is-posted", "refund-of-bill-not-told"),
)
_SCENES = {"cut": purchase, "clearing": clearing}
EXHAUSTIVE: dict[Mutant, str] = {
    ("acknowledged-before-commit",): "cut",
    ("answer-not-durable",): "clearing",
    ("answer-after-the-mark",): "clearing",
    ("period-closed-at-restart",): "clearing",
    ("period-taken-again",): "clearing",
}
"""Shown by few effects among hundreds: the exhaustive pass over one scene meets them all."""
_MOST_EFFECTS = 500
_KINDS = {bugs_cash.__name__: "vault", bugs_bills.__name__: "bills"}
"""Days other than those of the sweep, with much of what such bugs harm."""

MUTANTS = (*((name,) for name, bug in BUGS.items() if not bug.guard), *TOGETHER)
ON_TOP: Mutant = ("cash-report-overtakes", "late-note-follows-nowhere")
"""The first is found alone; what the second adds is told besides."""
_HELPERS = {name for mutant in (*TOGETHER, ON_TOP) for name in mutant}
GUARDED: tuple[Mutant, ...] = tuple(
    (name,) for name, bug in BUGS.items() if bug.guard and name not in _HELPERS
)
"""Harmless, and nothing here takes the guard away."""


class Day(NamedTuple):
    """What the judge says of one day, and what became of it."""

    violations: tuple[str, ...]
    purchases: int = 0
    digest: str = ""


class Found(NamedTuple):
    """What a search came to."""

    mutant: Mutant
    day: str
    """Which day it was; empty: none shows it."""
    told: str
    cpu_s: float
    purchases: int


def plan_of(day: str) -> Plan:
    """Return the plan of ``seed 7`` of the sweep, of ``vault 7`` or ``bills 7`` for the same on a
    day with much of that, of ``cut 7`` or ``clearing 7`` of the exhaustive pass.
    """
    kind, text = day.split()
    number = int(text)
    if kind in _SCENES:
        return _SCENES[kind](number)
    return draw(number, kiosks_of(number), kind if kind in THEMES else None)


def live(plan: Plan, *bugs: str) -> Day:
    """Let a day pass with these bugs. A journal that cannot even be read is a violation too."""
    with planted(*bugs):
        try:
            outcome = run(plan)
        except JournalError as error:
            return Day((f"the journal cannot be read: {error}",))
        return Day(outcome.violations, outcome.purchases, outcome.digest)


def days_of(mutant: Mutant) -> Iterator[str]:
    """Return the days on which a mutant is looked for, in order."""
    if scene := EXHAUSTIVE.get(mutant):
        return (f"{scene} {number}" for number in range(1, _MOST_EFFECTS))
    kind = _KINDS.get(BUGS[mutant[0]].plant.__module__, "seed")
    return (f"{kind} {seed}" for seed in count())


def search(mutant: Mutant, seconds: float) -> Found:
    """Try day after day until one shows the mutant, for so many seconds of processor time."""
    began_s, purchases = time.process_time(), 0
    for day in days_of(mutant):
        plan = plan_of(day)
        lived = live(plan, *mutant)
        purchases += lived.purchases
        told = _told(mutant, plan, lived)
        spent_s = time.process_time() - began_s
        if told or spent_s >= seconds:
            break
    return Found(mutant, day if told else "", told, spent_s, purchases)


def _told(mutant: Mutant, plan: Plan, lived: Day) -> str:
    """Return how a day shows the mutant; empty: it does not."""
    if lived.violations:
        return lived.violations[0]
    changed = mutant in GUARDED and lived.digest != live(plan).digest
    return f"harms nobody. {BUGS[mutant[0]].guard}" if changed else ""


def name_of(mutant: Mutant) -> str:
    """Return its bugs in one word."""
    return "+".join(mutant)


def line_of(found: Found) -> str:
    """Return a line of the table."""
    where = f"{found.day or 'not found'} | {found.cpu_s:.1f} s | {found.purchases}"
    return f"| {name_of(found.mutant)} | {where} | {found.told.replace('|', '/')} |"


def main(arguments: Sequence[str]) -> int:
    """Run the command; the exit code tells whether all were found."""
    given = _parser().parse_args(arguments)
    wanted = [tuple(name.split("+")) for name in given.bugs] or [*MUTANTS, *GUARDED]
    print("| bug | first shown by | processor | purchases until then | told as |")
    print("| --- | --- | --- | --- | --- |")
    results = []
    with ProcessPoolExecutor(given.processes) as pool:
        for found in pool.map(partial(search, seconds=given.seconds), wanted):
            print(line_of(found), flush=True)
            results.append(found)
    if given.keep:
        _keep(results)
    return 0 if all(found.day for found in results) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.explore.mutants",
        description="Plant deliberate bugs and see how fast the sweep finds each.",
    )
    parser.add_argument("bugs", nargs="*", metavar="BUG", help="only these; A+B plants both")
    parser.add_argument("--seconds", type=float, default=BUDGET_S, help="processor time for each")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="write the days down for the tests")
    return parser


def kept_days() -> dict[str, Plan]:
    """Return the days that were written down."""
    return msgspec.json.decode(DAYS.read_bytes(), type=dict[str, Plan])


def _keep(results: list[Found]) -> None:
    days = kept_days() if DAYS.exists() else {}
    days.update({name_of(found.mutant): plan_of(found.day) for found in results if found.day})
    lines = (
        f"{json.dumps(name)}: {msgspec.json.encode(days[name]).decode()}" for name in sorted(days)
    )
    DAYS.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
