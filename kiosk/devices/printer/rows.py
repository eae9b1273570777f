"""Lists on paper: what can be listed, and the words that a row of each list gives to its template.

Empty: there is none.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from kiosk.devices.printer.formats import china_time, format_price, whole_yuan
from kiosk.flow.paper import CashPaper, Paper, Slip, SlipLine, SlipMonth
from vending.cash import BusinessSum, LooseNote, NoteCount, Opening, OpenItem
from vending.energy import format_kwh
from vending.money import format_yuan
from vending.order_no import grouped

Row = dict[str, str]

MOST_ROWS = 100
"""Of what is unusual in a period. More would be metres of paper, longer than a job may take; the
last row says how much more there is.
"""


class ListOf(StrEnum):
    """What a ``list`` part lists."""

    STEPS = "steps"
    """The purchase by the tariff's steps."""
    NOTES = "notes"
    """The customer's banknotes by denomination."""
    MONTHS = "months"
    """The months of a bill that were settled."""
    COUNTS = "counts"
    """What must be in the box, by cassette and denomination."""
    BUSINESSES = "businesses"
    """A period's money by business type."""
    INCOMPLETE = "incomplete"
    """Orders of a period that were paid for and have not come to their end."""
    LOOSE = "loose"
    """Certain notes of no order."""
    UNCERTAIN = "uncertain"
    """Notes of which nobody knows; they are counted nowhere."""
    OPENINGS = "openings"
    """When the box was out."""


ROW_FIELDS: Mapping[ListOf, frozenset[str]] = {
    ListOf.STEPS: frozenset({"step", "price", "energy", "cost"}),
    ListOf.NOTES: frozenset({"value", "count", "sum"}),
    ListOf.MONTHS: frozenset({"month", "energy", "due"}),
    ListOf.COUNTS: frozenset({"cassette", "value", "count", "sum"}),
    ListOf.BUSINESSES: frozenset(
        {
            *("business", "orders", "paid", "completed_orders", "completed"),
            *("open_orders", "open", "slips", "slips_sum"),
        }
    ),
    ListOf.INCOMPLETE: frozenset({"business", "order_no", "paid"}),
    ListOf.LOOSE: frozenset({"value", "note_id", "near"}),
    ListOf.UNCERTAIN: frozenset({"value", "note_id", "near"}),
    ListOf.OPENINGS: frozenset({"removed", "returned", "staff", "unannounced"}),
}
"""Names for the templates of each list. ``business`` is a code, for which a layout has words."""


def rows(of: ListOf, paper: Paper) -> list[Row]:
    """Return the rows of a list, none if this paper has no such list."""
    if isinstance(paper, Slip) and of in _OF_SLIPS:
        return _OF_SLIPS[of](paper)
    if isinstance(paper, CashPaper) and of in _OF_CASH:
        return _OF_CASH[of](paper)
    return []


# -- customers' slips ------------------------------------------------------------------------------


def _step(line: SlipLine) -> Row:
    return {
        "step": str(line.step),
        "price": format_price(line.price_hao_per_kwh),
        "energy": format_kwh(line.energy_wh),
        "cost": format_yuan(line.cost_fen),
    }


def _month(month: SlipMonth) -> Row:
    return {
        "month": month.month,
        "energy": format_kwh(month.energy_wh),
        "due": format_yuan(month.due_fen),
    }


def _notes(notes_fen: tuple[int, ...]) -> list[Row]:
    """The largest denomination first."""
    return [
        {
            "value": whole_yuan(value_fen),
            "count": str(notes_fen.count(value_fen)),
            "sum": format_yuan(value_fen * notes_fen.count(value_fen)),
        }
        for value_fen in sorted(set(notes_fen), reverse=True)
    ]


_OF_SLIPS: Mapping[ListOf, Callable[[Slip], list[Row]]] = {
    ListOf.STEPS: lambda slip: [_step(line) for line in slip.lines],
    ListOf.NOTES: lambda slip: _notes(slip.notes_fen),
    ListOf.MONTHS: lambda slip: [_month(month) for month in slip.months],
}

# -- the cash box ----------------------------------------------------------------------------------


def _counts(counts: tuple[NoteCount, ...]) -> list[Row]:
    """The cassette is named only where there are several."""
    several = len({count.cassette for count in counts}) > 1
    return [
        {
            "cassette": f"{count.cassette}: " if several else "",
            "value": whole_yuan(count.value_fen),
            "count": str(count.notes),
            "sum": format_yuan(count.amount_fen),
        }
        for count in counts
    ]


def _business(total: BusinessSum) -> Row:
    open_orders = total.orders - total.completed_orders
    return {
        "business": total.business,
        "orders": str(total.orders),
        "paid": format_yuan(total.paid_fen),
        "completed_orders": str(total.completed_orders),
        "completed": format_yuan(total.completed_fen),
        "open_orders": str(open_orders) if open_orders else "",
        "open": format_yuan(total.paid_fen - total.completed_fen),
        "slips": str(total.slips),
        "slips_sum": format_yuan(total.slips_fen),
    }


def _incomplete(item: OpenItem) -> Row:
    return {
        "business": item.business,
        "order_no": grouped(item.order_no),
        "paid": format_yuan(item.paid_fen),
    }


def _all_incomplete(items: tuple[OpenItem, ...]) -> list[Row]:
    shown, rest = items[:MOST_ROWS], items[MOST_ROWS:]
    more = {
        "business": f"+{len(rest)}",
        "order_no": "...",
        "paid": format_yuan(sum(item.paid_fen for item in rest)),
    }
    return [*map(_incomplete, shown), *([more] if rest else [])]


def _note(note: LooseNote) -> Row:
    return {
        "value": whole_yuan(note.value_fen) if note.value_fen else "?",
        "note_id": note.note_id,
        "near": grouped(note.near_order_no) if note.near_order_no else "",
    }


def _loose(notes: tuple[LooseNote, ...], *, certain: bool) -> list[Row]:
    listed = [note for note in notes if note.certain is certain]
    shown, rest = listed[:MOST_ROWS], listed[MOST_ROWS:]
    more = {
        "value": whole_yuan(sum(note.value_fen for note in rest)),
        "note_id": f"+{len(rest)}",
        "near": "",
    }
    return [*map(_note, shown), *([more] if rest else [])]


def _opening(opening: Opening) -> Row:
    back_ms = opening.returned_at_ms
    return {
        "removed": china_time(opening.removed_at_ms),
        "returned": "" if back_ms is None else china_time(back_ms),
        "staff": opening.staff or "-",
        "unannounced": "" if opening.announced else "yes",
    }


_OF_CASH: Mapping[ListOf, Callable[[CashPaper], list[Row]]] = {
    ListOf.COUNTS: lambda paper: _counts(paper.figures.counts),
    ListOf.BUSINESSES: lambda paper: [_business(total) for total in paper.figures.sums],
    ListOf.INCOMPLETE: lambda paper: _all_incomplete(paper.figures.incomplete),
    ListOf.LOOSE: lambda paper: _loose(paper.figures.loose, certain=True),
    ListOf.UNCERTAIN: lambda paper: _loose(paper.figures.loose, certain=False),
    ListOf.OPENINGS: lambda paper: [_opening(opening) for opening in paper.openings],
}
