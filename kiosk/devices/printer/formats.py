"""Numbers and times as they stand on paper."""

from vending.money import format_yuan
from vending.order_no import china_date

HAO_PER_YUAN = 10_000
_CHINA_OFFSET_MIN = 8 * 60


def format_price(price_hao_per_kwh: int) -> str:
    """Return a price in yuan per kWh with four decimals: 5380 gives ``"0.5380"``."""
    yuan, hao = divmod(price_hao_per_kwh, HAO_PER_YUAN)
    return f"{yuan}.{hao:04d}"


def whole_yuan(value_fen: int) -> str:
    """Return the value of a banknote: 10000 gives ``"100"``, 50 gives ``"0.50"``."""
    return format_yuan(value_fen).removesuffix(".00")


def china_time(at_ms: int) -> str:
    """Return UTC milliseconds as date and time in China: ``2026-11-24 09:46``."""
    year, month, day = china_date(at_ms)
    minute = (at_ms // 60_000 + _CHINA_OFFSET_MIN) % (24 * 60)
    return f"{year}-{month:02d}-{day:02d} {minute // 60:02d}:{minute % 60:02d}"
