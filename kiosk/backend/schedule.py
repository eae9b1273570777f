"""Which waiting report is next, and how long to leave reports and line alone. Pure."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

AFTER_ALL = "*"
"""In the place of an order's number: behind whatever was queued before."""


@dataclass(frozen=True)
class Waiting:
    """A report that has not been taken yet."""

    report_no: int
    order_no: str | None
    attempts: int
    next_at_ms: int


@dataclass(frozen=True)
class BackOff:
    """How long to leave a report, or the line, alone after a failure."""

    first_ms: int = 1_000
    longest_ms: int = 600_000
    line_longest_ms: int = 30_000
    """A line that is down is tried at least this often."""

    def after(self, failures: int, longest_ms: int, draw: float) -> int:
        """Return the pause after so many failures in a row, in milliseconds.

        Doubles up to ``longest_ms``; ``draw`` from [0, 1) takes up to half off, so that a street of
        terminals does not come back at the same moment.
        """
        doubled = self.first_ms << min(failures - 1, 30)
        full_ms = min(doubled, longest_ms)
        return full_ms - int(full_ms * draw / 2)


USUAL = BackOff()


class Schedule:
    """Which report is next. Knows numbers and times, neither bodies nor a database."""

    def __init__(self, back_off: BackOff) -> None:
        self._back_off = back_off
        self._lanes: dict[str, deque[Waiting]] = {}
        self._line_failures = 0
        self._line_rests_until_ms = 0

    def __len__(self) -> int:
        return sum(len(lane) for lane in self._lanes.values())

    def add(self, waiting: Waiting) -> None:
        """Queue behind the earlier reports of the same order."""
        self._lanes.setdefault(self._lane(waiting), deque()).append(waiting)

    def next(self, now_ms: int) -> Waiting | None:
        """Return the report to deliver now, the longest due first; None: rest for `rest_ms`."""
        if self._left_ms(self._line_rests_until_ms, now_ms, self._back_off.line_longest_ms) > 0:
            return None
        due = (head for head in self._heads() if self._wait_ms(head, now_ms) <= 0)
        return min(due, key=lambda waiting: (waiting.next_at_ms, waiting.report_no), default=None)

    def rest_ms(self, now_ms: int) -> int | None:
        """Return how long `next` has nothing to give; None: nothing is waiting."""
        if not self._lanes:
            return None
        soonest_ms = min(self._wait_ms(head, now_ms) for head in self._heads())
        line_ms = self._left_ms(self._line_rests_until_ms, now_ms, self._back_off.line_longest_ms)
        return max(0, soonest_ms, line_ms)

    def delivered(self, waiting: Waiting) -> None:
        """Forget a report that was taken; the line works."""
        lane = self._lanes[self._lane(waiting)]
        lane.popleft()
        if not lane:
            del self._lanes[self._lane(waiting)]
        self._line_failures = 0
        self._line_rests_until_ms = 0

    def failed(self, waiting: Waiting, now_ms: int, draw: float) -> Waiting:
        """Put a report off, let the line rest, and return the report as it stands now."""
        attempts = waiting.attempts + 1
        pause_ms = self._back_off.after(attempts, self._back_off.longest_ms, draw)
        later = replace(waiting, attempts=attempts, next_at_ms=now_ms + pause_ms)
        self._lanes[self._lane(waiting)][0] = later
        self._line_failures += 1
        pause_ms = self._back_off.after(self._line_failures, self._back_off.line_longest_ms, draw)
        self._line_rests_until_ms = now_ms + pause_ms
        return later

    def _heads(self) -> Iterable[Waiting]:
        """Return the first of each order; what follows all, only when nothing is before it.

        The lowest number is always among them, so there is something to deliver as long as
        anything waits; a later report never holds an earlier one up.
        """
        lanes = self._lanes
        last = lanes.get(AFTER_ALL)
        if last and any(lane[0].report_no < last[0].report_no for lane in lanes.values()):
            return (lane[0] for key, lane in lanes.items() if key != AFTER_ALL)
        return (lane[0] for lane in lanes.values())

    def _wait_ms(self, waiting: Waiting, now_ms: int) -> int:
        return self._left_ms(waiting.next_at_ms, now_ms, self._back_off.longest_ms)

    @staticmethod
    def _left_ms(until_ms: int, now_ms: int, longest_ms: int) -> int:
        """Longer than any pause we make means that the clock was set back: due at once."""
        left_ms = until_ms - now_ms
        return 0 if left_ms > longest_ms else left_ms

    @staticmethod
    def _lane(waiting: Waiting) -> str:
        return waiting.order_no or f"#{waiting.report_no}"
