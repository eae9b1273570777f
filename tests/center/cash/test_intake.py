"""Periods are taken in once, compared with the books, and their money leaves the box."""

import pytest
from msgspec.structs import replace
from sqlalchemy import insert, select, update

from center.cash import figures
from center.cash.periods import CashError
from center.cash.vault import Vault
from center.orders.state import FINISHED, OrderState
from center.store.tables import alarms, notes, terminals
from tests.center.cash.people import BOSS
from tests.center.cash.till import Till
from tests.center.orders.office import (
    NOW_MS,
    TERMINAL,
    Office,
    confirmed,
    person,
    request,
)
from vending.cash import (
    Business,
    BusinessSum,
    CashReport,
    Difference,
    Figures,
    NoteCount,
    OpenItem,
    PeriodAnswer,
)
from vending.messages import Note, NoteTaken, OrderOpened, Vend


def tell(till: Till, report: CashReport) -> PeriodAnswer:
    answer = till.tell(report).answer
    assert answer is not None
    return answer


def paid(office: Office, till: Till, *values_fen: int) -> str:
    """An order that waits with these notes."""
    order_no = office.order_no(till.terminal_no)
    for value_fen in values_fen:
        till.tell(till.pay(order_no, value_fen))
    return order_no


def bought(office: Office, till: Till, value_fen: int) -> str:
    """An order that was delivered."""
    order_no = office.order_no(till.terminal_no)
    report = till.pay(order_no, value_fen)
    till.tell(report)
    sold = office.desk.vend(till.terminal_no, request(order_no, person(1), [report.note]))
    assert isinstance(sold, Vend)
    till.tell(confirmed(order_no, sold.purchase_count))
    till.completed.add(order_no)
    return order_no


def transit(office: Office, period_no: int, terminal_no: str = TERMINAL) -> int:
    return -office.balance("transit", f"{terminal_no}/{period_no}")


def test_a_period_agrees_and_its_money_is_on_its_way(office: Office, till: Till) -> None:
    bought(office, till, 10_000)
    waiting = paid(office, till, 5_000, 2_000)
    till.tell(till.lose(10_000, certain=True))
    till.tell(till.lose(5_000, certain=False))
    answer = tell(till, till.clear())
    assert (answer.agrees, answer.differences) == (True, ())
    own = answer.figures
    assert own.counts == tuple(
        NoteCount(cassette="1", value_fen=value_fen, notes=count)
        for value_fen, count in ((10_000, 2), (5_000, 1), (2_000, 1))
    )
    assert own.sums == (
        BusinessSum(
            business=Business.ENERGY,
            orders=2,
            notes=3,
            paid_fen=17_000,
            completed_orders=1,
            completed_fen=10_000,
            slips=0,
            slips_fen=0,
        ),
    )
    item = OpenItem(order_no=waiting, business=Business.ENERGY, paid_fen=7_000)
    assert own.incomplete == (item,)
    assert (own.loose_fen, own.uncertain_fen) == (10_000, 5_000)
    assert transit(office, 1) == 27_000
    assert office.balance("cash", TERMINAL) == 0


def test_each_business_has_its_own_sum(office: Office, till: Till) -> None:
    bill_no = office.order_no()
    till.tell(
        OrderOpened(
            order_no=bill_no,
            opened_at_ms=NOW_MS,
            customer_no=person(2).customer_no,
            meter_no="",
            card_serial="",
            business=Business.BILL,
            months=("2025-10",),
        )
    )
    till.tell(till.pay(bill_no, 5_000, Business.BILL))
    paid(office, till, 10_000)
    answer = tell(till, till.clear())
    assert answer.agrees
    assert [(each.business, each.paid_fen) for each in answer.figures.sums] == [
        (Business.ENERGY, 10_000),
        (Business.BILL, 5_000),
    ]


def test_a_report_is_answered_the_same_however_often_it_comes(office: Office, till: Till) -> None:
    paid(office, till, 10_000)
    report = till.clear()
    first = till.tell(report)
    assert till.tell_again() == first
    again = till.tell(report)  # under another number: a journal that was begun anew
    assert again.answer == first.answer
    assert transit(office, 1) == 10_000
    assert "period-conflict" not in office.alarms()


