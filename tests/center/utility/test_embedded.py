"""The embedded utility, asked through the desk: who may buy, what it costs, within which limits."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from center.utility.embedded import EmbeddedUtility
from center.utility.seed import SeedAccount
from tests.center.orders.office import (
    NOW_MS,
    TERMINAL,
    Office,
    card,
    confirmed,
    notes,
    person,
    request,
)
from vending.card import CardKind, CardSnapshot, WalletUnit
from vending.messages import Account, Reason, Refused, TrialRequest, TrialResult, Vend
from vending.order_no import china_date
from vending.tariff import quote

DAY_MS = 86_400_000


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    assert made.violations() == []
    made.close()


def query(office: Office, snapshot: CardSnapshot) -> Account | Refused:
    """Ask the utility itself: the desk tells first what is owed."""
    return office.store.write(
        lambda connection: EmbeddedUtility().query_account(connection, snapshot, office.now_ms)
    )


def account(office: Office, who: SeedAccount, remaining: int = 100) -> Account:
    found = query(office, card(who, remaining=remaining))
    assert isinstance(found, Account)
    return found


def buy(
    office: Office, who: SeedAccount, paid_fen: int, count: int | None = None
) -> Vend | Refused:
    order_no = office.order_no()
    body = request(order_no, who, notes(order_no, paid_fen), count=count)
    return office.desk.vend(TERMINAL, body)


def trial(office: Office, who: SeedAccount, paid_fen: int) -> TrialResult | Refused:
    asked = TrialRequest(customer_no=who.customer_no, meter_no=who.meter_no, paid_fen=paid_fen)
    return office.desk.trial_vend(TERMINAL, asked)


def test_an_account_is_shown_masked(office: Office) -> None:
    found = account(office, person(1))
    assert (found.name_masked, found.address_masked) == ("王**", "春江花园 3 栋 5**")
    assert (found.purchase_count, found.balance_fen, found.arrears_fen) == (7, 36, 0)
    assert found.used_this_year_wh == 1_864_300
    assert found.tariff is not None
    assert found.limits.max_wallet_amount is None


def test_a_money_wallet_has_no_tariff_at_the_terminal(office: Office) -> None:
    found = account(office, person(2))
    assert (found.wallet_unit, found.tariff) == (WalletUnit.MONEY, None)


def test_a_card_of_which_nothing_was_sold_needs_no_meter_yet(office: Office) -> None:
    opening = card(person(5), returned=None, kind=CardKind.OPENING)
    assert isinstance(query(office, opening), Account)


REFUSALS = [
    (card(person(1), customer_no=person(2).customer_no), Reason.WRONG_METER, "another customer"),
    (card(person(1), customer_no="9", meter_no="8"), Reason.ACCOUNT_UNKNOWN, "nobody's"),
    (card(person(1), serial="F" * 16), Reason.ACCOUNT_UNKNOWN, "never issued"),
    (card(person(1), meter_no=person(2).meter_no), Reason.WRONG_METER, "another meter"),
    (card(person(1), serial=person(2).card_serial), Reason.WRONG_METER, "another meter's card"),
    (card(person(3), serial="A0000000000000F3"), Reason.CARD_REPLACED, "replaced"),
    (card(person(4)), Reason.ACCOUNT_BLOCKED, "blocked"),
    (card(person(1), wallet_unit=WalletUnit.MONEY), Reason.WALLET_MISMATCH, "unit"),
    (card(person(1), count=6), Reason.COUNT_MISMATCH, "behind"),
    (card(person(1), count=8), Reason.COUNT_MISMATCH, "ahead"),
    (card(person(1), returned=None), Reason.NOT_LOADED, "return file empty"),
    (card(person(1), returned=6), Reason.NOT_LOADED, "purchase before"),
    (card(person(5), returned=1), Reason.NOT_LOADED, "return file of something else"),
]


@pytest.mark.parametrize(
    ("snapshot", "reason"), [(s, r) for s, r, _ in REFUSALS], ids=[name for *_, name in REFUSALS]
)
def test_cards_that_cannot_buy(office: Office, snapshot: CardSnapshot, reason: Reason) -> None:
    assert query(office, snapshot) == Refused(reason)


def test_an_open_purchase_stops_the_next_one(office: Office) -> None:
    who = person(1)
    sold = buy(office, who, 10_000)
    assert isinstance(sold, Vend)
    assert query(office, card(who)) == Refused(Reason.ORDER_OPEN)
    assert query(office, card(who, count=8, returned=8)) == Refused(Reason.ORDER_OPEN)
    assert trial(office, who, 10_000) == Refused(Reason.ORDER_OPEN)
    office.report(confirmed(sold.order_no, sold.purchase_count))
    assert query(office, card(who, count=8, returned=None)) == Refused(Reason.NOT_LOADED)
    assert isinstance(query(office, card(who, count=8, returned=8)), Account)


@pytest.mark.parametrize(
    ("paid_fen", "reason"),
    [
        (0, Reason.BELOW_MINIMUM),
        (999, Reason.BELOW_MINIMUM),
        (200_100, Reason.ABOVE_MAXIMUM),
        (1_050, Reason.NOT_MULTIPLE),
    ],
)
def test_sums_outside_the_limits(office: Office, paid_fen: int, reason: Reason) -> None:
    who = person(1)
    assert trial(office, who, paid_fen) == Refused(reason)
    order_no = office.order_no()
    paid = notes(order_no, paid_fen) if paid_fen else ()
    assert office.desk.vend(TERMINAL, request(order_no, who, paid)) == Refused(reason)


def test_what_only_pays_arrears_buys_nothing(office: Office) -> None:
    assert trial(office, person(3), 4_300) == Refused(Reason.NOTHING_TO_BUY)
    assert buy(office, person(3), 4_300) == Refused(Reason.NOTHING_TO_BUY)


def test_a_trial_needs_an_account(office: Office) -> None:
    stranger = replace(person(1), customer_no="9", meter_no="8")
    assert trial(office, stranger, 10_000) == Refused(Reason.ACCOUNT_UNKNOWN)
    mixed = replace(person(1), meter_no=person(2).meter_no)
    assert trial(office, mixed, 10_000) == Refused(Reason.WRONG_METER)
    assert trial(office, person(4), 10_000) == Refused(Reason.ACCOUNT_BLOCKED)


def test_the_meter_is_not_overfilled(office: Office) -> None:
    """100,000 units fit in; the meter said on the card how many it holds."""
    who = person(3)
    found = account(office, who, remaining=99_000)
    assert found.limits.max_wallet_amount == 1_000
    assert trial(office, who, 20_000) == Refused(Reason.OVERSTOCK)
    assert buy(office, who, 20_000) == Refused(Reason.OVERSTOCK)
    assert account(office, who, remaining=200_000).limits.max_wallet_amount == 0
    account(office, who, remaining=50_000)
    assert isinstance(buy(office, who, 20_000), Vend)


def test_what_the_meter_said_before_a_purchase_does_not_count_after_it(office: Office) -> None:
    who = person(3)
    account(office, who, remaining=60_000)
    sold = buy(office, who, 20_000)
    assert isinstance(sold, Vend)
    office.report(confirmed(sold.order_no, sold.purchase_count))
    assert isinstance(trial(office, who, 50_000), TrialResult)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"card_serial": "F" * 16}, Reason.ACCOUNT_UNKNOWN),
        ({"card_serial": person(2).card_serial}, Reason.WRONG_METER),
        ({"meter_no": person(2).meter_no}, Reason.WRONG_METER),
        ({"purchase_count": 6}, Reason.COUNT_MISMATCH),
    ],
)
def test_a_sale_is_checked_again(office: Office, change: dict[str, object], reason: Reason) -> None:
    order_no = office.order_no()
    body = replace(request(order_no, person(1), notes(order_no, 10_000)), **change)
    assert office.desk.vend(TERMINAL, body) == Refused(reason)


def test_steps_are_counted_over_the_year_in_china(office: Office) -> None:
    who = person(3)
    used = who.used_this_year_wh
    for bought in (1, 2):
        sold = buy(office, who, 20_000, count=who.purchase_count + bought - 1)
        assert isinstance(sold, Vend)
        used += sold.quote.energy_wh
        office.report(confirmed(sold.order_no, sold.purchase_count))
    found = query(office, card(who, count=33))
    assert isinstance(found, Account)
    assert found.used_this_year_wh == used > 2_760_000
    office.now_ms += 38 * DAY_MS  # 1 January 2026 in China, still 2025 in UTC
    office.now_ms -= office.now_ms % DAY_MS + 8 * 3_600_000 - 1
    assert china_date(office.now_ms) == (2026, 1, 1)
    found = query(office, card(who, count=33))
    assert isinstance(found, Account)
    assert found.used_this_year_wh == 0
    sold = buy(office, who, 10_000, count=33)
    assert isinstance(sold, Vend)
    assert [line.step for line in sold.quote.lines] == [1]
    office.desk.cancel(TERMINAL, sold.order_no)
    assert query(office, card(who, count=33)) == found


def test_the_account_and_the_screen_price_alike(office: Office) -> None:
    who = person(3)
    found = account(office, who)
    assert found.tariff is not None
    shown = quote(
        found.tariff,
        used_wh=found.used_this_year_wh,
        arrears_fen=found.arrears_fen,
        balance_fen=found.balance_fen,
        paid_fen=20_000,
    )
    sold = buy(office, who, 20_000)
    assert isinstance(sold, Vend)
    assert sold.quote == shown
    assert sold.sold_at_ms == NOW_MS
