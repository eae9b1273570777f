"""Writes log and journal to a stick: one zip, masked, with a manifest that the terminal signs.

The file appears under its name when all of it is on the stick, or not at all. What is written and
how it is checked: `vending.export`.
"""

import contextlib
import errno
import hashlib
import json
import logging
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from kiosk.backend.identity import Identity
from kiosk.engine.clock import CHINA
from kiosk.engine.database import JournalError
from kiosk.engine.journal import Journal
from kiosk.engine.mask import mask
from kiosk.engine.stick import PART, Stick
from kiosk.engine.story import tell
from kiosk.engine.workshop import Export, ExportTrouble
from vending.export import MANIFEST, SIGNATURE, Manifest

_logger = logging.getLogger(__name__)

SLICE_ENTRIES = 1_000
"""Read at a time: the engine waits no longer than for one slice."""
DAY_MS = 24 * 60 * 60_000
_CHUNK_BYTES = 64 * 1024
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_LOG_NAME = "kiosk.log"
"""Written masked, line by line; other files in the directory are masked on the way."""


class Content(NamedTuple):
    """One file of the export: its name, and its bytes in pieces."""

    name: str
    pieces: Iterable[bytes]


class Exporter:
    """Writes the exports of one terminal."""

    def __init__(self, stick: Stick, identity: Identity) -> None:
        self._stick = stick
        self._identity = identity

    def write(self, contents: Iterable[Content], at_ms: int) -> Export:
        """Write everything; return the file's name, or the trouble, with nothing left behind."""
        try:
            directory = self._stick.find()
        except OSError:
            directory = None
        if directory is None:
            return Export(file="", trouble=ExportTrouble.NO_STICK)
        file = directory / _file_name(self._identity.terminal_no, at_ms)
        part = file.with_name(file.name + PART)
        try:
            self._remove_leftovers(directory)
            size = self._write(part, file, contents, at_ms)
        except OSError as error:
            _logger.warning("the export was not written: %s", error.strerror)
            with contextlib.suppress(OSError):
                self._stick.remove(part)
            full = error.errno in _FULL
            trouble = ExportTrouble.STICK_FULL if full else ExportTrouble.STICK_FAILED
            return Export(file="", trouble=trouble)
        return Export(file=file.name, size_kb=-(-size // 1024))

    def _remove_leftovers(self, directory: Path) -> None:
        """Of exports that a power cut or a pulled stick ended."""
        pattern = f"kiosk-{self._identity.terminal_no}-*.zip{PART}"
        for leftover in self._stick.leftovers(directory, pattern):
            self._stick.remove(leftover)

    def _write(self, part: Path, file: Path, contents: Iterable[Content], at_ms: int) -> int:
        opened = self._stick.create(part)
        try:
            self._fill(opened, contents, at_ms)
            size = opened.tell()
            self._stick.finish(opened, part, file)
        finally:
            with contextlib.suppress(OSError):
                opened.close()
        return size

    def _fill(self, opened: IO[bytes], contents: Iterable[Content], at_ms: int) -> None:
        made = datetime.fromtimestamp(at_ms / 1000, CHINA)
        with zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED) as archive:
            files = {name: _add(archive, made, name, pieces) for name, pieces in contents}
            manifest = Manifest(
                terminal_no=self._identity.terminal_no, made_at_ms=at_ms, files=files
            )
            body = msgspec.json.encode(manifest)
            _add(archive, made, MANIFEST, (body,))
            _add(archive, made, SIGNATURE, (self._identity.sign(body).encode(),))


def _file_name(terminal_no: str, at_ms: int) -> str:
    return f"kiosk-{terminal_no}-{datetime.fromtimestamp(at_ms / 1000, CHINA):%Y%m%d-%H%M%S}.zip"


def _add(archive: zipfile.ZipFile, made: datetime, name: str, pieces: Iterable[bytes]) -> str:
    """Add one file; return its SHA-256 in hexadecimal."""
    entry = zipfile.ZipInfo(name, made.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    digest = hashlib.sha256()
    with archive.open(entry, "w", force_zip64=True) as member:
        for piece in pieces:
            digest.update(piece)
            member.write(piece)
    return digest.hexdigest()


# -- what is in it -------------------------------------------------------------------------------


def journal_text(journal: Journal, since_ms: int) -> Iterator[bytes]:
    """Return every entry since ``since_ms`` as a line, masked; or why it cannot be read."""
    try:
        first_seq, last_seq = journal.since(since_ms), journal.head.seq
        while first_seq <= last_seq:
            until_seq = min(last_seq, first_seq + SLICE_ENTRIES - 1)
            entries = list(journal.entries(first_seq, until_seq))
            yield "".join(f"{line}\n" for line in tell(journal, entries)).encode()
            first_seq = until_seq + 1
    except JournalError as error:
        yield f"the journal cannot be read any further: {error}\n".encode()


def log_files(directory: Path) -> Iterator[Content]:
    """Return the log files, those that are not masked yet masked now."""
    names: list[Path] = []
    with contextlib.suppress(OSError):
        names = sorted(file for file in directory.iterdir() if file.is_file())
    for file in names:
        is_masked = file.name.startswith(_LOG_NAME)
        pieces = _pieces(file) if is_masked else _masked_lines(file)
        yield Content(f"log/{file.name}", _as_far_as_read(file, pieces))


def as_json(value: object) -> bytes:
    """Return plain values as text that people can read."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(_CHUNK_BYTES):
            yield piece


def _masked_lines(file: Path) -> Iterator[bytes]:
    with file.open(encoding="utf-8", errors="replace") as opened:
        for line in opened:
            yield mask(line).encode()


def _as_far_as_read(file: Path, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """A log that was closed and renamed meanwhile is not the stick's fault."""
    while True:
        try:
            piece = next(pieces)
        except StopIteration:
            return
        except OSError as error:
            _logger.warning("a log is left out: %s: %s", file.name, error.strerror)
            return
        yield piece
