"""Payments of bills that got stuck: what staff see and may do; never posted and paid back."""

from collections import Counter as Tally
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from center.orders import refund
from center.orders.order import QUIET_MS
from center.orders.policy import Policy, Resell
from center.orders.port import Decision
from center.staff import trail
from center.staff.people import Person
from tests.center.orders.billing import (
    MONTHS,
    ZHOU,
    Counter,
    bill_opened,
    bill_parked,
    pay_request,
)
from tests.center.orders.office import OTHER_TERMINAL, TERMINAL, notes, taken
from tests.center.orders.test_threads import at_once
from vending.bill import BillPaid, BillPayRequest
from vending.cash import Business
from vending.messages import Ending, OrderOver, Reason, Refused
from vending.staff import (
    Action,
    ActionDone,
    ActionForbidden,
    Evidence,
    Forbidden,
    Role,
    StuckOrder,
)

BOSS = Person(name="boss", role=Role.SUPERVISOR)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Counter]:
    made = Counter(tmp_path, Policy(resell=Resell.STAFF))
    yield made
    assert made.violations() == []
    made.close()


def pay_in(office: Counter, customer_no: str = ZHOU, *, is_parked: bool = True) -> str:
    order_no = office.order_no()
    office.report(bill_opened(order_no, customer_no=customer_no))
    office.report(taken(order_no, notes(order_no, 10_000)[0]))
    if is_parked:
        office.report(bill_parked(order_no, 10_000))
    return order_no


def act(
    office: Counter, order_no: str, action: Action, by: Person = BOSS
) -> ActionDone | ActionForbidden:
    evidence = Evidence.CUSTOMER_ASKS if action is Action.REFUND else Evidence.NONE
    decision = Decision(order_no=order_no, action=action, by=by, evidence=evidence)
    return office.desk.act(TERMINAL, decision)


def seen(office: Counter, order_no: str, role: Role = Role.SUPERVISOR) -> StuckOrder:
    (order,) = office.desk.stuck_orders(TERMINAL, Person(name="x", role=role), order_no).orders
    return order


def test_staff_see_whose_bill_it_is(office: Counter) -> None:
    order_no = pay_in(office)
    (listed,) = office.desk.stuck_orders(TERMINAL, BOSS).orders
    assert listed == seen(office, order_no)
    assert (listed.business, listed.name_masked) == (Business.BILL, "周**")
    assert (listed.paid_fen, listed.sold, listed.meter_no) == (10_000, False, "")
    assert {told.action: told.forbidden for told in listed.permissions} == {
        Action.REWRITE: Forbidden.NO_CARD,
        Action.RESELL: None,
        Action.MARK_LOADED: Forbidden.NO_CARD,
        Action.REFUND: None,
    }


def test_a_payment_that_is_posted_is_not_stuck(office: Counter) -> None:
    order_no = office.order_no()
    office.pay(pay_request(order_no, notes(order_no, 10_000)))
    assert office.desk.stuck_orders(TERMINAL, BOSS).orders == ()


def test_selling_again_posts_at_once(office: Counter) -> None:
    order_no = pay_in(office)
    for _ in range(2):
        done = act(office, order_no, Action.RESELL)
        assert isinstance(done, ActionDone)
    assert office.state(order_no) == "confirmed"
    assert office.bill(ZHOU).balance_fen == 10_000
    assert act(office, order_no, Action.REFUND) == ActionForbidden(why=Forbidden.ORDER_OVER)
    steps = office.store.read(lambda connection: trail.read(connection, order_no))
    assert [(step.what, step.staff) for step in steps] == [
        ("resell", "boss"),
        ("bill-posted", "boss"),
        ("refund-refused", "boss"),
    ]


def test_a_refund_ends_it_for_good(office: Counter) -> None:
    order_no = pay_in(office)
    assert isinstance(act(office, order_no, Action.REFUND), ActionDone)
    assert len(office.bill(ZHOU).months) == 3
    assert office.bill(ZHOU).balance_fen == 0
    over = OrderOver(order_no, Ending.REFUNDED)
    assert office.desk.inquire_bill(TERMINAL, order_no) == over
    late = notes(order_no, 10_000, 5_000)
    assert office.refusal(pay_request(order_no, late)) == Refused(Reason.ORDER_REFUNDED)
    assert office.alarms()[-1] == "note-late"
    assert office.balance("refund", order_no) == 10_000
    assert office.balance("unassigned", TERMINAL) == 5_000
    office.desk.pay_out(refund.Payout(order_no=order_no, by="boss", evidence="receipt 17"))
    assert act(office, order_no, Action.RESELL) == ActionForbidden(why=Forbidden.REFUND_DECIDED)


