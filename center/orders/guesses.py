"""Customers' numbers that nobody has, counted by terminal: somebody may be trying them out.

Whoever hits one is told a masked name and what is owed. A person mistypes now and then; a machine,
or whoever has stolen a terminal's key, asks on.
"""

import threading

MOST = 20
"""Misses of one terminal within `WINDOW_MS`; the next one is told to a person."""
WINDOW_MS = 3_600_000


class Guesses:
    """Counts in memory. Safe from every thread."""

    def __init__(self) -> None:
        self._missed: dict[str, tuple[int, int]] = {}
        """When a terminal's window began, and the misses in it."""
        self._lock = threading.Lock()

    def miss(self, terminal_no: str, now_ms: int) -> bool:
        """Count a number that nobody has; tell, once in a window, whether there are too many."""
        with self._lock:
            began_ms, misses = self._missed.get(terminal_no, (now_ms, 0))
            if not 0 <= now_ms - began_ms < WINDOW_MS:
                began_ms, misses = now_ms, 0
            self._missed[terminal_no] = (began_ms, misses + 1)
        return misses == MOST
