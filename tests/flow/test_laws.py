"""The laws of the flow under any order of facts, and every declared way taken."""

import random
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.engine.encoding import kinds_of
from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.device import SelfTest
from kiosk.flow.event import Device, DeviceState, Restarted
from kiosk.flow.machine import is_resting, step
from kiosk.flow.phase import PHASES, Phase
from kiosk.flow.policy import Policy
from kiosk.flow.rules import RULES
from kiosk.flow.screen import timeout_s
from kiosk.flow.session import fresh
from tests.flow import bills, staff_walk
from tests.flow import test_resell as resell
from tests.flow.bills import CUSTOMER_NO, BillWalk, paid_of
from tests.flow.cashier import CLEARING_FACTS
from tests.flow.chaos import POLICY, Chaos
from tests.flow.world import (
    PRESSES,
    Walk,
    Way,
    account_of,
    check_screen,
    owed_of,
    part,
    quote_of,
    seal_request,
    vend_of,
)
from vending.card import SealAnswer, SealStage, Verdict
from vending.messages import Ending, Limits, Reason

CHOICES = st.lists(st.integers(0, 2**16), max_size=120)
NOTE_FACTS: tuple[Any, ...] = (ev.NoteEscrowed, ev.NoteStacked, ev.NoteReturned, ev.NoteUnknown)
MOST_TIME_OUTS = 12
"""From any phase home: the longest way counts notes, sells, waits for the card and says so."""


def walk_of(numbers: list[int]) -> Chaos:
    walk = Chaos(len(numbers))
    for number in numbers:
        walk.choose(number)
    return walk


@settings(max_examples=300)
@given(CHOICES)
def test_the_laws_hold_whatever_happens(numbers: list[int]) -> None:
    walk_of(numbers)


@settings(max_examples=50)
@given(CHOICES)
def test_the_session_is_a_function_of_the_facts(numbers: list[int]) -> None:
    walk = walk_of(numbers)
    session = fresh(POLICY)
    for fact in walk.facts:
        session, _ = step(session, fact)
    assert session == walk.session
    assert msgspec.json.encode(session) == msgspec.json.encode(walk.session)


@settings(max_examples=100)
@given(CHOICES)
def test_silence_leads_home_from_everywhere(numbers: list[int]) -> None:
    """No device and no office answers any more, and the customer has left with the card."""
    walk = walk_of(numbers)
    walk.feed(ev.CardRemoved())
    for _ in range(MOST_TIME_OUTS):
        if timeout_s(walk.session) is None:
            break
        walk.time_out()
    assert walk.session.phase in {Phase.IDLE, Phase.OUT_OF_SERVICE}
    assert walk.session.payment is None


@settings(max_examples=100)
@given(CHOICES)
def test_facts_that_no_rule_wants_change_nothing_but_what_is_observed(numbers: list[int]) -> None:
    walk = walk_of(numbers)
    for kind in (ev.ContinuePressed, ev.CashChosen, ev.FinishPressed, ev.CancelPressed):
        if (walk.session.phase, kind) not in RULES:
            assert step(walk.session, kind()) == (walk.session, ())


def walk_away_while_choosing_as_the_office_fails() -> Walk:
    walk = Walk().to_account().feed(ev.ContinuePressed())
    return walk.feed(part(Device.HEAD_OFFICE, DeviceState.OFFLINE)).take_card()


def walk_away_from_the_account_as_the_office_fails() -> Walk:
    gone = part(Device.HEAD_OFFICE, DeviceState.OFFLINE)
    return Walk().to_account().feed(gone).take_card().at(Phase.OUT_OF_SERVICE)


def hear_of_the_card_twice() -> Walk:
    walk = Walk().to_writing().end_write()
    walk.feed(ev.CardProved(order_no=walk.order.order_no, verdict=Verdict.UNKNOWN))
    return walk.at(Phase.CARD_BACK).feed(ev.CardRead(card=walk.card))


def be_cancelled_after_leaving() -> Walk:
    walk = Walk().to_vending().take_card()
    number = walk.order.order_no
    walk.feed(ev.VendRefused(order_no=number, reason=Reason.ORDER_CANCELLED))
    return walk.at(Phase.REFUSED).time_out()


def lose_the_slot_before_paying() -> Walk:
    jam = part(Device.ACCEPTOR, DeviceState.FAULT, ev.Fault.JAM_IN_ACCEPTOR)
    Walk().to_account().feed(ev.ContinuePressed(), jam).at(Phase.REFUSED)
    return Walk().to_account().feed(jam)


