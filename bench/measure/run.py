"""``python -m bench measure``: measure everything, print the table."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from bench.acceptor.mechanism import FAST as QUICK_NOTES
from bench.measure import idle, office, pixels, purchase, start
from bench.measure.figure import Figure, table
from bench.measure.process import circumstances
from bench.printer.device import FAST as QUICK_PAPER
from bench.stand import Site, Stand


class Sizes(Struct, frozen=True, kw_only=True):
    """How much is measured."""

    starts: int = 5
    facts: int = 240
    purchases: int = 400
    idle_runs: int = 3
    idle_s: float = 20.0
    office_runs: int = 3
    vends: int = 1_000


QUICK = Sizes(starts=2, facts=60, purchases=60, idle_runs=1, idle_s=5.0, office_runs=1, vends=200)


def _start(folder: Path, sizes: Sizes) -> list[Figure]:
    with _stand(folder) as stand:
        return start.measure(stand, sizes.starts)


def _pixels(folder: Path, sizes: Sizes) -> list[Figure]:
    with _stand(folder) as stand:
        return pixels.measure(stand, sizes.facts)


def _purchase(folder: Path, sizes: Sizes) -> list[Figure]:
    return purchase.measure(folder, sizes.purchases)


def _idle(folder: Path, sizes: Sizes) -> list[Figure]:
    with _stand(folder) as stand:
        return idle.measure(stand, sizes.idle_runs, sizes.idle_s)


def _office(folder: Path, sizes: Sizes) -> list[Figure]:
    return office.measure(folder, sizes.office_runs, sizes.vends)


PARTS: dict[str, Callable[[Path, Sizes], list[Figure]]] = {
    "start": _start,
    "pixels": _pixels,
    "purchase": _purchase,
    "idle": _idle,
    "office": _office,
}


def run(parts: Sequence[str] = (), *, quick: bool = False) -> int:
    """Measure ``parts`` (none: all) and return 0 if every aim is reached, otherwise 1."""
    unknown = set(parts) - set(PARTS)
    if unknown:
        print(f"bench measure: no such part: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    print(circumstances())
    reached = True
    # On a real disk: durability costs nothing in a file system that is memory.
    var = Path("var")
    var.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="measure-", dir=var) as folder:
        for part in parts or PARTS:
            figures = PARTS[part](Path(folder) / part, QUICK if quick else Sizes())
            print(f"\n{part}\n\n{table(figures)}", flush=True)
            reached = reached and _all_reached(figures)
    return 0 if reached else 1


def _all_reached(figures: Iterable[Figure]) -> bool:
    return all(figure.reached for figure in figures)


def _stand(folder: Path) -> Stand:
    """A site whose devices move at once: what they take is not the kiosk's time."""
    folder.mkdir(parents=True)
    return Stand(folder, Site(timing=QUICK_NOTES, printing=QUICK_PAPER))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command by itself."""
    parser = argparse.ArgumentParser(prog="bench measure", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all")
    parser.add_argument("--quick", action="store_true", help="few repetitions, to see it work")
    given = parser.parse_args(arguments)
    return run(given.parts, quick=given.quick)
