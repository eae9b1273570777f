"""Files of entries that nobody writes any more: made once, proved by following their chain, kept.

Archives and nightly copies are such files. They come into being under a temporary name and get
their own when they were found whole, so a file that has its name was once complete and sound.
"""

import os
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from kiosk.engine import tables
from kiosk.engine.chain import BrokenLink, Entry, Head, follow
from kiosk.engine.tables import Identity

SLICE_ENTRIES = 2_000
"""Entries that are copied, checked or deleted at a time: some 10 to 30 ms, 100 on weak hardware."""
PART = ".part"


class Unsound(Exception):
    """A file is not what was written. ``seq``: the first entry that cannot be trusted."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(why)
        self.seq = seq


class NotMade(Exception):
    """A file could not be made: no room, no such directory, a disk that fails."""


def begin(file: Path, identity: Identity) -> Path:
    """Make the empty beginning of ``file`` and return where it grows. Raises NotMade."""
    part = file.with_name(file.name + PART)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with tables.filling(part) as target:
            tables.TABLES.create_all(target)
            tables.write_identity(target, identity)
    except (OSError, DBAPIError) as error:
        raise NotMade(_plain(error)) from error
    return part


def grow(part: Path, entries: Iterable[Entry]) -> None:
    """Add entries; they are on the disk on return. Raises NotMade."""
    try:
        with tables.filling(part) as target:
            target.exec_driver_sql("BEGIN")
            tables.insert_entries(target, list(entries))
            target.exec_driver_sql("COMMIT")
    except (OSError, DBAPIError) as error:
        raise NotMade(_plain(error)) from error


def finish(part: Path) -> None:
    """Give a file that was found whole its name, durably. Raises NotMade."""
    try:
        part.rename(part.with_name(part.name.removesuffix(PART)))
        sync_directory(part.parent)
    except OSError as error:
        raise NotMade(_plain(error)) from error


def followed(
    file: Path, check: Callable[[Identity], None] = lambda identity: None
) -> Generator[Head, None, None]:
    """Follow a file from its base to its end: yields the base, then the head after each slice.

    ``check`` sees whose file it is before anything is followed. Raises Unsound.
    """
    head = None
    try:
        with tables.reading(file) as source:
            identity = tables.read_identity(source)
        if identity is None:
            raise Unsound(1, f"{file.name}: empty")
        check(identity)
        head = identity.base
        yield head
        while True:
            first_seq = head.seq + 1
            with tables.reading(file) as source:
                for entry in tables.stored(source, first_seq, head.seq + SLICE_ENTRIES):
                    head = follow(head, entry)
            if head.seq < first_seq:
                return
            yield head
    except BrokenLink as broken:
        raise Unsound(broken.seq, f"{file.name}: {broken.why}") from broken
    except (OSError, DBAPIError, ValueError) as error:
        seq = head.seq + 1 if head else 1
        raise Unsound(seq, f"{file.name}: {_plain(error)}") from error


def sync(file: Path) -> None:
    """Put a file's content on the disk. Raises OSError."""
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def sync_directory(directory: Path) -> None:
    """Make names in a directory durable where the system can (not on Windows, not on FAT)."""
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _plain(error: Exception) -> str:
    return str(error.orig if isinstance(error, DBAPIError) else error)
