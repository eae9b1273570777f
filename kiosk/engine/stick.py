"""Where an export goes: a stick that somebody put in, and files on it that are whole or absent."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Protocol

MOUNTS = (Path("/media"), Path("/run/media"))
"""Where desktops and mount services of Linux put removable drives, some under the user's name."""
_DEPTH = 2
_DRIVE_REMOVABLE = 2
"""GetDriveTypeW (fileapi.h)."""
PART = ".part"


class Stick(Protocol):
    """A stick as the export needs it. Every call may raise OSError: it is full, or was pulled."""

    def find(self) -> Path | None:
        """Return the directory to write into; None: no stick is in."""

    def create(self, file: Path) -> IO[bytes]:
        """Open a new file."""

    def finish(self, opened: IO[bytes], part: Path, file: Path) -> None:
        """Close ``part`` and give it its name when everything is on the stick."""

    def remove(self, file: Path) -> None:
        """Remove a file that may not be there."""

    def leftovers(self, directory: Path, pattern: str) -> list[Path]:
        """Return the files in ``directory`` that match ``pattern``."""


class MountedStick:
    """Implements `Stick` on the file system."""

    def __init__(self, directory: str = "", mounts: tuple[Path, ...] = MOUNTS) -> None:
        """``directory``: the only one that is written to; empty: the first that is found."""
        self._directory = Path(directory) if directory else None
        self._mounts = mounts

    def find(self) -> Path | None:
        """Return the directory to write into; None: no stick is in."""
        if self._directory is not None:
            return self._directory if self._directory.is_dir() else None
        drives = _windows_drives() if os.name == "nt" else _mounts(self._mounts)
        return next((drive for drive in drives if os.access(drive, os.W_OK)), None)

    def create(self, file: Path) -> IO[bytes]:
        """Open a new file."""
        return file.open("xb")

    def finish(self, opened: IO[bytes], part: Path, file: Path) -> None:
        """Close ``part`` and give it its name when everything is on the stick."""
        opened.flush()
        os.fsync(opened.fileno())
        opened.close()
        part.replace(file)
        _sync(file.parent)

    def remove(self, file: Path) -> None:
        """Remove a file that may not be there."""
        file.unlink(missing_ok=True)

    def leftovers(self, directory: Path, pattern: str) -> list[Path]:
        """Return the files in ``directory`` that match ``pattern``."""
        return sorted(directory.glob(pattern))


def _mounts(roots: tuple[Path, ...], depth: int = _DEPTH) -> Iterator[Path]:
    for root in roots:
        inside: list[Path] = []
        with contextlib.suppress(OSError):
            inside = sorted(entry for entry in root.iterdir() if entry.is_dir())
        yield from (entry for entry in inside if entry.is_mount())
        if depth > 1:
            yield from _mounts(tuple(entry for entry in inside if not entry.is_mount()), depth - 1)


def _windows_drives() -> Iterator[Path]:
    import ctypes
    from string import ascii_uppercase

    kernel: Any = getattr(ctypes, "windll").kernel32  # noqa: B009  # there only on Windows
    for letter in ascii_uppercase:
        root = f"{letter}:\\"
        if kernel.GetDriveTypeW(root) == _DRIVE_REMOVABLE:
            yield Path(root)


def _sync(directory: Path) -> None:
    if os.name == "posix":
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
