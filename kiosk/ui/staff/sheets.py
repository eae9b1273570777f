"""Figures cut into sheets: what fits the screen at once."""

from collections.abc import Iterator
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct

from vending.cash import Business, BusinessSum, Figures

Row = TypeVar("Row")


class Kind(StrEnum):
    """What a sheet tells."""

    NOTES = "notes"
    """How many of each denomination."""
    CASSETTES = "cassettes"
    """The same for each cassette, where there is more than one."""
    BUSINESS = "business"
    ITEMS = "items"
    """Orders that have not come to their end, and notes that belong to no order."""


class NoteRow(Struct, frozen=True):
    """Notes of one denomination."""

    cassette: str
    """Empty: of all cassettes."""
    value_fen: int
    notes: int


class ItemKind(StrEnum):
    """Why something is listed apart."""

    INCOMPLETE = "incomplete"
    LOOSE = "loose"
    UNCERTAIN = "uncertain"


class ItemRow(Struct, frozen=True):
    """One thing that is listed apart."""

    kind: ItemKind
    order_no: str
    """Of a note: of the order at hand at the time; empty: none."""
    amount_fen: int
    business: Business | None = None


class Sheet(Struct, frozen=True):
    """As much as is shown at once."""

    kind: Kind
    notes: tuple[NoteRow, ...] = ()
    items: tuple[ItemRow, ...] = ()


def sheets(figures: Figures, per_sheet: int) -> tuple[Sheet, ...]:
    """Return the sheets in the order of reading, with at most ``per_sheet`` rows each."""
    cassettes = tuple(NoteRow(c.cassette, c.value_fen, c.notes) for c in figures.counts)
    several = len({row.cassette for row in cassettes}) > 1
    return (
        *(() if figures.counts else (Sheet(Kind.NOTES),)),
        *_notes(Kind.NOTES, denominations(figures), per_sheet),
        *_notes(Kind.CASSETTES, cassettes if several else (), per_sheet),
        Sheet(Kind.BUSINESS),
        *(Sheet(Kind.ITEMS, items=rows) for rows in _cut(items(figures), per_sheet)),
    )


def denominations(figures: Figures) -> tuple[NoteRow, ...]:
    """Return how many notes of each value there are in all cassettes, the highest value first."""
    notes: dict[int, int] = {}
    for count in figures.counts:
        notes[count.value_fen] = notes.get(count.value_fen, 0) + count.notes
    return tuple(NoteRow("", value, notes[value]) for value in sorted(notes, reverse=True))


def items(figures: Figures) -> tuple[ItemRow, ...]:
    """Return everything that is listed apart."""
    incomplete = (
        ItemRow(ItemKind.INCOMPLETE, item.order_no, item.paid_fen, item.business)
        for item in figures.incomplete
    )
    loose = (
        ItemRow(
            ItemKind.LOOSE if note.certain else ItemKind.UNCERTAIN,
            note.near_order_no or "",
            note.value_fen,
        )
        for note in sorted(figures.loose, key=lambda note: not note.certain)
    )
    return (*incomplete, *loose)


def nothing(business: Business) -> BusinessSum:
    """Return the sums of a business type that has none in the figures."""
    return BusinessSum(
        business=business,
        orders=0,
        notes=0,
        paid_fen=0,
        completed_orders=0,
        completed_fen=0,
        slips=0,
        slips_fen=0,
    )


def _notes(kind: Kind, rows: tuple[NoteRow, ...], per_sheet: int) -> tuple[Sheet, ...]:
    return tuple(Sheet(kind, notes=cut) for cut in _cut(rows, per_sheet))


def _cut(rows: tuple[Row, ...], per_sheet: int) -> Iterator[tuple[Row, ...]]:
    for first in range(0, len(rows), per_sheet):
        yield rows[first : first + per_sheet]
