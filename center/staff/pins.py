"""PINs are kept as Argon2id hashes (RFC 9106), never as such."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from center.store.errors import StoreBusy

SALT_BYTES = 16
HASH_BYTES = 32
MEMORY_KIB = 64 * 1024
ITERATIONS = 3
LANES = 4
"""The second recommendation of RFC 9106 section 4: 64 MiB, three passes, four lanes."""
WAIT_S = 5.0
"""How long somebody waits for the others; each takes about a quarter of a second."""

_TURN = threading.Lock()
"""One at a time in the whole process: OpenSSL gives the lanes' threads to nobody else meanwhile,
and says then that the memory does not suffice.
"""


class Pins:
    """Hashes and checks PINs. Safe from every thread; raises StoreBusy when too many are asked."""

    def __init__(self, memory_kib: int = MEMORY_KIB) -> None:
        self._memory_kib = memory_kib

    def hash(self, pin: str) -> str:
        """Return what is kept of a PIN: a PHC string with a salt of its own."""
        kdf = Argon2id(
            salt=secrets.token_bytes(SALT_BYTES),
            length=HASH_BYTES,
            iterations=ITERATIONS,
            lanes=LANES,
            memory_cost=self._memory_kib,
        )
        with _turn():
            return str(kdf.derive_phc_encoded(pin.encode()))

    def fits(self, kept: str | None, pin: str) -> bool:
        """Tell whether ``pin`` is the one that was kept. Nothing kept takes as long to say no."""
        if kept is None:
            self.hash(pin)
            return False
        with _turn():
            try:
                Argon2id.verify_phc_encoded(pin.encode(), kept)
            except InvalidKey:
                return False
        return True


@contextmanager
def _turn() -> Iterator[None]:
    if not _TURN.acquire(timeout=WAIT_S):
        raise StoreBusy("too many PINs are being checked")
    try:
        yield
    except MemoryError:
        raise StoreBusy("no memory to check a PIN") from None
    finally:
        _TURN.release()
