"""What a terminal exports to a stick: a zip of text files, with a manifest that it signs.

The terminal writes it, the head office checks it. ``MANIFEST.json`` names every other file with its
SHA-256; ``MANIFEST.sig`` holds the hexadecimal Ed25519 signature over the manifest's bytes.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Callable
from typing import IO

import msgspec
from msgspec import Struct

from vending import seal

MANIFEST = "MANIFEST.json"
SIGNATURE = "MANIFEST.sig"
MOST_BYTES = 2 * 1024**3
"""Unpacked; more than any terminal writes."""
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""Others fail in ways of their own when they are damaged."""
_SMALL_BYTES = 1024 * 1024
_CHUNK_BYTES = 64 * 1024


class Manifest(Struct, frozen=True, kw_only=True):
    """What is in an export, and whose it is."""

    terminal_no: str
    made_at_ms: int
    files: dict[str, str]
    """SHA-256 (hexadecimal) by name."""


class ExportUnsound(Exception):
    """The file is not what a terminal of ours has written; the text says where."""


def check(file: IO[bytes], key_of: Callable[[str], bytes | None]) -> Manifest:
    """Return the manifest of a sound export.

    ``key_of`` returns the public key (32 bytes) of a terminal, None for one that is not known.
    Raises ExportUnsound.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return _checked(archive, key_of)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        raise ExportUnsound(f"not a whole zip file: {error}") from None


def _checked(archive: zipfile.ZipFile, key_of: Callable[[str], bytes | None]) -> Manifest:
    names = [entry.filename for entry in archive.infolist()]
    if len(names) != len(set(names)):
        raise ExportUnsound("two files of one name")
    if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
        raise ExportUnsound("larger than any export")
    if any(entry.compress_type not in _METHODS for entry in archive.infolist()):
        raise ExportUnsound("packed otherwise than any export")
    body = _small(archive, MANIFEST)
    manifest = _manifest(body)
    key = key_of(manifest.terminal_no)
    if key is None:
        raise ExportUnsound(f"terminal {manifest.terminal_no} is not known")
    if not seal.is_signed(key, body, _small(archive, SIGNATURE).decode("ascii", "replace").strip()):
        raise ExportUnsound(f"not signed by terminal {manifest.terminal_no}")
    _compare(archive, set(names) - {MANIFEST, SIGNATURE}, manifest)
    return manifest


def _manifest(body: bytes) -> Manifest:
    try:
        return msgspec.json.decode(body, type=Manifest)
    except msgspec.MsgspecError as error:
        raise ExportUnsound(f"{MANIFEST} makes no sense: {error}") from None


def _compare(archive: zipfile.ZipFile, found: set[str], manifest: Manifest) -> None:
    named = manifest.files.keys()
    if found != named:
        odd = ", ".join(sorted(found ^ named))
        raise ExportUnsound(f"missing, or not in the manifest: {odd}")
    for name in sorted(named):
        if _digest(archive, name) != manifest.files[name]:
            raise ExportUnsound(f"{name} was changed")


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        entry = archive.getinfo(name)
    except KeyError:
        raise ExportUnsound(f"{name} is missing") from None
    if entry.file_size > _SMALL_BYTES:
        raise ExportUnsound(f"{name} is too large")
    return archive.read(entry)


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as member:
        while chunk := member.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
