"""What money buys: a step tariff with yearly accumulation, arrears first, the remainder kept.

One pure function answers for both sides, so that what the screen promises is what the head office
sells. A step's price is in hao (毫, 1/10,000 yuan) per kWh, the finest unit Chinese tariffs use.
"""

from msgspec import Struct

from vending.energy import WH_PER_WALLET_UNIT

HAO_WH_PER_FEN = 100_000
"""1 fen = 100 hao, and a price is per 1000 Wh: hao/kWh x Wh / 100,000 = fen."""


class TariffStep(Struct, frozen=True):
    """Energy up to ``until_wh`` in the tariff year has this price; None: no upper end."""

    until_wh: int | None
    price_hao_per_kwh: int


class Tariff(Struct, frozen=True):
    """Steps in rising order; the last one has no upper end."""

    name: str
    steps: tuple[TariffStep, ...]


class QuoteLine(Struct, frozen=True):
    """One step's part of a purchase: its number from 1, price, energy and cost."""

    step: int
    price_hao_per_kwh: int
    energy_wh: int
    cost_fen: int


class Quote(Struct, frozen=True, kw_only=True):
    """How a payment divides. paid + balance_before = arrears + energy cost + balance_after."""

    paid_fen: int
    balance_before_fen: int
    arrears_fen: int
    """Collected by this payment, not what is owed."""
    energy_fen: int
    energy_wh: int
    balance_after_fen: int
    lines: tuple[QuoteLine, ...]


def check_tariff(tariff: Tariff) -> None:
    """Raise ValueError when the steps do not rise, a price is not positive or there is an end."""
    if not tariff.steps or tariff.steps[-1].until_wh is not None:
        raise ValueError("the last step of a tariff must have no upper end")
    ends = [step.until_wh for step in tariff.steps[:-1]]
    rising = [end for end in ends if end is not None]
    if len(rising) != len(ends) or any(b <= a for a, b in zip([0, *rising], rising, strict=False)):
        raise ValueError("the upper ends of a tariff's steps must rise")
    if any(step.price_hao_per_kwh <= 0 for step in tariff.steps):
        raise ValueError("a tariff's price must be positive")


def quote(
    tariff: Tariff, *, used_wh: int, arrears_fen: int, balance_fen: int, paid_fen: int
) -> Quote:
    """Return what ``paid_fen`` buys for an account.

    ``used_wh`` is the energy already bought in this tariff year, ``balance_fen`` what earlier
    purchases left on the account. Energy is a whole number of wallet units (0.01 kWh).
    """
    available_fen = paid_fen + balance_fen
    arrears_paid_fen = min(arrears_fen, available_fen)
    lines = tuple(_lines(tariff, used_wh, available_fen - arrears_paid_fen))
    energy_fen = sum(line.cost_fen for line in lines)
    return Quote(
        paid_fen=paid_fen,
        balance_before_fen=balance_fen,
        arrears_fen=arrears_paid_fen,
        energy_fen=energy_fen,
        energy_wh=sum(line.energy_wh for line in lines),
        balance_after_fen=available_fen - arrears_paid_fen - energy_fen,
        lines=lines,
    )


def _lines(tariff: Tariff, used_wh: int, money_fen: int) -> list[QuoteLine]:
    lines: list[QuoteLine] = []
    for number, step in enumerate(tariff.steps, start=1):
        room_wh = None if step.until_wh is None else max(0, step.until_wh - used_wh)
        energy_wh = _energy_for(money_fen, step.price_hao_per_kwh)
        if room_wh is not None:
            energy_wh = min(energy_wh, room_wh - room_wh % WH_PER_WALLET_UNIT)
        if energy_wh:
            cost_fen = -(-energy_wh * step.price_hao_per_kwh // HAO_WH_PER_FEN)
            lines.append(QuoteLine(number, step.price_hao_per_kwh, energy_wh, cost_fen))
            money_fen -= cost_fen
            used_wh += energy_wh
        if room_wh is None or energy_wh < room_wh - room_wh % WH_PER_WALLET_UNIT:
            break
    return lines


def _energy_for(money_fen: int, price_hao_per_kwh: int) -> int:
    energy_wh = money_fen * HAO_WH_PER_FEN // price_hao_per_kwh
    return energy_wh - energy_wh % WH_PER_WALLET_UNIT
