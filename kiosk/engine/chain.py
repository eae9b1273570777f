"""The hash chain: every entry carries the hash of the one before it. Pure.

hash = SHA-256(previous hash, seq, at_ms, encoding, kind, body), the first previous hash being that
of the journal's identity. Changing, losing, adding or moving an entry breaks the chain there.
"""

import hashlib
import struct
from typing import NamedTuple

_HEAD = struct.Struct(">QQHH")


class Entry(NamedTuple):
    """A journal entry as it is stored."""

    seq: int
    at_ms: int
    encoding: int
    kind: str
    body: bytes
    previous: bytes
    hash: bytes


class Head(NamedTuple):
    """Where a chain ends."""

    seq: int
    at_ms: int
    hash: bytes


class BrokenLink(Exception):
    """An entry does not continue the chain."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(f"entry {seq}: {why}")
        self.seq = seq
        self.why = why


def genesis(journal_id: str) -> Head:
    """Return the head of the empty chain of a journal."""
    return Head(0, 0, hashlib.sha256(b"journal " + journal_id.encode()).digest())


def link(head: Head, at_ms: int, encoding: int, kind: str, body: bytes) -> Entry:
    """Return the entry that continues the chain after ``head``."""
    seq = head.seq + 1
    digest = _hash(head.hash, seq, at_ms, encoding, kind, body)
    return Entry(seq, at_ms, encoding, kind, body, head.hash, digest)


def follow(head: Head, entry: Entry) -> Head:
    """Return the head after ``entry``, or raise BrokenLink for the place where the chain breaks."""
    if entry.seq != head.seq + 1:
        raise BrokenLink(head.seq + 1, f"missing, the next one is {entry.seq}")
    if entry.previous != head.hash:
        raise BrokenLink(entry.seq, "does not follow the entry before it")
    seq, at_ms, encoding, kind, body, previous, digest = entry
    try:
        expected = _hash(previous, seq, at_ms, encoding, kind, body)
    except (struct.error, TypeError, AttributeError) as error:
        raise BrokenLink(seq, f"not an entry: {error}") from None
    if expected != digest:
        raise BrokenLink(seq, "changed after it was written")
    if at_ms < head.at_ms:
        raise BrokenLink(seq, "older than the entry before it")
    return Head(seq, at_ms, digest)


def _hash(previous: bytes, seq: int, at_ms: int, encoding: int, kind: str, body: bytes) -> bytes:
    name = kind.encode()
    return hashlib.sha256(
        previous + _HEAD.pack(seq, at_ms, encoding, len(name)) + name + body
    ).digest()
