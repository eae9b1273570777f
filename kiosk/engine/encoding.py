"""How facts are written into the journal, for ever: JSON with the fact's name as its tag.

An older entry is read by newer software: fields it lacks take their defaults, fields that are gone
are ignored. The encoding's number stands in each entry, so that a change of the way itself (not of
the fields) can keep reading what was written before it.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

import msgspec

from kiosk.flow import event, staff_event
from kiosk.flow.event import Event

ENCODING = 1
FACTS = (event, staff_event)
"""Where facts are declared. A program that only reads a journal must have imported them all."""


class NotUnderstood(Exception):
    """The entry was written by newer software, or is no entry."""


class EventCodec:
    """Facts to bytes and back."""

    def __init__(self, kinds: Sequence[type[Event]]) -> None:
        """``kinds``: every fact that a journal may hold."""
        union: Any = reduce(or_, kinds)
        self._decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(union)
        self.encode = msgspec.json.Encoder().encode

    def decode(self, encoding: int, body: bytes) -> Event:
        """Return the fact in ``body``. Raises NotUnderstood."""
        if encoding != ENCODING:
            raise NotUnderstood(f"encoding {encoding} is not known")
        try:
            return self._decoder.decode(body)
        except msgspec.MsgspecError as error:
            raise NotUnderstood(str(error)) from error


def kinds_of(base: type[Event]) -> tuple[type[Event], ...]:
    """Return all facts declared so far under ``base``."""
    found: list[type[Event]] = []
    for kind in base.__subclasses__():
        found += kinds_of(kind) or (kind,)
    return tuple(found)


def kind_of(event: Event) -> str:
    """Return the name under which a fact is stored."""
    return type(event).__name__
