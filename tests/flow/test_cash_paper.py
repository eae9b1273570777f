"""What is printed about periods, and what the head office answers."""

import pytest
from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.deeds import Deed
from kiosk.flow.event import Fault
from kiosk.flow.phase import Phase
from tests.flow.cashier import (
    ANSWER,
    Cashier,
)
from vending.cash import CashReport, StaffDeed

# -- paper ---------------------------------------------------------------------------------------


def test_an_x_report_at_any_time() -> None:
    walk = Cashier()
    walk.buy(10_000)
    walk.sign_in().feed(staff_event.CashReportWanted(period_no=1))
    paper = walk.paper()
    assert (paper.layout, paper.closed_at_ms, paper.operator) == ("x-report", None, "wang")
    assert paper.figures == walk.view.figures
    assert walk.view.printing == "x-report-1"
    walk.feed(staff_event.CashReportWanted(period_no=1))
    assert walk.wishes == (), "one at a time"
    walk.feed(ev.SlipPrinted(order_no="x-report-1"))
    assert (walk.view.printing, walk.view.print_failed) == ("", False)
    walk.start().feed(staff_event.CashReportWanted(period_no=1))
    assert walk.paper().layout == "x-report"


def test_a_dead_printer_loses_nothing() -> None:
    walk = Cashier()
    walk.buy(10_000)
    walk.sign_in().start().swap().end()
    assert walk.view.printing == "clearing-1"
    walk.feed(ev.SlipFailed(order_no="clearing-1", fault=Fault.PAPER_OUT))
    assert (walk.view.printing, walk.view.print_failed) == ("", True)
    (closed,) = walk.session.cash.closed
    assert (closed.printed, closed.figures.expected_fen) == (False, 10_000)
    walk.feed(staff_event.CashReportWanted(period_no=1))
    assert not walk.view.print_failed
    paper = walk.paper()
    assert (paper.layout, paper.copy, paper.figures) == ("clearing", True, closed.figures)
    walk.feed(ev.SlipPrinted(order_no="clearing-1"))
    assert walk.session.cash.closed[0].printed


def test_a_slip_that_comes_out_when_staff_have_left_is_known_all_the_same() -> None:
    walk = Cashier().sign_in().start().swap().end().leave().at(Phase.IDLE)
    walk.feed(ev.SlipPrinted(order_no="clearing-1"))
    assert walk.session.cash.closed[0].printed


def test_a_paper_that_fails_when_staff_have_left_is_no_customers_trouble() -> None:
    walk = Cashier().sign_in().start().swap().end().leave()
    walk.feed(ev.SlipFailed(order_no="clearing-1", fault=Fault.PAPER_OUT))
    assert not walk.session.slip_failed


def test_a_test_slip_that_fails_is_not_the_cash_pages_trouble() -> None:
    walk = Cashier().sign_in().feed(ev.SlipFailed(order_no="test", fault=Fault.PAPER_OUT))
    assert not walk.session.slip_failed


def test_a_period_that_is_not_kept_cannot_be_printed() -> None:
    walk = Cashier().sign_in().feed(staff_event.CashReportWanted(period_no=9))
    assert walk.wishes == ()


def test_printing_is_told() -> None:
    walk = Cashier().sign_in().feed(staff_event.CashReportWanted(period_no=1))
    (deed,) = walk.told(StaffDeed)
    assert (deed.what, deed.detail) == (Deed.CASH_PRINTED, "x-report-1")


# -- the head office -----------------------------------------------------------------------------


@pytest.mark.parametrize("agrees", [True, False])
def test_the_head_offices_answer_is_kept_and_printed(agrees: bool) -> None:
    walk = Cashier().clear()
    answer = replace(ANSWER, agrees=agrees)
    walk.feed(ev.PeriodAnswered(answer=answer), ev.PeriodAnswered(answer=answer))
    assert walk.session.cash.closed[0].answer == answer
    walk.sign_in().feed(staff_event.CashReportWanted(period_no=1))
    assert walk.paper().agrees is agrees


def test_an_answer_may_come_at_any_moment() -> None:
    walk = Cashier().clear()
    number = walk.tender(5_000)
    phase, stage = walk.session.phase, walk.session.round
    walk.feed(ev.PeriodAnswered(answer=ANSWER))
    assert walk.session.cash.closed[0].answer == ANSWER
    assert (walk.session.phase, walk.session.round) == (phase, stage)
    assert walk.order.order_no == number


def test_a_new_journal_goes_on_after_the_last_period() -> None:
    walk = Cashier().feed(ev.SignedInAt(last_order_sequence=40, last_period_no=7))
    walk.clear()
    (report,) = walk.told(CashReport)
    assert report.period_no == 8
    walk.feed(ev.SignedInAt(last_order_sequence=40, last_period_no=8))
    assert walk.session.cash.period.period_no == 9


def test_a_report_on_its_way_does_not_renumber() -> None:
    walk = Cashier().clear()
    walk.feed(ev.SignedInAt(last_order_sequence=40, last_period_no=0))
    assert walk.session.cash.period.period_no == 2
