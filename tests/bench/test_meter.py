"""What the meter does with a card: the firmware's table, row by row, and as properties."""

import contextlib
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.card import Card, Chip
from bench.card_crypto import IssuerKeys
from bench.card_files import is_return_empty, parse_return
from bench.card_memory import CardImage, PowerLost, TornByte
from bench.card_other import ForeignCard, ReversedCard
from bench.issue_card import TEST_KEYS, CardIssue, blank_card, issue
from bench.meter import CREDIT_LIMIT, Credit, Meter, MeterError, MeterState
from tests.bench.card_host import CUSTOMER_NO, METER_NO, PLAIN, SERIAL, vend, write_vend
from vending.card import CardKind, WalletUnit

NOT_LOADED = replace(PLAIN, purchase_count=8, wallet_amount=9_205, loaded=False)
NOW = "2607301142"


def meter_at(count: int = 7, remaining: int = 2_365) -> Meter:
    return Meter(
        MeterState(
            meter_no=METER_NO,
            wallet_unit=WalletUnit.ENERGY,
            customer_no=CUSTOMER_NO,
            card_serial=SERIAL,
            opened=True,
            purchase_count=count,
            remaining=remaining,
        ),
        TEST_KEYS,
        lambda: NOW,
    )


def new_meter() -> Meter:
    return Meter(MeterState(meter_no=METER_NO, wallet_unit=WalletUnit.ENERGY), TEST_KEYS)


def edited(wanted: CardIssue, **files: bytes) -> Card:
    """Return an issued card some of whose files were replaced."""
    image = issue(wanted).image
    values = {name: getattr(image, name) for name in image.__struct_fields__}
    return Card(CardImage(**{**values, **files}), TEST_KEYS.for_card(wanted.serial))


class PulledCard:
    """A card that somebody pulls out of the meter before its n-th command."""

    def __init__(self, card: Chip, commands_left: int) -> None:
        self._card = card
        self._commands_left = commands_left

    def reset(self) -> bytes:
        return self._card.reset()

    def power_off(self) -> None:
        self._card.power_off()

    def transmit(self, apdu: bytes) -> bytes:
        if self._commands_left == 0:
            self._card.power_off()
            raise PowerLost
        self._commands_left -= 1
        return self._card.transmit(apdu)


# -- the table -------------------------------------------------------------------------------------


def test_a_new_purchase_is_credited_and_reported_on_the_card() -> None:
    meter, card = meter_at(), issue(NOT_LOADED)
    result = meter.plug(card)
    credit = Credit(8, 9_205, SERIAL)
    assert (result.error, result.credited, result.return_written) == (None, credit, True)
    assert meter.state.remaining == 2_365 + 9_205
    assert meter.state.purchase_count == 8
    returned = parse_return(card.image.returned)
    assert (returned.purchase_count, returned.remaining, returned.written_at) == (8, 11_570, NOW)
    assert (returned.meter_no, returned.customer_no) == (METER_NO, CUSTOMER_NO)
    assert result.display_zh == "读卡成功 剩余电量 115.70 kWh"
    assert result.display_en == "card read, 115.70 kWh left"


def test_the_same_purchase_is_credited_once_however_often_the_card_comes() -> None:
    meter, card = meter_at(), issue(NOT_LOADED)
    results = [meter.plug(card) for _ in range(3)]
    assert [result.credited is not None for result in results] == [True, False, False]
    assert [result.error for result in results] == [None] * 3
    assert meter.state.credits == [Credit(8, 9_205, SERIAL)]


def test_a_return_file_that_was_not_cleared_stops_the_credit() -> None:
    meter, card = meter_at(), issue(replace(NOT_LOADED, loaded=True))
    result = meter.plug(card)
    assert (result.error, result.credited) == (MeterError.NOT_CLEARED, None)
    assert result.display_zh == "Err-34 (18) 返写文件未清空"
    assert result.display_en == "Err-34 (18) return file not cleared"
    assert parse_return(card.image.returned).purchase_count == 7


def test_a_count_that_leaps_is_not_credited_and_reported() -> None:
    meter, card = meter_at(count=6), issue(NOT_LOADED)
    result = meter.plug(card)
    assert (result.error, result.credited, result.return_written) == (MeterError.COUNT, None, True)
    assert parse_return(card.image.returned).purchase_count == 6


def test_an_old_card_is_not_credited_and_reported() -> None:
    meter, card = meter_at(count=9), issue(NOT_LOADED)
    result = meter.plug(card)
    assert (result.error, result.credited, result.return_written) == (None, None, True)
    assert parse_return(card.image.returned).purchase_count == 9


