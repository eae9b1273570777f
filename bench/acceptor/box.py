"""What lies in a cash box, counted as a person counts it."""

from collections import Counter
from collections.abc import Iterable

Denominations = dict[int, int]
"""How many notes of each value in fen, the highest first; 0: what nobody can read."""


def denominations(notes: Iterable[int | None]) -> Denominations:
    """Count notes by their value."""
    return dict(sorted(Counter(value or 0 for value in notes).items(), reverse=True))
