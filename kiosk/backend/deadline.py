"""How long a call to the head office may take."""

import time

from msgspec import Struct

_SHORTEST_WAIT_S = 0.001


class Timing(Struct, frozen=True, kw_only=True):
    """How patient one call is. ``total_s`` bounds everything: look-ups, retries, signing in."""

    connect_s: float = 3.0
    read_s: float = 8.0
    total_s: float = 10.0


class Deadline:
    """A moment by the monotonic clock."""

    def __init__(self, timeout_s: float) -> None:
        self._at = time.monotonic() + timeout_s

    def left_s(self) -> float:
        """Return the seconds that are left; never less than 0."""
        return max(0.0, self._at - time.monotonic())

    def wait_s(self, most_s: float) -> float:
        """Return how long one step may wait: a time-out for a socket, so never 0."""
        return max(_SHORTEST_WAIT_S, min(most_s, self.left_s()))
