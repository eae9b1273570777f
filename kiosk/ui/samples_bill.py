"""The states of somebody who pays a bill: the way in, the months, the notes, what came of it."""

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from kiosk.flow.event import CardFault, Device, DeviceState, Fault
from kiosk.flow.phase import Cause, Notice, Phase, Why
from kiosk.flow.screen import Screen, screen
from kiosk.flow.session import BillOrder, PartStatus, Session
from kiosk.ui.pages.bill import BillPage
from kiosk.ui.samples import AT_MS, PAPER_OUT, TERMINAL_NO, Sample, session
from kiosk.ui.samples_owed import press_keys
from kiosk.ui.window import Window
from vending.bill import BillPaid, BillStatement, MonthBill
from vending.messages import Note, Reason
from vending.order_no import make_order_no

CUSTOMER_NO = "3300451276"
SCANNER = {Device.SCANNER: PartStatus(DeviceState.OK)}
WORKING = {
    device: PartStatus(DeviceState.OK)
    for device in (Device.CARD_READER, Device.ACCEPTOR, Device.HEAD_OFFICE)
}
READER_DOWN = {
    **WORKING,
    Device.CARD_READER: PartStatus(DeviceState.OFFLINE, Fault.READER_GONE),
}
"""No card can be read, and bills can be paid."""


def months(count: int, *, energy_wh: int = 186_000, amount_fen: int = 10_416) -> BillStatement:
    """Return what an ordinary resident owes for so many months up to October 2025."""
    return _statement(
        tuple(
            MonthBill(
                month=f"{(2025 * 12 + 9 - back) // 12}-{(2025 * 12 + 9 - back) % 12 + 1:02}",
                energy_wh=energy_wh + 7_000 * back,
                amount_fen=amount_fen + 412 * back,
                late_fee_fen=0 if back == 0 else 31 * back,
            )
            for back in reversed(range(count))
        )
    )


def _statement(bills: tuple[MonthBill, ...]) -> BillStatement:
    return BillStatement(
        customer_no=CUSTOMER_NO,
        name_masked="王*玥",
        address_masked="杭州市上城区望江街道**小区3幢2单元***室",
        months=bills,
        balance_fen=0,
        max_fen=2_000_000,
    )


ONE, THREE = months(1), months(3)
WITH_BALANCE = replace(months(2), balance_fen=2_037)
EXTREME = replace(
    months(24, energy_wh=12_345_670, amount_fen=987_654),
    customer_no="3300451276884412",
    name_masked="阿卜杜热合曼·买买提***",
    address_masked="新疆维吾尔自治区巴音郭楞蒙古自治州和静县巴音布鲁克镇**************路1288号**花园二期12幢3单元****室",
    balance_fen=9_999_999,
    max_fen=999_999_900,
)


def order(statement: BillStatement, count: int, notes: tuple[int, ...] = ()) -> BillOrder:
    """Return the order to pay ``count`` months with ``notes`` (fen) in the box."""
    return BillOrder(
        order_no=make_order_no(TERMINAL_NO, AT_MS, 129),
        opened_at_ms=AT_MS,
        statement=statement,
        months=count,
        notes=tuple(Note(note_id=f"b{at}", value_fen=value) for at, value in enumerate(notes)),
    )


def posted(bill: BillOrder) -> BillOrder:
    """Return ``bill`` as the utility has posted it."""
    paid = BillPaid(
        order_no=bill.order_no,
        customer_no=bill.statement.customer_no,
        receipt_no="202511240093374",
        paid_fen=bill.paid_fen,
        settlement=bill.settlement,
        paid_at_ms=AT_MS,
    )
    return replace(bill, paid=paid)


def shown(state: Session, statement: BillStatement | None = None) -> Screen:
    """Return the screen of ``state``, of somebody who came to pay a bill."""
    return screen(state.but(billing=True, statement=statement))


def bill_samples() -> list[Sample]:
    """Return every state, in the order of a payment."""
    return [*_ways_in(), *_months(), *_tender(), *_ends(), *_no_way_on()]


def _ways_in() -> Iterator[Sample]:
    idle = session(None, Phase.IDLE, parts=WORKING)
    yield Sample("bill-idle", screen(idle))
    yield Sample("bill-idle-no-paper", screen(idle.but(parts={**WORKING, **PAPER_OUT})))
    closed = session(None, Phase.OUT_OF_SERVICE, cause=Why.READER_DOWN, parts=READER_DOWN)
    yield Sample("bill-out-of-service", screen(closed))
    asked = session(None, Phase.BILL_ASK)
    scanning = asked.but(parts=SCANNER)
    yield Sample("bill-ask", shown(scanning))
    yield Sample("bill-ask-typing", shown(scanning), partial(press_keys, CUSTOMER_NO[:4]))
    yield Sample("bill-ask-ready", shown(scanning), partial(press_keys, EXTREME.customer_no))
    yield Sample("bill-ask-no-scanner", shown(asked), partial(press_keys, CUSTOMER_NO))
    yield Sample("bill-ask-code-unknown", shown(scanning.but(notice=Notice.CODE_UNKNOWN)))
    for fault in (CardFault.MUTE, CardFault.FOREIGN):
        unread = scanning.but(cause=fault, card_present=True)
        yield Sample(f"bill-ask-{fault.value}", shown(unread))
    yield Sample("bill-ask-more-time", shown(asked.but(asked_more_time=True)))
    reading = session(None, Phase.BILL_CARD, card_present=True)
    yield Sample("bill-wait-reading", shown(reading))
    yield Sample("bill-wait-asking", shown(session(None, Phase.BILL_LOOKUP)))


