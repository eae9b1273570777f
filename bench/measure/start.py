"""How long until something is on the screen, and how much memory that takes, against a bare window.

Bare window, kiosk's window alone and the whole kiosk take turns, each a process of its own on a
screen that nobody sees.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.measure.figure import Figure, Spread, ratios, spread
from bench.measure.marks import FRAME, IDLE, now_ns
from bench.measure.process import descendants, pss_mb, rss_mb
from bench.stand import Stand
from bench.stand.child import Child

START_LIMIT_S = 60.0
SETTLE_S = 8.0
"""After this the kiosk has made and imported everything that it puts off at its start."""
PAGES_S = 2.0
"""After this the window has made the pages that were not needed at its start."""
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


@dataclass
class Runs:
    """Every start of one program, in order."""

    frame_ms: list[float] = field(default_factory=list)
    idle_ms: list[float] = field(default_factory=list)
    rss_mb: list[float] = field(default_factory=list)
    pss_mb: list[float] = field(default_factory=list)
    worker_mb: list[float] = field(default_factory=list)
    """Resident memory of its child processes."""


@contextmanager
def started(module: str, arguments: tuple[str, ...], log: Path) -> Iterator[tuple[Child, int]]:
    """Run a module as a process; yield it and the moment at which it was started."""
    began_ns = now_ns()
    child = Child(module, arguments, log, announces=True, environment=OFFSCREEN)
    try:
        yield child, began_ns
    finally:
        child.stop()


def start_once(
    module: str, arguments: tuple[str, ...], log: Path, runs: Runs, settle_s: float
) -> None:
    """Start a program, note its moments, let it settle and weigh it."""
    with started(module, arguments, log) as (child, began_ns):
        marks: dict[str, int] = json.loads(child.first_line(START_LIMIT_S))
        runs.frame_ms.append((marks[FRAME] - began_ns) / 1e6)
        if IDLE in marks:
            runs.idle_ms.append((marks[IDLE] - began_ns) / 1e6)
        threading.Event().wait(settle_s)
        pid = child.process.pid
        runs.rss_mb.append(rss_mb(pid))
        runs.pss_mb.append(pss_mb(pid))
        runs.worker_mb.append(sum(map(rss_mb, descendants(pid))))


def measure(stand: Stand, repeats: int) -> list[Figure]:
    """Start each program ``repeats`` times and once more before, to warm the disk's cache."""
    bare, shell, whole = Runs(), Runs(), Runs()
    log = stand.directory / "measure.log"
    programs = (
        ("bench.measure.bare", (), bare, PAGES_S),
        ("bench.measure.shell", (), shell, PAGES_S),
        ("bench.measure.program", (str(stand.config_file),), whole, SETTLE_S),
    )
    for module, arguments, _, _ in programs:
        start_once(module, arguments, log, Runs(), 0.0)
    for _ in range(repeats):
        for module, arguments, runs, settle_s in programs:
            start_once(module, arguments, log, runs, settle_s)
    return [*_time_figures(bare, shell, whole), *_memory_figures(bare, shell, whole)]


def _time_figures(bare: Runs, shell: Runs, whole: Runs) -> list[Figure]:
    first = "start to first frame"
    return [
        Figure(f"{first}, kiosk / bare window", _ratio(whole.frame_ms, bare.frame_ms), below=1.5),
        Figure("start to idle page, window alone / bare", _ratio(shell.idle_ms, bare.frame_ms)),
        Figure(
            "start to idle in service, kiosk / bare",
            _ratio(whole.idle_ms, bare.frame_ms),
            below=1.5,
        ),
        Figure(f"{first}, bare window", spread(bare.frame_ms), "ms", digits=0),
        Figure(f"{first}, kiosk", spread(whole.frame_ms), "ms", digits=0),
        Figure("start to idle in service, kiosk", spread(whole.idle_ms), "ms", digits=0),
    ]


def _memory_figures(bare: Runs, shell: Runs, whole: Runs) -> list[Figure]:
    return [
        Figure("memory at idle, window alone / bare", _ratio(shell.rss_mb, bare.rss_mb), below=1.3),
        Figure("memory at idle, whole kiosk / bare", _ratio(whole.rss_mb, bare.rss_mb), below=1.3),
        Figure("memory, bare window (RSS)", spread(bare.rss_mb), "MB", digits=1),
        Figure("memory, window alone (RSS)", spread(shell.rss_mb), "MB", digits=1),
        Figure("memory, whole kiosk (RSS)", spread(whole.rss_mb), "MB", digits=1),
        Figure("memory, whole kiosk (PSS)", spread(whole.pss_mb), "MB", digits=1),
        Figure("memory, its card worker (RSS)", spread(whole.worker_mb), "MB", digits=1),
    ]


def _ratio(of: list[float], to: list[float]) -> Spread:
    return spread(ratios(of, to))
