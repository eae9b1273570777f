"""How long a call to the head office may take."""

import time
from math import inf

from msgspec import Struct

_SHORTEST_WAIT_S = 0.001


class Timing(Struct, frozen=True, kw_only=True):
    """How patient one call is. What bounds the call bounds its retries and signing in too."""

    connect_s: float = 5.0
    """For a connection to come about."""
    answer_s: float = 15.0
    """For a call that a customer waits for."""
    report_s: float = 30.0
    """For the delivery of a report."""


class Deadline:
    """A moment by the monotonic clock."""

    def __init__(self, timeout_s: float) -> None:
        self._at = time.monotonic() + timeout_s

    def left_s(self) -> float:
        """Return the seconds that are left; never less than 0."""
        return max(0.0, self._at - time.monotonic())

    def wait_s(self, most_s: float = inf) -> float:
        """Return how long one step may wait: a time-out for a socket, so never 0."""
        return max(_SHORTEST_WAIT_S, min(most_s, self.left_s()))
