"""Group commit: the only writer of money.

Callers hand over units of work; one thread runs all that have arrived in one transaction, commits
once and answers each caller when its part is durable. It never waits for more work to arrive: under
low load a batch is one unit, under high load the time of one commit gathers the next one by itself.

A unit runs inside a savepoint, so one that raises spoils nobody else's. When the transaction itself
breaks (disk full, deadlock between two processes), the batch is rolled back and its units are run
again, each in a transaction of its own. Therefore a unit may run more than once: it must have no
effect outside its connection, and its number (order, report) must make it idempotent.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from center.store.errors import OutcomeUnknown, StoreBusy, StoreClosed, StoreFailed

T = TypeVar("T")
Unit = Callable[[Connection], T]

QUEUE_SIZE = 4_096
"""Units that may wait. One more waits for room until its deadline."""
BATCH_SIZE = 256
"""Units in one transaction at most."""

_RETRYABLE_SQLSTATES = ("40",)
"""SQLSTATE class 40, transaction rollback: deadlock, serialization failure (PostgreSQL annex A)."""

_log = logging.getLogger(__name__)


class Job(Generic[T]):
    """A unit of work on its way, and where its outcome goes."""

    def __init__(self, unit: Unit[T], timeout_s: float) -> None:
        self._unit = unit
        self._deadline = time.monotonic() + timeout_s
        self._future: Future[T] = Future()
        self._outcome: T | None = None
        self._error: Exception | None = None
        self.is_doubtful = False
        """A commit failed that it was part of: whether it is durable is not known."""

    @property
    def left_s(self) -> float:
        """How long its caller still waits."""
        return max(0.0, self._deadline - time.monotonic())

    def result(self) -> T:
        """Wait until the unit is durable and return what it returned; what it raised is raised.

        Raises StoreBusy, StoreFailed or OutcomeUnknown.
        """
        try:
            return self._future.result(self.left_s)
        except FutureTimeoutError:
            if self._future.cancel():
                raise StoreBusy("the deadline passed while waiting for the writer") from None
            if not self._future.done():
                raise OutcomeUnknown("the deadline passed while the writer was at it") from None
            return self._future.result(0)

    def start(self) -> bool:
        """Take the job off its caller's hands. False: the caller has given up, it must not run."""
        return self._future.set_running_or_notify_cancel()

    def attempt(self, connection: Connection) -> None:
        """Run the unit in a savepoint and keep what came of it.

        What the unit raises belongs to its caller; it is raised here only when it cost the whole
        transaction.
        """
        self._outcome, self._error = None, None
        savepoint = connection.begin_nested()
        try:
            self._outcome = self._unit(connection)
        except Exception as error:
            try:
                savepoint.rollback()
            except SQLAlchemyError:
                raise error from None  # the database gave the whole transaction up: say why
            if _breaks_transaction(error):
                raise
            self._error = error
        else:
            savepoint.commit()

    def answer(self) -> None:
        """Tell the caller. Only after the commit."""
        if self._error is None:
            self._future.set_result(cast("T", self._outcome))
        elif isinstance(self._error, DBAPIError):
            self.fail(self._error)
        else:
            self._future.set_exception(self._error)

    def fail(self, error: Exception) -> None:
        """Tell the caller that the database did not do it, or that nobody knows."""
        kind = OutcomeUnknown if self.is_doubtful else StoreFailed
        failure = kind(f"the database refused: {type(error).__name__}")
        failure.__cause__ = error
        self._future.set_exception(failure)


class Committer:
    """Runs units of work in batches, in the order in which they came. Safe from every thread."""

    def __init__(
        self, engine: Engine, *, queue_size: int = QUEUE_SIZE, batch_size: int = BATCH_SIZE
    ) -> None:
        self._engine = engine
        self._queue_size = queue_size
        self._batch_size = batch_size
        self._waiting: deque[Job[Any]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
        self._thread.start()

    def submit(self, unit: Unit[T], timeout_s: float) -> T:
        """Run ``unit`` and return what it returns, once that is durable; what it raises is raised.

        Raises StoreBusy, StoreClosed, StoreFailed or OutcomeUnknown.
        """
        return self.enqueue(unit, timeout_s).result()

    def enqueue(self, unit: Unit[T], timeout_s: float) -> Job[T]:
        """Hand ``unit`` over and return at once, unless the queue is full; see `Job.result`.

        Raises StoreBusy or StoreClosed.
        """
        job = Job(unit, timeout_s)
        with self._changed:
            has_room = self._changed.wait_for(
                lambda: self._closed or len(self._waiting) < self._queue_size, job.left_s
            )
            if self._closed:
                raise StoreClosed("the head office is shutting down")
            if not has_room:
                raise StoreBusy(f"{self._queue_size} units of work are waiting already")
            self._waiting.append(job)
            self._changed.notify_all()
        return job

    def close(self, timeout_s: float) -> None:
        """Take nothing new, finish what waits, and stop. Raises StoreFailed past the deadline."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            raise StoreFailed("the writer did not finish in time")

    def _run(self) -> None:
        while jobs := self._next_batch():
            started = [job for job in jobs if job.start()]
            if started and self._commit(started):
                for job in started:
                    self._commit_alone(job)

    def _next_batch(self) -> list[Job[Any]]:
        """Wait for work; an empty answer means: closed, and nothing is left."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            count = min(len(self._waiting), self._batch_size)
            jobs = [self._waiting.popleft() for _ in range(count)]
            self._changed.notify_all()
            return jobs

    def _commit(self, jobs: list[Job[Any]]) -> Exception | None:
        """Run the jobs in one transaction and answer them; what went wrong: nobody is answered."""
        is_committing = False
        try:
            with self._engine.begin() as connection:
                for job in jobs:
                    job.attempt(connection)
                is_committing = True
        except Exception as error:  # noqa: BLE001  (whatever it is, this thread must live on)
            _log.warning("%d units of work were rolled back: %s", len(jobs), type(error).__name__)
            for job in jobs:
                job.is_doubtful |= is_committing
            return error
        for job in jobs:
            job.answer()
        return None

    def _commit_alone(self, job: Job[Any]) -> None:
        error = self._commit([job]) if job.left_s else TimeoutError("no time for another attempt")
        if error is not None:
            job.fail(error)


def _breaks_transaction(error: Exception) -> bool:
    sqlstate = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return sqlstate.startswith(_RETRYABLE_SQLSTATES)
