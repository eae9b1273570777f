"""The cash pages on the flow itself: what is pressed goes in, and the next screen comes out."""

import pytest

from kiosk.flow import event as ev
from kiosk.flow.policy import Policy
from kiosk.flow.screen import screen
from kiosk.flow.staff_event import StaffSignedIn
from kiosk.ui.samples_staff import NAME, WITNESS
from kiosk.ui.staff.cash import Cash
from kiosk.ui.staff.cash_state import CashPage, CashPress, WalkStep
from kiosk.ui.staff.state import Press, View
from kiosk.ui.staff.visit import Tile
from tests.flow.cashier import ACCEPTOR_DEAD, ANSWER, BOX_IN, BOX_OUT, Cashier
from tests.flow.test_clearing import BY_TWO
from tests.flow.world import POLICY
from tests.ui.visit import Visit
from vending.rights import Role


class Both(Visit):
    """A machine and its page; every press is fed to the flow, every screen is shown."""

    def __init__(self, machine: Cashier) -> None:
        super().__init__()
        self.machine = machine
        self.fed = 0
        self.cash = self.model.part(Cash)
        machine.sign_in(Role.OPERATOR, NAME)
        self.sign_in(NAME)
        self.show()

    def show(self, *facts: ev.Event) -> None:
        """Feed what was pressed, then ``facts``, and show the screen that came of it."""
        self.machine.feed(*self.posted[self.fed :], *facts)
        self.fed = len(self.posted)
        self.model.see(screen(self.machine.session).staff)

    def now(self) -> tuple[object, WalkStep | None]:
        return self.state.view, self.cash.walk.now if self.cash.walk else None


def machine(policy: Policy = POLICY) -> Cashier:
    made = Cashier(policy)
    made.buy(10_000, 5_000)
    made.walk_off(2_000)
    return made


def test_a_clearing_from_the_menu_to_the_one_word() -> None:
    both = Both(machine())
    both.choose(Tile.CLEARING)
    both.press(CashPress.START)
    both.show()
    assert both.now() == (CashPage.WALK, WalkStep.TAKE_OUT)
    both.show(BOX_OUT)
    assert both.now() == (CashPage.WALK, WalkStep.PUT_IN)
    both.show(BOX_IN)
    assert both.now() == (CashPage.WALK, WalkStep.END)
    both.press(CashPress.END)
    both.show()
    assert both.state.view is CashPage.PERIOD
    period = both.cash.period
    assert period is not None
    assert (period.period_no, period.figures.expected_fen, period.answer) == (1, 17_000, None)
    both.show(ev.PeriodAnswered(answer=ANSWER))
    assert both.cash.period is not None
    assert both.cash.period.answer == ANSWER


@pytest.mark.parametrize("facts", [(), (BOX_OUT,), (BOX_OUT, BOX_IN)])
def test_leaving_and_a_power_cut_lead_back_to_the_same_step(facts: tuple[ev.Event, ...]) -> None:
    both = Both(machine())
    both.choose(Tile.CLEARING)
    both.press(CashPress.START)
    both.show(*facts)
    before = both.now()
    acceptor = BOX_OUT if facts == (BOX_OUT,) else BOX_IN
    both.machine.plug_in(acceptor)
    assert Both(both.machine).now() == before
    both.machine.leave()
    assert Both(both.machine).now() == before


def test_two_people_where_the_site_wants_two() -> None:
    both = Both(machine(BY_TWO))
    both.choose(Tile.CLEARING)
    assert both.now() == (CashPage.WALK, WalkStep.SECOND)
    both.press(CashPress.SECOND)
    both.sign_in(WITNESS)
    both.show(StaffSignedIn(staff=WITNESS, role=Role.OPERATOR, second=True))
    assert both.now() == (CashPage.WALK, WalkStep.START)
    both.press(CashPress.START)
    both.show()
    assert both.now() == (CashPage.WALK, WalkStep.TAKE_OUT)


def test_a_box_that_was_out_is_taken_up_put_in_and_ended() -> None:
    disturbed = machine()
    disturbed.feed(BOX_OUT)
    both = Both(disturbed)
    assert both.now() == (CashPage.WALK, WalkStep.START)
    both.press(CashPress.TAKE_UP)
    both.show()
    assert both.now() == (CashPage.WALK, WalkStep.PUT_IN)
    both.show(BOX_IN)
    both.press(CashPress.END)
    both.show()
    assert both.state.view is CashPage.PERIOD


def test_a_cancelled_clearing_leaves_the_period_open() -> None:
    both = Both(machine())
    both.choose(Tile.CLEARING)
    both.press(CashPress.START)
    both.show()
    both.press(CashPress.CANCEL, CashPress.CANCEL_YES)
    both.show()
    assert both.now() == (CashPage.WALK, WalkStep.START)
    both.press(Press.BACK)
    assert both.state.view is View.HOME
    assert both.machine.session.cash.period.period_no == 1


def test_a_dead_acceptor_does_not_hold_the_cash_back() -> None:
    both = Both(machine())
    both.choose(Tile.CLEARING)
    both.press(CashPress.START)
    both.show(ACCEPTOR_DEAD)
    both.press(CashPress.END_BLIND, CashPress.END_YES)
    both.show()
    assert both.state.view is CashPage.PERIOD


def test_a_slip_that_does_not_come_out_is_told_and_printed_again() -> None:
    both = Both(machine())
    both.choose(Tile.CLEARING)
    both.press(CashPress.START)
    both.show(BOX_OUT, BOX_IN)
    both.press(CashPress.END)
    both.show()
    number = both.machine.paper().number
    assert both.cash.cash is not None
    assert both.cash.cash.printing == number
    assert both.model.presses()[CashPress.PRINT_AGAIN] is False
    both.show(ev.SlipFailed(order_no=number, fault=ev.Fault.PAPER_OUT))
    assert both.cash.cash.print_failed
    both.press(CashPress.PRINT_AGAIN)
    both.show()
    number = both.machine.paper().number
    both.show(ev.SlipPrinted(order_no=number))
    assert both.cash.period is not None
    assert both.cash.period.printed
    assert not both.cash.cash.print_failed
