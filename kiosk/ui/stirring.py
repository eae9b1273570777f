"""Signs of life of somebody who types: the time-out starts anew, not with every key."""

from collections.abc import Callable

STIR_S = 5.0
"""Least time between two signs of life."""


class Stirring:
    """Says that somebody is still there, not more often than needed."""

    def __init__(self, clock: Callable[[], float], say: Callable[[], None]) -> None:
        """``clock`` in seconds."""
        self._clock, self._say = clock, say
        self._said_s: float | None = None

    def stir(self) -> None:
        """Somebody did something."""
        now_s = self._clock()
        if self._said_s is None or now_s - self._said_s >= STIR_S:
            self._said_s = now_s
            self._say()
