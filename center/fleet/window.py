"""Which request numbers of a session were used: a sliding window as in RFC 4303 section 3.4.3.

A terminal asks and reports on two connections, so its numbers may arrive out of order by a few.
"""

WINDOW_SIZE = 64
"""How far behind the highest number a late one may be and still be taken."""


class NumberWindow:
    """The numbers a session has used. Not safe from several threads: its owner locks."""

    def __init__(self) -> None:
        self._highest = 0
        self._seen = 0  # bit n: the number `highest - n` was used

    def take(self, number: int) -> bool:
        """Use ``number`` (1 or more). False: it was used before, or is too old to tell."""
        ahead = number - self._highest
        if ahead > 0:
            kept = self._seen << ahead if ahead < WINDOW_SIZE else 0
            self._seen = (kept | 1) & ((1 << WINDOW_SIZE) - 1)
            self._highest = number
            return True
        behind = -ahead
        if number < 1 or behind >= WINDOW_SIZE or self._seen >> behind & 1:
            return False
        self._seen |= 1 << behind
        return True
