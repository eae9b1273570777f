"""Take accounts over from a flat TOML file: `[[account]]` tables, optional `[[tariff]]` tables, and
`[[post_paid]]` tables of customers who get bills.

An account that the head office already has is left alone: its books have gone on since. Tables of
other names in the file are not read. Keys and their shapes: `SeedAccount`, `SeedTariff`,
`SeedPostPaid`.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct, field
from sqlalchemy import Connection

from center.ledger import book, rules
from center.store.engine import insert_if_absent
from center.store.tables import cards, customers, meters, tariffs
from center.utility import bills
from center.utility.account import pack_steps
from vending.bill import MonthBill
from vending.card import WalletUnit
from vending.order_no import china_date
from vending.tariff import Tariff, TariffStep, check_tariff

T = TypeVar("T")

Number = Annotated[str, Meta(pattern=r"^[0-9A-Za-z-]{1,20}$")]
Serial = Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{16}$")]
Amount = Annotated[int, Meta(ge=0, le=10**12)]
Positive = Annotated[int, Meta(ge=1, le=10**12)]

RESIDENTIAL = Tariff(
    "residential",
    (TariffStep(2_760_000, 5_380), TariffStep(4_800_000, 5_880), TariffStep(None, 8_380)),
)
"""Residents below 1 kV with a meter of their own in Zhejiang: the yearly steps in force since 2012
(浙江省居民阶梯电价). An installation states its own."""

DEFAULT_MIN_FEN = 1_000
DEFAULT_MAX_FEN = 200_000
DEFAULT_MULTIPLE_FEN = 100


class SeedError(ValueError):
    """The file cannot be used. The text names the entry and what is wrong with it."""


class SeedTariff(Struct, frozen=True, kw_only=True):
    """A tariff; its last step has no ``until_wh``."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    steps: list["SeedStep"]


class SeedStep(Struct, frozen=True, kw_only=True):
    """One step; see `vending.tariff.TariffStep`."""

    price_hao_per_kwh: Positive
    until_wh: Positive | None = None


class SeedAccount(Struct, frozen=True, kw_only=True):
    """One customer with one meter and one card."""

    customer_no: Number
    meter_no: Number
    card_serial: Serial
    name: Annotated[str, Meta(min_length=1, max_length=120)]
    address: Annotated[str, Meta(max_length=240)]
    wallet_unit: WalletUnit
    purchase_count: Amount = 0
    balance_fen: Amount = 0
    arrears_fen: Amount = 0
    used_this_year_wh: Amount = 0
    blocked: bool = False
    replaced_card_serials: list[Serial] = field(default_factory=list)
    tariff: str = RESIDENTIAL.name
    min_fen: Positive = DEFAULT_MIN_FEN
    max_fen: Positive = DEFAULT_MAX_FEN
    multiple_fen: Positive = DEFAULT_MULTIPLE_FEN
    overstock_amount: Amount | None = None


class SeedPostPaid(Struct, frozen=True, kw_only=True):
    """One customer who pays afterwards: no meter card, a bill for each month."""

    customer_no: Number
    name: Annotated[str, Meta(min_length=1, max_length=120)]
    address: Annotated[str, Meta(max_length=240)]
    balance_fen: Amount = 0
    bills: list["SeedBill"] = field(default_factory=list)


class SeedBill(Struct, frozen=True, kw_only=True):
    """One month that is not paid; see `vending.bill.MonthBill`."""

    month: Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
    energy_wh: Amount
    amount_fen: Positive
    late_fee_fen: Amount = 0


class Seed(Struct, frozen=True, kw_only=True):
    """What a file holds."""

    tariffs: tuple[Tariff, ...]
    accounts: tuple[SeedAccount, ...]
    post_paid: tuple[SeedPostPaid, ...] = ()


def read_seed(path: Path) -> Seed:
    """Return what the file holds. Raises SeedError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SeedError(f"{path.name}: {error.strerror}") from error
    try:
        return parse_seed(text)
    except SeedError as error:
        raise SeedError(f"{path.name}: {error}") from error


def parse_seed(text: str) -> Seed:
    """Return what a file's text holds. Raises SeedError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SeedError(str(error)) from error
    named = [_tariff(entry) for entry in _entries(data, "tariff", SeedTariff, "name")]
    if RESIDENTIAL.name not in {tariff.name for tariff in named}:
        named.append(RESIDENTIAL)
    accounts = _entries(data, "account", SeedAccount, "customer_no")
    post_paid = _entries(data, "post_paid", SeedPostPaid, "customer_no")
    _refuse_repeats(accounts)
    _refuse_customer_twice(accounts, post_paid)
    _refuse_unknown_tariffs(accounts, {tariff.name for tariff in named})
    return Seed(tariffs=tuple(named), accounts=tuple(accounts), post_paid=tuple(post_paid))


def plant(connection: Connection, seed: Seed, now_ms: int) -> int:
    """Take over what the head office does not have yet; return how many customers that were.

    Raises SeedError; the unit of work must then fail as a whole.
    """
    for tariff in seed.tariffs:
        insert_if_absent(connection, tariffs, {"name": tariff.name, "steps": pack_steps(tariff)})
    planted = [_plant(connection, account, now_ms) for account in seed.accounts]
    planted += [_plant_post_paid(connection, customer, now_ms) for customer in seed.post_paid]
    return sum(planted)


