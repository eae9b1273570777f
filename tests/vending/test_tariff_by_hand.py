"""What money buys, worked out on paper; the general properties are tested beside the utility."""

import pytest

from vending.tariff import Quote, QuoteLine, Tariff, TariffStep, check_tariff, quote

STEPS = Tariff(
    "resident",
    (TariffStep(2_160_000, 5_380), TariffStep(4_200_000, 5_880), TariffStep(None, 8_380)),
)


def buy(paid_fen: int, used_wh: int = 0, arrears_fen: int = 0, balance_fen: int = 0) -> Quote:
    return quote(
        STEPS,
        used_wh=used_wh,
        arrears_fen=arrears_fen,
        balance_fen=balance_fen,
        paid_fen=paid_fen,
    )


def test_a_hundred_yuan_in_the_first_step() -> None:
    """100 / 0.538 = 185.8736 kWh; 185.87 cost 99.99806, so 100.00; nothing stays."""
    got = buy(10_000)
    assert got.lines == (QuoteLine(1, 5_380, 185_870, 10_000),)
    assert (got.energy_wh, got.energy_fen, got.balance_after_fen) == (185_870, 10_000, 0)


def test_the_remainder_stays_on_the_account_and_pays_next_time() -> None:
    """0.50 yuan buy 0.92 kWh for 0.49496, so 0.50. 0.06 buy 0.11 kWh (0.05918), 0.03 buy 0.05
    (0.0269, so 0.03). One fen buys 0.01 kWh (0.00538, so 0.01).
    """
    assert (buy(50).energy_wh, buy(50).balance_after_fen) == (920, 0)
    assert (buy(6).energy_wh, buy(3).energy_wh, buy(1).energy_wh) == (110, 50, 10)


def test_a_remainder_too_small_for_one_unit_is_kept() -> None:
    dear = Tariff("dear", (TariffStep(None, 25_000),))
    got = quote(dear, used_wh=0, arrears_fen=0, balance_fen=1, paid_fen=3)
    assert (got.energy_wh, got.energy_fen, got.balance_after_fen) == (10, 3, 1)


def test_a_purchase_across_two_steps() -> None:
    """10 kWh are left in step 1 and cost 5.38; 94.62 / 0.588 = 160.9183 kWh; 160.91 cost 94.62."""
    got = buy(10_000, used_wh=2_150_000)
    assert got.lines == (
        QuoteLine(1, 5_380, 10_000, 538),
        QuoteLine(2, 5_880, 160_910, 9_462),
    )
    assert (got.energy_wh, got.balance_after_fen) == (170_910, 0)


def test_a_purchase_across_three_steps() -> None:
    """2040 kWh of step 2 cost 1199.52; 0.48 yuan are left: 0.57 kWh of step 3 for 0.47766."""
    got = buy(120_000, used_wh=2_160_000)
    assert got.lines == (
        QuoteLine(2, 5_880, 2_040_000, 119_952),
        QuoteLine(3, 8_380, 570, 48),
    )


def test_exactly_to_the_end_of_a_step_opens_no_other() -> None:
    got = buy(538, used_wh=2_150_000)
    assert got.lines == (QuoteLine(1, 5_380, 10_000, 538),)
    assert got.balance_after_fen == 0


def test_less_than_a_unit_of_room_in_a_step_is_sold_at_the_next_price() -> None:
    """5 Wh are left in step 1: no wallet unit fits, and none is sold at the lower price."""
    got = buy(588, used_wh=2_159_995)
    assert got.lines == (QuoteLine(2, 5_880, 10_000, 588),)


def test_arrears_come_first_and_the_balance_helps() -> None:
    got = buy(10_000, arrears_fen=4_632, balance_fen=12)
    assert (got.arrears_fen, got.energy_wh, got.energy_fen) == (4_632, 100_000, 5_380)
    assert got.balance_after_fen == 0


def test_arrears_may_take_everything() -> None:
    got = buy(10_000, arrears_fen=12_000, balance_fen=500)
    assert (got.arrears_fen, got.energy_wh, got.balance_after_fen, got.lines) == (10_500, 0, 0, ())


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (TariffStep(100, 1),),
        (TariffStep(None, 1), TariffStep(None, 1)),
        (TariffStep(200, 1), TariffStep(100, 1), TariffStep(None, 1)),
        (TariffStep(100, 1), TariffStep(100, 1), TariffStep(None, 1)),
        (TariffStep(0, 1), TariffStep(None, 1)),
        (TariffStep(None, 0),),
    ],
)
def test_a_tariff_that_makes_no_sense_is_refused(steps: tuple[TariffStep, ...]) -> None:
    with pytest.raises(ValueError, match="tariff"):
        check_tariff(Tariff("bad", steps))


def test_a_tariff_that_makes_sense_is_not() -> None:
    check_tariff(STEPS)
