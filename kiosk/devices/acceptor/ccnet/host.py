"""What passes between the protocol machine and whoever runs it: values only."""

from dataclasses import dataclass

from kiosk.flow.event import Event


@dataclass(frozen=True, slots=True)
class Open:
    """Take notes of these values."""

    values_fen: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """Take no more notes; `AcceptorClosed` when the path is empty."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Swallow the note in escrow."""

    note_id: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Return the note in escrow."""

    note_id: str


@dataclass(frozen=True, slots=True)
class AskNote:
    """What became of a note of an earlier run?"""

    note_id: str
    value_fen: int
    returning: bool = False
    """It was being given back: STACK was never sent for it."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Send RESET as soon as no note can be lost by it."""


HostCommand = Open | Close | Stack | GiveBack | AskNote | Reset


@dataclass(frozen=True, slots=True)
class Send:
    """Put these bytes on the line."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Post:
    """Hand this fact to the engine."""

    event: Event


@dataclass(frozen=True, slots=True)
class PostDurably:
    """Hand this fact to the engine, wait until the journal holds it, and call `posted`."""

    event: Event


Output = Send | Post | PostDurably
