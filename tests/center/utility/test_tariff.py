"""What money buys: the one pure function that both sides price with, by property."""

from hypothesis import given
from hypothesis import strategies as st

from vending.energy import WH_PER_WALLET_UNIT
from vending.tariff import HAO_WH_PER_FEN, Quote, Tariff, TariffStep, check_tariff, quote

MONEY = st.integers(0, 1_000_000)
USED = st.integers(0, 6_000_000)


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    ends = sorted(draw(st.sets(st.integers(1, 5_000_000), max_size=4)))
    prices = draw(st.lists(st.integers(1, 20_000), min_size=len(ends) + 1, max_size=len(ends) + 1))
    steps = [TariffStep(end, price) for end, price in zip([*ends, None], prices, strict=True)]
    return Tariff("t", tuple(steps))


def of(tariff: Tariff, used: int, paid: int, balance: int = 0, arrears: int = 0) -> Quote:
    return quote(tariff, used_wh=used, arrears_fen=arrears, balance_fen=balance, paid_fen=paid)


@given(tariffs(), USED, MONEY, MONEY, MONEY)
def test_every_fen_is_accounted_for(
    tariff: Tariff, used: int, paid: int, balance: int, arrears: int
) -> None:
    check_tariff(tariff)
    q = of(tariff, used, paid, balance, arrears)
    assert q.paid_fen + q.balance_before_fen == q.arrears_fen + q.energy_fen + q.balance_after_fen
    assert min(q.arrears_fen, q.energy_fen, q.energy_wh, q.balance_after_fen) >= 0
    assert q.energy_fen == sum(line.cost_fen for line in q.lines)
    assert q.energy_wh == sum(line.energy_wh for line in q.lines)


@given(tariffs(), USED, MONEY, MONEY)
def test_arrears_are_collected_first_and_never_more(
    tariff: Tariff, used: int, paid: int, arrears: int
) -> None:
    q = of(tariff, used, paid, arrears=arrears)
    assert q.arrears_fen == min(arrears, paid)
    assert q.energy_wh == 0 or q.arrears_fen == arrears


@given(tariffs(), USED, MONEY)
def test_each_line_lies_in_its_step_and_costs_its_price_rounded_up(
    tariff: Tariff, used: int, paid: int
) -> None:
    for line in of(tariff, used, paid).lines:
        step = tariff.steps[line.step - 1]
        assert line.price_hao_per_kwh == step.price_hao_per_kwh
        assert line.energy_wh > 0
        assert line.energy_wh % WH_PER_WALLET_UNIT == 0
        used += line.energy_wh
        assert step.until_wh is None or used <= step.until_wh
        exact = line.energy_wh * line.price_hao_per_kwh
        assert exact <= line.cost_fen * HAO_WH_PER_FEN < exact + HAO_WH_PER_FEN


@given(tariffs(), USED, MONEY)
def test_what_is_left_does_not_pay_for_one_more_unit(tariff: Tariff, used: int, paid: int) -> None:
    q = of(tariff, used, paid)
    used += q.energy_wh
    step = next(
        s for s in tariff.steps if s.until_wh is None or s.until_wh - used >= WH_PER_WALLET_UNIT
    )
    assert q.balance_after_fen * HAO_WH_PER_FEN < WH_PER_WALLET_UNIT * step.price_hao_per_kwh


@given(tariffs(), USED, MONEY, st.integers(0, 10_000))
def test_more_money_never_buys_less(tariff: Tariff, used: int, paid: int, more: int) -> None:
    assert of(tariff, used, paid + more).energy_wh >= of(tariff, used, paid).energy_wh


@given(tariffs(), USED, MONEY, MONEY)
def test_buying_twice_costs_at_most_the_roundings(
    tariff: Tariff, used: int, first: int, second: int
) -> None:
    """The remainder of the first purchase is the balance of the second, so nothing is lost."""
    one = of(tariff, used, first)
    two = of(tariff, used + one.energy_wh, second, balance=one.balance_after_fen)
    whole = of(tariff, used, first + second)
    split = one.energy_wh + two.energy_wh
    cheapest = min(step.price_hao_per_kwh for step in tariff.steps)
    rounding_fen = len(one.lines) + len(two.lines)
    assert whole.energy_wh >= split
    room = (rounding_fen * HAO_WH_PER_FEN) // cheapest + WH_PER_WALLET_UNIT * len(tariff.steps)
    assert whole.energy_wh - split <= room


@given(MONEY)
def test_a_flat_tariff_buys_the_most_that_the_money_pays_for(paid: int) -> None:
    q = of(Tariff("flat", (TariffStep(None, 5_380),)), 0, paid)
    units = q.energy_wh // WH_PER_WALLET_UNIT

    def cost_fen(count: int) -> int:
        return -(-count * WH_PER_WALLET_UNIT * 5_380 // HAO_WH_PER_FEN)

    assert cost_fen(units) <= paid < cost_fen(units + 1)
