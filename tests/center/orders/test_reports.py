"""Reports: each taken once, never refused for what they say."""

import pytest

from center.orders.port import ReportConflict
from tests.center.orders.office import (
    NOW_MS,
    OTHER_TERMINAL,
    TERMINAL,
    Office,
    confirmed,
    notes,
    opened,
    person,
    request,
    taken,
)
from vending.card import Verdict
from vending.messages import (
    Alarm,
    Note,
    NoteInSuspense,
    OrderAbandoned,
    OrderParked,
    ReportEnvelope,
    ReportTaken,
    Vend,
)
from vending.order_no import make_order_no

NOTE = Note(note_id="n-1", value_fen=5_000)


def envelope(number: int, order_no: str, value_fen: int, journal: str = "j") -> ReportEnvelope:
    report = taken(order_no, Note(note_id=f"n-{number}", value_fen=value_fen))
    return ReportEnvelope(report_no=number, journal_id=journal, report=report)


def suspense(near: str | None, *, certain: bool, note: Note = NOTE) -> NoteInSuspense:
    return NoteInSuspense(note=note, near_order_no=near, certain=certain, at_ms=NOW_MS)


def parked(order_no: str, paid_fen: int, *, is_sold: bool = False) -> OrderParked:
    return OrderParked(
        order_no=order_no,
        paid_fen=paid_fen,
        sold=is_sold,
        verdict=Verdict.UNKNOWN,
        why="card-pulled",
        at_ms=NOW_MS,
    )


def abandoned(order_no: str) -> OrderAbandoned:
    return OrderAbandoned(order_no=order_no, at_ms=NOW_MS)


def vend(office: Office, paid_fen: int = 10_000) -> Vend:
    order_no = office.order_no()
    body = request(order_no, person(1), notes(order_no, paid_fen))
    answer = office.desk.vend(TERMINAL, body)
    assert isinstance(answer, Vend)
    return answer


def test_a_report_is_taken_once_however_often_it_comes(office: Office) -> None:
    order_no = office.order_no()
    for _ in range(3):
        assert office.desk.report(TERMINAL, envelope(1, order_no, 5_000)) == ReportTaken(1)
    assert office.balance("suspense", order_no) == 5_000


def test_a_report_number_with_another_body_is_refused_loudly(office: Office) -> None:
    order_no = office.order_no()
    office.desk.report(TERMINAL, envelope(1, order_no, 5_000))
    with pytest.raises(ReportConflict):
        office.desk.report(TERMINAL, envelope(1, order_no, 10_000))
    assert office.balance("suspense", order_no) == 5_000


def test_numbers_are_of_a_terminals_journal(office: Office) -> None:
    mine, theirs = office.order_no(), office.order_no(OTHER_TERMINAL)
    office.desk.report(TERMINAL, envelope(1, mine, 5_000))
    office.desk.report(OTHER_TERMINAL, envelope(1, theirs, 5_000))
    office.desk.report(
        TERMINAL, ReportEnvelope(report_no=1, journal_id="new", report=abandoned(mine))
    )
    assert office.balance("suspense", mine) == office.balance("suspense", theirs) == 5_000
    assert office.alarms() == ["abandoned-with-money"]


def test_a_note_counts_once_whichever_message_brings_it_first(office: Office) -> None:
    for vend_first in (True, False):
        order_no = office.order_no()
        paid = notes(order_no, 10_000)
        if vend_first:
            office.desk.vend(TERMINAL, request(order_no, person(4), paid))
        office.report(taken(order_no, paid[0]))
        office.report(taken(order_no, paid[0]))
        office.desk.vend(TERMINAL, request(order_no, person(4), paid))
        assert office.balance("suspense", order_no) == 10_000
    assert office.alarms() == []


def test_a_note_reported_otherwise_is_an_alarm(office: Office) -> None:
    order_no, other_no = office.order_no(), office.order_no()
    office.report(taken(order_no, NOTE))
    office.report(taken(order_no, Note(note_id=NOTE.note_id, value_fen=10_000)))
    office.report(taken(other_no, NOTE))
    office.report(suspense(order_no, certain=True))
    assert office.balance("cash", TERMINAL) == -5_000
    assert office.alarms() == ["note-conflict"] * 3


def test_a_note_after_the_sale_belongs_to_nobody(office: Office) -> None:
    sold = vend(office)
    office.report(taken(sold.order_no, NOTE))
    office.report(confirmed(sold.order_no, sold.purchase_count))
    late = Note(note_id="n-2", value_fen=2_000)
    office.report(taken(sold.order_no, late))
    assert office.balance("suspense", sold.order_no) == 0
    assert office.balance("unassigned", TERMINAL) == 7_000
    assert office.alarms() == ["note-late", "note-late"]


def test_a_note_after_a_cancelled_sale_waits_with_the_rest(office: Office) -> None:
    sold = vend(office)
    office.desk.cancel(TERMINAL, sold.order_no)
    office.report(taken(sold.order_no, NOTE))
    assert office.balance("suspense", sold.order_no) == 15_000
    assert office.alarms() == []


def test_a_note_after_an_abandoned_order_belongs_to_nobody(office: Office) -> None:
    order_no = office.order_no()
    office.report(abandoned(order_no))
    office.report(abandoned(order_no))
    office.report(taken(order_no, NOTE))
    assert office.state(order_no) == "abandoned"
    assert office.balance("unassigned", TERMINAL) == 5_000
    assert office.alarms() == ["note-late"]