def test_the_first_report_of_a_period_stands(office: Office, till: Till) -> None:
    paid(office, till, 10_000)
    report = till.clear()
    first = till.tell(report).answer
    other = replace(report, operator="somebody else")
    assert till.tell(other).answer == first
    assert till.tell_again().answer == first
    assert office.alarms() == ["period-conflict"]


def test_a_difference_is_told_and_alarmed_and_the_books_move_by_our_own_sum(
    office: Office, till: Till
) -> None:
    paid(office, till, 10_000)
    till.pay(office.order_no(), 5_000)  # its report is lost
    answer = tell(till, till.clear())
    assert not answer.agrees
    assert answer.differences == tuple(
        Difference(
            what=what,
            terminal_notes=terminal_notes,
            terminal_fen=terminal_fen,
            center_notes=center_notes,
            center_fen=center_fen,
        )
        for what, terminal_notes, terminal_fen, center_notes, center_fen in (
            ("total", 2, 15_000, 1, 10_000),
            ("note:5000", 1, 5_000, 0, 0),
            ("business:energy", 2, 15_000, 1, 10_000),
        )
    )
    assert office.alarms() == ["period-differs"] * 3
    assert transit(office, 1) == 10_000


def test_a_gap_in_the_numbers_is_a_difference_and_can_be_closed_by_hand(
    office: Office, till: Till, vault: Vault
) -> None:
    paid(office, till, 10_000)
    tell(till, till.clear())
    paid(office, till, 5_000, 5_000)
    lost = till.clear()
    paid(office, till, 2_000)
    answer = tell(till, till.clear())
    assert answer.differences == (
        Difference(
            what="period", terminal_notes=0, terminal_fen=0, center_notes=2, center_fen=10_000
        ),
    )
    assert office.alarms() == ["period-gap"]
    assert (transit(office, 3), office.balance("cash", TERMINAL)) == (2_000, -10_000)
    for _ in range(2):
        closed = vault.close(BOSS, TERMINAL, 2, "the disk was lost")
    assert (closed.report, closed.expected_fen, transit(office, 2)) == (None, 10_000, 10_000)
    assert office.balance("cash", TERMINAL) == 0
    late = tell(till, lost)
    assert late.agrees
    assert tell(till, lost) == late
    assert vault.story(TERMINAL, 2).period.report == lost
    assert transit(office, 2) == 10_000
    paid(office, till, 1_000)
    assert tell(till, till.clear()).agrees


def test_a_period_that_may_be_running_is_not_closed_by_hand(office: Office, vault: Vault) -> None:
    for period_no in (0, 1):
        with pytest.raises(CashError, match="may still be running"):
            vault.close(BOSS, TERMINAL, period_no, "x")


def test_the_last_period_of_a_blocked_terminal_is_closed_by_hand(
    office: Office, till: Till, vault: Vault
) -> None:
    """A machine that burnt down reports nothing ever; its box was saved and counted."""
    paid(office, till, 5_000)
    tell(till, till.clear())
    till.period_no = 0  # told by software that knew no periods
    paid(office, till, 1_000)
    till.period_no = 2
    paid(office, till, 2_000)
    row = {"terminal_no": TERMINAL, "name": "", "blocked": False, "site": ""}
    office.store.write(lambda connection: connection.execute(insert(terminals), row).close())
    with pytest.raises(CashError, match="block it first"):
        vault.close(BOSS, TERMINAL, 2, "burnt")
    blocked = update(terminals).values(blocked=True)
    office.store.write(lambda connection: connection.execute(blocked).close())
    with pytest.raises(CashError, match="may still be running"):
        vault.close(BOSS, TERMINAL, 3, "burnt")
    assert vault.close(BOSS, TERMINAL, 2, "burnt").expected_fen == 3_000
    assert office.balance("cash", TERMINAL) == 0


def test_a_note_that_comes_after_its_period_follows_the_money(office: Office, till: Till) -> None:
    order_no = office.order_no()
    late = till.pay(order_no, 10_000)
    answer = tell(till, till.clear())
    assert [line.what for line in answer.differences] == ["total", "note:10000", "business:energy"]
    before = office.alarms()
    for _ in range(2):
        till.tell(late)
    assert office.alarms()[len(before) :] == ["note-after-clearing"]
    assert (transit(office, 1), office.balance("cash", TERMINAL)) == (10_000, 0)
    assert office.balance("suspense", order_no) == 10_000


