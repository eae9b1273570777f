"""What goes on paper about a period of the cash box."""

from kiosk.cashbox.box import ClosedPeriod
from kiosk.cashbox.count import figures
from kiosk.flow.paper import CashPaper
from kiosk.flow.session import Session

CLEARING = "clearing"
X_REPORT = "x-report"


def x_report(session: Session, at_ms: int) -> CashPaper:
    """Return the figures of the open period, which goes on."""
    period = session.cash.period
    return CashPaper(
        layout=X_REPORT,
        language=session.language,
        terminal_no=session.policy.terminal_no,
        at_ms=at_ms,
        period_no=period.period_no,
        opened_at_ms=period.opened_at_ms,
        closed_at_ms=None,
        operator=session.staff.name if session.staff else "",
        box_id=period.box_id,
        openings=period.openings,
        figures=figures(period),
    )


def clearing_slip(
    session: Session, closed: ClosedPeriod, at_ms: int, *, copy: bool = False
) -> CashPaper:
    """Return the slip of a closed period, with the head office's word if it is known."""
    return CashPaper(
        layout=CLEARING,
        language=session.language,
        terminal_no=session.policy.terminal_no,
        at_ms=at_ms,
        period_no=closed.period_no,
        opened_at_ms=closed.opened_at_ms,
        closed_at_ms=closed.closed_at_ms,
        operator=closed.operator,
        witness=closed.witness,
        box_id=closed.box_id,
        bag_no=closed.bag_no,
        openings=closed.openings,
        figures=closed.figures,
        agrees=closed.answer.agrees if closed.answer else None,
        copy=copy,
    )


def is_about_cash(number: str) -> bool:
    """Tell whether a paper with this number is one of ours."""
    return number.rpartition("-")[0] in {CLEARING, X_REPORT}


def period_of(number: str) -> int | None:
    """Return the closed period that a paper with this number is about; None: another paper."""
    layout, _, period_no = number.rpartition("-")
    return int(period_no) if layout == CLEARING and period_no.isdecimal() else None
