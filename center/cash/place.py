"""Whose a banknote is, and whether it is there at all."""

from enum import StrEnum


class Place(StrEnum):
    """Whose a note is."""

    ORDER = "order"
    UNASSIGNED = "unassigned"
    UNCERTAIN = "uncertain"
    """Nobody knows whether it is in the box at all."""
    ABSENT = "absent"
    """It was uncertain, and whoever has counted has not found it."""


CERTAIN = frozenset({Place.ORDER, Place.UNASSIGNED})
"""Notes that lie in a box, a bag or the bank: money."""
DOUBTED = frozenset({Place.UNCERTAIN, Place.ABSENT})
"""Notes that no purchase can use: a person looks, or has looked, for them."""
