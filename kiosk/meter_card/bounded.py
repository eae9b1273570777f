"""Deadlines for calls that have none of their own: libraries that block as long as a card does."""

import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class BoundedCalls:
    """Runs calls one at a time in one thread, and gives up waiting at a deadline.

    A call that was given up cannot be cancelled: it may still come back, or never. From then on
    every call is refused, and only a new process helps (`is_stuck`).
    """

    def __init__(self, name: str) -> None:
        """``name`` is the thread's."""
        self._calls: queue.SimpleQueue[Callable[[], Any]] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()
        self.is_stuck = False
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def run(self, call: Callable[[], T], timeout_s: float) -> T:
        """Return what ``call`` returns, raise what it raises, or TimeoutError when it is late."""
        if self.is_stuck:
            raise TimeoutError("an earlier call never came back")
        self._calls.put(call)
        try:
            result, error = self._results.get(timeout=timeout_s)
        except queue.Empty:
            self.is_stuck = True
            raise TimeoutError(f"no answer in {timeout_s} s") from None
        if error is not None:
            raise error
        return cast(T, result)

    def _run(self) -> None:
        while True:
            call = self._calls.get()
            try:
                self._results.put((call(), None))
            except Exception as error:  # noqa: BLE001  # handed on to the caller's thread
                self._results.put((None, error))
