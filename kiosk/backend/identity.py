"""Who this terminal is: its number and its Ed25519 key, in a file that only its owner may read."""

import contextlib
import os
import secrets
from pathlib import Path

import msgspec
from msgspec import Struct

KEY_BYTES = 32
FILE_MODE = 0o600
_OTHERS = 0o077


class IdentityError(Exception):
    """The key file is missing, open to others or damaged; the text says what to do."""


class Identity(Struct, frozen=True, kw_only=True):
    """A terminal's number and the seed of its private key (hexadecimal)."""

    terminal_no: str
    private_key: str

    def __repr__(self) -> str:
        return f"Identity(terminal_no={self.terminal_no!r}, private_key=...)"

    def sign(self, text: bytes) -> str:
        """Return the signature of ``text`` in hexadecimal."""
        from vending import seal  # after the first frame: cryptography takes its time to load

        return seal.sign(bytes.fromhex(self.private_key), text)

    def public_key(self) -> str:
        """Return the public half, 32 bytes hexadecimal."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.private_key))
        return key.public_key().public_bytes_raw().hex()


def load(path: Path) -> Identity:
    """Return the identity kept in ``path``.

    Raises IdentityError when there is none, when others may read it, or when it is damaged.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise IdentityError(f"{path} can be read by others: run chmod 600 {path}")
            identity = msgspec.json.decode(file.read(4096), type=Identity)
    except FileNotFoundError:
        raise IdentityError(f"{path} does not exist: register this terminal first") from None
    except (OSError, msgspec.DecodeError) as error:
        raise IdentityError(f"{path} cannot be used: {type(error).__name__}") from None
    if not _is_key(identity.private_key):
        raise IdentityError(f"{path} holds no key: remove it and register this terminal again")
    return identity


def load_or_create(path: Path, terminal_no: str) -> Identity:
    """Return the identity kept in ``path``, made now if there is none.

    The file is whole or absent whatever happens, and never readable by others.
    Raises IdentityError also when the file belongs to another terminal number.
    """
    if not path.exists():
        made = Identity(terminal_no=terminal_no, private_key=secrets.token_hex(KEY_BYTES))
        _write_once(path, msgspec.json.encode(made))
    identity = load(path)
    if identity.terminal_no != terminal_no:
        raise IdentityError(f"{path} belongs to terminal {identity.terminal_no}")
    return identity


def _is_key(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) == KEY_BYTES
    except ValueError:
        return False


def _write_once(path: Path, data: bytes) -> None:
    """Write ``path`` unless somebody has just done so: a key that is there is never replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as file:  # noqa: PTH123
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
