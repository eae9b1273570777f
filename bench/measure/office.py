"""How many vends the head office sells in a second, against the same rows inserted directly."""

from pathlib import Path

from bench.measure.figure import Figure, ratios, spread
from center.orders import throughput


def measure(folder: Path, repeats: int, vends: int) -> list[Figure]:
    """Sell ``vends`` times, ``repeats`` times over."""
    runs = [_run(folder / f"run-{number}", vends) for number in range(repeats)]
    desk = [float(run.desk_per_s) for run in runs]
    bare = [float(run.bare_per_s) for run in runs]
    batched = [float(run.bare_batched_per_s) for run in runs]
    return [
        Figure("head office, vends a second", spread(desk), "/s", digits=0),
        Figure("... / same rows, a commit each", spread(ratios(desk, bare))),
        Figure("... / same rows, batched commits", spread(ratios(desk, batched))),
        Figure("same rows, a commit each", spread(bare), "/s", digits=0),
        Figure("same rows, batched commits", spread(batched), "/s", digits=0),
    ]


def _run(folder: Path, vends: int) -> throughput.Throughput:
    folder.mkdir(parents=True)
    return throughput.measure(folder, vends=vends)