def _plant(connection: Connection, account: SeedAccount, now_ms: int) -> bool:
    if not insert_if_absent(connection, customers, _customer_row(account)):
        return False
    if not insert_if_absent(connection, meters, _meter_row(account, china_date(now_ms)[0])):
        raise SeedError(f"account {account.customer_no}: the meter belongs to another customer")
    serials = [(account.card_serial, False)]
    serials += [(serial, True) for serial in account.replaced_card_serials]
    for serial, replaced in serials:
        row = {"serial": serial.upper(), "meter_no": account.meter_no, "replaced": replaced}
        if not insert_if_absent(connection, cards, row):
            raise SeedError(f"account {account.customer_no}: card {serial} is another meter's")
    _open_books(connection, account.customer_no, account.balance_fen, account.arrears_fen, now_ms)
    return True


def _plant_post_paid(connection: Connection, customer: SeedPostPaid, now_ms: int) -> bool:
    row = {
        "customer_no": customer.customer_no,
        "name": customer.name,
        "address": customer.address,
        "blocked": False,
        "balance_fen": customer.balance_fen,
        "arrears_fen": 0,
    }
    if not insert_if_absent(connection, customers, row):
        return False
    for bill in customer.bills:
        month = MonthBill(**msgspec.structs.asdict(bill))
        bills.add(connection, customer.customer_no, month, now_ms)
    _open_books(connection, customer.customer_no, customer.balance_fen, 0, now_ms)
    return True


def _open_books(
    connection: Connection, customer_no: str, balance_fen: int, arrears_fen: int, now_ms: int
) -> None:
    opening = rules.opening(customer_no, balance_fen, arrears_fen)
    if opening is not None:
        book.post(connection, [opening], now_ms)


def _customer_row(account: SeedAccount) -> dict[str, Any]:
    return {
        "customer_no": account.customer_no,
        "name": account.name,
        "address": account.address,
        "blocked": account.blocked,
        "balance_fen": account.balance_fen,
        "arrears_fen": account.arrears_fen,
    }


def _meter_row(account: SeedAccount, year: int) -> dict[str, Any]:
    return {
        "meter_no": account.meter_no,
        "customer_no": account.customer_no,
        "wallet_unit": account.wallet_unit.value,
        "tariff": account.tariff,
        "purchase_count": account.purchase_count,
        "tariff_year": year,
        "used_wh": account.used_this_year_wh,
        "min_fen": account.min_fen,
        "max_fen": account.max_fen,
        "multiple_fen": account.multiple_fen,
        "overstock_amount": account.overstock_amount,
    }


def _entries(data: dict[str, Any], table: str, kind: type[T], key: str) -> list[T]:
    """Return every ``[[table]]`` of the file, or say which entry is wrong and how."""
    raw = data.get(table, [])
    if not isinstance(raw, list):
        raise SeedError(f"write [[{table}]], in double brackets")
    entries = []
    for number, item in enumerate(raw, start=1):
        try:
            entries.append(msgspec.convert(item, kind))
        except msgspec.ValidationError as error:
            label = item.get(key, "?") if isinstance(item, dict) else "?"
            raise SeedError(f"{table} {number} ({label}): {error}") from error
    return entries


def _tariff(entry: SeedTariff) -> Tariff:
    steps = tuple(TariffStep(step.until_wh, step.price_hao_per_kwh) for step in entry.steps)
    tariff = Tariff(entry.name, steps)
    try:
        check_tariff(tariff)
    except ValueError as error:
        raise SeedError(f"tariff {entry.name}: {error}") from error
    return tariff


def _refuse_repeats(accounts: list[SeedAccount]) -> None:
    seen: set[tuple[str, str]] = set()
    for account in accounts:
        serials = [account.card_serial, *account.replaced_card_serials]
        keys = [("customer_no", account.customer_no), ("meter_no", account.meter_no)]
        keys += [("card_serial", serial.upper()) for serial in serials]
        for key in keys:
            if key in seen:
                raise SeedError(f"account {account.customer_no}: {key[0]} {key[1]} stands twice")
            seen.add(key)


def _refuse_customer_twice(accounts: list[SeedAccount], post_paid: list[SeedPostPaid]) -> None:
    seen = {account.customer_no for account in accounts}
    for customer in post_paid:
        months = [bill.month for bill in customer.bills]
        if customer.customer_no in seen:
            raise SeedError(f"post_paid {customer.customer_no}: the customer stands twice")
        if len(set(months)) < len(months):
            raise SeedError(f"post_paid {customer.customer_no}: a month stands twice")
        seen.add(customer.customer_no)


def _refuse_unknown_tariffs(accounts: list[SeedAccount], names: set[str]) -> None:
    for account in accounts:
        if account.tariff not in names:
            raise SeedError(f"account {account.customer_no}: there is no tariff {account.tariff!r}")
