"""What the kiosk and its card worker say to each other: JSON, one message a line.

A request carries a number, and whatever answers it carries the same one. Presence of a card and
state of the reader are told unasked, once after the start and then on every change.
"""

from typing import TypeVar

import msgspec
from msgspec import Struct

from kiosk.flow.event import CardFault
from kiosk.meter_card.port import WriteOrder
from vending.card import CardSnapshot, SealAnswer, SealRequest, Verdict

# -- kiosk to worker -------------------------------------------------------------------------------


class Ping(Struct, frozen=True, tag=True):
    """Are you there? Answered by `Done`."""

    request_id: int


class Read(Struct, frozen=True, tag=True):
    """Read the card. Answered by `ReadDone` or `ReadFailed`."""

    request_id: int


class Write(Struct, frozen=True, tag=True):
    """Write. Answered by any number of `SealsNeeded`, then `WriteEnded`."""

    request_id: int
    order: WriteOrder


class GiveSeals(Struct, frozen=True, tag=True):
    """What the write with this number asked for."""

    request_id: int
    answer: SealAnswer


class Abort(Struct, frozen=True, tag=True):
    """Give the write with this number up; it is answered by `WriteEnded`."""

    request_id: int


class Prove(Struct, frozen=True, tag=True):
    """Reset, read, judge. Answered by `Proved`."""

    request_id: int
    order: WriteOrder


class Release(Struct, frozen=True, tag=True):
    """Let the card go. Answered by `Done`."""

    request_id: int


Request = Ping | Read | Write | GiveSeals | Abort | Prove | Release

# -- worker to kiosk -------------------------------------------------------------------------------


class Ready(Struct, frozen=True, tag=True):
    """The worker has started."""

    pid: int


class Presence(Struct, frozen=True, tag=True):
    """Whether a card is in the slot."""

    present: bool


class Reader(Struct, frozen=True, tag=True):
    """Whether the reader works."""

    works: bool
    detail: str = ""
    """Its name, or what is wrong with it."""


class Done(Struct, frozen=True, tag=True):
    """Done, and nothing to tell."""

    request_id: int


class ReadDone(Struct, frozen=True, tag=True):
    """The card was read whole."""

    request_id: int
    card: CardSnapshot


class ReadFailed(Struct, frozen=True, tag=True):
    """The card cannot be used."""

    request_id: int
    fault: CardFault
    detail: str
    serial: str = ""
    """Of the chip, if that could be read."""


class SealsNeeded(Struct, frozen=True, tag=True):
    """The write under way waits for the head office."""

    request_id: int
    wanted: SealRequest


class WriteEnded(Struct, frozen=True, tag=True):
    """The write is over; proves nothing."""

    request_id: int
    detail: str


class Proved(Struct, frozen=True, tag=True):
    """What the card says about the order now."""

    request_id: int
    verdict: Verdict
    card: CardSnapshot | None
    detail: str = ""


Answer = Done | ReadDone | ReadFailed | SealsNeeded | WriteEnded | Proved
Reply = Ready | Presence | Reader | Answer

MAX_LINE_BYTES = 65536
"""No message comes near; a line that does is not one of ours."""


class BadLine(Exception):
    """A line that is no message: the other side is out of its mind."""


def encode(message: Request | Reply) -> bytes:
    """Return a message as one line."""
    return msgspec.json.encode(message) + b"\n"


def decode_request(line: bytes) -> Request:
    """Return the request in a line. Raises BadLine."""
    return _decoded(_REQUESTS, line)


def decode_reply(line: bytes) -> Reply:
    """Return the reply in a line. Raises BadLine."""
    return _decoded(_REPLIES, line)


T = TypeVar("T")
_REQUESTS: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)
_REPLIES: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply)


def _decoded(decoder: msgspec.json.Decoder[T], line: bytes) -> T:
    try:
        return decoder.decode(line)
    except msgspec.DecodeError as error:
        raise BadLine(str(error)) from error
