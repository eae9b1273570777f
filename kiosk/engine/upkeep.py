"""What the engine does for its journal between customers: old entries go into archives.

A slice at a time and only at rest, so that nobody waits for it. Trouble with an archive is told to
the head office and stops nothing: the live file still holds what could not be moved.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.engine.finished import NotMade
from kiosk.engine.journal import Journal
from vending.messages import Alarm

_logger = logging.getLogger(__name__)

DAY_MS = 86_400_000


@dataclass(frozen=True)
class Keeping:
    """How much the live file keeps."""

    entries: int = 200_000
    days: int = 90


class Upkeep:
    """The engine's work on its own journal. All calls from the engine's thread."""

    def __init__(self, journal: Journal, keeping: Keeping) -> None:
        self._journal = journal
        self._keeping = keeping
        self._work: Iterator[None] | None = None

    @property
    def is_pending(self) -> bool:
        """True: `step` has something to do."""
        return self._work is not None

    def look(self, now_ms: int) -> None:
        """See whether it is time to archive. Raises JournalError."""
        if self._work is None:
            before_ms = now_ms - self._keeping.days * DAY_MS
            up_to_seq = self._journal.archivable(self._keeping.entries, before_ms)
            if up_to_seq is not None:
                _logger.info("archiving up to entry %d", up_to_seq)
                self._work = self._journal.archive(up_to_seq)

    def step(self, now_ms: int) -> bool:
        """Do one slice; tell whether an alarm was queued. Raises JournalError."""
        if self._work is None:
            return False
        try:
            next(self._work)
        except StopIteration:
            _logger.info("archived up to entry %d", self._journal.base.seq)
        except NotMade as error:
            self._work = None
            return self._alarm("archive-failed", str(error), now_ms)
        else:
            return False
        self._work = None
        return False

    def forget(self) -> None:
        """Begin anew with `look`: the journal was opened again."""
        self._work = None

    def missing(self, now_ms: int) -> bool:
        """Raise an alarm when an archive file is not there; tell whether. Raises JournalError."""
        seq = self._journal.archives.missing(self._journal.base.seq)
        if seq is None:
            return False
        return self._alarm("archive-damaged", f"no file holds entry {seq}", now_ms)

    def _alarm(self, code: str, detail: str, now_ms: int) -> bool:
        _logger.error("%s: %s", code, detail)
        self._journal.alarm(Alarm(code=code, detail=detail, at_ms=now_ms))
        return True