@pytest.mark.parametrize(
    ("remaining", "limit", "error"),
    [
        (0, 9_205, None),
        (0, 9_204, MeterError.LIMIT),
        (CREDIT_LIMIT - 9_205, CREDIT_LIMIT, None),
        (CREDIT_LIMIT - 9_204, CREDIT_LIMIT * 2, MeterError.LIMIT),
        (-1_000, 8_205, None),
    ],
)
def test_credit_beyond_the_limit_waits_on_the_card(
    remaining: int, limit: int, error: MeterError | None
) -> None:
    meter, card = meter_at(remaining=remaining), issue(NOT_LOADED)
    meter.state.overstock_limit = limit
    result = meter.plug(card)
    assert result.error is error
    assert (result.credited is None) == (error is not None)
    assert is_return_empty(card.image.returned) == (error is not None)


def test_credit_that_had_to_wait_is_taken_once_there_is_room() -> None:
    meter, card = meter_at(remaining=500), issue(NOT_LOADED)
    meter.state.overstock_limit = 9_300
    assert meter.plug(card).error is MeterError.LIMIT
    meter.consume(5_000_00)
    assert meter.plug(card).credited == Credit(8, 9_205, SERIAL)


REFUSED: list[tuple[str, MeterState | None, Chip, MeterError]] = [
    ("another meter's card", None, issue(replace(PLAIN, meter_no="1" * 12)), MeterError.METER_NO),
    (
        "another customer's card",
        None,
        issue(replace(PLAIN, customer_no="1" * 12)),
        MeterError.CUSTOMER_NO,
    ),
    ("a second card", None, issue(replace(PLAIN, serial=bytes(8))), MeterError.SERIAL),
    ("a damaged card", None, issue(replace(PLAIN, damaged=True)), MeterError.FRAME),
    (
        "a card that counts money",
        None,
        issue(replace(PLAIN, wallet_unit=WalletUnit.MONEY)),
        MeterError.KIND,
    ),
    ("a card never issued", None, blank_card(), MeterError.NOT_ISSUED),
    ("a foreign card", None, ForeignCard(), MeterError.ATR),
    ("a reversed card", None, ReversedCard(issue(PLAIN)), MeterError.ATR),
    (
        "another issuer's card",
        None,
        issue(PLAIN, IssuerKeys(internal=b"1" * 16, external=b"2" * 16, mac=b"3" * 16)),
        MeterError.EXTERNAL_AUTHENTICATION,
    ),
    (
        "a card with another seal key",
        None,
        issue(PLAIN, replace(TEST_KEYS, mac=b"3" * 16)),
        MeterError.MAC,
    ),
    (
        "a purchase card before the meter is opened",
        new_meter().state,
        issue(PLAIN),
        MeterError.PURCHASE_UNOPENED,
    ),
    (
        "a replacement card before the meter is opened",
        new_meter().state,
        issue(replace(PLAIN, kind=CardKind.REPLACEMENT)),
        MeterError.REPLACEMENT_UNOPENED,
    ),
    (
        "an opening card that has bought before",
        new_meter().state,
        issue(replace(NOT_LOADED, kind=CardKind.OPENING, purchase_count=2)),
        MeterError.COUNT,
    ),
]


