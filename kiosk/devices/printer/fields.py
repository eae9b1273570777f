"""The words that a layout file can name in braces, made from a paper. Empty: there is none."""

from kiosk.devices.printer.formats import china_time
from kiosk.flow.paper import CashPaper, Paper, SelfTestPaper, Slip
from vending.energy import format_kwh
from vending.money import format_yuan
from vending.order_no import grouped

_COMMON = frozenset({"operator", "phone", "terminal", "date", "reason", "todo"})
_SLIP = frozenset(
    {
        *("order_no", "order_digits", "customer_no", "meter_no", "name", "paid", "arrears"),
        *("balance_before", "balance_after", "energy", "money", "count", "vended", "not_vended"),
        *("receipt_no", "settled", "not_settled", "excess"),
    }
)
_CASH = frozenset(
    {
        *("period_no", "opened", "closed", "staff", "witness", "box_id", "bag_no", "copy"),
        *("total", "notes", "loose", "uncertain", "incomplete"),
        *("agrees", "disagrees", "unanswered"),
    }
)
_TEST = frozenset({"version"})
FIELDS = _COMMON | _SLIP | _CASH | _TEST
"""Names for every part of every layout. Those that another kind of paper has are empty.

``operator`` is the company, ``staff`` the person who cleared. For conditions only: ``vended``,
``not_vended``, ``not_settled``, ``excess``, ``copy``, ``agrees``, ``disagrees``, ``unanswered``.
"""
_NONE = dict.fromkeys(FIELDS, "")


def paper_fields(paper: Paper) -> dict[str, str]:
    """Return the fields that come from the paper itself; the others are empty."""
    common = {"terminal": paper.terminal_no, "date": china_time(paper.at_ms)}
    match paper:
        case Slip():
            own = _slip_fields(paper)
        case CashPaper():
            own = _cash_fields(paper)
        case SelfTestPaper():
            own = {"version": paper.software_version}
        case _:
            own = {}
    return _NONE | common | own


def _slip_fields(slip: Slip) -> dict[str, str]:
    vended = bool(slip.energy_wh or slip.wallet_money_fen)
    return {
        "order_no": grouped(slip.order_no),
        "order_digits": slip.order_no,
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
        "vended": _yes(vended),
        "not_vended": _yes(not vended),
        "receipt_no": slip.receipt_no,
        "settled": _unless_zero(sum(month.due_fen for month in slip.months)),
        "not_settled": _yes(not slip.months),
        "excess": _yes(slip.balance_after_fen > 0),
    }


def _cash_fields(paper: CashPaper) -> dict[str, str]:
    figures = paper.figures
    uncertain = [note for note in figures.loose if not note.certain]
    return {
        "period_no": str(paper.period_no),
        "opened": china_time(paper.opened_at_ms) if paper.opened_at_ms else "-",
        "closed": "" if paper.closed_at_ms is None else china_time(paper.closed_at_ms),
        "staff": paper.operator,
        "witness": paper.witness,
        "box_id": paper.box_id,
        "bag_no": paper.bag_no,
        "copy": _yes(paper.copy),
        "total": format_yuan(figures.expected_fen),
        "notes": str(figures.notes),
        "loose": _unless_zero(figures.loose_fen),
        "uncertain": str(len(uncertain)) if uncertain else "",
        "incomplete": str(len(figures.incomplete)) if figures.incomplete else "",
        "agrees": _yes(paper.agrees is True),
        "disagrees": _yes(paper.agrees is False),
        "unanswered": _yes(paper.agrees is None),
    }


def _yes(holds: bool) -> str:
    return "yes" if holds else ""


def _unless_zero(amount_fen: int) -> str:
    return format_yuan(amount_fen) if amount_fen else ""
