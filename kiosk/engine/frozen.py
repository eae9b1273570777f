"""Writes an immutable value as JSON and makes it again: how a checkpoint keeps the session.

Works for what a session is made of: Structs, enums, tuples, dictionaries and plain values. Classes
stand by name, so only the same version of the software reads it; whoever cannot starts from the
journal instead. Only Structs and enums that are already loaded are made, nothing else is called.
"""

import sys
from enum import Enum
from typing import Any

import msgspec
from msgspec.structs import fields


class NotFrozen(Exception):
    """The value, or the text, is not of the kind that can be kept."""


def freeze(value: object) -> bytes:
    """Return ``value`` as JSON. Raises NotFrozen."""
    return msgspec.json.encode(_plain(value))


def thaw(text: bytes) -> Any:
    """Return the value in ``text``. Raises NotFrozen."""
    try:
        return _value(msgspec.json.decode(text))
    except (msgspec.MsgspecError, KeyError, TypeError, ValueError) as error:
        raise NotFrozen(str(error)) from error


def _plain(value: object) -> object:
    """Everything that is not a plain value becomes a list whose first item says what it is."""
    if isinstance(value, Enum):
        return ["enum", _name(type(value)), value.value]
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, tuple):
        return ["tuple", *map(_plain, value)]
    if isinstance(value, dict):
        return ["dict", *([_plain(key), _plain(item)] for key, item in value.items())]
    if isinstance(value, msgspec.Struct):
        kept = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return ["struct", _name(type(value)), kept]
    raise NotFrozen(f"a {type(value).__name__} cannot be kept")


def _value(plain: Any) -> Any:
    if not isinstance(plain, list):
        return plain
    kind, *rest = plain
    if kind == "tuple":
        return tuple(map(_value, rest))
    if kind == "dict":
        return {_value(key): _value(item) for key, item in rest}
    name, content = rest
    if kind == "enum":
        return _class(name, Enum)(content)
    return _class(name, msgspec.Struct)(**{key: _value(item) for key, item in content.items()})


def _name(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


def _class(name: str, base: type) -> Any:
    module, _, qualname = name.partition(":")
    found: Any = sys.modules.get(module)
    for part in qualname.split("."):
        found = getattr(found, part, None)
    if not (isinstance(found, type) and issubclass(found, base)):
        raise NotFrozen(f"{name} is not known")
    return found
