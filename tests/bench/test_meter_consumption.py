"""How a meter counts down what was bought: whole hundredths, steps of the year, overdraft."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bench.card_files import parse_return
from bench.issue_card import issue
from bench.meter import PlugResult
from tests.bench.card_host import PLAIN
from tests.bench.test_meter import meter_at
from vending.card import WalletUnit
from vending.tariff import Tariff, TariffStep


@given(st.lists(st.integers(0, 5_000), max_size=20))
def test_an_energy_meter_counts_down_whole_hundredths_and_loses_nothing(used: list[int]) -> None:
    meter = meter_at(remaining=100_000)
    for energy_wh in used:
        meter.consume(energy_wh)
    assert meter.state.remaining == 100_000 - sum(used) // 10
    assert meter.state.used_wh == sum(used)


@given(st.lists(st.integers(0, 900_000), max_size=12))
def test_a_money_meter_charges_by_the_steps_of_the_year(used: list[int]) -> None:
    meter = meter_at(remaining=0)
    meter.state.wallet_unit = WalletUnit.MONEY
    meter.state.tariff = Tariff(
        "steps",
        (TariffStep(1_000_000, 5_000), TariffStep(2_000_000, 5_500), TariffStep(None, 8_000)),
    )
    for energy_wh in used:
        meter.consume(energy_wh)
    total_wh = sum(used)
    cost = 5_000 * total_wh + 500 * max(0, total_wh - 1_000_000)
    cost += 2_500 * max(0, total_wh - 2_000_000)
    assert meter.state.remaining == -(cost // 100_000)


def test_a_new_year_starts_at_the_first_step_again() -> None:
    meter = meter_at(remaining=0)
    meter.state.wallet_unit = WalletUnit.MONEY
    meter.state.tariff = Tariff("steps", (TariffStep(1_000, 1_000), TariffStep(None, 9_000)))
    meter.consume(1_000)
    meter.begin_year()
    meter.consume(1_000)
    assert meter.state.remaining == -20
    assert meter.state.used_this_year_wh == 1_000


def test_overdraft_is_shown_and_reported() -> None:
    meter, card = meter_at(remaining=100), issue(PLAIN)
    meter.consume(2_500)
    assert meter.plug(card).display_zh == "读卡成功 剩余电量 -1.50 kWh"
    returned = parse_return(card.image.returned)
    assert (returned.remaining, returned.overdraft) == (0, 150)


def test_a_money_meter_shows_yuan() -> None:
    meter = meter_at(remaining=1_874)
    meter.state.wallet_unit = WalletUnit.MONEY
    result: PlugResult = meter.plug(issue(replace(PLAIN, wallet_unit=WalletUnit.MONEY)))
    assert result.display_zh == "读卡成功 剩余金额 18.74 元"
    assert result.display_en == "card read, 18.74 yuan left"
