"""Cash clearing (清机) by somebody of the staff: who may do what, and what is told and printed.

The page is not trusted: the rights of whoever is signed in are judged here. Leaving the page, a
time-out or a restart in the middle changes nothing about the box: sign in again and go on.
"""

from kiosk.cashbox import clearing
from kiosk.cashbox.count import figures
from kiosk.flow import staff_event
from kiosk.flow.box import sensor_sees
from kiosk.flow.care import Staff
from kiosk.flow.cash_paper import clearing_slip, x_report
from kiosk.flow.command import Command, PrintPaper, Tell
from kiosk.flow.deeds import Deed, deed
from kiosk.flow.paper import CashPaper
from kiosk.flow.phase import Phase
from kiosk.flow.rules import Step, on
from kiosk.flow.session import Session
from kiosk.flow.view import CashView
from vending.rights import Right, may

# -- what may be done ------------------------------------------------------------------------------


def cash_view(session: Session) -> CashView:
    """Return what the staff's page shows of the cash; for a role with `Right.SEE_CASH`.

    ``may_start`` and ``needs_second`` are never both true: with a second person beside the first
    the one turns into the other.
    """
    cash, clears = session.cash, _who(session, Right.CLEAR_CASH)
    printing = _printing(session)
    return CashView(
        cash=cash,
        figures=figures(cash.period),
        may_start=_starter(session) is not None,
        may_cancel=clears is not None and clearing.may_cancel(cash),
        may_end=clears is not None and clearing.may_end(cash, sensor_sees=sensor_sees(session)),
        needs_second=clears is not None and clearing.may_start(cash) and _is_alone(session, clears),
        printing=printing[0] if printing else "",
        print_failed=session.slip_failed and not printing,
    )


def _who(session: Session, right: Right) -> Staff | None:
    """Return who is signed in, if that right is theirs."""
    staff = session.staff
    return staff if staff and may(staff.role, right) else None


def _is_alone(session: Session, staff: Staff) -> bool:
    """Tell whether the site wants a second person beside this one."""
    return session.policy.clearing_by_two and staff.witness in {"", staff.name}


def _starter(session: Session) -> Staff | None:
    """Return who is signed in, if they may begin now, or take up what was disturbed."""
    staff = _who(session, Right.CLEAR_CASH)
    if staff is None or not clearing.may_start(session.cash) or _is_alone(session, staff):
        return None
    return staff


def _printing(session: Session) -> tuple[str, ...]:
    """Return the numbers of the papers about cash that are being printed, the oldest first."""
    papers = (wish.paper for wish in session.pending if isinstance(wish, PrintPaper))
    return tuple(paper.number for paper in papers if isinstance(paper, CashPaper))


# -- the way through a clearing --------------------------------------------------------------------


@on(Phase.STAFF, staff_event.ClearingStarted)
def start(session: Session, event: staff_event.ClearingStarted) -> Step:
    """From now on no customer is served; or: somebody answers for a box that was disturbed."""
    staff, cash = _starter(session), session.cash
    if staff is None:
        return session, ()
    what = Deed.CLEARING_STARTED if cash.is_open else Deed.CLEARING_TAKEN_UP
    begun = clearing.start(cash, clearing.Who(staff.name, staff.witness), event.at_ms)
    told = deed(session, event.at_ms, what, _period(cash.period.period_no))
    return session.to(Phase.STAFF, cash=begun), (told,)


@on(Phase.STAFF, staff_event.ClearingCancelled)
def cancel(session: Session, event: staff_event.ClearingCancelled) -> Step:
    """The box was not touched: the period goes on."""
    cash = session.cash
    if _who(session, Right.CLEAR_CASH) is None or not clearing.may_cancel(cash):
        return session, ()
    told = deed(session, event.at_ms, Deed.CLEARING_CANCELLED, _period(cash.period.period_no))
    return session.to(Phase.STAFF, cash=clearing.cancel(cash)), (told,)


@on(Phase.STAFF, staff_event.ClearingEnded)
def end(session: Session, event: staff_event.ClearingEnded) -> Step:
    """The period closes, the next one begins; told and printed in the same moment."""
    staff = _who(session, Right.CLEAR_CASH)
    if staff is None:
        return session, ()
    ended = clearing.end(
        session.cash,
        clearing.Who(staff.name, staff.witness),
        clearing.Typed(event.box_id, event.new_box_id, event.bag_no),
        event.at_ms,
        sensor_sees=sensor_sees(session),
    )
    if ended is None:
        return session, ()
    number = ended.closed.period_no
    told = deed(session, event.at_ms, Deed.CLEARING_ENDED, _period(number))
    after = session.to(Phase.STAFF, cash=ended.cash, slip_failed=False)
    slip = PrintPaper(paper=clearing_slip(after, ended.closed, event.at_ms))
    return after, (Tell(report=ended.report), told, slip)


@on(Phase.STAFF, staff_event.CashReportWanted)
def print_report(session: Session, event: staff_event.CashReportWanted) -> Step:
    """On paper: how the open period stands, or a closed one once more."""
    paper = _paper(session, event) if _who(session, Right.SEE_CASH) else None
    if paper is None or paper.number in _printing(session):
        return session, ()
    told = deed(session, event.at_ms, Deed.CASH_PRINTED, paper.number)
    printing: tuple[Command, ...] = (told, PrintPaper(paper=paper))
    return session.to(Phase.STAFF, slip_failed=False), printing


def _paper(session: Session, event: staff_event.CashReportWanted) -> CashPaper | None:
    if event.period_no == session.cash.period.period_no:
        return x_report(session, event.at_ms)
    closed = clearing.closed_period(session.cash, event.period_no)
    return clearing_slip(session, closed, event.at_ms, copy=True) if closed else None


def _period(number: int) -> str:
    return f"period {number}"
