"""A hundred random months of trading and clearing reconcile to the fen.

``python -m tests.center.cash.months [--months 100] [--first 0] [--jobs N]``. A month that fails
tells its seed; ``--first SEED --months 1`` lives it again.
"""

import argparse
import os
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from tests.center.cash.month import live
from tests.center.cash.stage import template

MONTHS = 100


def main() -> int:
    """Live the months; returns the process's exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=MONTHS)
    parser.add_argument("--first", type=int, default=0, metavar="SEED")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    began_s = time.monotonic()
    seeds = range(given.first, given.first + given.months)
    happened: Counter[str] = Counter()
    failed = []
    with ProcessPoolExecutor(given.jobs) as pool:
        for seed, story in zip(seeds, pool.map(partial(_judged, template()), seeds), strict=True):
            if isinstance(story, str):
                failed.append(seed)
                print(f"month {seed} does not reconcile:\n{story}", file=sys.stderr)
            else:
                happened.update(story)
    took_s = time.monotonic() - began_s
    for what, times in sorted(happened.items()):
        print(f"{times:>8}  {what}")
    print(f"{given.months - len(failed)} of {given.months} months reconcile to the fen", end="")
    print(f", {took_s:.0f} s")
    return 1 if failed else 0


def _judged(database: Path, seed: int) -> dict[str, int] | str:
    """Live one month; what went wrong comes back as text."""
    try:
        return live(database, seed)
    except Exception:  # noqa: BLE001  (whatever it is, the other months are judged too)
        return traceback.format_exc()


if __name__ == "__main__":
    sys.exit(main())
