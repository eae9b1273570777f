"""Energy is an integer number of watt-hours (1 kWh = 1000 Wh)."""

WH_PER_KWH = 1000
WH_PER_WALLET_UNIT = 10
"""A card wallet that counts energy counts hundredths of a kilowatt-hour."""


def format_kwh(energy_wh: int) -> str:
    """Return ``energy_wh`` as kilowatt-hours with two decimals, rounded towards zero."""
    sign = "-" if energy_wh < 0 else ""
    kwh, wh = divmod(abs(energy_wh), WH_PER_KWH)
    return f"{sign}{kwh:,}.{wh // WH_PER_WALLET_UNIT:02d}"
