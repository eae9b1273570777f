"""Cash clearings on real processes: whole, cut off at every step, without line, without printer.

Each ends with one period, and with bench, terminal and head office saying the same of its money.
"""

from functools import partial

import pytest
from sqlalchemy import select

from bench.stand import Stand
from bench.stand.kiosk import Kiosk
from bench.stand.kiosk_config import TERMINAL_NO
from center.store.tables import alarms
from center.store.tables_cash import cash_evidence
from tests.e2e.at_work import (
    NAME,
    PIN,
    agreed,
    agrees,
    change_box,
    cut_off_at,
    end,
    leave,
    pay_bill,
    press,
    sign_in,
    start,
    started,
)
from tests.e2e.resident import choose_cash, finish, next_in_line, put_in, until
from vending.cash import Business
from vending.staff import Role

PRINT_TIMEOUT_S = 20.0


@pytest.fixture(scope="module", autouse=True)
def operator(stand: Stand) -> None:
    """Somebody who may clear."""
    stand.office.employ(NAME, Role.OPERATOR, PIN)


@pytest.fixture
def kiosk(stand: Stand) -> Kiosk:
    return stand.kiosk if stand.kiosk and stand.kiosk.alive else started(stand)


def buy_energy(stand: Stand, kiosk: Kiosk) -> None:
    next_in_line(stand, kiosk, "energy")
    kiosk.wait("account")
    choose_cash(stand, kiosk)
    put_in(stand, kiosk, 10_000, 10_000)
    finish(kiosk)
    stand.pull_card()
    stand.plug_into_meter("energy")


def slip_of(stand: Stand, before: int) -> str:
    assert stand.printer.wait_for_slips(before + 1, PRINT_TIMEOUT_S)
    return stand.slips[-1].text


def test_a_clearing_of_two_businesses_is_answered(stand: Stand, kiosk: Kiosk) -> None:
    buy_energy(stand, kiosk)
    pay_bill(stand, kiosk, 5_000)
    number, slips = start(kiosk), len(stand.slips)
    change_box(stand, kiosk)
    press(kiosk, "type-labels")
    kiosk.type("b-17")
    press(kiosk, "label-bag")
    kiosk.type("s-42")
    press(kiosk, "labels-typed")
    end(kiosk)
    assert agrees(kiosk)["period_no"] == number + 1
    slip = slip_of(stand, slips)
    assert all(text in slip for text in (NAME, "150.00", "B-17", "S-42"))
    until(kiosk, slip="printed")
    press(kiosk, "print-again")
    assert "150.00" in slip_of(stand, slips + 1)
    leave(kiosk)
    story = agreed(stand, number)
    assert story.period.operator == NAME
    assert {each.business: each.completed_fen for each in story.figures.sums} == {
        Business.ENERGY: 10_000,
        Business.BILL: 5_000,
    }


def test_no_step_is_lost_with_the_power(stand: Stand, kiosk: Kiosk) -> None:
    pay_bill(stand, kiosk, 2_000)
    number = start(kiosk)
    stand.kill_kiosk()
    kiosk = started(stand)
    until(kiosk, phase="out-of-service", cause="clearing")
    stand.box_out()
    sign_in(kiosk)
    until(kiosk, view="cash-walk", stage="taken")
    stand.kill_kiosk()
    stand.box_in()  # nobody sees it
    kiosk = started(stand)
    sign_in(kiosk)
    until(kiosk, view="cash-walk", stage="replaced")
    kiosk = cut_off_at(
        stand, "append:ClearingEnded.1:before", partial(press, kiosk, "end-clearing")
    )
    until(kiosk, phase="out-of-service", cause="clearing")
    sign_in(kiosk)
    end(kiosk)
    assert agrees(kiosk)["period_no"] == number + 1
    leave(kiosk)
    agreed(stand, number)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("append:ClearingEnded.1:after", id="ended, and nothing told"),
        pytest.param("append:PeriodAnswered.1:before", id="told, and the answer lost"),
    ],
)
def test_cut_off_right_after_the_end(stand: Stand, kiosk: Kiosk, moment: str) -> None:
    pay_bill(stand, kiosk, 1_000)
    number = start(kiosk)
    change_box(stand, kiosk)
    kiosk = cut_off_at(stand, moment, partial(press, kiosk, "end-clearing"))
    kiosk.wait("idle", timeout_s=40)
    sign_in(kiosk)
    press(kiosk, "tile-periods")
    assert agrees(kiosk)["period_no"] == number + 1
    leave(kiosk)
    agreed(stand, number)


def test_the_answer_comes_with_the_line(stand: Stand, kiosk: Kiosk) -> None:
    pay_bill(stand, kiosk, 1_000)
    number = start(kiosk)
    change_box(stand, kiosk)
    stand.office_gone()
    end(kiosk)
    until(kiosk, answer="waiting", slip="printed")
    stand.office_back()
    agrees(kiosk)
    leave(kiosk)
    agreed(stand, number)


def test_without_a_printer_the_slip_comes_later(stand: Stand, kiosk: Kiosk) -> None:
    pay_bill(stand, kiosk, 1_000)
    number = start(kiosk)
    change_box(stand, kiosk)
    slips = len(stand.slips)
    stand.printer_dead()
    end(kiosk)
    until(kiosk, slip="failed", answer="agrees")
    assert len(stand.slips) == slips
    stand.printer_back()
    press(kiosk, "print-again")
    assert "10.00" in slip_of(stand, slips)
    until(kiosk, slip="printed")
    leave(kiosk)
    agreed(stand, number)


def test_a_box_that_is_taken_without_a_clearing(stand: Stand, kiosk: Kiosk) -> None:
    pay_bill(stand, kiosk, 1_000)
    kiosk.wait("idle", timeout_s=40)
    stand.box_out()
    until(kiosk, phase="out-of-service", cause="box-disturbed")
    stand.box_in()
    sign_in(kiosk)
    number = int(until(kiosk, view="cash-walk", stage="replaced")["period_no"])
    assert evidence(stand) == [number]
    assert "box-removed-unannounced" in alarm_codes(stand)
    press(kiosk, "take-up")
    end(kiosk)
    agrees(kiosk)
    leave(kiosk)
    story = agreed(stand, number)
    assert story.period.report
    assert [opening.announced for opening in story.period.report.openings] == [False]


def evidence(stand: Stand) -> list[int]:
    frozen = select(cash_evidence.c.period_no).where(cash_evidence.c.terminal_no == TERMINAL_NO)
    return list(stand.office.read(lambda db: db.scalars(frozen).all()))


def alarm_codes(stand: Stand) -> set[str]:
    return set(stand.office.read(lambda db: db.scalars(select(alarms.c.code)).all()))