def test_a_note_of_no_purchase_goes_to_suspense(office: Office) -> None:
    office.report(suspense(None, certain=True))
    office.report(suspense(None, certain=True))
    assert office.balance("unassigned", TERMINAL) == 5_000
    assert office.alarms() == ["note-in-suspense"]


def test_an_uncertain_note_is_pending_until_somebody_counts(office: Office) -> None:
    order_no = office.order_no()
    office.report(suspense(order_no, certain=False))
    office.report(suspense(None, certain=False, note=Note(note_id="n-2", value_fen=0)))
    entries = office.desk.ledger_entries(order_no)
    assert [(e.account, e.state) for e in entries] == [
        (f"cash:{TERMINAL}", "pending"),
        (f"unassigned:{TERMINAL}", "pending"),
    ]
    assert office.balance("cash", TERMINAL) == 0
    office.report(taken(order_no, NOTE))
    assert office.alarms() == ["note-uncertain", "note-uncertain", "note-conflict"]


def test_a_note_without_value_moves_nothing(office: Office) -> None:
    order_no = office.order_no()
    worthless = Note(note_id="n-1", value_fen=0)
    office.report(taken(order_no, worthless))
    office.report(suspense(None, certain=True, note=worthless))
    assert office.desk.ledger_entries(order_no) == []
    assert office.alarms() == ["note-without-value"] * 2


def test_a_proved_card_finishes_a_parked_order(office: Office) -> None:
    sold = vend(office)
    office.report(parked(sold.order_no, 10_000, is_sold=True))
    office.report(confirmed(sold.order_no, sold.purchase_count, Verdict.LOADED))
    office.report(confirmed(sold.order_no, sold.purchase_count, Verdict.WRITTEN))
    office.report(parked(sold.order_no, 10_000, is_sold=True))
    assert office.state(sold.order_no) == "confirmed"
    assert office.balance("suspense", sold.order_no) == 0
    assert office.alarms() == ["order-parked", "parked-after-end"]


def test_a_parked_order_keeps_its_money_and_says_when_sums_differ(office: Office) -> None:
    order_no = office.order_no()
    office.report(taken(order_no, NOTE))
    office.report(parked(order_no, 15_000))
    assert office.balance("suspense", order_no) == 5_000
    assert office.alarms() == ["order-parked", "paid-differs"]


@pytest.mark.parametrize(
    ("count", "verdict", "code"),
    [
        (0, Verdict.WRITTEN, "confirmation-refused"),
        (1, Verdict.UNKNOWN, "confirmed-without-proof"),
        (1, Verdict.NOT_WRITTEN, "confirmed-without-proof"),
        (1, Verdict.TORN, "confirmed-without-proof"),
        (1, Verdict.FOREIGN, "confirmed-without-proof"),
    ],
)
def test_what_does_not_prove_a_sale_leaves_it_open(
    office: Office, count: int, verdict: Verdict, code: str
) -> None:
    sold = vend(office)
    office.report(confirmed(sold.order_no, sold.purchase_count - 1 + count, verdict))
    assert office.state(sold.order_no) == "sold"
    assert office.alarms() == [code]


def test_a_confirmation_of_nothing_is_an_alarm(office: Office) -> None:
    sold = vend(office)
    office.desk.cancel(TERMINAL, sold.order_no)
    office.report(confirmed(sold.order_no, sold.purchase_count))
    office.report(confirmed(office.order_no(), 1))
    assert office.state(sold.order_no) == "cancelled"
    assert office.alarms() == ["confirmation-refused"] * 2


def test_money_is_not_abandoned(office: Office) -> None:
    order_no = office.order_no()
    office.report(taken(order_no, NOTE))
    office.report(abandoned(order_no))
    assert office.state(order_no) == "paid"
    assert office.alarms() == ["abandoned-with-money"]


def test_reports_about_another_terminals_order_touch_only_their_own_cash(office: Office) -> None:
    sold = vend(office)
    office.report(confirmed(sold.order_no, sold.purchase_count), OTHER_TERMINAL)
    office.report(taken(sold.order_no, NOTE), OTHER_TERMINAL)
    office.report(
        suspense(sold.order_no, certain=True, note=Note(note_id="n-2", value_fen=100)),
        OTHER_TERMINAL,
    )
    assert office.state(sold.order_no) == "sold"
    assert office.balance("cash", OTHER_TERMINAL) == -5_100
    assert office.balance("unassigned", OTHER_TERMINAL) == 5_100
    assert len(office.desk.ledger_entries(sold.order_no)) == 5


def test_an_order_is_identified_by_whoever_speaks_first(office: Office) -> None:
    order_no = make_order_no(TERMINAL, NOW_MS, 77)
    paid = notes(order_no, 10_000)
    office.report(taken(order_no, paid[0]))
    office.report(opened(order_no, person(1)))
    office.report(opened(order_no, person(1)))
    assert isinstance(office.desk.vend(TERMINAL, request(order_no, person(1), paid)), Vend)
    assert office.alarms() == []


def test_a_terminals_alarm_is_kept(office: Office) -> None:
    office.report(Alarm(code="box-removed", detail="during an order", at_ms=NOW_MS))
    assert office.alarms() == ["box-removed"]
