"""Personal data is masked wherever the terminal writes text that people or other programs read.

Numbers of customers, meters, cards and telephones are runs of digits: of each run of six or more
only both ends stay, enough to tell two apart and not enough to look anybody up. What is safe to
show whole is named (`Plain`, or a field of our own numbers), what must not be shown at all is
wrapped (`Masked`).
"""

import re
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

_RUN = re.compile(r"(?<![0-9A-Za-z])(?=[0-9A-Fa-f]*[0-9])[0-9A-Fa-f]{12,}(?![0-9A-Za-z])|[0-9]{6,}")
_ENDS = 2
_HIDDEN_FIELDS = ("name", "address")
"""Fields whose name contains one of these are never shown, masked by the head office or not."""
_OWN_NUMBERS = {"order_no", "near_order_no", "terminal_no", "report_no", "note_id", "boot_id"}
"""Fields that number what is ours, not a person: shown whole, or nobody could follow an order."""


class Plain:
    """A text that may be shown whole: an order number, a file name."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


class Masked:
    """A value that must not be shown, whatever it is handed to."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __str__(self) -> str:
        return "***"

    __repr__ = __str__


def mask(text: str) -> str:
    """Return ``text`` with the middle of each long number hidden."""
    return _RUN.sub(lambda run: f"{run[0][:_ENDS]}***{run[0][-_ENDS:]}", text)


def masked(value: object) -> Any:
    """Return ``value`` as plain JSON values that are safe to show."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Plain):
        return value.text
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Struct):
        shown = {field.name: getattr(value, field.name) for field in fields(value)}
        return {"is": type(value).__name__, **masked_fields(shown)}
    if isinstance(value, dict):
        return masked_fields({mask(str(key)): item for key, item in value.items()})
    if isinstance(value, list | tuple | set | frozenset):
        return [masked(item) for item in value]
    return mask(str(value))


def masked_fields(named: dict[str, Any]) -> dict[str, Any]:
    """Return named values as plain JSON values that are safe to show."""
    return {name: _masked_field(name, value) for name, value in named.items()}


def _masked_field(name: str, value: object) -> Any:
    if any(part in name for part in _HIDDEN_FIELDS):
        return "***"
    return value if name in _OWN_NUMBERS and isinstance(value, str) else masked(value)