def test_an_unknown_customers_money_can_only_go_back(office: Counter) -> None:
    order_no = pay_in(office, "999999")
    assert seen(office, order_no).name_masked == ""
    refused = act(office, order_no, Action.RESELL)
    assert refused == ActionForbidden(why=Forbidden.CUSTOMER_UNKNOWN)
    assert office.desk.settle_bills() == ()
    assert isinstance(act(office, order_no, Action.REFUND), ActionDone)


BY_ROLE = {
    Role.OPERATOR: (Forbidden.ROLE,) * 4,
    **dict.fromkeys(
        (Role.MAINTENANCE, Role.SUPERVISOR), (Forbidden.NO_CARD, None, Forbidden.NO_CARD, None)
    ),
}


@pytest.mark.parametrize(("role", "action"), list(product(Role, Action)))
def test_every_role_meets_the_table(office: Counter, role: Role, action: Action) -> None:
    order_no = pay_in(office)
    answer = act(office, order_no, action, Person(name="x", role=role))
    why = BY_ROLE[role][list(Action).index(action)]
    if why is None:
        assert isinstance(answer, ActionDone)
    else:
        assert answer == ActionForbidden(why=why)
        assert office.state(order_no) == "paid"


@pytest.mark.parametrize("action", [Action.RESELL, Action.REFUND])
def test_a_busy_terminal_is_waited_for(office: Counter, action: Action) -> None:
    order_no = pay_in(office, is_parked=False)
    assert act(office, order_no, action) == ActionForbidden(why=Forbidden.STILL_BUSY)
    office.now_ms += QUIET_MS
    assert isinstance(act(office, order_no, action), ActionDone)


# -- at the same moment --


def test_two_kiosks_pay_the_same_months_at_the_same_moment(office: Counter) -> None:
    first, second = office.order_no(), office.order_no(OTHER_TERMINAL)
    wanted: list[Callable[[], BillPaid]] = [
        partial(office.pay, pay_request(first, notes(first, 20_000, 500))),
        partial(office.pay, pay_request(second, notes(second, 20_000, 500)), OTHER_TERMINAL),
    ]
    found = {paid.order_no: paid for paid in at_once(wanted * 4)}
    settled = sorted(paid.settlement.months for paid in found.values())
    assert settled == [(), MONTHS]
    assert office.bill(ZHOU).balance_fen == 20_500
    assert office.balance("bills", "") == 20_500


ROUNDS = 60


def test_terminal_customer_and_clerk_at_once_either_post_or_pay_back(office: Counter) -> None:
    """Its terminal asks again, the customer asks what is owed elsewhere, a clerk pays back."""
    won = Tally[str]()
    for number in range(ROUNDS):
        order_no = pay_in(office)
        body = pay_request(order_no, notes(order_no, 10_000))

        def pay(body: BillPayRequest = body) -> str:
            answer = office.desk.pay_bill(TERMINAL, body)
            return "posted" if isinstance(answer, BillPaid) else answer.reason.value

        def ask() -> str:
            office.bill(ZHOU, OTHER_TERMINAL)
            return "asked"

        def pay_back(order_no: str = order_no) -> str:
            answer = act(office, order_no, Action.REFUND)
            return "refunded" if isinstance(answer, ActionDone) else answer.why.value

        calls: list[Callable[[], str]] = [pay, ask, pay_back]
        turn = number % len(calls)
        said = set(at_once(calls[turn:] + calls[:turn]))
        if "refunded" in said:
            assert said == {"refunded", "asked", Reason.ORDER_REFUNDED.value}
            assert office.state(order_no) == "refunded"
            won["clerk"] += 1
        else:
            assert said == {"posted", "asked", Forbidden.ORDER_OVER.value}
            assert office.state(order_no) == "confirmed"
            won["kiosk"] += 1
    assert set(won) == {"clerk", "kiosk"}
    refunded_fen = 10_000 * won["clerk"]
    assert -office.balance("cash", TERMINAL) == 10_000 * ROUNDS
    kept_fen = office.balance("bills", "") + office.balance("customer", ZHOU)
    assert kept_fen == 10_000 * ROUNDS - refunded_fen