def test_a_late_note_that_comes_with_the_request_to_sell(office: Office, till: Till) -> None:
    order_no = office.order_no()
    late = till.pay(order_no, 10_000)
    tell(till, till.clear())
    for _ in range(2):
        body = request(order_no, person(1), [late.note])
        assert isinstance(office.desk.vend(TERMINAL, body), Vend)
    assert transit(office, 1) == 10_000


def test_notes_of_software_that_knew_no_periods_lie_in_the_box(office: Office, till: Till) -> None:
    order_no = office.order_no()
    old = Note(note_id="old", value_fen=5_000)
    till.tell(NoteTaken(order_no=order_no, note=old, at_ms=NOW_MS))
    report = till.clear()
    whole = Figures(
        counts=(NoteCount(cassette="1", value_fen=5_000, notes=1),),
        sums=(
            BusinessSum(
                business=Business.ENERGY,
                orders=1,
                notes=1,
                paid_fen=5_000,
                completed_orders=0,
                completed_fen=0,
                slips=0,
                slips_fen=0,
            ),
        ),
    )
    assert tell(till, replace(report, figures=whole)).agrees
    query = select(notes.c.period_no).where(notes.c.note_id == "old")
    assert office.store.read(lambda connection: connection.scalar(query)) == 1
    assert transit(office, 1) == 5_000


def test_a_doubt_that_is_settled_is_money_in_the_period_that_runs(
    office: Office, till: Till
) -> None:
    doubted, unknown = till.lose(5_000, certain=False), till.lose(0, certain=False)
    till.tell(doubted)
    till.tell(unknown)
    assert tell(till, till.clear()).figures.expected_fen == 0
    till.tell(till.find(doubted.note))
    till.tell(till.find(unknown.note, 2_000))
    till.tell(doubted)  # an older word, overtaken
    answer = tell(till, till.clear())
    assert answer.agrees
    assert answer.figures.loose_fen == transit(office, 2) == 7_000
    assert office.balance("unassigned", TERMINAL) == 7_000
    assert "note-conflict" not in office.alarms()


def test_a_box_that_went_out_unannounced_is_kept_as_evidence(
    office: Office, till: Till, vault: Vault
) -> None:
    paid(office, till, 10_000)
    till.pay(office.order_no(), 5_000)
    frozen = till.frozen()
    for _ in range(2):
        till.tell(frozen)
        till.tell_again()
    first, second = vault.evidence()
    assert (first.period_no, first.at_ms, first.body) == (1, NOW_MS, second.body)
    assert len(vault.evidence("999999")) == 0
    assert office.alarms() == ["period-frozen", "period-frozen"]
    query = select(alarms.c.detail).limit(1)
    said = office.store.read(lambda connection: connection.scalar(query))
    assert said is not None
    assert "150.00 yuan in it, by the books 100.00" in said


def test_a_number_that_is_none_is_answered_and_alarmed(office: Office, till: Till) -> None:
    paid(office, till, 10_000)
    report = till.clear()
    for number in (0, -3, 10**15):
        answer = tell(till, replace(report, period_no=number))
        assert (answer.agrees, answer.period_no) == (False, number)
        assert till.tell_again().answer == answer
    assert office.alarms() == ["period-invalid"] * 3
    assert office.desk.last_period_no(TERMINAL) == 0
    assert tell(till, report).agrees
    assert office.desk.last_period_no(TERMINAL) == 1


def test_a_clock_that_is_wrong_tells_no_day(office: Office, till: Till, vault: Vault) -> None:
    for closed_at_ms in (0, 2**53 - 1, NOW_MS - 86_400_000):
        report = replace(till.clear(), closed_at_ms=closed_at_ms)
        assert tell(till, report).agrees
    days = [str(story.period.closed_on) for story in vault.periods(TERMINAL)]
    assert days == ["2025-11-24", "2025-11-24", "2025-11-23"]


def test_states_of_orders_are_called_as_the_orders_call_them() -> None:
    assert figures.COMPLETED == OrderState.CONFIRMED
    assert set(FINISHED) - {OrderState.ABANDONED} == figures.NOT_OPEN
