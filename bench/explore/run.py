"""Run one plan and say what was wrong: the one function that everything else calls."""

import hashlib
import logging
import os
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from msgspec import Struct

from bench.explore.books import read_books, read_journal
from bench.explore.coverage import Coverage
from bench.explore.hall import Hall
from bench.explore.judge import judge
from bench.explore.plan import Plan

MEMORY = Path("/dev/shm")
"""Where files cost no disk: a simulated power cut is no real one."""


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of a run."""

    violations: tuple[str, ...]
    purchases: int
    """Orders that were paid."""
    faults: int
    resorts: int
    """Orders that only a refund could end after the faults."""
    effects: int
    """Effects on the world that the kiosks had: each is a moment at which power can fail."""
    effects_by_day: int
    """Those before the faults ended."""
    simulated_s: int
    digest: str
    """Of journals, books, boxes, meters and cards: equal runs have equal ones."""


def run(plan: Plan, seen: Coverage | None = None) -> Outcome:
    """Run ``plan`` to its end and judge it. One at a time in a process."""
    hall = Hall(plan, workspace(), seen or Coverage())
    with _listening() as heard:
        try:
            hall.run()
        except Exception as error:  # noqa: BLE001  # whatever escapes is what we look for
            heard.append(_told(error))
        return _outcome(hall, heard)


def _outcome(hall: Hall, heard: list[str]) -> Outcome:
    books = hall.center.store.read(read_books)
    journals = [read_journal(kiosk) for kiosk in hall.kiosks]
    violations = [*heard, *judge(hall, books, journals)]
    effects = sum(kiosk.hardware.fuse.burnt for kiosk in hall.kiosks)
    for kiosk in hall.kiosks:
        if kiosk.boot:
            kiosk.boot.engine.close()
    return Outcome(
        violations=tuple(violations),
        purchases=sum(1 for order in books.orders if order.paid_fen),
        faults=hall.faults.injected + sum(kiosk.cuts for kiosk in hall.kiosks),
        resorts=hall.resorts,
        effects=effects,
        effects_by_day=hall.effects_by_day,
        simulated_s=hall.world.now_us // 1_000_000,
        digest=_digest(hall, books, journals),
    )


def _digest(hall: Hall, *said: object) -> str:
    truth = [
        (resident.card.image, resident.meter.state.credits, resident.meter.state.remaining)
        for resident in hall.people
    ]
    notes = [kiosk.hardware.acceptor.mechanism.notes for kiosk in hall.kiosks]
    return hashlib.sha256(repr((said, truth, notes)).encode()).hexdigest()


def _told(error: BaseException) -> str:
    trace = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(trace.filename).name}:{trace.lineno})"


class _Ear(logging.Handler):
    """Hears of every exception that somebody logged and lived with."""

    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            self._heard.append(f"{record.getMessage()}: {_told(record.exc_info[1])}")


@contextmanager
def _listening() -> Iterator[list[str]]:
    heard: list[str] = []
    ear = _Ear(heard)
    loggers = [logging.getLogger(name) for name in ("kiosk", "center")]
    for logger in loggers:
        logger.addHandler(ear)
        logger.propagate = False
    try:
        yield heard
    finally:
        for logger in loggers:
            logger.removeHandler(ear)
            logger.propagate = True


@cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    where = MEMORY if MEMORY.is_dir() else None
    return tempfile.TemporaryDirectory(prefix="explore-", dir=where)


def workspace() -> Path:
    """Return a folder of this process's own.

    Call it before starting workers: theirs then lie beside it and go when this process ends.
    """
    folder = Path(_temporary().name) / str(os.getpid())
    folder.mkdir(exist_ok=True)
    return folder
