"""A fact and a report of every kind about the cash box."""

from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.event import Event
from vending.cash import (
    Business,
    BusinessSum,
    CashReport,
    Difference,
    Figures,
    LooseNote,
    NoteCount,
    Opening,
    OpenItem,
    PeriodAnswer,
    PeriodFrozen,
    StaffDeed,
)
from vending.messages import Report

AT_MS = 1_763_949_990_000
_ORDER_NO = "3100012511240000015"
FIGURES = Figures(
    counts=(
        NoteCount(cassette="1", value_fen=10_000, notes=2),
        NoteCount(cassette="1", value_fen=500, notes=1),
    ),
    sums=(
        BusinessSum(
            business=Business.ENERGY,
            orders=2,
            notes=2,
            paid_fen=20_000,
            completed_orders=1,
            completed_fen=10_000,
            slips=2,
            slips_fen=20_000,
        ),
    ),
    incomplete=(OpenItem(order_no=_ORDER_NO, business=Business.ENERGY, paid_fen=10_000),),
    loose=(
        LooseNote(note_id="note-2", value_fen=500, near_order_no=None, certain=True),
        LooseNote(note_id="note-3", value_fen=0, near_order_no=_ORDER_NO, certain=False),
    ),
)
ANSWER = PeriodAnswer(
    period_no=7,
    agrees=False,
    figures=FIGURES,
    differences=(
        Difference(
            what="total", terminal_notes=3, terminal_fen=20_500, center_notes=2, center_fen=20_000
        ),
    ),
)
CASH_EVENTS: tuple[Event, ...] = (
    staff_event.ClearingStarted(),
    staff_event.ClearingCancelled(),
    staff_event.ClearingEnded(box_id="B1", new_box_id="B2", bag_no="bag 7"),
    staff_event.CashReportWanted(period_no=7),
    ev.PeriodAnswered(answer=ANSWER),
)
CASH_REPORTS: tuple[Report, ...] = (
    CashReport(
        period_no=7,
        opened_at_ms=AT_MS - 1_000,
        closed_at_ms=AT_MS,
        operator="wang",
        witness="li",
        box_id="B1",
        new_box_id="B2",
        bag_no="bag 7",
        openings=(Opening(removed_at_ms=AT_MS - 600, returned_at_ms=AT_MS - 300, staff="wang"),),
        figures=FIGURES,
    ),
    PeriodFrozen(period_no=7, at_ms=AT_MS, staff="", figures=FIGURES),
    StaffDeed(at_ms=AT_MS, staff="wang", what="clearing-started", detail="period 7", witness="li"),
)
