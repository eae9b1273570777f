"""Issue cards: write a new card's files, and put the demo's people on the bench.

The people are data: `bench/people.toml`. A card's chip knows its own keys; they come from the
issuer's master keys by the card's serial number, as in the utility's own issuing system.
"""

import secrets
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import card_files
from bench.card import EXTERNAL_TRIES, Card, Chip
from bench.card_crypto import IssuerKeys
from bench.card_memory import CardImage
from bench.card_other import ForeignCard, ReversedCard
from bench.meter import Meter, MeterState
from center.keys.soft import TEST_KEYS as OFFICE_TEST_KEYS
from vending.card import CardKind, WalletUnit

PEOPLE = Path(__file__).with_name("people.toml")
TEST_KEYS = IssuerKeys(
    internal=OFFICE_TEST_KEYS.internal,
    external=OFFICE_TEST_KEYS.external,
    mac=OFFICE_TEST_KEYS.mac,
)
"""The head office's published test keys: cards of the bench are worth nothing elsewhere."""

_BLANK_SERIAL = bytes.fromhex("1A00C400FFFF0B0B")
RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True, kw_only=True)
class Person:
    """An account of the demo: the facts that bench and head office must agree on."""

    customer_no: str
    meter_no: str
    card_serial: str
    name: str
    address: str
    wallet_unit: WalletUnit
    purchase_count: int
    balance_fen: int
    arrears_fen: int
    used_this_year_wh: int
    blocked: bool


@dataclass(frozen=True, kw_only=True)
class CardIssue:
    """What to write on a new user card. Amounts in the wallet's unit."""

    serial: bytes
    meter_no: str
    customer_no: str
    wallet_unit: WalletUnit
    purchase_count: int
    wallet_amount: int
    kind: CardKind = CardKind.PURCHASE
    loaded: bool = True
    """The meter has taken the last purchase and written its return file."""
    meter_remaining: int = 0
    """What the return file says; nothing is said on a card that is not loaded."""
    damaged: bool = False
    """The parameter file's checksum is wrong."""


@dataclass(frozen=True, kw_only=True)
class DemoCard:
    """A card on the bench's table, and who it belongs to."""

    name: str
    title_zh: str
    title_en: str
    chip: Chip
    person: Person | None
    meter: Meter | None
    """The meter at home that the card belongs to."""

    @property
    def card(self) -> Card | None:
        """The user card itself, whichever way round; None: a chip of another kind."""
        chip = self.chip.card if isinstance(self.chip, ReversedCard) else self.chip
        return chip if isinstance(chip, Card) else None


def issue(
    wanted: CardIssue,
    keys: IssuerKeys = TEST_KEYS,
    random_bytes: RandomBytes = secrets.token_bytes,
) -> Card:
    """Return a new user card."""
    image = CardImage(
        serial=wanted.serial,
        issued=True,
        public_info=bytes(card_files.PUBLIC_INFO_BYTES),
        parameters=_parameters(wanted),
        wallet=card_files.wallet_file(wanted.wallet_amount, wanted.purchase_count),
        tariff=bytes(card_files.TARIFF_BYTES),
        spare_tariff=bytes(card_files.TARIFF_BYTES),
        returned=_returned(wanted),
        external_tries_left=EXTERNAL_TRIES,
    )
    return Card(image, keys.for_card(wanted.serial), random_bytes)


def blank_card(
    serial: bytes = _BLANK_SERIAL,
    keys: IssuerKeys = TEST_KEYS,
    random_bytes: RandomBytes = secrets.token_bytes,
) -> Card:
    """Return a card as the factory delivers it: it has a serial number and no files yet."""
    image = CardImage(
        serial=serial,
        issued=False,
        public_info=b"\xff" * card_files.PUBLIC_INFO_BYTES,
        parameters=b"\xff" * card_files.PARAMETER_BYTES,
        wallet=b"\xff" * card_files.WALLET_BYTES,
        tariff=b"\xff" * card_files.TARIFF_BYTES,
        spare_tariff=b"\xff" * card_files.TARIFF_BYTES,
        returned=b"\xff" * card_files.RETURN_BYTES,
        external_tries_left=EXTERNAL_TRIES,
    )
    return Card(image, keys.for_card(serial), random_bytes)


