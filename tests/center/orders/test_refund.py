"""Refunds and the other ways out that staff take: once, instead of delivering, with evidence."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from center.orders.order import QUIET_MS
from center.orders.policy import Policy, Resell
from center.orders.port import Decision, RefundState
from center.orders.refund import CannotPay, Payout
from center.staff import trail
from center.staff.people import Person
from tests.center.orders.office import (
    OTHER_TERMINAL,
    TERMINAL,
    Office,
    card,
    confirmed,
    notes,
    parked,
    person,
    request,
    resell,
    sealing,
    taken,
)
from tests.center.orders.test_owed import NEW_SERIAL, WHO, find, paid, sold
from vending.card import Verdict
from vending.messages import (
    Account,
    Ending,
    Note,
    OrderOver,
    Reason,
    Refused,
    Sealed,
    SealRefused,
    Vend,
)
from vending.staff import Action, ActionDone, ActionForbidden, Evidence, Forbidden, Role

BOSS = Person(name="王主管", role=Role.SUPERVISOR)
FITTER = Person(name="李师傅", role=Role.MAINTENANCE)
LOOKER = Person(name="操作员", role=Role.OPERATOR)
COUNT = WHO.purchase_count


def act(
    office: Office,
    order_no: str,
    action: Action = Action.REFUND,
    evidence: Evidence = Evidence.CUSTOMER_ASKS,
    by: Person = BOSS,
    witness: Person | None = None,
    terminal_no: str = TERMINAL,
) -> ActionDone | Forbidden:
    decision = Decision(order_no=order_no, action=action, by=by, witness=witness, evidence=evidence)
    answer = office.desk.act(terminal_no, decision)
    return answer.why if isinstance(answer, ActionForbidden) else answer


def seal(office: Office, vend: Vend, terminal_no: str = TERMINAL) -> None:
    answer = office.desk.seal(terminal_no, sealing(vend.order_no, WHO, vend))
    assert isinstance(answer, Sealed), answer


def give_up(office: Office, order_no: str, verdict: Verdict | None = None, seals: int = 0) -> None:
    office.report(parked(order_no, verdict=verdict, seals=seals))


def test_money_without_a_sale_goes_back_and_is_paid_out_once(office: Office) -> None:
    order_no = paid(office)
    give_up(office, order_no)
    done = act(office, order_no)
    assert isinstance(done, ActionDone)
    assert (done.order.refund, done.order.sold) == ("decided", False)
    assert office.balance("suspense", order_no) == 0
    assert office.balance("refund", order_no) == 10_000
    payout = Payout(order_no=order_no, by=FITTER.name, evidence="receipt 17")
    office.now_ms += 1
    for _ in range(2):
        assert office.desk.pay_out(payout).state is RefundState.PAID_OUT
        office.now_ms += 1
    assert office.balance("refund", order_no) == 0
    assert office.balance("paid-out", "") == 10_000
    with pytest.raises(CannotPay, match="paid out before by 李师傅"):
        office.desk.pay_out(replace(payout, by=BOSS.name))
    with pytest.raises(CannotPay, match="no refund"):
        office.desk.pay_out(replace(payout, order_no=office.order_no()))
    steps = office.store.read(lambda c: trail.read(c, order_no))
    assert [(s.staff, s.what) for s in steps] == [("王主管", "refund"), ("李师傅", "paid-out")]


def test_a_refunded_order_is_over_for_everybody(office: Office) -> None:
    vend = sold(office)
    order_no = vend.order_no
    give_up(office, order_no)
    office.owed(card(WHO), OTHER_TERMINAL)
    assert isinstance(act(office, order_no), ActionDone)
    over = OrderOver(order_no, Ending.REFUNDED)
    for terminal_no in (TERMINAL, OTHER_TERMINAL):
        assert office.desk.inquire(terminal_no, order_no) == over
        wanted = resell(order_no, WHO, COUNT)
        assert office.desk.resell(terminal_no, wanted) == Refused(Reason.ORDER_REFUNDED)
        refused = office.desk.seal(terminal_no, sealing(order_no, WHO, vend))
        assert refused == SealRefused(Reason.ORDER_REFUNDED)
    assert find(office, card(WHO), order_no) == Refused(Reason.ORDER_REFUNDED)
    body = request(order_no, WHO, notes(order_no, 10_000))
    assert office.desk.vend(TERMINAL, body) == Refused(Reason.ORDER_REFUNDED)
    assert isinstance(office.query(card(WHO)), Account)
    again = sold(office)
    assert again.purchase_count == vend.purchase_count


def test_late_truths_about_a_refunded_order_are_alarms_and_never_nowhere(office: Office) -> None:
    vend = sold(office)
    order_no = vend.order_no
    give_up(office, order_no)
    act(office, order_no)
    late = Note(note_id="late", value_fen=5_000)
    more = request(order_no, WHO, (*notes(order_no, 10_000), late))
    assert office.desk.vend(TERMINAL, more) == Refused(Reason.ORDER_REFUNDED)
    office.report(taken(order_no, late))
    office.report(taken(order_no, Note(note_id="later", value_fen=2_000)))
    office.report(confirmed(order_no, vend.purchase_count))
    office.report(parked(order_no))
    assert office.balance("unassigned", TERMINAL) == 7_000
    assert office.state(order_no) == "refunded"
    assert office.alarms() == [
        "order-parked",
        "note-late",
        "note-late",
        "confirmed-after-refund",
        "parked-after-end",
    ]


def test_a_sale_goes_back_only_while_no_card_can_hold_it(office: Office) -> None:
    vend = sold(office)
    give_up(office, vend.order_no)
    seal(office, vend)
    give_up(office, vend.order_no, Verdict.UNKNOWN, 1)
    assert act(office, vend.order_no) is Forbidden.CARD_MAY_BE_WRITTEN
    give_up(office, vend.order_no, Verdict.NOT_WRITTEN, 0)
    assert act(office, vend.order_no) is Forbidden.CARD_MAY_BE_WRITTEN
    give_up(office, vend.order_no, Verdict.NOT_WRITTEN, 1)
    seal(office, vend)
    assert act(office, vend.order_no) is Forbidden.CARD_MAY_BE_WRITTEN
    give_up(office, vend.order_no, Verdict.NOT_WRITTEN, 2)
    assert isinstance(act(office, vend.order_no), ActionDone)
    entries = office.desk.ledger_entries(vend.order_no)
    assert {e.state for e in entries if e.posting_key.startswith("vend:")} == {"voided"}


def test_a_card_that_turned_out_written_is_not_paid_for(office: Office) -> None:
    vend = sold(office)
    seal(office, vend)
    give_up(office, vend.order_no, Verdict.WRITTEN, 1)
    assert act(office, vend.order_no) is Forbidden.CARD_WRITTEN


def test_a_card_that_is_gone_must_have_been_destroyed(office: Office) -> None:
    vend = sold(office)
    seal(office, vend)
    give_up(office, vend.order_no, Verdict.UNKNOWN, 1)
    destroyed = Evidence.CARD_DESTROYED
    assert act(office, vend.order_no, evidence=destroyed) is Forbidden.CARD_MAY_BE_WRITTEN
    office.replace_card(WHO.card_serial, NEW_SERIAL, WHO.meter_no)
    assert act(office, vend.order_no) is Forbidden.EVIDENCE
    assert isinstance(act(office, vend.order_no, evidence=destroyed), ActionDone)


def test_a_new_card_that_is_unwritten_says_nothing_about_the_old_one(office: Office) -> None:
    vend = sold(office)
    seal(office, vend)
    give_up(office, vend.order_no, Verdict.UNKNOWN, 1)
    office.replace_card(WHO.card_serial, NEW_SERIAL, WHO.meter_no)
    office.owed(card(WHO, serial=NEW_SERIAL), OTHER_TERMINAL)
    asked = resell(vend.order_no, WHO, COUNT, NEW_SERIAL)
    assert office.desk.resell(OTHER_TERMINAL, asked) == vend
    office.report(parked(vend.order_no, verdict=Verdict.NOT_WRITTEN, seals=1), OTHER_TERMINAL)
    assert act(office, vend.order_no) is Forbidden.EVIDENCE
    done = act(office, vend.order_no, evidence=Evidence.CARD_DESTROYED)
    assert isinstance(done, ActionDone)


def test_a_cards_sale_goes_to_no_other_card_that_is_good_too(office: Office) -> None:
    """Of two cards of a meter both could be written."""
    vend = sold(office)
    office.owed(card(WHO), OTHER_TERMINAL)
    office.replace_card("nobody's", NEW_SERIAL, WHO.meter_no)
    seal(office, vend)
    asked = resell(vend.order_no, WHO, COUNT, NEW_SERIAL)
    assert office.desk.resell(OTHER_TERMINAL, asked) == Refused(Reason.WRONG_METER)


def test_nothing_goes_back_while_somebody_may_be_delivering(office: Office) -> None:
    waiting = paid(office)
    assert act(office, waiting) is Forbidden.STILL_BUSY
    vend = sold(office, person(2))
    assert act(office, vend.order_no) is Forbidden.STILL_BUSY
    give_up(office, waiting)
    office.owed(card(WHO), OTHER_TERMINAL)
    office.desk.resell(OTHER_TERMINAL, resell(waiting, WHO, COUNT))
    assert act(office, waiting) is Forbidden.RESELL_DECIDED
    office.report(parked(waiting, verdict=Verdict.UNKNOWN), OTHER_TERMINAL)
    assert isinstance(act(office, waiting), ActionDone)
    office.now_ms += QUIET_MS
    assert isinstance(act(office, vend.order_no), ActionDone)


def test_a_resell_that_somebody_else_gave_up_is_still_decided(office: Office) -> None:
    vend = sold(office)
    give_up(office, vend.order_no)
    office.owed(card(WHO), OTHER_TERMINAL)
    office.desk.resell(OTHER_TERMINAL, resell(vend.order_no, WHO, COUNT))
    give_up(office, vend.order_no)
    assert act(office, vend.order_no) is Forbidden.RESELL_DECIDED


def test_a_cancelled_sale_goes_back(office: Office) -> None:
    vend = sold(office)
    office.desk.cancel(TERMINAL, vend.order_no)
    office.report(taken(vend.order_no, Note(note_id="late", value_fen=5_000)))
    assert isinstance(act(office, vend.order_no), ActionDone)
    assert office.balance("refund", vend.order_no) == 15_000


def test_staff_mark_as_loaded_what_the_meter_shows(office: Office) -> None:
    vend = sold(office)
    seal(office, vend)
    give_up(office, vend.order_no, Verdict.UNKNOWN, 1)
    mark = Action.MARK_LOADED
    assert act(office, vend.order_no, mark) is Forbidden.EVIDENCE
    for _ in range(2):
        done = act(office, vend.order_no, mark, Evidence.METER_SHOWS_IT, by=FITTER)
        assert isinstance(done, ActionDone)
    assert office.state(vend.order_no) == "confirmed"
    assert office.balance("suspense", vend.order_no) == 0
    office.report(confirmed(vend.order_no, vend.purchase_count))
    assert office.alarms() == ["order-parked"]
    office.report(parked(vend.order_no, verdict=Verdict.NOT_WRITTEN, seals=1))
    assert office.alarms() == ["order-parked", "parked-after-end"]
    assert act(office, vend.order_no) is Forbidden.ORDER_OVER


def test_a_repeat_of_the_same_person_is_answered_as_before(office: Office) -> None:
    order_no = paid(office)
    give_up(office, order_no)
    first = act(office, order_no)
    assert act(office, order_no) == first
    assert act(office, order_no, by=FITTER) is Forbidden.REFUND_DECIDED
    steps = office.store.read(lambda c: trail.read(c, order_no))
    assert [(s.what, s.detail) for s in steps] == [
        ("refund", "customer-asks"),
        ("refund-refused", "refund-decided"),
    ]


def test_operators_look_only(office: Office) -> None:
    order_no = paid(office)
    give_up(office, order_no)
    for action in Action:
        assert act(office, order_no, action, by=LOOKER) is Forbidden.ROLE
    (shown,) = office.desk.stuck_orders(TERMINAL, LOOKER).orders
    assert {each.forbidden for each in shown.permissions} == {Forbidden.ROLE}
    assert act(office, office.order_no()) is Forbidden.ORDER_UNKNOWN


def test_stuck_orders_are_shown_with_what_is_permitted_now(office: Office) -> None:
    vend, waiting = sold(office), paid(office, person(2))
    seal(office, vend)
    give_up(office, vend.order_no, Verdict.UNKNOWN, 1)
    first, second = office.desk.stuck_orders(TERMINAL, BOSS).orders
    assert (first.order_no, second.order_no) == (vend.order_no, waiting)
    assert (first.sold, first.energy_wh) == (True, vend.quote.energy_wh)
    assert (first.name_masked, first.why) == ("王**", "card-pulled")
    assert (first.verdict, first.is_verdict_good) == (Verdict.UNKNOWN, True)
    told = {each.action: each.forbidden for each in first.permissions}
    assert told[Action.REFUND] is Forbidden.CARD_MAY_BE_WRITTEN
    assert told[Action.REWRITE] is None
    told = {each.action: each.forbidden for each in second.permissions}
    assert told[Action.REFUND] is Forbidden.STILL_BUSY
    assert office.desk.stuck_orders(OTHER_TERMINAL, BOSS).orders == ()
    (there,) = office.desk.stuck_orders(OTHER_TERMINAL, BOSS, vend.order_no).orders
    assert there == first
    assert office.desk.stuck_orders(TERMINAL, BOSS, office.order_no()).orders == ()


def test_a_refund_is_shown_until_it_is_paid_out(office: Office) -> None:
    order_no = paid(office)
    give_up(office, order_no)
    act(office, order_no)
    (shown,) = office.desk.stuck_orders(TERMINAL, BOSS).orders
    assert shown.refund == "decided"
    office.desk.pay_out(Payout(order_no=order_no, by=BOSS.name, evidence="signed"))
    assert office.desk.stuck_orders(TERMINAL, BOSS).orders == ()
    (shown,) = office.desk.stuck_orders(TERMINAL, BOSS, order_no).orders
    assert shown.refund == "paid-out"


# -- a site that wants staff, and two of them --


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Office]:
    both = frozenset({Action.REFUND, Action.MARK_LOADED})
    made = Office(tmp_path, Policy(resell=Resell.STAFF, second_person=both))
    yield made
    assert made.violations() == []
    made.close()


def test_dangerous_steps_need_a_second_person(strict: Office) -> None:
    order_no = paid(strict)
    give_up(strict, order_no)
    assert act(strict, order_no) is Forbidden.SECOND_PERSON
    assert act(strict, order_no, witness=BOSS) is Forbidden.SECOND_PERSON
    done = act(strict, order_no, witness=FITTER)
    assert isinstance(done, ActionDone)
    assert {e.action for e in done.order.permissions if e.needs_second} == {
        Action.REFUND,
        Action.MARK_LOADED,
    }
    steps = strict.store.read(lambda c: trail.read(c, order_no))
    assert [step.witness for step in steps] == [None, BOSS.name, FITTER.name]


@pytest.mark.parametrize("action", [Action.REWRITE, Action.RESELL])
def test_staff_let_this_terminal_deliver(strict: Office, action: Action) -> None:
    order_no = sold(strict).order_no if action is Action.REWRITE else paid(strict)
    give_up(strict, order_no)
    assert not strict.owed(card(WHO), OTHER_TERMINAL).by_machine
    asked = resell(order_no, WHO, COUNT)
    assert strict.desk.resell(OTHER_TERMINAL, asked) == Refused(Reason.STAFF_ONLY)
    done = act(strict, order_no, action, by=FITTER, terminal_no=OTHER_TERMINAL)
    assert isinstance(done, ActionDone)
    vend = strict.desk.resell(OTHER_TERMINAL, asked)
    assert isinstance(vend, Vend)
    seal(strict, vend, OTHER_TERMINAL)
    strict.report(confirmed(order_no, vend.purchase_count), OTHER_TERMINAL)
    assert strict.state(order_no) == "confirmed"
