"""The staff that a terminal knows by itself, so that they can sign in while the line is down."""

from msgspec import Struct

from vending.rights import Role


class RosterPerson(Struct, frozen=True, kw_only=True):
    """Somebody of the staff. Blocked people are not in the roster at all."""

    name: str
    role: Role
    pin_hash: str
    """Argon2id as a PHC string; made for the roster, with its own salt."""


class Roster(Struct, frozen=True, kw_only=True, tag="roster"):
    """Everybody who may sign in, as the head office knew it at ``issued_at_ms``."""

    version: int
    """Rises with every change of the staff."""
    issued_at_ms: int
    good_for_days: int
    """So long after it was last confirmed it may be used without the head office."""
    people: tuple[RosterPerson, ...]
