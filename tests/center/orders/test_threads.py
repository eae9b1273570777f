"""Many threads at the same orders and meters: one sale each, the same answer for everybody."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from center.orders.port import Decision, ReportConflict
from center.staff.people import Person
from tests.center.orders.office import (
    NOW_MS,
    OTHER_TERMINAL,
    TERMINAL,
    Office,
    card,
    confirmed,
    notes,
    opened,
    parked,
    person,
    request,
    resell,
    sealing,
    taken,
)
from vending.messages import (
    Note,
    Reason,
    Refused,
    ReportEnvelope,
    ResellRequest,
    Sealed,
    Vend,
)
from vending.order_no import make_order_no
from vending.staff import Action, ActionDone, Evidence, Role

T = TypeVar("T")
THREADS = 16
WAIT_S = 30.0


def at_once(calls: list[Callable[[], T]]) -> list[T]:
    """Make every call from a thread of its own, all at the same moment."""
    barrier = threading.Barrier(len(calls), timeout=WAIT_S)

    def run(call: Callable[[], T]) -> T:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(WAIT_S) for future in [pool.submit(run, call) for call in calls]]


def said(number: int, order_no: str, note: Note) -> ReportEnvelope:
    return ReportEnvelope(report_no=number, journal_id="j", report=taken(order_no, note))


def test_one_order_from_many_threads_is_sold_once(office: Office) -> None:
    who = person(1)
    for _ in range(5):
        order_no = office.order_no()
        body = request(order_no, who, notes(order_no, 10_000), count=7)
        answers = at_once([partial(office.desk.vend, TERMINAL, body)] * THREADS)
        assert isinstance(answers[0], Vend)
        assert len(set(answers)) == 1
        office.desk.cancel(TERMINAL, order_no)


def test_many_orders_for_one_meter_sell_n_plus_one_once(office: Office) -> None:
    who = person(2)
    for count in range(who.purchase_count, who.purchase_count + 5):
        numbers = [office.order_no() for _ in range(THREADS)]
        bodies = [request(no, who, notes(no, 10_000), count=count) for no in numbers]
        answers = at_once([partial(office.desk.vend, TERMINAL, body) for body in bodies])
        sold = [answer for answer in answers if isinstance(answer, Vend)]
        refused = [answer for answer in answers if isinstance(answer, Refused)]
        assert [vend.purchase_count for vend in sold] == [count + 1]
        assert {answer.reason for answer in refused} == {Reason.ORDER_OPEN}
        office.report(confirmed(sold[0].order_no, count + 1))


def test_conflicting_bodies_under_one_number_sell_one_of_them(office: Office) -> None:
    order_no = office.order_no()
    people = [person(1), person(2), person(3)]
    bodies = [request(order_no, who, notes(order_no, 10_000)) for who in people * 5]
    answers = at_once([partial(office.desk.vend, TERMINAL, body) for body in bodies])
    sold = {answer for answer in answers if isinstance(answer, Vend)}
    assert len(sold) == 1
    others = {answer for answer in answers if not isinstance(answer, Vend)}
    assert others == {Refused(Reason.ORDER_CONFLICT)}


def test_a_note_from_many_messages_counts_once(office: Office) -> None:
    order_no = office.order_no()
    paid = notes(order_no, 10_000, 5_000)
    body = request(order_no, person(1), paid)
    vends: list[Callable[[], object]] = [partial(office.desk.vend, TERMINAL, body)] * 4
    reports: list[Callable[[], object]] = [
        partial(office.desk.report, TERMINAL, said(number, order_no, note))
        for place, note in enumerate(paid)
        for number in (1 + place, 11 + place)
    ]
    at_once(vends + reports + vends + reports)
    assert office.balance("suspense", order_no) == 15_000
    assert office.balance("cash", TERMINAL) == -15_000
    assert office.alarms() == []


def test_one_report_number_is_one_report(office: Office) -> None:
    def report(value_fen: int) -> bool:
        order_no = make_order_no(TERMINAL, NOW_MS, 900)
        try:
            office.desk.report(TERMINAL, said(1, order_no, notes(order_no, value_fen)[0]))
        except ReportConflict:
            return False
        return True

    values_fen = [10_000, 5_000] * 8
    taken_ones = at_once([partial(report, value) for value in values_fen])
    winners = {value for value, ok in zip(values_fen, taken_ones, strict=True) if ok}
    assert len(winners) == 1
    assert -office.balance("cash", TERMINAL) in winners


ROUNDS = 200


def test_two_kiosks_and_a_clerk_at_once_either_deliver_or_pay_back(office: Office) -> None:
    """Each kiosk re-sells and asks for seals; the clerk refunds at the same moment."""
    who, won = person(1), Counter[str]()
    count = who.purchase_count
    for number in range(ROUNDS):
        order_no = office.order_no()
        note = notes(order_no, 10_000)
        office.report(opened(order_no, who))
        office.report(taken(order_no, note[0]))
        if number % 2:
            office.desk.vend(TERMINAL, request(order_no, who, note, count=count))
        office.report(parked(order_no, verdict=None))
        snapshot = card(who, count=count)
        office.owed(snapshot, OTHER_TERMINAL)
        wanted = resell(order_no, who, count)

        def deliver(terminal_no: str, wanted: ResellRequest = wanted) -> str:
            vend = office.desk.resell(terminal_no, wanted)
            if not isinstance(vend, Vend):
                return vend.reason.value
            sealed = office.desk.seal(terminal_no, sealing(vend.order_no, who, vend))
            return "sealed" if isinstance(sealed, Sealed) else sealed.reason.value

        def pay_back(order_no: str = order_no) -> str:
            decision = Decision(
                order_no=order_no,
                action=Action.REFUND,
                by=Person(name="clerk", role=Role.SUPERVISOR),
                evidence=Evidence.CUSTOMER_ASKS,
            )
            answer = office.desk.act(TERMINAL, decision)
            return "refunded" if isinstance(answer, ActionDone) else answer.why.value

        calls: list[Callable[[], str]] = [
            partial(deliver, TERMINAL),
            partial(deliver, OTHER_TERMINAL),
            pay_back,
        ]
        turn = number % len(calls)
        said = set(at_once(calls[turn:] + calls[:turn]))
        if "refunded" in said:
            assert said == {"refunded", Reason.ORDER_REFUNDED.value}
            assert office.state(order_no) == "refunded"
            won["clerk"] += 1
        else:
            assert said <= {"sealed", "resell-decided", "card-may-be-written"}
            assert office.order(order_no).seals == 2
            count += 1
            office.report(confirmed(order_no, count), OTHER_TERMINAL)
            assert office.state(order_no) == "confirmed"
            won["kiosks"] += 1
    assert won["clerk"] + won["kiosks"] == ROUNDS
    assert set(won) == {"clerk", "kiosks"}
