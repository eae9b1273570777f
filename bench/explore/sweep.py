"""Many seeds, for a while, on some processes; and the report."""

import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import count

from msgspec import Struct

from bench.explore.coverage import Coverage
from bench.explore.draw import draw
from bench.explore.run import run, workspace
from bench.explore.shrink import items_of, shrink

CHUNK = 10
"""Seeds that a process runs before it reports."""


class Failure(Struct, frozen=True):
    """A seed that fails, and with which items of its plan it still does."""

    seed: int
    kiosks: int
    violations: tuple[str, ...]
    kept: tuple[str, ...]

    @property
    def command(self) -> str:
        """What replays it."""
        names = ",".join(name.replace(" ", "-") for name in self.kept)
        return f"python -m bench explore --kiosks {self.kiosks} --replay {self.seed}:{names}"


class Tally(Struct):
    """What a sweep has done so far."""

    runs: int = 0
    purchases: int = 0
    faults: int = 0
    resorts: int = 0
    """Orders that nothing but a refund could end."""
    effects: int = 0
    simulated_s: int = 0
    cpu_s: float = 0.0
    failures: tuple[Failure, ...] = ()

    def add(self, other: "Tally") -> None:
        """Take over what another process has done."""
        self.runs += other.runs
        self.purchases += other.purchases
        self.faults += other.faults
        self.resorts += other.resorts
        self.effects += other.effects
        self.simulated_s += other.simulated_s
        self.cpu_s += other.cpu_s
        self.failures += other.failures


def kiosks_of(seed: int) -> int:
    """Return how many kiosks the hall of a seed has."""
    return 2 if seed % 2 else 1


def sweep_chunk(seeds: range, small: bool = True) -> tuple[Tally, Coverage]:
    """Run seeds one after the other in this process; ``small``: shrink those that fail."""
    tally, seen = Tally(), Coverage()
    started_s = time.process_time()
    for seed in seeds:
        plan = draw(seed, kiosks_of(seed))
        outcome = run(plan, seen)
        tally.runs += 1
        tally.purchases += outcome.purchases
        tally.faults += outcome.faults
        tally.resorts += outcome.resorts
        tally.effects += outcome.effects
        tally.simulated_s += outcome.simulated_s
        if outcome.violations:
            smaller = shrink(plan) if small else plan
            names = tuple(item.name for item in items_of(smaller))
            tally.failures += (Failure(seed, plan.kiosks, outcome.violations, names),)
    tally.cpu_s = time.process_time() - started_s
    return tally, seen


def sweep(first: int, seconds: float, processes: int) -> tuple[Tally, Coverage]:
    """Run seeds from ``first`` on for so long, on so many processes."""
    tally, seen = Tally(), Coverage()
    until_s = time.monotonic() + seconds
    workspace()
    with ProcessPoolExecutor(processes) as pool:
        chunks = _chunks(first)
        under_way: set[Future[tuple[Tally, Coverage]]] = set()
        while time.monotonic() < until_s:
            while len(under_way) < processes + 1:
                under_way.add(pool.submit(sweep_chunk, next(chunks)))
            done, under_way = wait(under_way, 1.0, FIRST_COMPLETED)
            for future in done:
                _add(tally, seen, future)
        for future in under_way:
            if not future.cancel():
                _add(tally, seen, future)
    return tally, seen


def _add(tally: Tally, seen: Coverage, future: Future[tuple[Tally, Coverage]]) -> None:
    part, part_seen = future.result()
    tally.add(part)
    seen.add(part_seen)


def _chunks(first: int) -> Iterator[range]:
    return (range(at, at + CHUNK) for at in count(first, CHUNK))
