"""Taking must-arrive reports, each once. A report is a fact: what does not fit becomes an alarm."""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, select

from center.cash import intake
from center.cash.place import Place
from center.orders import alarm, bills, carrier, cash, health, selling
from center.orders import order as orders
from center.orders.alarm import Code
from center.orders.cash import Found
from center.orders.order import Identity, Order
from center.orders.port import ReportConflict
from center.orders.state import FINISHED, OrderState, Resolution
from center.orders.work import Work
from center.staff import trail
from center.store.engine import insert_if_absent
from center.store.tables import reports
from vending.card import Verdict
from vending.cash import Business, CashReport, PeriodAnswer, PeriodFrozen, StaffDeed
from vending.health import Health
from vending.messages import (
    Alarm,
    NoteInSuspense,
    NoteTaken,
    OrderAbandoned,
    OrderOpened,
    OrderParked,
    Refused,
    Report,
    ReportEnvelope,
    VendConfirmed,
)

_REPORT: msgspec.json.Decoder[Report] = msgspec.json.Decoder(Report)
PROOFS = frozenset({Verdict.WRITTEN, Verdict.LOADED})
"""Verdicts that prove a sale delivered."""


def take(work: Work, envelope: ReportEnvelope) -> PeriodAnswer | None:
    """Keep the report and do what it says, unless it was taken before. Raises ReportConflict.

    Returns what is to be answered: the same again to a report that was taken before.
    """
    body = msgspec.json.encode(envelope.report).decode()
    key = {
        "terminal_no": work.terminal_no,
        "journal_id": envelope.journal_id,
        "report_no": envelope.report_no,
    }
    row = {**key, "received_at_ms": work.now_ms, "body": body}
    if not insert_if_absent(work.connection, reports, row):
        if _held(work.connection, key) != envelope.report:
            raise ReportConflict(f"report {envelope.report_no} was taken with another body")
        return _answer_again(work, envelope.report)
    order_no: str | None = getattr(envelope.report, "order_no", None)
    if order_no is None or _may_speak(work, envelope.report, order_no):
        return _TAKERS[type(envelope.report)](work, envelope.report)
    _take_of_another(work, envelope.report, order_no)
    return None


def _may_speak(work: Work, report: Any, order_no: str) -> bool:
    """The terminal that made an order; of how it was delivered also those that were told of it."""
    if isinstance(report, VendConfirmed | OrderParked):
        return carrier.is_party(work.connection, work.terminal_no, order_no)
    return orders.is_own(work.terminal_no, order_no)


def _take_opened(work: Work, report: OrderOpened) -> None:
    identity = Identity(
        opened_at_ms=report.opened_at_ms,
        customer_no=report.customer_no,
        meter_no=report.meter_no,
        card_serial=report.card_serial,
        business=report.business,
        months=report.months,
    )
    order = orders.find_or_open(work.connection, report.order_no, identity, work.now_ms)
    identified = orders.identify(order, identity)
    if identified is None:
        work.alarm(report.order_no, Code.ORDER_CONFLICT, "opened again as something else")
    else:
        orders.save(work.connection, order, identified, work.now_ms)


def _take_abandoned(work: Work, report: OrderAbandoned) -> None:
    order = orders.find_or_open(work.connection, report.order_no, None, work.now_ms)
    if order.state is OrderState.OPENED:
        abandoned = orders.move(order, OrderState.ABANDONED)
        orders.save(work.connection, order, abandoned, work.now_ms)
    elif order.state is not OrderState.ABANDONED:
        detail = f"{order.paid_fen} fen were paid, the order is {order.state}"
        work.alarm(report.order_no, Code.ABANDONED_WITH_MONEY, detail)


def _take_note(work: Work, report: NoteTaken) -> None:
    if not _has_value(work, report.order_no, report):
        return
    order = orders.find_or_open(work.connection, report.order_no, None, work.now_ms)
    if order.business is Business.BILL:
        after = bills.take_note(work, order, report.note)
    else:
        after = cash.take(work.connection, order, report.note, work.now_ms)
    orders.save(work.connection, order, after, work.now_ms)


def _take_suspense(work: Work, report: NoteInSuspense) -> None:
    near = report.near_order_no
    if near is not None and not orders.is_own(work.terminal_no, near):
        near = None
    if report.certain and not _has_value(work, near, report):
        return
    found = Found(
        note=report.note,
        near_order_no=near,
        place=Place.UNASSIGNED if report.certain else Place.UNCERTAIN,
        code=Code.NOTE_IN_SUSPENSE if report.certain else Code.NOTE_UNCERTAIN,
    )
    cash.set_aside(work.connection, work.terminal_no, found, work.now_ms)


def _take_confirmed(work: Work, report: VendConfirmed) -> None:
    if report.verdict not in PROOFS:
        work.alarm(report.order_no, Code.CONFIRMED_WITHOUT_PROOF, f"verdict {report.verdict}")
        return
    order = orders.find_or_open(work.connection, report.order_no, None, work.now_ms)
    if order.state is OrderState.REFUNDED:
        detail = f"{order.paid_fen} fen were refunded, and the card turns out to be written"
        work.alarm(report.order_no, Code.CONFIRMED_AFTER_REFUND, detail)
        return
    closed = selling.confirm(work, order, report.purchase_count)
    if isinstance(closed, Refused):
        work.alarm(report.order_no, Code.CONFIRMATION_REFUSED, closed.reason)
    elif closed.state is not order.state:
        proved = replace(closed, verdict=report.verdict, card_digest=report.card_digest)
        orders.save(work.connection, order, proved, work.now_ms)


