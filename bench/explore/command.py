"""``python -m bench explore``: sweep seeds for a while, or replay one."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.explore.coverage import Coverage, report
from bench.explore.draw import draw
from bench.explore.exhaust import Exhausted, exhaust
from bench.explore.plan import Plan
from bench.explore.run import run
from bench.explore.shrink import items_of, kept
from bench.explore.sweep import Tally, kiosks_of, sweep

SECONDS = 600


def main(arguments: Sequence[str]) -> int:
    """Run the command; the exit code tells whether anything was wrong."""
    given = _parser().parse_args(arguments)
    if given.replay:
        return _replay(_plan(given.replay, given.kiosks))
    if given.exhaustive:
        return _print_exhausted(exhaust(given.seconds, given.processes))
    tally, seen = sweep(given.seed, given.seconds, given.processes)
    _print(tally, seen, pairs=given.pairs)
    return 1 if tally.failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench explore",
        description="Simulate kiosks, people, head office and faults; judge every fen and kWh.",
    )
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long to sweep")
    parser.add_argument("--seed", type=int, default=0, help="first seed")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--exhaustive",
        action="store_true",
        help="cut a purchase and a clearing at every effect, and in pairs",
    )
    parser.add_argument("--pairs", action="store_true", help="print every pair and how often")
    parser.add_argument(
        "--replay", metavar="SEED[:ITEMS]|FILE", help="run one plan, or some of its items only"
    )
    parser.add_argument("--kiosks", type=int, default=0, help="of the plan to replay")
    return parser


def _plan(text: str, kiosks: int) -> Plan:
    if Path(text).is_file():
        return msgspec.json.decode(Path(text).read_bytes(), type=Plan)
    seed, _, names = text.partition(":")
    plan = draw(int(seed), kiosks or kiosks_of(int(seed)))
    return kept(plan, [name.replace("-", " ") for name in names.split(",")]) if names else plan


def _replay(plan: Plan) -> int:
    for item in (plan.site, *items_of(plan)):
        print(json.dumps(msgspec.to_builtins(item), ensure_ascii=False))
    seen = Coverage()
    outcome = run(plan, seen)
    for violation in outcome.violations:
        print(f"VIOLATION {violation}")
    print(f"{outcome.purchases} purchases, {outcome.effects} effects, digest {outcome.digest}")
    return 1 if outcome.violations else 0


def _print_exhausted(done: Exhausted) -> int:
    for scene, cuts in done.singles.items():
        told = f"{cuts} cuts, {done.kills[scene]} ends of the program: one at each effect"
        print(f"{scene:<20} {told}")
    print(f"cuts at two effects  {done.pairs} of {done.of_pairs}")
    print(f"failures             {len(done.failures)}")
    for failure in done.failures:
        print(failure, file=sys.stderr)
    return 1 if done.failures else 0


def _print(tally: Tally, seen: Coverage, *, pairs: bool) -> None:
    cpu_s = max(tally.cpu_s, 0.001)
    print(f"runs                 {tally.runs}")
    rate = tally.purchases / cpu_s
    print(f"purchases            {tally.purchases} ({rate:.1f} per second and core)")
    print(f"faults injected      {tally.faults}")
    print(f"only refunds helped  {tally.resorts}")
    print(f"effects              {tally.effects}")
    print(f"simulated hours      {tally.simulated_s / 3600:.1f}")
    print(f"failing seeds        {len(tally.failures)}")
    for line in report(seen, pairs=pairs):
        print(line)
    for failure in tally.failures:
        print(f"seed {failure.seed}: {failure.violations[0]}", file=sys.stderr)
        print(f"    {failure.command}", file=sys.stderr)
