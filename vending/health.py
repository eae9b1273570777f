"""How a terminal is: what is wrong, since when, and what customers can still do there."""

from enum import StrEnum

from msgspec import Struct


class Offer(StrEnum):
    """What a customer can do at a terminal."""

    ENERGY_BY_CASH = "energy-by-cash"
    BILL_BY_CASH = "bill-by-cash"
    DELIVERY = "delivery"
    """What was paid before is delivered (补售电)."""


class Ailment(Struct, frozen=True, kw_only=True):
    """A part that does not work, or wants attention soon."""

    device: str
    state: str
    fault: str
    since_ms: int


class Health(Struct, frozen=True, kw_only=True, tag="health"):
    """Told whenever it changes. The line itself is left out: the head office sees that."""

    at_ms: int
    offers: tuple[Offer, ...]
    ailments: tuple[Ailment, ...] = ()
    why: str = ""
    """Code of why the machine is out of service; empty: it serves."""
    parked_orders: int = 0
    period_no: int = 0
    box_notes: int = 0
    software_version: str = ""