def find_no_note_small_enough() -> Walk:
    walk = Walk()
    walk.account = account_of(walk.card, Limits(min_fen=100, max_fen=400, multiple_fen=100))
    return walk.to_account().feed(ev.ContinuePressed(), ev.CashChosen()).at(Phase.REFUSED)


def give_a_code_in_vain(kind: Callable[[str], ev.Event]) -> Walk:
    walk = Walk().open_shop().feed(ev.ResellPressed()).insert()
    walk.feed(ev.AccountFound(account=walk.account)).at(Phase.CODE)
    walk.feed(kind(Walk().to_vending().order.order_no)).at(Phase.LOOKING_UP)
    return walk.feed(ev.OwedRefused(reason=Reason.NOTHING_OWED)).at(Phase.REFUSED)


def bring_the_card_to_the_staff() -> Walk:
    walk = Walk().open_shop().feed(staff_event.StaffCalled(), ev.CardInserted())
    return walk.at(Phase.READING)


def ask_in_vain(inquiries: int) -> Walk:
    """Unknown and not sold in turn, until one of them is the last word."""
    walk = Walk(Policy(terminal_no="310042", inquiries=inquiries)).to_vending()
    while walk.session.phase is Phase.VENDING:
        number = walk.order.order_no
        walk.feed(ev.VendUnknown(order_no=number), ev.VendNotSold(order_no=number))
    return walk


def prove_again(verdict: Verdict) -> Walk:
    """Put back too soon for the first look, in time for the second."""
    walk = Walk().to_writing().take_card().end_write().feed(ev.CardInserted())
    for found in (Verdict.UNKNOWN, verdict):
        number = walk.order.order_no
        walk.feed(ev.CardProved(order_no=number, verdict=found, card=walk.card))
    return walk


def hesitate_while_choosing() -> Walk:
    walk = Walk().to_account().feed(ev.ContinuePressed()).at(Phase.CHOOSING)
    return walk.time_out().time_out().at(Phase.REFUSED)


def see_a_test_of_notes_to_its_end() -> Walk:
    note: dict[str, Any] = {"note_id": "n1", "value_fen": 5_000}
    walk = staff_walk.under_test(SelfTest.NOTE).feed(ev.NoteEscrowed(**note))
    return walk.feed(ev.NoteReturned(**note), ev.AcceptorClosed()).at(Phase.STAFF)


def hear_that_a_bill_in_doubt_was_cancelled() -> Walk:
    walk = BillWalk().to_posting()
    walk.feed(walk.unknown()).time_out().at(Phase.DOUBTFUL)
    number, over = walk.bill.order_no, Reason.ORDER_CANCELLED
    return walk.feed(ev.BillNotPosted(order_no=number, reason=over)).at(Phase.REFUSED)


def leave_as_the_slot_dies() -> Walk:
    walk = Walk().to_tender().take_card().feed(part(Device.ACCEPTOR, DeviceState.OFFLINE))
    return walk.at(Phase.CLOSING).time_out().at(Phase.OUT_OF_SERVICE)


RARE: tuple[Callable[[], Walk], ...] = (
    *resell.RARE,
    *staff_walk.RARE,
    *bills.RARE,
    *(partial(prove_again, verdict) for verdict in Verdict),
    walk_away_while_choosing_as_the_office_fails,
    walk_away_from_the_account_as_the_office_fails,
    hear_of_the_card_twice,
    be_cancelled_after_leaving,
    lose_the_slot_before_paying,
    leave_as_the_slot_dies,
    hesitate_while_choosing,
    see_a_test_of_notes_to_its_end,
    hear_that_a_bill_in_doubt_was_cancelled,
    find_no_note_small_enough,
    partial(give_a_code_in_vain, lambda code: ev.CodeEntered(order_no=code)),
    partial(give_a_code_in_vain, lambda code: ev.CodeScanned(text=f"{code}\n")),
    bring_the_card_to_the_staff,
    partial(ask_in_vain, 3),
    partial(ask_in_vain, 4),
)


@cache
def ways_taken() -> frozenset[Way]:
    """Every (phase, fact, next phase) of many walks by a fixed seed, and of a few rare ones."""
    chance = random.Random(20260101)
    taken = {way for rare in RARE for way in rare().ways}
    for number in range(450):
        walk = Chaos(number)
        for _ in range(150):
            walk.choose(chance.randrange(2**20))
        taken |= walk.ways
    return frozenset(taken)


