"""Where facts wait for the engine. Safe from every thread, bounded, and money is never dropped."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from enum import Enum

from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.event import Event

_logger = logging.getLogger(__name__)

MONEY: tuple[type[Event], ...] = (
    ev.NoteEscrowed,
    ev.NoteStacked,
    ev.NoteReturned,
    ev.NoteUnknown,
    ev.VendApproved,
    ev.VendRefused,
    ev.VendNotSold,
    ev.VendUnknown,
    ev.OrderEnded,
    ev.BillPosted,
    ev.BillNotPosted,
    ev.BillUnknown,
    ev.CardWriteEnded,
    ev.CardProved,
)
"""Facts that say where money is. A driver repeats none of them by itself."""

PRESSES: tuple[type[Event], ...] = (
    ev.LanguageChosen,
    ev.ContinuePressed,
    ev.CashChosen,
    ev.FinishPressed,
    ev.CancelPressed,
    ev.MoreTimePressed,
    ev.ResellPressed,
    ev.CodeEntered,
    ev.DeliverPressed,
    ev.BillPressed,
    ev.CustomerNoEntered,
    ev.CodeScanned,
    ev.MonthsChosen,
    staff_event.StaffCalled,
    staff_event.StaffStirred,
    staff_event.ClearingStarted,
    staff_event.ClearingCancelled,
    staff_event.ClearingEnded,
    staff_event.CashReportWanted,
    staff_event.SelfTestStarted,
    staff_event.SelfTestStopped,
    staff_event.ResetWanted,
    staff_event.RestartWanted,
)
"""What somebody in front of the machine can do again when nothing happens."""

_FACTS_PER_PRESS = 8
"""Presses are dropped at the limit, other facts at this many times the limit, money never."""


class Fate(Enum):
    """What became of a fact that somebody waits for."""

    WAITING = "waiting"
    TAKEN = "taken"
    DURABLE = "durable"
    LOST = "lost"


class Delivery:
    """One fact on its way to the journal."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self.fate = Fate.WAITING


class Inbox:
    """A queue of facts. Any thread posts, the engine takes."""

    def __init__(self, limit: int = 256) -> None:
        """``limit``: how many facts may wait before presses are dropped."""
        self._limit = limit
        self._queue: deque[Delivery] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._wake: Callable[[], None] = lambda: None
        self.dropped = 0
        """Facts that were refused because too many waited."""
        self.overflowed = False
        """True: a fact that nobody repeats was dropped: what is known is no longer whole."""

    def on_post(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` after each post, from the posting thread."""
        self._wake = wake

    def post(self, event: Event) -> None:
        """Hand over a fact; returns at once."""
        with self._changed:
            accepted = self._accepts(event)
            if accepted:
                self._queue.append(Delivery(event))
        if accepted:
            self._wake()

    def post_durably(self, event: Event, timeout_s: float) -> bool:
        """Hand over a fact and wait until the journal holds it.

        False: the journal does not hold it, or not in time; do not act as if it did.
        """
        delivery = Delivery(event)
        with self._changed:
            if self._closed:
                return False
            self._queue.append(delivery)
        self._wake()
        with self._changed:
            self._changed.wait_for(lambda: delivery.fate in {Fate.DURABLE, Fate.LOST}, timeout_s)
            if delivery.fate is Fate.WAITING:
                self._queue.remove(delivery)
            return delivery.fate is Fate.DURABLE

    def take(self) -> Delivery | None:
        """Return the oldest fact, to be settled; None: nothing waits."""
        with self._changed:
            if not self._queue:
                return None
            delivery = self._queue.popleft()
            delivery.fate = Fate.TAKEN
            return delivery

    def settle(self, delivery: Delivery, *, durable: bool) -> None:
        """Tell whoever waits what became of a fact that was taken."""
        with self._changed:
            delivery.fate = Fate.DURABLE if durable else Fate.LOST
            self._changed.notify_all()

    def close(self) -> None:
        """Take no more facts; whoever waits is told that the journal does not hold theirs."""
        with self._changed:
            self._closed = True
            for delivery in self._queue:
                delivery.fate = Fate.LOST
            self._queue.clear()
            self._changed.notify_all()

    def __len__(self) -> int:
        with self._changed:
            return len(self._queue)

    def _accepts(self, event: Event) -> bool:
        if self._closed:
            return False
        waiting = len(self._queue)
        if waiting < self._limit or isinstance(event, MONEY):
            return True
        if not isinstance(event, PRESSES):
            if waiting < self._limit * _FACTS_PER_PRESS:
                return True
            self.overflowed = True
        self.dropped += 1
        _logger.warning("a fact was dropped", extra={"fact": type(event).__name__})
        return False
