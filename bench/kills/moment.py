"""The moments of a purchase at which the kiosk can die, and their addresses.

``append:NoteStacked.2:before``: the second time in the purchase that a fact NoteStacked is
appended, just before its commit. Counted is by name, so an address means the same in every run
even where two threads of the kiosk take turns in another order.
"""

from collections import Counter
from enum import StrEnum

from msgspec import Struct


class BadAddress(ValueError):
    """This is no moment. The text says what one looks like."""


class Kind(StrEnum):
    """Where something happens."""

    APPEND = "append"
    """A fact goes into the journal. Its name is the fact's."""
    REQUEST = "request"
    """Something is asked of the head office. Its name is the resource's."""
    ACCEPTOR = "acceptor"
    """The note acceptor receives a command, polls and acknowledgements excepted."""
    CARD = "card"
    """The card has obeyed a command, or was reset; the kiosk does not know yet."""
    PRINTER = "printer"
    """The printer receives the start of a slip, its cut, or the question whether it is out."""


class Side(StrEnum):
    """When exactly, or what exactly dies."""

    BEFORE = "before"
    AFTER = "after"
    POWER = "power"
    """Everything on the machine dies: the kiosk and its card worker."""
    CRASH = "crash"
    """The kiosk dies alone; its card worker lives on until it notices."""


SIDES = {
    Kind.APPEND: (Side.BEFORE, Side.AFTER),
    Kind.REQUEST: (Side.BEFORE, Side.AFTER),
    Kind.ACCEPTOR: (Side.POWER,),
    Kind.CARD: (Side.POWER, Side.CRASH),
    Kind.PRINTER: (Side.POWER,),
}
"""An append dies alone (the process kills itself), a request as by a power cut."""


class Moment(Struct, frozen=True):
    """One moment: the ``number``-th time (from 1) that ``name`` happens in a purchase."""

    kind: Kind
    name: str
    number: int
    side: Side

    def __str__(self) -> str:
        """Return its address."""
        return f"{self.kind}:{self.name}.{self.number}:{self.side}"

    @property
    def group(self) -> str:
        """Its kind and side: a line of the table."""
        return f"{self.kind} {self.side}"


def parse(address: str) -> Moment:
    """Return the moment of an address. Raises BadAddress."""
    try:
        kind_text, what, side_text = address.split(":")
        name, _, number = what.rpartition(".")
        kind, side = Kind(kind_text), Side(side_text)
        moment = Moment(kind, name, int(number), side)
    except ValueError:
        raise BadAddress(f"{address!r} is no moment; one is append:NoteStacked.1:before") from None
    if side not in SIDES[kind]:
        raise BadAddress(f"{address!r}: {kind} knows {' and '.join(SIDES[kind])}")
    if not name or moment.number < 1:
        raise BadAddress(f"{address!r} names nothing, or counts from less than 1")
    return moment


class Count:
    """Numbers what happens in one purchase."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[Kind, str, Side]] = Counter()

    def next(self, kind: Kind, name: str, side: Side) -> Moment:
        """Return the moment that this is."""
        self._seen[kind, name, side] += 1
        return Moment(kind, name, self._seen[kind, name, side], side)
