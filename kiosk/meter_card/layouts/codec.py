"""Card layouts as data: what a layout file may say, and reading and building card files by it.

Pure. A card file is a byte string of fixed length; a framed one looks like
``68 CMD LENhi LENlo body CS 16``, where LEN counts the body and CS is the sum of the bytes from CMD
to the last of the body, modulo 256 (Q/GDW 365-2009 as meter firmware implements it).
"""

from enum import StrEnum

from msgspec import Struct

from vending.card import CardKind, WalletUnit

FRAME_START = 0x68
FRAME_END = 0x16
FRAME_HEAD_BYTES = 4
FRAME_TAIL_BYTES = 2


class LayoutError(ValueError):
    """A layout file contradicts itself."""


class FieldError(ValueError):
    """Bytes on a card, or a value for a card, do not fit their field."""


class FieldType(StrEnum):
    """How a field's bytes are meant."""

    UINT = "uint"
    """Unsigned, most significant byte first."""
    BCD = "bcd"
    """A number, two decimal digits a byte."""
    DIGITS = "digits"
    """An identifier or a time in BCD: every digit counts, leading zeros too."""


class Field(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a value stands in its file, in bytes."""

    at: int
    length: int
    type: FieldType

    def cut(self, data: bytes) -> bytes:
        """Return the field's bytes."""
        return data[self.at : self.at + self.length]


class FileLayout(Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the card."""

    sfi: int
    length: int
    command: int | None = None
    """CMD byte of the frame; None: the file has no frame."""
    fields: dict[str, Field] = {}

    def __post_init__(self) -> None:
        """Raise LayoutError for a field outside the file."""
        for name, field in self.fields.items():
            if field.at < 0 or field.length < 1 or field.at + field.length > self.length:
                raise LayoutError(f"field {name} does not fit into a file of {self.length} bytes")


class AtrLayout(Struct, frozen=True, forbid_unknown_fields=True):
    """The answer to reset."""

    patterns: tuple[str, ...]
    serial_at: int


class WalletLayout(Struct, frozen=True, forbid_unknown_fields=True):
    """The purchase counter's width: counts wrap."""

    counter_bytes: int


class WriteLayout(Struct, frozen=True, forbid_unknown_fields=True):
    """Files in writing order."""

    order: tuple[str, ...]


class Variant(Struct, frozen=True, forbid_unknown_fields=True):
    """What in the parameter file tells a layout from its siblings, and what follows from it."""

    field: str
    value: int
    wallet_unit: WalletUnit


class Layout(Struct, frozen=True, forbid_unknown_fields=True):
    """A card layout."""

    id: str
    base: str
    adapter: str
    atr: AtrLayout
    wallet: WalletLayout
    write: WriteLayout
    kinds: dict[CardKind, int]
    files: dict[str, FileLayout]
    variant: Variant

    def __post_init__(self) -> None:
        """Raise LayoutError for a writing order that names unknown files."""
        if unknown := set(self.write.order) - set(self.files):
            raise LayoutError(f"{self.id}: cannot write {sorted(unknown)}")

    @property
    def counts(self) -> int:
        """How many different purchase counts there are."""
        return 1 << (8 * self.wallet.counter_bytes)


def matches_atr(pattern: str, atr: bytes) -> bool:
    """Tell whether ``atr`` fits a pattern of hexadecimal digits and dots."""
    digits = atr.hex().upper()
    return len(digits) == len(pattern) and all(
        want in (".", got) for want, got in zip(pattern, digits, strict=True)
    )


def is_blank(data: bytes) -> bool:
    """Tell whether nobody has written the file yet: all 00 or all FF."""
    return data in (bytes(len(data)), b"\xff" * len(data))


def number(file: FileLayout, name: str, data: bytes) -> int:
    """Return a UINT or BCD field. Raises FieldError."""
    field = file.fields[name]
    raw = field.cut(data)
    return int.from_bytes(raw) if field.type is FieldType.UINT else int(_decimal(name, raw))


def digits(file: FileLayout, name: str, data: bytes) -> str:
    """Return a DIGITS field as it stands. Raises FieldError."""
    return _decimal(name, file.fields[name].cut(data))


def put(file: FileLayout, name: str, data: bytes, value: int | str) -> bytes:
    """Return ``data`` with the field set; digits get zeros on the left. Raises FieldError."""
    field = file.fields[name]
    try:
        if field.type is FieldType.UINT:
            raw = int(value).to_bytes(field.length)
        else:
            raw = bytes.fromhex(_decimal_text(value).rjust(2 * field.length, "0"))
    except (OverflowError, ValueError) as error:
        raise FieldError(f"{name}: value does not fit") from error
    if len(raw) != field.length:
        raise FieldError(f"{name}: value does not fit")
    return data[: field.at] + raw + data[field.at + field.length :]


def framed(file: FileLayout, data: bytes) -> bytes:
    """Return ``data`` with its frame's head, checksum and end set; unchanged if it has no frame."""
    if file.command is None:
        return data
    body = data[FRAME_HEAD_BYTES:-FRAME_TAIL_BYTES]
    counted = bytes([file.command]) + len(body).to_bytes(2) + body
    return bytes([FRAME_START]) + counted + bytes([sum(counted) & 0xFF, FRAME_END])


def frame_command(data: bytes) -> int | None:
    """Return the CMD byte of a sound frame; None: no frame, or a broken one."""
    if len(data) < FRAME_HEAD_BYTES + FRAME_TAIL_BYTES:
        return None
    body = data[FRAME_HEAD_BYTES:-FRAME_TAIL_BYTES]
    sound = (
        data[0] == FRAME_START
        and int.from_bytes(data[2:4]) == len(body)
        and data[-2] == sum(data[1:-FRAME_TAIL_BYTES]) & 0xFF
        and data[-1] == FRAME_END
    )
    return data[1] if sound else None


def is_sound(file: FileLayout, data: bytes) -> bool:
    """Tell whether the file has its length and, if it is framed, its own sound frame."""
    return len(data) == file.length and (
        file.command is None or frame_command(data) == file.command
    )


def _decimal(name: str, raw: bytes) -> str:
    text = raw.hex()
    if not text.isdecimal():
        raise FieldError(f"{name}: not decimal digits")
    return text


def _decimal_text(value: int | str) -> str:
    text = str(value)
    if not (text.isascii() and text.isdecimal()):
        raise FieldError("not decimal digits")
    return text
