"""What a site allows: who delivers again what was paid, and what takes two people."""

from enum import StrEnum

from msgspec import Struct

from vending.staff import Action


class Resell(StrEnum):
    """Who may have an order delivered that got stuck."""

    MACHINE = "machine"
    """Any machine, when the card comes back."""
    STAFF = "staff"
    """Staff only: a machine needs their grant."""


class Policy(Struct, frozen=True, kw_only=True):
    """The rules of one operating company."""

    resell: Resell = Resell.MACHINE
    second_person: frozenset[Action] = frozenset()
    """What one person alone cannot do."""
