"""The kiosk's own time on one cash purchase of three notes, against its durable appends alone.

Both journals lie side by side on the same disk and take turns, purchase by purchase.
"""

import time
from collections.abc import Callable
from pathlib import Path

from bench.measure.figure import Figure, ratios, spread
from bench.measure.good_day import TERMINAL_NO, GoodDay
from kiosk.engine.database import Database
from kiosk.engine.journal import Journal

WARM_UP = 10


def measure(folder: Path, purchases: int) -> list[Figure]:
    """Serve ``purchases`` customers; after each append the same facts to another journal."""
    day = GoodDay(folder / "whole")
    alone = Journal(Database(folder / "alone" / "journal.db"), owner=TERMINAL_NO)
    alone.open()

    def append_again() -> None:
        for event, reports in day.journal.appended:
            alone.append(event, reports)

    whole_ms, alone_ms, facts = [], [], []
    try:
        for _ in range(WARM_UP + purchases):
            day.journal.appended.clear()
            whole_ms.append(_timed_ms(day.purchase))
            alone_ms.append(_timed_ms(append_again))
            facts.append(float(len(day.journal.appended)))
    finally:
        day.close()
        alone.close()
    del whole_ms[:WARM_UP], alone_ms[:WARM_UP]
    return _figures(whole_ms, alone_ms, facts)


def _figures(whole_ms: list[float], alone_ms: list[float], facts: list[float]) -> list[Figure]:
    return [
        Figure("purchase / its durable appends alone", spread(ratios(whole_ms, alone_ms)), "", 1.5),
        Figure("kiosk's own time on a purchase of three notes", spread(whole_ms), "ms"),
        Figure("its durable appends alone", spread(alone_ms), "ms"),
        Figure("facts of a purchase", spread(facts), digits=0),
    ]


def _timed_ms(act: Callable[[], None]) -> float:
    began_ns = time.perf_counter_ns()
    act()
    return (time.perf_counter_ns() - began_ns) / 1e6
