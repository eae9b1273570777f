"""Cash clearing (清机) between terminal and head office: a period of the cash box, and its figures.

A terminal's life is a chain of periods without gaps: each begins with the box that was put in and
ends when an operator closes it. Every banknote that was stacked belongs to exactly one period.
"""

from enum import StrEnum

from msgspec import Struct


class Business(StrEnum):
    """What cash is taken for. Each is reconciled by a rule of its own."""

    ENERGY = "energy"
    """Prepaid energy: what was paid is sold and proved on a card, or waits for that."""
    BILL = "bill"
    """Bills of post-paid customers: what was paid is posted to the bills and the account."""


class NoteCount(Struct, frozen=True, kw_only=True):
    """How many notes of one denomination lie in one cassette."""

    cassette: str
    """The acceptor's name for it; ``1`` where there is only one box."""
    value_fen: int
    notes: int

    @property
    def amount_fen(self) -> int:
        """What they are worth."""
        return self.value_fen * self.notes


class BusinessSum(Struct, frozen=True, kw_only=True):
    """One business type of a period: money of the period only, each note once."""

    business: Business
    orders: int
    """Orders that were paid for with notes of this period."""
    notes: int
    paid_fen: int
    completed_orders: int
    completed_fen: int
    """Of it, orders that have come to their end: proved on the card, posted to the bills."""
    slips: int
    slips_fen: int
    """Orders whose slip was printed or shown, and their money."""


class OpenItem(Struct, frozen=True, kw_only=True):
    """An order that was paid for in the period and has not come to its end."""

    order_no: str
    business: Business
    paid_fen: int


class LooseNote(Struct, frozen=True, kw_only=True):
    """A note that belongs to no order. A certain one lies in the box and is counted; of an
    uncertain one nobody knows, and it is counted nowhere.
    """

    note_id: str
    value_fen: int
    """0: not even its value is known."""
    near_order_no: str | None
    certain: bool


class Figures(Struct, frozen=True, kw_only=True):
    """What one side says about a period's money."""

    counts: tuple[NoteCount, ...] = ()
    """Certain notes, by cassette, then the highest denomination first."""
    sums: tuple[BusinessSum, ...] = ()
    """In the order of `Business`; a business without money may be missing."""
    incomplete: tuple[OpenItem, ...] = ()
    loose: tuple[LooseNote, ...] = ()

    @property
    def expected_fen(self) -> int:
        """What must be found in the box."""
        return sum(count.amount_fen for count in self.counts)

    @property
    def notes(self) -> int:
        """How many notes must be found in the box."""
        return sum(count.notes for count in self.counts)

    @property
    def loose_fen(self) -> int:
        """What lies in the box and belongs to no order."""
        return sum(note.value_fen for note in self.loose if note.certain)

    @property
    def uncertain_fen(self) -> int:
        """What may lie in the box besides."""
        return sum(note.value_fen for note in self.loose if not note.certain)


class Opening(Struct, frozen=True, kw_only=True):
    """Once that the box went out, as the acceptor's sensor saw it."""

    removed_at_ms: int
    returned_at_ms: int | None = None
    """When a box was in again; None: not yet."""
    staff: str = ""
    """Who was signed in at the machine; empty: nobody."""
    announced: bool = True
    """False: without a clearing."""


class CashReport(Struct, frozen=True, kw_only=True, tag="cash-report"):
    """A period was closed. Sent after all reports about the period's notes have been taken."""

    period_no: int
    """1, 2, 3 ... without gaps."""
    opened_at_ms: int
    closed_at_ms: int
    operator: str
    witness: str = ""
    box_id: str = ""
    """Written on the box that was taken out; empty: unknown."""
    new_box_id: str = ""
    bag_no: str = ""
    """Of the bag or seal that the money went into; empty: not said."""
    openings: tuple[Opening, ...] = ()
    figures: Figures


class PeriodFrozen(Struct, frozen=True, kw_only=True, tag="period-frozen"):
    """The box was taken out without a clearing: the figures of that moment, as evidence."""

    period_no: int
    at_ms: int
    staff: str = ""
    figures: Figures


class Difference(Struct, frozen=True, kw_only=True):
    """One line in which terminal and head office disagree."""

    what: str
    """``total``, ``note:<value_fen>``, ``business:<name>``, ``loose``, ``period`` (a gap)."""
    terminal_notes: int
    terminal_fen: int
    center_notes: int
    center_fen: int


class PeriodAnswer(Struct, frozen=True, kw_only=True, tag="period-answer"):
    """The head office's own figures of a closed period, from its books."""

    period_no: int
    agrees: bool
    figures: Figures
    differences: tuple[Difference, ...] = ()


class StaffDeed(Struct, frozen=True, kw_only=True, tag="staff-deed"):
    """Somebody of the staff did something at the machine: for the head office's audit trail."""

    at_ms: int
    staff: str
    what: str
    """A code: ``signed-in-offline``, ``locked-out``, ``clearing-started`` ..., see
    `kiosk.flow.deeds`."""
    detail: str = ""
    witness: str = ""