def test_every_declared_way_can_be_taken() -> None:
    declared = {
        (phase, kind, target)
        for (phase, kind), rule in RULES.items()
        for target in rule.to - {phase}
        if kind is not Restarted
    }
    assert declared - ways_taken() == set()


def every_fact(walk: Walk) -> list[ev.Event]:
    """One of each kind, about the order in hand where there is one."""
    order = walk.session.order or Walk().to_vending().order
    number, note = order.order_no, {"note_id": "n1", "value_fen": 5_000}
    seals = SealAnswer(stage=SealStage.SEAL)
    payment = walk.session.bill or BillWalk().to_posting().bill
    return [
        ev.Restarted(boot_id="b"),
        part(Device.ACCEPTOR, DeviceState.OFFLINE),
        ev.SignedInAt(last_order_sequence=3),
        ev.TimedOut(phase=str(walk.session.phase), round=walk.session.round),
        ev.LanguageChosen(language="en"),
        *(press() for press in PRESSES.values()),
        ev.CodeEntered(order_no=number),
        *staff_walk.STAFF_FACTS,
        *CLEARING_FACTS,
        ev.CardInserted(),
        ev.CardRemoved(),
        ev.CardRead(card=walk.card),
        ev.CardUnreadable(fault=ev.CardFault.DAMAGED),
        ev.SealsWanted(request=seal_request(order)),
        ev.CardWriteEnded(order_no=number),
        ev.CardProved(order_no=number, verdict=Verdict.TORN),
        *(kind(**note) for kind in NOTE_FACTS),
        ev.NoteRejected(cause=ev.RejectCause.OTHER),
        ev.AcceptorClosed(),
        ev.AccountFound(account=walk.account),
        ev.AccountRefused(reason=Reason.ACCOUNT_UNKNOWN),
        ev.OwedFound(owed=owed_of(order)),
        ev.OwedRefused(reason=Reason.NOTHING_OWED),
        ev.OrderEnded(order_no=number, how=Ending.DELIVERED),
        ev.CodeScanned(text=CUSTOMER_NO),
        ev.CustomerNoEntered(customer_no=CUSTOMER_NO),
        ev.MonthsChosen(months=1),
        ev.BillFound(statement=payment.statement),
        ev.BillRefused(customer_no=CUSTOMER_NO, reason=Reason.NOTHING_DUE),
        ev.BillUnreachable(customer_no=CUSTOMER_NO),
        ev.BillPosted(paid=paid_of(payment)),
        ev.BillNotPosted(order_no=payment.order_no),
        ev.BillUnknown(order_no=payment.order_no),
        ev.TrialAnswered(paid_fen=order.paid_fen, quote=quote_of(order.account, order.paid_fen)),
        ev.OfficeUnreachable(question="account"),
        ev.VendApproved(vend=vend_of(order)),
        ev.VendRefused(order_no=number, reason=Reason.OVERSTOCK),
        ev.VendNotSold(order_no=number),
        ev.VendUnknown(order_no=number),
        ev.SealsGiven(order_no=number, answer=seals),
        ev.SealsFailed(order_no=number),
        ev.SlipPrinted(order_no=number),
        ev.SlipFailed(order_no=number, fault=ev.Fault.CUTTER),
    ]


def test_no_kind_of_fact_is_left_out() -> None:
    assert {type(fact) for fact in every_fact(Walk())} == set(kinds_of(ev.Event))


@settings(max_examples=100)
@given(CHOICES)
def test_any_fact_at_any_moment_does_what_its_rule_declares(numbers: list[int]) -> None:
    walk = walk_of(numbers)
    for fact in every_fact(walk):
        after, _ = step(walk.session, fact)
        rule = RULES.get((walk.session.phase, type(fact)))
        assert after.phase in (rule.to if rule else {walk.session.phase})
        check_screen(after)


def test_only_phases_that_wait_for_nobody_have_no_end() -> None:
    endless = {phase for phase, row in PHASES.items() if row.timeout_s is None}
    assert endless == {Phase.IDLE, Phase.OUT_OF_SERVICE}
    assert all((phase, ev.TimedOut) in RULES for phase in set(Phase) - endless)


def test_a_resting_machine_waits_for_nothing() -> None:
    assert is_resting(fresh(POLICY))
    assert not is_resting(Chaos().to_tender().session)