def _take_parked(work: Work, report: OrderParked) -> None:
    order = orders.find_or_open(work.connection, report.order_no, None, work.now_ms)
    if order.business is Business.BILL and order.state is OrderState.CONFIRMED:
        return  # posted from the books before its terminal had told that it gave up
    if order.state in FINISHED:
        detail = f"the order is {order.state}, its card {report.verdict or 'was not seen'}"
        work.alarm(report.order_no, Code.PARKED_AFTER_END, detail)
        return
    parked = _judged(_released(order, work.terminal_no), report)
    orders.save(work.connection, order, parked, work.now_ms)
    work.alarm(report.order_no, Code.ORDER_PARKED, report.why)
    if report.paid_fen != order.paid_fen:
        detail = f"the terminal says {report.paid_fen} fen, the books {order.paid_fen}"
        work.alarm(report.order_no, Code.PAID_DIFFERS, detail)


def _released(order: Order, terminal_no: str) -> Order:
    """Park the order; whoever had taken it upon itself to deliver it again has given up."""
    parked = replace(order, parked=True)
    if (order.resolution, order.resold_by) == (Resolution.RESELL, terminal_no):
        return replace(parked, resolution=None)
    return parked


def _judged(order: Order, report: OrderParked) -> Order:
    """Keep what the card was judged, and with how many seals known.

    Reports of two terminals may come in any order. A card proved unwritten stays so while nobody
    is given new seals, even if somebody could not read it; and one that was found written stays
    that, whatever was seen before. What was judged with other seals known is older than what holds.
    """
    if order.is_verdict_good and report.seals != order.seals and report.verdict not in PROOFS:
        return replace(order, parked_why=report.why)
    proved = order.verdict is Verdict.NOT_WRITTEN and order.is_verdict_good
    if proved and report.verdict in {None, Verdict.UNKNOWN}:
        return replace(order, parked_why=report.why)
    if order.verdict in PROOFS and report.verdict not in PROOFS:
        return replace(order, parked_why=report.why)
    known = order.seals if report.seals == order.seals else None
    return replace(order, parked_why=report.why, verdict=report.verdict, verdict_seals=known)


def _take_alarm(work: Work, report: Alarm) -> None:
    alarm.forward(work.connection, work.terminal_no, report.code, report.detail, report.at_ms)


def _take_period(work: Work, report: CashReport) -> PeriodAnswer:
    return intake.take_report(work.connection, work.terminal_no, report, work.now_ms)


def _answer_again(work: Work, report: Report) -> PeriodAnswer | None:
    if not isinstance(report, CashReport):
        return None
    return intake.answer_again(work.connection, work.terminal_no, report)


def _take_frozen(work: Work, report: PeriodFrozen) -> None:
    intake.take_frozen(work.connection, work.terminal_no, report, work.now_ms)


def _take_deed(work: Work, report: StaffDeed) -> None:
    """Keep what somebody did at the machine, at the terminal's own time."""
    step = trail.Step(
        what=report.what,
        terminal_no=work.terminal_no,
        staff=report.staff or None,
        witness=report.witness or None,
        detail=report.detail,
    )
    trail.add(work.connection, step, report.at_ms)


def _take_health(work: Work, report: Health) -> None:
    health.keep(work.connection, work.terminal_no, report, work.now_ms)


_TAKERS: dict[type[Any], Callable[[Work, Any], PeriodAnswer | None]] = {
    OrderOpened: _take_opened,
    OrderAbandoned: _take_abandoned,
    NoteTaken: _take_note,
    NoteInSuspense: _take_suspense,
    VendConfirmed: _take_confirmed,
    OrderParked: _take_parked,
    Alarm: _take_alarm,
    CashReport: _take_period,
    PeriodFrozen: _take_frozen,
    StaffDeed: _take_deed,
    Health: _take_health,
}


def _take_of_another(work: Work, report: Any, order_no: str) -> None:
    """The order is not touched; a note is in this terminal's box all the same."""
    detail = f"{type(report).__name__} about an order that this terminal has not made"
    work.alarm(order_no, Code.ORDER_OF_ANOTHER, detail)
    if isinstance(report, NoteTaken) and _has_value(work, None, report):
        found = Found(
            note=report.note,
            near_order_no=None,
            place=Place.UNASSIGNED,
            code=Code.NOTE_IN_SUSPENSE,
        )
        cash.set_aside(work.connection, work.terminal_no, found, work.now_ms)


def _has_value(work: Work, order_no: str | None, report: NoteTaken | NoteInSuspense) -> bool:
    if report.note.value_fen > 0:
        return True
    work.alarm(order_no, Code.NOTE_WITHOUT_VALUE, f"note {report.note.note_id}")
    return False


def _held(connection: Connection, key: dict[str, Any]) -> Report:
    """Return what was taken, as it reads today: earlier software wrote fewer fields."""
    body = connection.execute(select(reports.c.body).filter_by(**key)).scalar_one()
    return _REPORT.decode(body)
