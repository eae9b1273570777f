"""Does a terminal's period agree with our books, and in what does it not? Pure.

Money decides: each denomination, each business, what belongs to no order, the total. Cassettes are
told apart in the figures only, since a box is emptied into one bag. Which orders are complete, and
which notes are uncertain, is no money and may differ: an order can be completed or refunded
elsewhere while its terminal does not know it yet.
"""

from vending.cash import Business, Difference, Figures

Sum = tuple[int, int]
"""Notes, and their worth in fen."""
NOTHING: Sum = (0, 0)


def differences(terminal: Figures, center: Figures) -> tuple[Difference, ...]:
    """Return the lines in which the two disagree: the total first, then from large to small."""
    found = (
        _line("total", _total(terminal), _total(center)),
        *_notes(terminal, center),
        *_businesses(terminal, center),
        _line("loose", _loose(terminal), _loose(center)),
    )
    return tuple(line for line in found if line is not None)


def _notes(terminal: Figures, center: Figures) -> list[Difference | None]:
    ours, theirs = by_value(center), by_value(terminal)
    values = sorted(ours.keys() | theirs.keys(), reverse=True)
    return [
        _line(f"note:{value}", theirs.get(value, NOTHING), ours.get(value, NOTHING))
        for value in values
    ]


def _businesses(terminal: Figures, center: Figures) -> list[Difference | None]:
    return [
        _line(
            f"business:{business}", by_business(terminal, business), by_business(center, business)
        )
        for business in Business
    ]


def by_value(figures: Figures) -> dict[int, Sum]:
    """Return the certain notes by denomination, over all cassettes."""
    found: dict[int, Sum] = {}
    for count in figures.counts:
        notes, fen = found.get(count.value_fen, NOTHING)
        found[count.value_fen] = (notes + count.notes, fen + count.amount_fen)
    return found


def by_business(figures: Figures, business: Business) -> Sum:
    """Return what was paid for a business."""
    own = [each for each in figures.sums if each.business is business]
    return sum(each.notes for each in own), sum(each.paid_fen for each in own)


def _loose(figures: Figures) -> Sum:
    return sum(note.certain for note in figures.loose), figures.loose_fen


def _total(figures: Figures) -> Sum:
    return figures.notes, figures.expected_fen


def _line(what: str, terminal: Sum, center: Sum) -> Difference | None:
    if terminal == center:
        return None
    return Difference(
        what=what,
        terminal_notes=terminal[0],
        terminal_fen=terminal[1],
        center_notes=center[0],
        center_fen=center[1],
    )
