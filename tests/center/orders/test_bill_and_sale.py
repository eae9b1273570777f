"""A customer who buys energy and pays bills from one account."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from center.utility import bills
from center.utility.seed import SeedAccount, parse_seed, plant
from tests.center.orders.billing import Counter, pay_request
from tests.center.orders.office import NOW_MS, TERMINAL, confirmed, notes, request
from vending.bill import MonthBill
from vending.messages import Vend

MONTH = "2025-10"
ACCOUNT = """
[[tariff]]
name = "dear"
steps = [{price_hao_per_kwh = 15_000}]

[[account]]
customer_no = "400000000001"
meter_no = "500000000001"
card_serial = "B000000000000001"
name = "钱多"
address = "春江花园"
wallet_unit = "energy"
tariff = "dear"
"""
SEED = parse_seed(ACCOUNT)
QIAN: SeedAccount = SEED.accounts[0]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Counter]:
    made = Counter(tmp_path)
    made.store.write(lambda connection: plant(connection, SEED, NOW_MS))
    yield made
    assert made.violations() == []
    made.close()


def sell(office: Counter) -> str:
    """A sale that is open; one fen of it is kept on the account."""
    order_no = office.order_no()
    vend = office.desk.vend(TERMINAL, request(order_no, QIAN, notes(order_no, 10_000)))
    assert isinstance(vend, Vend)
    assert vend.quote.balance_after_fen == 1
    return order_no


def bill(office: Counter, amount_fen: int) -> None:
    month = MonthBill(month=MONTH, energy_wh=1, amount_fen=amount_fen)
    office.store.write(lambda connection: bills.add(connection, QIAN.customer_no, month, NOW_MS))


def pay(office: Counter, *values_fen: int) -> tuple[str, ...]:
    order_no = office.order_no()
    asked = pay_request(order_no, notes(order_no, *values_fen), (MONTH,), QIAN.customer_no)
    return office.pay(asked).settlement.months


def test_what_an_open_sale_keeps_pays_no_bill_before_it_is_proved(office: Counter) -> None:
    """Else the sale could not be given up any more: what it kept would be spent."""
    sale = sell(office)
    bill(office, 1_001)
    assert office.bill(QIAN.customer_no).balance_fen == 0
    assert pay(office, 1_000) == ()
    assert office.bill(QIAN.customer_no).balance_fen == 1_000
    assert isinstance(office.desk.cancel(TERMINAL, sale), Vend)
    assert office.bill(QIAN.customer_no).balance_fen == 1_000
    assert office.balance("suspense", sale) == 10_000


def test_a_proved_sale_leaves_what_it_kept_to_bills(office: Counter) -> None:
    sale = sell(office)
    bill(office, 1_001)
    office.report(confirmed(sale, 1))
    assert pay(office, 1_000) == (MONTH,)
    assert office.bill(QIAN.customer_no).balance_fen == 0
