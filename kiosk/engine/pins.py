"""Checks a PIN against the Argon2id hash (RFC 9106, PHC string) that the head office made of it."""

import re
import secrets
import threading

MOST_MEMORY_KIB = 256 * 1024
MOST_ITERATIONS = 16
MOST_LANES = 16
"""Bounds on what a hash may ask for: a damaged one must not stop the machine."""
MEMORY_KIB = 64 * 1024
ITERATIONS = 3
LANES = 4
"""What is spent on a name that nobody has: the second recommendation of RFC 9106 section 4."""
WAIT_S = 5.0

_PHC = re.compile(
    r"\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})"
    r"\$[A-Za-z0-9+/]{11,64}\$[A-Za-z0-9+/]{16,128}"
)
_TURN = threading.Lock()
"""One at a time in the process: the memory would not suffice for more on a small machine."""


class PinsBusy(Exception):
    """There is no memory, or no time, to check a PIN now."""


class Pins:
    """Safe from every thread; a check takes about a quarter of a second."""

    def __init__(self, memory_kib: int = MEMORY_KIB) -> None:
        """``memory_kib``: what a name that nobody has costs."""
        self._memory_kib = memory_kib

    def fits(self, kept: str | None, pin: str) -> bool:
        """Tell whether ``pin`` is the one that was kept. Nothing kept takes as long to say no.

        Raises PinsBusy.
        """
        if not _TURN.acquire(timeout=WAIT_S):
            raise PinsBusy
        try:
            if kept is None or not _is_bearable(kept):
                self._spend(pin)
                return False
            return _verify(kept, pin)
        except MemoryError:
            raise PinsBusy from None
        finally:
            _TURN.release()

    def _spend(self, pin: str) -> None:
        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id  # takes its time to load

        salt = secrets.token_bytes(16)
        Argon2id(
            salt=salt,
            length=32,
            iterations=ITERATIONS,
            lanes=LANES,
            memory_cost=self._memory_kib,
        ).derive(pin.encode())


def _is_bearable(kept: str) -> bool:
    found = _PHC.fullmatch(kept)
    if found is None:
        return False
    memory_kib, iterations, lanes = map(int, found.groups())
    return memory_kib <= MOST_MEMORY_KIB and iterations <= MOST_ITERATIONS and lanes <= MOST_LANES


def _verify(kept: str, pin: str) -> bool:
    from cryptography.exceptions import InvalidKey
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    try:
        Argon2id.verify_phc_encoded(pin.encode(), kept)
    except (InvalidKey, ValueError):
        return False
    return True
