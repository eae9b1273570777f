"""What the cash box learns from facts and wishes, whatever the phase is.

Notes are counted from what is told of them: each is told exactly once, so each is counted once.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from kiosk.cashbox import clearing, count
from kiosk.cashbox.box import CashBox, Period
from kiosk.flow import event as ev
from kiosk.flow.cash_paper import is_about_cash, period_of
from kiosk.flow.command import Command, PrintSlip, Tell
from kiosk.flow.device import Device, DeviceState, Fault
from kiosk.flow.phase import Phase
from kiosk.flow.rules import Step
from kiosk.flow.session import PartStatus, Session
from vending.cash import Business, PeriodFrozen
from vending.messages import Alarm, Ending, NoteInSuspense, NoteTaken, VendConfirmed

BOX_REMOVED_UNANNOUNCED = "box-removed-unannounced"

_BOX_IS_IN = {Fault.BOX_FULL, Fault.PAUSED}
_WORKING = {DeviceState.OK, DeviceState.LOW}

# -- the sensor ------------------------------------------------------------------------------------


def is_in(acceptor: PartStatus) -> bool | None:
    """Tell whether the box is in by the acceptor's word; None: it says nothing about the box."""
    if acceptor.fault is Fault.BOX_REMOVED:
        return False
    return True if acceptor.state in _WORKING or acceptor.fault in _BOX_IS_IN else None


def sensor_sees(session: Session) -> bool:
    """Tell whether the acceptor will tell of the box, now or when it has started."""
    acceptor = session.part(Device.ACCEPTOR)
    return acceptor.state is DeviceState.STARTING or is_in(acceptor) is not None


# -- from facts ------------------------------------------------------------------------------------


def observe(session: Session, event: ev.Event) -> Step:
    """Take note of what happens to the box, its periods and their slips."""
    cash = session.cash
    match event:
        case ev.DeviceChanged(device=Device.ACCEPTOR):
            return _sensed(session, event)
        case ev.Restarted():
            return _with(session, clearing.opened(cash, event.at_ms)), ()
        case ev.SignedInAt():
            return _with(session, clearing.go_on_after(cash, event.last_period_no)), ()
        case ev.PeriodAnswered():
            return _with(session, clearing.answered(cash, event.answer)), ()
        case ev.SlipPrinted():
            period_no = period_of(event.order_no)
            return _with(session, clearing.printed(cash, period_no) if period_no else cash), ()
        case ev.SlipFailed() if _is_wanted(session, event.order_no):
            return session.but(slip_failed=True), ()
        case _:
            return session, ()


def _is_wanted(session: Session, number: str) -> bool:
    """Tell whether somebody of the staff is there to hear that a paper did not come out."""
    return session.phase in {Phase.STAFF, Phase.TESTING} and is_about_cash(number)


def _with(session: Session, cash: CashBox) -> Session:
    return session if cash is session.cash else session.but(cash=cash)


def _sensed(session: Session, event: ev.DeviceChanged) -> Step:
    seen = is_in(PartStatus(event.state, event.fault))
    if seen is None:
        return session, ()
    if seen:
        return _with(session, clearing.returned(session.cash, event.at_ms)), ()
    staff = session.staff.name if session.staff else ""
    after = clearing.removed(session.cash, event.at_ms, staff)
    unannounced = after is not session.cash and not after.operator
    return _with(session, after), _disturbed(
        session.cash, event.at_ms, staff
    ) if unannounced else ()


def _disturbed(before: CashBox, at_ms: int, staff: str) -> tuple[Command, ...]:
    """Each time an alarm; the first time also the period's figures, frozen as evidence.

    A sensor with a loose contact has soon said enough: further alarms would say nothing new.
    """
    if len(before.period.openings) >= clearing.OPENINGS_KEPT:
        return ()
    number = before.period.period_no
    alarm = Alarm(code=BOX_REMOVED_UNANNOUNCED, detail=f"period {number}", at_ms=at_ms)
    if not before.is_open:
        return (Tell(report=alarm),)
    figures = count.figures(before.period)
    frozen = PeriodFrozen(period_no=number, at_ms=at_ms, staff=staff, figures=figures)
    return Tell(report=frozen), Tell(report=alarm)


# -- from wishes -----------------------------------------------------------------------------------


def counted(session: Session, event: ev.Event, wishes: Iterable[Command]) -> Session:
    """Return the session with what a step told taken into the period."""
    period = _ended(session.cash.period, event)
    for wish in wishes:
        match wish:
            case Tell(report=NoteTaken() as taken):
                business = _business(session, taken.order_no)
                period = count.paid(period, taken.order_no, business, taken.note)
            case Tell(report=NoteInSuspense() as held):
                near, certain = held.near_order_no, held.certain
                period = count.loose(period, held.note, near, certain=certain)
            case Tell(report=VendConfirmed() as confirmed):
                period = count.completed(period, confirmed.order_no)
            case PrintSlip():
                period = count.slip_out(period, wish.order_no)
    if period is session.cash.period:
        return session
    return session.but(cash=replace(session.cash, period=period))


def _ended(period: Period, event: ev.Event) -> Period:
    """Some orders come to their end by the head office's word alone."""
    match event:
        case ev.BillPosted():
            return count.completed(period, event.paid.order_no)
        case ev.OrderEnded(how=Ending.DELIVERED):
            return count.completed(period, event.order_no)
        case _:
            return period


def _business(session: Session, order_no: str) -> Business:
    bill = session.bill
    return Business.BILL if bill and bill.order_no == order_no else Business.ENERGY