def people(path: Path = PEOPLE) -> tuple[Person, ...]:
    """Return the accounts that the head office has."""
    return tuple(_person(table) for table in _tables(path)["account"])


def demo_cards(
    path: Path = PEOPLE,
    keys: IssuerKeys = TEST_KEYS,
    random_bytes: RandomBytes = secrets.token_bytes,
    clock: Callable[[], str] = lambda: "2601010000",
) -> tuple[DemoCard, ...]:
    """Return every card of the file, freshly issued, each with its meter.

    ``clock`` is the meters' (``yymmddhhmm``).
    """
    tables = _tables(path)
    known = {
        table["customer_no"]: _person(table)
        for table in (*tables["account"], *tables.get("stranger", ()))
    }
    return tuple(
        _demo_card(table, known.get(table["customer_no"]), keys, random_bytes, clock)
        for table in tables["card"]
    )


def _demo_card(
    table: dict[str, Any],
    person: Person | None,
    keys: IssuerKeys,
    random_bytes: RandomBytes,
    clock: Callable[[], str],
) -> DemoCard:
    chip: Chip
    meter: Meter | None = None
    if table["kind"] == "foreign":
        chip = ForeignCard()
    elif table["kind"] == "blank":
        chip = blank_card(keys=keys, random_bytes=random_bytes)
    elif person is not None:
        chip = issue(_card_issue(table, person), keys, random_bytes)
        meter = Meter(_meter_state(table, person), keys, clock)
    else:
        raise ValueError(f"card {table['name']!r}: no account {table['customer_no']!r}")
    return DemoCard(
        name=table["name"],
        title_zh=table["title_zh"],
        title_en=table["title_en"],
        chip=ReversedCard(chip) if table["fault"] == "reversed" else chip,
        person=person,
        meter=meter,
    )


def _card_issue(table: dict[str, Any], person: Person) -> CardIssue:
    return CardIssue(
        serial=bytes.fromhex(person.card_serial),
        meter_no=person.meter_no,
        customer_no=person.customer_no,
        wallet_unit=person.wallet_unit,
        purchase_count=person.purchase_count,
        wallet_amount=table["wallet_amount"],
        loaded=table["loaded"],
        meter_remaining=table["meter_remaining"],
        damaged=table["fault"] == "damaged",
    )


def _meter_state(table: dict[str, Any], person: Person) -> MeterState:
    return MeterState(
        meter_no=person.meter_no,
        wallet_unit=person.wallet_unit,
        customer_no=person.customer_no,
        card_serial=bytes.fromhex(person.card_serial),
        opened=True,
        purchase_count=person.purchase_count - (0 if table["loaded"] else 1),
        remaining=table["meter_remaining"],
        used_this_year_wh=person.used_this_year_wh,
    )


def _parameters(wanted: CardIssue) -> bytes:
    file = card_files.parameter_file(
        card_files.Parameters(
            meter_no=wanted.meter_no,
            customer_no=wanted.customer_no,
            kind=wanted.kind,
            wallet_unit=wanted.wallet_unit,
        )
    )
    if wanted.damaged:
        return file[:-2] + bytes([file[-2] ^ 0x5A]) + file[-1:]
    return file


def _returned(wanted: CardIssue) -> bytes:
    if not wanted.loaded:
        return bytes(card_files.RETURN_BYTES)
    return card_files.return_file(
        card_files.Returned(
            meter_no=wanted.meter_no,
            customer_no=wanted.customer_no,
            purchase_count=wanted.purchase_count,
            remaining=wanted.meter_remaining,
        )
    )


def _person(table: dict[str, Any]) -> Person:
    return Person(**{**table, "wallet_unit": WalletUnit(table["wallet_unit"])})


def _tables(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)
