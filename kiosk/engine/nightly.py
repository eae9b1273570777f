"""Once a day, from a given hour on: follow every archive, copy the journal. A turn at a time.

Trouble is told to the head office once a day and changes nothing else; an hour later it is tried
again. The thread around it (`kiosk.engine.loop`) is nobody's to wait for.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime

from kiosk.engine.clock import CHINA, Clock
from kiosk.engine.copies import Copies
from kiosk.engine.database import JournalError
from kiosk.engine.finished import NotMade, Unsound
from kiosk.engine.journal import Journal
from vending.messages import Alarm

_logger = logging.getLogger(__name__)

RETRY_S = 3600.0
LOOK_S = 60.0


class Nightly:
    """The night's work on a journal. `turn` is called by one thread."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        copies: Copies | None,
        hour: int,
        on_reports: Callable[[], None] = lambda: None,
    ) -> None:
        """``copies``: None when the site keeps none. ``hour``: of the day in China, 0 to 23."""
        self._journal = journal
        self._clock = clock
        self._copies = copies
        self._hour = hour
        self._on_reports = on_reports
        self._work: Iterator[None] | None = None
        self._done_day = ""
        self._alarmed: set[tuple[str, str]] = set()
        """Day and code of what was told already."""

    def turn(self) -> float:
        """Do one slice; return the monotonic second of the next."""
        if self._work is None and not self._begin():
            return self._clock.monotonic_s() + LOOK_S
        try:
            if self._slice():
                return self._clock.monotonic_s()
        except JournalError as error:
            _logger.warning("the night's work waits for the journal: %s", error)
        except NotMade as error:
            self._alarm("copy-failed", str(error))
        self._work = None
        rest_s = LOOK_S if self._done_day == self._day() else RETRY_S
        return self._clock.monotonic_s() + rest_s

    def _begin(self) -> bool:
        """See whether today's work is still to be done, and take it up."""
        now = datetime.fromtimestamp(self._clock.wall_ms() / 1000, CHINA)
        day = self._day()
        if now.hour < self._hour or day == self._done_day:
            return False
        if self._copies and self._copies.has(day):
            self._done_day = day
            return False
        self._work = self._night(day)
        return True

    def _slice(self) -> bool:
        assert self._work is not None
        try:
            next(self._work)
        except StopIteration:
            return False
        return True

    def _night(self, day: str) -> Iterator[None]:
        yield from self._follow_archives()
        if self._copies:
            yield from self._copies.make(day)
        self._done_day = day
        self._alarmed = {told for told in self._alarmed if told[0] == day}

    def _follow_archives(self) -> Iterator[None]:
        base_seq = self._journal.base.seq
        for archive in self._journal.archives.all():
            if archive.last_seq <= base_seq:
                try:
                    for _ in self._journal.archives.check(archive):
                        yield
                except Unsound as unsound:
                    self._alarm("archive-damaged", f"entry {unsound.seq}: {unsound}")
        seq = self._journal.archives.missing(base_seq)
        if seq is not None:
            self._alarm("archive-damaged", f"no file holds entry {seq}")

    def _alarm(self, code: str, detail: str) -> None:
        _logger.error("%s: %s", code, detail)
        told = (self._day(), code)
        if told in self._alarmed:
            return
        try:
            self._journal.alarm(Alarm(code=code, detail=detail, at_ms=self._clock.wall_ms()))
        except JournalError as error:
            _logger.warning("the alarm waits: %s", error)
        else:
            self._alarmed.add(told)
            self._on_reports()

    def _day(self) -> str:
        return datetime.fromtimestamp(self._clock.wall_ms() / 1000, CHINA).strftime("%Y%m%d")
