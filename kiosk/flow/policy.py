"""What the site decided: journalled, so that old facts keep the policy of their day."""

from msgspec import Struct


class Policy(Struct, frozen=True, kw_only=True):
    """What the site decided, from the configuration."""

    terminal_no: str
    language: str = "zh"
    note_values_fen: tuple[int, ...] = (500, 1000, 2000, 5000, 10000)
    min_fen: int = 0
    """Narrows the account's limits; 0: does not."""
    max_fen: int = 0
    max_notes: int = 40
    """A slip, a screen and a person all lose count some time."""
    write_attempts: int = 3
    inquiries: int = 4
    """How often "did you sell?" is asked before the order is parked."""
    clearing_by_two: bool = False
    """A second person must have signed in before a clearing can begin."""
    bills: bool = True
    """Bills can be paid at this machine."""
    parked_orders: int = 50
    """More open orders than this and the machine takes no new ones: something is badly wrong."""
