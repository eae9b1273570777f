"""Looks into SQLite's write-ahead file before SQLite does: what lies behind its sound part?

SQLite reads the file up to the first frame that is not right and forgets the rest, whatever it was.
A power cut tears at most the one commit that was under way. Where more than one commit lies behind
the sound part, commits that were acknowledged are among them.

File format: https://www.sqlite.org/fileformat2.html, "The Write-Ahead Log".
"""

import struct

_MAGIC = (0x377F0682, 0x377F0683)
_HEADER = struct.Struct(">4I2I2I")
_FRAME = struct.Struct(">2I2I2I")


def commits(wal: bytes) -> tuple[bool, ...]:
    """Return for each frame whether it ends a commit of the file's present generation.

    Looks at headers only; whether a frame is right is for SQLite to say.
    """
    if len(wal) < _HEADER.size:
        return ()
    magic, _, page_bytes, _, *salts, _, _ = _HEADER.unpack_from(wal)
    if magic not in _MAGIC:
        return ()
    places = range(_HEADER.size, len(wal) - _FRAME.size + 1, _FRAME.size + page_bytes)
    return tuple(_ends_commit(wal, place, salts) for place in places)


def _ends_commit(wal: bytes, place: int, salts: list[int]) -> bool:
    """Tell whether the frame at ``place`` ends a commit and is not left over from earlier use."""
    _, pages_after, *own_salts, _, _ = _FRAME.unpack_from(wal, place)
    return own_salts == salts and pages_after > 0
