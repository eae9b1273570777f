"""A thread that does what a page asks for, one after another; too many at once are refused."""

import logging
import queue
import threading
from collections.abc import Callable

_logger = logging.getLogger(__name__)

MOST_JOBS = 16
"""Questions that may wait: a hand presses no faster than they are answered."""

Job = Callable[[], None]


class Jobs:
    """Does jobs on a thread of its own."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.Queue[Job | None] = queue.Queue(MOST_JOBS)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """End after the present job."""
        self._put(None)
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def do(self, job: Job) -> None:
        """Do ``job`` when those before it are done; returns at once."""
        self._put(job)

    def _put(self, job: Job | None) -> None:
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            _logger.warning("%s: asked faster than answered", self._name)

    def _run(self) -> None:
        while job := self._jobs.get():
            try:
                job()
            except Exception as error:  # noqa: BLE001  # others wait for this thread
                # Without its text: that may hold what somebody typed.
                _logger.error("a job of %s failed: %s", self._name, type(error).__name__)
