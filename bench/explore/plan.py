"""A run as plain data, drawn from a seed. Every item has a chance of its own, by name: taking one
away leaves all others as they were, which is what makes a failing plan small.
"""

from enum import StrEnum
from random import Random

from msgspec import Struct

POST_PAID = 3
"""People who get bills; see `bench.explore.office`."""
RESIDENTS = 6
"""People that the head office knows; see `bench.explore.office`."""
VALUES_FEN = (500, 1_000, 2_000, 5_000, 10_000)


class Style(StrEnum):
    """How somebody behaves at the machine."""

    NORMAL = "normal"
    HESITANT = "hesitant"
    """Is asked for more time everywhere, and wants it."""
    CANCELLER = "canceller"
    """Presses cancel at a phase."""
    PULLER = "puller"
    """Pulls the card at a phase; comes back with it after a while."""
    WALKER = "walker"
    """Walks away at a phase; the card stays in the slot."""
    PRESSER = "presser"
    """Presses everything all the time."""
    SWAPPER = "swapper"
    """Puts a neighbour's card in when the machine wants the card back."""
    RESELLER = "reseller"
    """Asks the menu for what was paid before; types a slip's code where that is asked for."""
    COLLECTOR = "collector"
    """Puts the card in to get what was paid for, and buys nothing."""


class Visit(Struct, frozen=True, kw_only=True):
    """Somebody comes to a kiosk."""

    name: str
    resident: int
    kiosk: int
    at_s: int
    style: Style
    notes_fen: tuple[int, ...] = ()
    pace_ms: int = 1_500
    """Time to look and to move a hand."""
    phase: str = ""
    """Where a canceller, a puller or a walker does it."""
    plugs: bool = True
    """Puts the card into the meter at home."""


class Payment(Struct, frozen=True, kw_only=True):
    """Somebody comes to pay a bill."""

    name: str
    customer: int
    kiosk: int
    at_s: int
    months: int
    """So many of the oldest; 0: all."""
    notes_fen: tuple[int, ...] = ()
    scans: bool = False
    """Holds the bill under the scanner instead of typing its number."""
    card: int | None = None
    """Shows the card of this resident instead, who owes nothing."""
    pace_ms: int = 1_500
    leaves_at: str = ""
    """Walks away at this phase."""


class Manner(StrEnum):
    """How an operator goes about the cash."""

    THOROUGH = "thorough"
    CANCELS = "cancels"
    """Begins, and thinks better of it."""
    WANDERS = "wanders"
    """Leaves in the middle, and comes back when the page has long closed."""
    PEEKS = "peeks"
    """Prints how the figures stand."""
    TESTS = "tests"
    """No operator but a technician: see `bench.explore.technician`."""
    THIEF = "thief"
    """Takes the box without a word and puts an empty one in; an honest one comes later."""


class Round(Struct, frozen=True, kw_only=True):
    """An operator comes to a kiosk."""

    name: str
    kiosk: int
    at_s: int
    manner: Manner
    pace_ms: int = 2_000


class Moment(Struct, frozen=True, kw_only=True):
    """When something begins: so long after a kiosk comes into a phase for the ``nth`` time; 0: each
    time.
    """

    kiosk: int = 0
    phase: str = ""
    """Empty: from the beginning."""
    nth: int = 1
    delay_ms: int = 0


class Fault(Struct, frozen=True, kw_only=True):
    """Something goes wrong. What ``number``, ``length_ms`` and ``how`` mean is the kind's."""

    name: str
    kind: str
    """See `bench.explore.faults`."""
    moment: Moment
    number: int = 0
    length_ms: int = 0
    how: str = ""
    at: str = ""
    """Of a power cut: the name of the effect that it waits for; empty: any."""


class Site(Struct, frozen=True, kw_only=True):
    """What does not change during a run."""

    motor: bool = False
    """The reader pushes cards out."""
    credit_recovery: bool = True
    """The acceptor tells a note again that it stacked before a power failure."""
    clearing_by_two: bool = False
    """A clearing wants a second person."""
    staff_only: bool = False
    """Only staff have delivered again what was paid."""
    checkpoint_pages: int = 1_000
    """Size at which the write-ahead log goes into the database."""
    checkpoint_entries: int = 1_000
    """Facts between two checkpoints of the engine."""


class Plan(Struct, frozen=True, kw_only=True):
    """One run."""

    seed: int
    kiosks: int = 1
    site: Site = Site()
    visits: tuple[Visit, ...] = ()
    rounds: tuple[Round, ...] = ()
    payments: tuple[Payment, ...] = ()
    faults: tuple[Fault, ...] = ()

    def stream(self, *names: object) -> Random:
        """Return the chances of one thing, the same whatever else there is."""
        return Random("/".join(map(str, (self.seed, *names))))
