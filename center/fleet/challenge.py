"""Challenges for signing in: nothing is kept for those who only ask.

A challenge is its own record: the moment it was made and random bytes, authenticated under a secret
that lives as long as the process. Whoever floods the head office with questions fills no table.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable

from msgspec import Struct

LIFETIME_NS = 60 * 1_000_000_000
"""How long a terminal may take to answer."""

_TIME_BYTES = 8
_RANDOM_BYTES = 16
_TAG_BYTES = 16
_CHALLENGE_BYTES = _TIME_BYTES + _RANDOM_BYTES + _TAG_BYTES


class Issued(Struct, frozen=True):
    """A challenge that this process made, not too long ago."""

    at_ns: int
    """By the monotonic clock; it also numbers the challenges: a used one voids all earlier."""


class Challenges:
    """Makes challenges and recognises its own. Safe from every thread."""

    def __init__(self, monotonic_ns: Callable[[], int]) -> None:
        self._now_ns = monotonic_ns
        self._secret = secrets.token_bytes(32)

    def make(self, terminal_no: str) -> str:
        """Return a challenge for ``terminal_no``, in hexadecimal."""
        stamp = self._now_ns().to_bytes(_TIME_BYTES) + secrets.token_bytes(_RANDOM_BYTES)
        return (stamp + self._tag(terminal_no, stamp)).hex()

    def recognise(self, terminal_no: str, challenge: str) -> Issued | None:
        """Return when ``challenge`` was made; None: not here, not for this terminal, or too old."""
        data = _unhex(challenge)
        if len(data) != _CHALLENGE_BYTES:
            return None
        stamp, tag = data[:-_TAG_BYTES], data[-_TAG_BYTES:]
        if not hmac.compare_digest(tag, self._tag(terminal_no, stamp)):
            return None
        at_ns = int.from_bytes(stamp[:_TIME_BYTES])
        return Issued(at_ns) if self._now_ns() - at_ns <= LIFETIME_NS else None

    def _tag(self, terminal_no: str, stamp: bytes) -> bytes:
        text = terminal_no.encode() + b"\n" + stamp
        return hmac.digest(self._secret, text, hashlib.sha256)[:_TAG_BYTES]


def _unhex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
