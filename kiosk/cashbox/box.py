"""The cash box and its period, as immutable values. Counting: `count`; clearing: `clearing`."""

from enum import StrEnum

from msgspec import Struct

from vending.cash import Business, Figures, LooseNote, Opening, PeriodAnswer

PERIODS_KEPT = 12
"""Closed periods that can be printed again."""


class Stage(StrEnum):
    """How far a clearing is."""

    OPEN = "open"
    """Customers are served, the period runs."""
    CLEARING = "clearing"
    """An operator has begun; the box is still in."""
    TAKEN = "taken"
    """The box is out."""
    REPLACED = "replaced"
    """A box is in again; the period waits for its end."""


class OrderCash(Struct, frozen=True, kw_only=True):
    """An order that was paid for with notes of the period."""

    order_no: str
    business: Business
    notes: int
    paid_fen: int
    completed: bool = False
    slip: bool = False
    """A slip was printed for it, or shown."""


class Tally(Struct, frozen=True, kw_only=True):
    """Orders of one business that need no watching any more: completed, their slip out."""

    business: Business
    orders: int = 0
    notes: int = 0
    paid_fen: int = 0


class Stack(Struct, frozen=True, kw_only=True):
    """Certain notes of one denomination in one cassette."""

    cassette: str
    value_fen: int
    notes: int


class Period(Struct, frozen=True, kw_only=True):
    """One period of the box, as far as it has got."""

    period_no: int = 1
    opened_at_ms: int = 0
    """0: nothing has happened in it yet."""
    box_id: str = ""
    """Written on the box, as the operator typed it when it was put in."""
    stacks: tuple[Stack, ...] = ()
    orders: tuple[OrderCash, ...] = ()
    """Those that still need watching, the oldest first."""
    tallies: tuple[Tally, ...] = ()
    loose: tuple[LooseNote, ...] = ()
    openings: tuple[Opening, ...] = ()


class ClosedPeriod(Struct, frozen=True, kw_only=True):
    """A period that was closed, as it was reported, and what the head office said."""

    period_no: int
    opened_at_ms: int
    closed_at_ms: int
    operator: str
    witness: str
    box_id: str
    bag_no: str
    openings: tuple[Opening, ...]
    figures: Figures
    printed: bool = False
    """Its slip came out; False: not, or not yet. The screen shows it, and it can be printed again.
    """
    answer: PeriodAnswer | None = None
    """None: the head office has not answered yet."""


class CashBox(Struct, frozen=True, kw_only=True):
    """Everything that the terminal knows about its cash."""

    period: Period = Period()
    stage: Stage = Stage.OPEN
    operator: str = ""
    """Who clears; empty in `Stage.TAKEN` and `Stage.REPLACED`: the box went out unannounced and
    nobody has taken it up yet.
    """
    witness: str = ""
    started_at_ms: int = 0
    closed: tuple[ClosedPeriod, ...] = ()
    """The last `PERIODS_KEPT`, the oldest first."""
    next_period_no: int = 0
    """Of the period after this one, where that is not simply the next: the head office holds later
    ones already, because the journal came back from a copy. 0: the next number.
    """

    @property
    def is_open(self) -> bool:
        """Tell whether customers may be served."""
        return self.stage is Stage.OPEN