@pytest.mark.parametrize(
    ("state", "card", "error"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused_cards_leave_meter_and_card_as_they_were(
    state: MeterState | None, card: Chip, error: MeterError
) -> None:
    meter = Meter(state or meter_at().state, TEST_KEYS)
    before = (meter.state.remaining, meter.state.purchase_count, meter.state.opened)
    result = meter.plug(card)
    assert (result.error, result.credited, result.return_written) == (error, None, False)
    assert result.display_zh.startswith(f"{error.shown} ({error.detail:02d})")
    assert (meter.state.remaining, meter.state.purchase_count, meter.state.opened) == before
    assert meter.state.illegal_insertions == 1
    if isinstance(card, Card):
        assert card.bytes_written == 0


def test_a_card_type_that_does_not_exist_is_refused() -> None:
    parameters = bytearray(issue(PLAIN).image.parameters)
    parameters[42] += 2
    parameters[43] = (parameters[43] + 2) % 256
    card = edited(PLAIN, parameters=bytes(parameters))
    assert meter_at().plug(card).error is MeterError.KIND


@pytest.mark.parametrize("count", [0, 1])
def test_an_opening_card_opens_the_meter_and_brings_its_first_purchase(count: int) -> None:
    opening = replace(NOT_LOADED, kind=CardKind.OPENING, purchase_count=count, wallet_amount=500)
    meter = new_meter()
    result = meter.plug(issue(opening))
    assert result.error is None
    assert meter.state.opened
    assert (meter.state.customer_no, meter.state.card_serial) == (CUSTOMER_NO, SERIAL)
    assert meter.state.remaining == 500 * count
    again = replace(NOT_LOADED, purchase_count=count + 1, wallet_amount=300)
    assert meter.plug(issue(again)).credited == Credit(count + 1, 300, SERIAL)


@pytest.mark.parametrize("count", [7, 8])
def test_a_replacement_card_becomes_the_card_in_use(count: int) -> None:
    lost, found = issue(PLAIN), bytes(range(8))
    meter = meter_at()
    replacement = replace(NOT_LOADED, kind=CardKind.REPLACEMENT, serial=found, purchase_count=count)
    assert meter.plug(issue(replacement)).error is None
    assert meter.state.remaining == 2_365 + (9_205 if count == 8 else 0)
    assert meter.state.card_serial == found
    assert meter.plug(lost).error is MeterError.SERIAL


# -- the table as a property -----------------------------------------------------------------------


@dataclass(frozen=True)
class Expected:
    """A row of the table for a card that belongs to the meter."""

    credits: bool
    error: MeterError | None


def row_for(ahead: int, cleared: bool) -> Expected:
    if ahead == 1:
        return Expected(True, None) if cleared else Expected(False, MeterError.NOT_CLEARED)
    return Expected(False, MeterError.COUNT if ahead >= 2 else None)


counts = st.integers(0, 2**32 - 1) | st.integers(0, 12)


@given(counts, counts | st.none(), st.integers(0, 500_000), st.booleans())
def test_every_card_of_the_meter_follows_its_row(
    meter_count: int, card_count: int | None, amount: int, cleared: bool
) -> None:
    count = min(meter_count + 1, 2**32 - 1) if card_count is None else card_count
    wanted = replace(PLAIN, purchase_count=count, wallet_amount=amount, loaded=not cleared)
    meter, card = meter_at(meter_count), issue(wanted)
    result = meter.plug(card)
    expected = row_for(count - meter_count, cleared)
    assert (result.credited is not None, result.error) == (expected.credits, expected.error)
    assert meter.state.remaining == 2_365 + (amount if expected.credits else 0)
    assert meter.state.purchase_count == meter_count + expected.credits
    returned = parse_return(card.image.returned)
    assert returned.purchase_count == meter.state.purchase_count
    assert returned.remaining == meter.state.remaining


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9_000), st.booleans()), max_size=12))
def test_credit_is_the_sum_of_distinct_purchases_whatever_cards_come(
    visits: list[tuple[int, int, bool]],
) -> None:
    meter, highest = meter_at(remaining=0), 7
    for ahead, amount, cleared in visits:
        count = highest - 1 + ahead
        wanted = replace(PLAIN, purchase_count=count, wallet_amount=amount, loaded=not cleared)
        meter.plug(issue(wanted))
        highest = meter.state.purchase_count
    taken = [credit.purchase_count for credit in meter.state.credits]
    assert taken == list(range(8, 8 + len(taken)))
    assert meter.state.remaining == sum(credit.amount for credit in meter.state.credits)


# -- a card that leaves too early ------------------------------------------------------------------


def commands_of_a_visit() -> int:
    """Return how many commands a meter gives a card with a new purchase."""
    for commands in range(100):
        if meter_at().plug(PulledCard(issue(NOT_LOADED), commands)).error is None:
            return commands
    raise AssertionError("a visit that never ends")


@pytest.mark.parametrize("commands", range(commands_of_a_visit()))
def test_a_card_pulled_early_is_credited_once_in_the_end(commands: int) -> None:
    meter, card = meter_at(), issue(NOT_LOADED)
    first = meter.plug(PulledCard(card, commands))
    assert (first.error, first.return_written) == (MeterError.PULLED, False)
    second = meter.plug(card)
    assert second.error is None
    assert [first.credited, second.credited].count(Credit(8, 9_205, SERIAL)) == 1
    assert meter.state.credits == [Credit(8, 9_205, SERIAL)]
    assert parse_return(card.image.returned).purchase_count == 8


@given(st.integers(0, 49))
def test_a_return_file_torn_by_the_meter_costs_no_credit(after: int) -> None:
    meter, card = meter_at(), issue(NOT_LOADED)
    card.tear_after(after)
    result = meter.plug(card)
    assert (result.error, result.credited) == (MeterError.PULLED, Credit(8, 9_205, SERIAL))
    assert meter.plug(card).error is None
    assert meter.state.credits == [Credit(8, 9_205, SERIAL)]
    assert parse_return(card.image.returned).remaining == 2_365 + 9_205


@pytest.mark.parametrize("count", [7, 255, 65_535])
@given(after=st.integers(0, 57), torn=st.sampled_from(TornByte))
def test_a_purchase_torn_by_a_terminal_is_credited_whole_or_not_at_all(
    count: int, after: int, torn: TornByte
) -> None:
    meter, card = meter_at(count), issue(replace(PLAIN, purchase_count=count))
    sold = vend(count + 1, 9_205)
    card.tear_after(after, torn)
    with contextlib.suppress(PowerLost):  # a last byte that is torn apart is no power cut after it
        write_vend(card, sold)
    card.forget_tear()
    meter.plug(card)
    credit = Credit(count + 1, 9_205, SERIAL)
    assert meter.state.credits in ([], [credit])
    write_vend(card, sold)
    meter.plug(card)
    assert meter.state.credits == [credit]
