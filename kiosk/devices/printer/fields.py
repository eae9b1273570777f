"""The words that a layout file can name in braces, made from a slip. Empty: there is none."""

from kiosk.flow.paper import Paper, Slip, SlipLine
from vending.energy import format_kwh
from vending.money import format_yuan
from vending.order_no import china_date, grouped

HAO_PER_YUAN = 10_000
_CHINA_OFFSET_MIN = 8 * 60

SLIP_FIELDS = frozenset(
    {
        "operator",
        "phone",
        "terminal",
        "order_no",
        "order_digits",
        "date",
        "customer_no",
        "meter_no",
        "name",
        "paid",
        "arrears",
        "balance_before",
        "balance_after",
        "energy",
        "money",
        "count",
        "vended",
        "not_vended",
        "reason",
        "todo",
    }
)
"""Names for every part of a layout; ``vended`` and ``not_vended`` are for conditions only."""
STEP_FIELDS = frozenset({"step", "price", "energy", "cost"})
NOTE_FIELDS = frozenset({"value", "count", "sum"})


def paper_fields(paper: Paper) -> dict[str, str]:
    """Return the fields that come from the paper itself."""
    if isinstance(paper, Slip):
        return slip_fields(paper)
    return {"terminal": paper.terminal_no, "date": china_time(paper.at_ms)}


def slip_fields(slip: Slip) -> dict[str, str]:
    """Return the fields that come from the slip itself."""
    vended = bool(slip.energy_wh or slip.wallet_money_fen)
    return {
        "terminal": slip.terminal_no,
        "order_no": grouped(slip.order_no),
        "order_digits": slip.order_no,
        "date": china_time(slip.at_ms),
        "customer_no": grouped(slip.customer_no),
        "meter_no": grouped(slip.meter_no),
        "name": slip.name_masked,
        "paid": format_yuan(slip.paid_fen),
        "arrears": _unless_zero(slip.arrears_fen),
        "balance_before": _unless_zero(slip.balance_before_fen),
        "balance_after": format_yuan(slip.balance_after_fen),
        "energy": format_kwh(slip.energy_wh) if slip.energy_wh else "",
        "money": _unless_zero(slip.wallet_money_fen or 0),
        "count": "" if slip.purchase_count is None else str(slip.purchase_count),
        "vended": "yes" if vended else "",
        "not_vended": "" if vended else "yes",
    }


def step_fields(line: SlipLine) -> dict[str, str]:
    """Return the fields of one step of the tariff."""
    return {
        "step": str(line.step),
        "price": format_price(line.price_hao_per_kwh),
        "energy": format_kwh(line.energy_wh),
        "cost": format_yuan(line.cost_fen),
    }


def note_fields(notes_fen: tuple[int, ...]) -> list[dict[str, str]]:
    """Return the fields of each denomination that was paid with, the largest first."""
    return [
        {
            "value": format_yuan(value_fen).removesuffix(".00"),
            "count": str(notes_fen.count(value_fen)),
            "sum": format_yuan(value_fen * notes_fen.count(value_fen)),
        }
        for value_fen in sorted(set(notes_fen), reverse=True)
    ]


def format_price(price_hao_per_kwh: int) -> str:
    """Return a price in yuan per kWh with four decimals: 5380 gives ``"0.5380"``."""
    yuan, hao = divmod(price_hao_per_kwh, HAO_PER_YUAN)
    return f"{yuan}.{hao:04d}"


def china_time(at_ms: int) -> str:
    """Return UTC milliseconds as date and time in China: ``2026-11-24 09:46``."""
    year, month, day = china_date(at_ms)
    minute = (at_ms // 60_000 + _CHINA_OFFSET_MIN) % (24 * 60)
    return f"{year}-{month:02d}-{day:02d} {minute // 60:02d}:{minute % 60:02d}"


def _unless_zero(amount_fen: int) -> str:
    return format_yuan(amount_fen) if amount_fen else ""
