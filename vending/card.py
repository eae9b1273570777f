"""What both sides must say about a meter card, whatever its maker or layout."""

from enum import StrEnum

from msgspec import Struct


class WalletUnit(StrEnum):
    """What a card's wallet counts. Never assumed: card layout and account both declare it."""

    ENERGY = "energy"
    """Hundredths of a kilowatt-hour (10 Wh)."""
    MONEY = "money"
    """Fen."""


class CardKind(StrEnum):
    """Role of a user card."""

    OPENING = "opening"
    PURCHASE = "purchase"
    REPLACEMENT = "replacement"


class MeterReturn(Struct, frozen=True, kw_only=True):
    """What the meter wrote back the last time the card was in it."""

    purchase_count: int
    remaining: int
    """Credit left in the meter, in the card's wallet unit."""
    overdraft: int
    written_at: str
    """``yymmddhhmm`` by the meter's clock, as the card carries it; not trusted."""


class CardSnapshot(Struct, frozen=True, kw_only=True):
    """A meter card as read at one moment."""

    layout: str
    """Identifier of the card layout that read it, for example ``sg-user-energy``."""
    serial: str
    """Chip serial number, 16 hexadecimal digits: the diversification factor of the card's keys."""
    meter_no: str
    customer_no: str
    kind: CardKind
    wallet_unit: WalletUnit
    wallet_amount: int
    purchase_count: int
    returned: MeterReturn | None
    """None: the return file is empty, the meter has not seen the card since the last purchase."""
    digest: str
    """SHA-256 over all files as read, hexadecimal: equal digests mean an untouched card."""


class Verdict(StrEnum):
    """What reading a card back proves about one order. ``N`` is the purchase count before it."""

    NOT_WRITTEN = "not-written"
    """The card still holds count N: nothing of the order is on it."""
    WRITTEN = "written"
    """Count N+1, the order's amount, return file empty: a meter will credit it."""
    LOADED = "loaded"
    """Count N+1 and the meter has already taken it."""
    TORN = "torn"
    """Part of the order is on the card; writing it again completes it."""
    FOREIGN = "foreign"
    """Another card, or counts that our own write cannot explain: a person must look."""
    UNKNOWN = "unknown"
    """The card could not be read: nothing is proved either way."""


class SealStage(StrEnum):
    """The two talks that a card needs with the head office's keys before it accepts data."""

    AUTHENTICATE = "authenticate"
    SEAL = "seal"


class SealRequest(Struct, frozen=True, kw_only=True):
    """What the head office must answer so that the card obeys. Bound to the card's present
    challenge.
    """

    order_no: str
    serial: str
    meter_no: str
    stage: SealStage
    challenge: str
    """The card's random number, hexadecimal: 8 bytes to authenticate, 4 bytes to seal."""
    commands: tuple[str, ...] = ()
    """SEAL: each command header with its plain data, hexadecimal, in writing order."""


class SealAnswer(Struct, frozen=True, kw_only=True):
    """The head office's answer to a `SealRequest`; all values hexadecimal."""

    stage: SealStage
    host_challenge: str = ""
    """AUTHENTICATE: 8 bytes that the card must answer (internal authentication)."""
    expected_response: str = ""
    """AUTHENTICATE: the answer that proves the card."""
    host_cryptogram: str = ""
    """AUTHENTICATE: our answer to the card's challenge (external authentication)."""
    macs: tuple[str, ...] = ()
    """SEAL: one 4-byte MAC for each command."""