def _months() -> Iterator[Sample]:
    asked = session(None, Phase.BILL)
    yield Sample("bill-one-month", shown(asked, ONE))
    yield Sample("bill", shown(asked, THREE))
    yield Sample("bill-balance", shown(asked.but(parts=PAPER_OUT), WITH_BALANCE))
    yield Sample("bill-by-card", shown(asked.but(card_present=True), months(5)))
    yield Sample("bill-how-many", shown(asked, THREE), _choose)
    yield Sample("bill-year", shown(asked, months(12)))
    yield Sample("bill-year-how-many", shown(asked, months(12)), _choose)
    extreme = shown(asked.but(parts=PAPER_OUT), EXTREME)
    yield Sample("bill-extreme", extreme)
    yield Sample("bill-extreme-how-many", extreme, _choose)
    yield Sample("bill-more-time", shown(asked.but(asked_more_time=True), THREE))


def _choose(window: Window) -> None:
    if isinstance(window.page, BillPage):
        window.page.show_choices(True)


def _tender() -> Iterator[Sample]:
    paying = session(None, Phase.TENDERING)
    yield Sample("bill-tender-empty", shown(paying.but(bill=order(THREE, 3))))
    yield Sample("bill-tender-little", shown(paying.but(bill=order(THREE, 3, (5000,)))))
    some = paying.but(bill=order(THREE, 3, (10_000, 10_000, 5_000)))
    yield Sample("bill-tender", shown(some))
    yield Sample("bill-tender-more-time", shown(some.but(asked_more_time=True)))
    moving = some.but(phase=Phase.STACKING, escrow=Note(note_id="n9", value_fen=10_000))
    yield Sample("bill-tender-moving", shown(moving))
    enough = some.but(bill=order(THREE, 3, (10_000,) * 4))
    yield Sample("bill-tender-enough", shown(enough))
    yield Sample("bill-tender-not-needed", shown(enough.but(notice=Notice.NOTE_NOT_NEEDED)))
    for notice in (Notice.NOTE_OVER_LIMIT, Notice.NOTE_UNKNOWN, Notice.ACCEPTOR_FAULT):
        yield Sample(f"bill-tender-{notice.value}", shown(some.but(notice=notice)))
    extreme = order(EXTREME, 24, (10_000,) * 40)
    yield Sample("bill-tender-extreme", shown(paying.but(bill=extreme, card_present=True)))
    yield Sample("bill-wait-counting", shown(enough.but(phase=Phase.CLOSING)))
    posting = enough.but(phase=Phase.POSTING)
    yield Sample("bill-wait-posting", shown(posting))
    yield Sample("bill-wait-asking-again", shown(posting.but(notice=Notice.ASKING_AGAIN)))


def _ends() -> Iterator[Sample]:
    done = session(None, Phase.DONE, bill=posted(order(THREE, 3, (10_000,) * 4)))
    yield Sample("bill-done-printing", shown(done.but(printing=True)))
    yield Sample("bill-done", shown(done))
    yield Sample("bill-done-card", shown(done.but(card_present=True)))
    lost = {"slip_failed": True, "notice": Notice.NO_SLIP}
    yield Sample("bill-done-no-slip", shown(done.but(**lost)))
    part = done.but(bill=posted(order(THREE, 3, (10_000, 5_000))))
    yield Sample("bill-done-part", shown(part))
    little = done.but(bill=posted(order(THREE, 3, (2_000,))))
    yield Sample("bill-done-little", shown(little))
    extreme = done.but(bill=posted(order(EXTREME, 24, (10_000,) * 2_000)))
    yield Sample("bill-done-extreme", shown(extreme))
    yield Sample("bill-done-extreme-no-slip", shown(extreme.but(**lost, card_present=True)))
    doubts: tuple[Cause, ...] = (Why.POSTING_UNKNOWN, Why.NOT_POSTED, Reason.ACCOUNT_BLOCKED)
    for cause in doubts:
        bill = order(THREE, 3, (10_000,) * 4)
        doubtful = session(None, Phase.DOUBTFUL, bill=bill, cause=cause)
        yield Sample(f"bill-doubtful-{cause.value}", shown(doubtful))
    doubtful = session(None, Phase.DOUBTFUL, bill=order(THREE, 3, (10_000,)))
    yield Sample("bill-doubtful-no-slip", shown(doubtful.but(**lost, card_present=True)))


REFUSALS: tuple[Cause, ...] = (
    Reason.NOTHING_DUE,
    Reason.ACCOUNT_UNKNOWN,
    Reason.ACCOUNT_BLOCKED,
    Reason.ABOVE_MAXIMUM,
    Reason.ORDER_CANCELLED,
    Reason.ORDER_FINISHED,
    Reason.ORDER_REFUNDED,
    Reason.TERMINAL_UNKNOWN,
    Reason.TERMINAL_BLOCKED,
    Why.OFFICE_UNREACHABLE,
    Why.CASH_UNAVAILABLE,
    Why.TOO_MANY_OPEN,
    Why.CANCELLED,
    Why.TIMED_OUT,
)


def _no_way_on() -> Iterator[Sample]:
    for cause in REFUSALS:
        refused = session(None, Phase.REFUSED, cause=cause)
        yield Sample(f"bill-refused-{cause.value}", shown(refused))
