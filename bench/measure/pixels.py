"""From a fact in the engine's inbox to changed pixels, in a real kiosk in the middle of a purchase.

The devices poll their wires on the bench, every fact is journalled before it is shown, and the
outbox reports it to the head office.
"""

import json
import threading
from typing import Any

from bench.measure.figure import Figure, Spread, percentile
from bench.measure.start import SETTLE_S, START_LIMIT_S, started
from bench.stand import Stand

AIM_MS = 50.0
CARD = "energy"
FACT_LIMIT_S = 0.5


class NotShown(Exception):
    """A fact did not reach the screen."""


def measure(stand: Stand, facts: int) -> list[Figure]:
    """Post ``facts`` facts and return the median and the 99th percentile. Raises NotShown."""
    told = _told(stand, facts)
    times_ms: dict[str, list[float]] = told["times_ms"]
    every = [time_ms for times in times_ms.values() for time_ms in times]
    return [
        _figure("event to changed pixels, p99", every, 0.99, AIM_MS),
        _figure("event to changed pixels, p50", every, 0.5),
        _figure("... less its wait for a processor, p99", told["less_queue_ms"], 0.99),
        *(_figure(f"... {kind}, p99", times, 0.99) for kind, times in times_ms.items()),
    ]


def _told(stand: Stand, facts: int) -> dict[str, Any]:
    arguments = (str(stand.config_file), str(facts))
    log = stand.directory / "measure.log"
    with started("bench.measure.program", arguments, log) as (child, _):
        child.first_line(START_LIMIT_S)
        threading.Event().wait(SETTLE_S)
        stand.insert_card(CARD)
        try:
            told: dict[str, Any] = json.loads(
                child.first_line(START_LIMIT_S + facts * FACT_LIMIT_S)
            )
        finally:
            stand.pull_card()
    if told.get("error") or told.get("unchanged"):
        raise NotShown(told.get("error") or f"{told['unchanged']} frames changed no pixel")
    return told


def _figure(name: str, times_ms: list[float], share: float, aim: float | None = None) -> Figure:
    """The spread of a percentile is that of the facts: from the quickest to the slowest."""
    value = Spread(percentile(times_ms, share), min(times_ms), max(times_ms), len(times_ms))
    return Figure(name, value, "ms", aim, digits=1)
