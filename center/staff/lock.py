"""Failures to sign in are counted, and lock: for somebody who is known, and for any other name.

Nobody can tell by it which names are known.
"""

import hashlib
import threading
from collections import OrderedDict

FREE_FAILURES = 5
FIRST_LOCK_MS = 15 * 60_000
LONGEST_LOCK_MS = 24 * 3_600_000
MOST_STRANGERS = 1_024


def locked_until_ms(failures: int, now_ms: int) -> int | None:
    """Return until when the last of so many failures in a row locks; None: not at all.

    The fifth locks for a quarter of an hour, each further one for twice as long, up to a day.
    """
    if failures < FREE_FAILURES:
        return None
    doubled = FIRST_LOCK_MS << min(failures - FREE_FAILURES, 10)
    return now_ms + min(doubled, LONGEST_LOCK_MS)


class Strangers:
    """Counts the failures of names that nobody has, the last `MOST_STRANGERS` of them.

    In memory, and only digests: such a name may be a PIN typed in the wrong place.
    """

    def __init__(self) -> None:
        self._failures: OrderedDict[bytes, tuple[int, int | None]] = OrderedDict()
        self._lock = threading.Lock()

    def locked_until_ms(self, name: str, now_ms: int) -> int | None:
        """Return until when a name is locked; None: it is not."""
        with self._lock:
            until_ms = self._failures.get(_digest(name), (0, None))[1]
        return until_ms if until_ms is not None and now_ms < until_ms else None

    def fail(self, name: str, now_ms: int) -> int | None:
        """Count a failure; return until when that locks."""
        key = _digest(name)
        with self._lock:
            failures = self._failures.get(key, (0, None))[0] + 1
            until_ms = locked_until_ms(failures, now_ms)
            self._failures[key] = (failures, until_ms)
            self._failures.move_to_end(key)
            while len(self._failures) > MOST_STRANGERS:
                self._failures.popitem(last=False)
        return until_ms


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()
