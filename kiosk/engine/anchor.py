"""A note beside the journal of how far it reached, so that a lost tail does not go unnoticed.

A chain cannot tell that its last entries are missing: somebody copies the database without its
write-ahead file, or puts an old copy back. The anchor is written after each commit and never ahead
of it, so a journal that ends before its anchor has lost entries. Whoever means to go back to an old
copy removes the anchor as well.
"""

import logging
import os
import struct
import zlib
from pathlib import Path

_logger = logging.getLogger(__name__)

_RECORD = struct.Struct(">4sQ32s")
_MARK = b"head"
_SUM_BYTES = 4
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)


class Anchor:
    """The file ``<journal>.head``: sequence and hash of the last entry, with a check sum."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor = -1

    def open(self) -> tuple[int, bytes] | None:
        """Open the file and return (seq, hash); None when it is new or was torn by a power cut."""
        self.close()
        self._descriptor = os.open(self._file, _FLAGS, 0o600)
        record = os.read(self._descriptor, _RECORD.size + _SUM_BYTES)
        body, checksum = record[: _RECORD.size], record[_RECORD.size :]
        if len(record) < _RECORD.size + _SUM_BYTES or _sum(body) != checksum:
            if record:
                _logger.warning(
                    "the anchor %s cannot be read, a lost tail might not show", self._file
                )
            return None
        _, seq, digest = _RECORD.unpack(body)
        return seq, digest

    def write(self, seq: int, digest: bytes) -> None:
        """Note how far the journal reached. Failing is no harm: the anchor then stays behind."""
        body = _RECORD.pack(_MARK, seq, digest)
        try:
            _write_at_start(self._descriptor, body + _sum(body))
        except OSError as error:
            _logger.debug("the anchor stays behind: %s", error)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _write_at_start(descriptor: int, data: bytes) -> None:
    if hasattr(os, "pwrite"):
        os.pwrite(descriptor, data, 0)
    else:  # Windows
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, data)


def _sum(body: bytes) -> bytes:
    return zlib.crc32(body).to_bytes(_SUM_BYTES, "big")
