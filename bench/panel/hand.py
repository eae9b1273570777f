"""Does what is clicked, off the window's thread: a restart may take seconds, a click may not."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from bench.stand import Stand
from bench.stand.story import Happening

Deed = Callable[[Stand], object]


class Hand:
    """One thing after the other, in the order of the clicks. What fails is told in the log."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hand")

    def do(self, deed: Deed) -> Future[None]:
        """Have ``deed`` done."""
        return self._worker.submit(self._try, deed)

    def close(self) -> None:
        """Finish what is being done and do nothing more."""
        self._worker.shutdown(cancel_futures=True)

    def _try(self, deed: Deed) -> None:
        try:
            deed(self._stand)
        except Exception as error:  # noqa: BLE001 - a window goes on whatever a click led to
            said = f"{type(error).__name__} {error}".splitlines()[0]
            self._stand.story.tell(Happening.FAILED, said, said)
