"""A report of every kind that may wait in a journal while its software is changed."""

from tests.engine.samples import ORDER_NO
from tests.engine.samples_cash import CASH_REPORTS
from tests.engine.samples_staff import STAFF_REPORTS
from vending.card import Verdict
from vending.messages import (
    Alarm,
    Note,
    NoteInSuspense,
    NoteTaken,
    OrderAbandoned,
    OrderOpened,
    OrderParked,
    Report,
    VendConfirmed,
)

AT_MS = 1_763_949_990_000
NOTE = Note(note_id="note-1", value_fen=10_000)
REPORTS: tuple[Report, ...] = (
    OrderOpened(
        order_no=ORDER_NO,
        opened_at_ms=AT_MS,
        customer_no="1000200030",
        meter_no="000123456789",
        card_serial="0102030405060708",
    ),
    NoteTaken(order_no=ORDER_NO, note=NOTE, at_ms=AT_MS),
    NoteInSuspense(note=NOTE, near_order_no=ORDER_NO, certain=False, at_ms=AT_MS),
    VendConfirmed(
        order_no=ORDER_NO,
        purchase_count=5,
        verdict=Verdict.WRITTEN,
        card_digest="ab" * 32,
        at_ms=AT_MS,
    ),
    OrderParked(
        order_no=ORDER_NO, paid_fen=10_000, sold=True, verdict=None, why="card-gone", at_ms=AT_MS
    ),
    OrderAbandoned(order_no=ORDER_NO, at_ms=AT_MS),
    Alarm(code="box-full", detail="acceptor", at_ms=AT_MS),
    *CASH_REPORTS,
    *STAFF_REPORTS,
)
