"""One-time codes for registration: 20 characters that a person can read out and type.

A code says itself until when it is good, and only its digest is kept: whoever reads the database
learns no code, and whoever holds a code cannot make it last longer.
"""

import hashlib
import secrets

HOUR_MS = 3_600_000
LIFETIME_HOURS = 72
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U."""

_EXPIRY_CHARACTERS = 4  # hours since 1970: enough until the year 2089
_RANDOM_CHARACTERS = 16  # 80 bits: a digest may be known and still tells nothing
_GROUP = 4
_MISREAD = str.maketrans("ILO", "110")


def make(now_ms: int) -> str:
    """Return a fresh code in groups of four, good for `LIFETIME_HOURS`."""
    expiry = _encode(now_ms // HOUR_MS + LIFETIME_HOURS, _EXPIRY_CHARACTERS)
    text = expiry + "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM_CHARACTERS))
    return "-".join(text[place : place + _GROUP] for place in range(0, len(text), _GROUP))


def digest(terminal_no: str, code: str) -> str:
    """Return what is kept of a code, bound to its terminal: SHA-256, hexadecimal."""
    return hashlib.sha256(f"{terminal_no}\n{_plain(code)}".encode()).hexdigest()


def is_expired(code: str, now_ms: int) -> bool:
    """Tell whether a code, whoever made it, says that its time is over."""
    last_hour = _decode(_plain(code)[:_EXPIRY_CHARACTERS])
    return now_ms // HOUR_MS > last_hour


def _plain(code: str) -> str:
    """Return the characters that count, with those that people mistake for them put right."""
    return code.upper().translate(_MISREAD).replace("-", "").replace(" ", "")


def _encode(number: int, characters: int) -> str:
    text = ""
    for _ in range(characters):
        number, rest = divmod(number, len(ALPHABET))
        text = ALPHABET[rest] + text
    return text


def _decode(text: str) -> int:
    number = 0
    for character in text:
        number = number * len(ALPHABET) + max(0, ALPHABET.find(character))
    return number
