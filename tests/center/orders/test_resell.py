"""Re-selling: the same sale to the same meter, or the one sale that the money was meant for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from center.orders import carrier, grant
from center.orders.policy import Policy, Resell
from center.orders.port import OrderOfAnother
from center.staff import trail
from tests.center.orders.office import (
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
from tests.center.orders.test_owed import NEW_SERIAL, WHO, paid, sold
from vending.card import Verdict
from vending.messages import (
    Ending,
    Note,
    OrderOver,
    Reason,
    Refused,
    Sealed,
    SealRefused,
    Vend,
    VendAnswer,
)

COUNT = WHO.purchase_count


def note(note_id: str, value_fen: int) -> Note:
    return Note(note_id=note_id, value_fen=value_fen)


def told(office: Office, order_no: str) -> None:
    """The second terminal hears of a parked order, because its card was inserted there."""
    office.report(parked(order_no, verdict=None))
    assert office.owed(card(WHO), OTHER_TERMINAL).order_no == order_no


def ask(office: Office, order_no: str, count: int = COUNT, serial: str = "") -> VendAnswer:
    return office.desk.resell(OTHER_TERMINAL, resell(order_no, WHO, count, serial))


def test_an_open_sale_is_delivered_by_another_kiosk(office: Office) -> None:
    vend = sold(office)
    told(office, vend.order_no)
    assert ask(office, vend.order_no) == vend
    assert ask(office, vend.order_no) == vend
    sealed = office.desk.seal(OTHER_TERMINAL, sealing(vend.order_no, WHO, vend))
    assert isinstance(sealed, Sealed)
    assert sealed.seals == 1
    office.report(confirmed(vend.order_no, vend.purchase_count), OTHER_TERMINAL)
    office.report(confirmed(vend.order_no, vend.purchase_count), TERMINAL)
    assert office.state(vend.order_no) == "confirmed"
    assert office.balance("suspense", vend.order_no) == 0
    assert office.alarms() == ["order-parked"]


def test_money_is_sold_for_by_another_kiosk_once(office: Office) -> None:
    order_no = paid(office)
    told(office, order_no)
    vend = ask(office, order_no)
    assert isinstance(vend, Vend)
    assert (vend.purchase_count, vend.quote.paid_fen) == (COUNT + 1, 10_000)
    assert ask(office, order_no) == vend
    assert office.desk.inquire(TERMINAL, order_no) == vend
    office.report(confirmed(order_no, vend.purchase_count), OTHER_TERMINAL)
    over = OrderOver(order_no, Ending.DELIVERED)
    assert office.desk.inquire(TERMINAL, order_no) == over
    assert ask(office, order_no) == Refused(Reason.ORDER_FINISHED)


def test_notes_that_the_books_learn_of_too_late_are_not_lost(office: Office) -> None:
    """Three notes were paid, one had been reported, and the sale was made for that one."""
    order_no = paid(office)
    told(office, order_no)
    vend = ask(office, order_no)
    three = (*notes(order_no, 10_000), note("a", 5_000), note("b", 2_000))
    for _ in range(2):
        assert office.desk.vend(TERMINAL, request(order_no, WHO, three)) == vend
    office.report(taken(order_no, three[1]))
    office.report(taken(order_no, note("c", 1_000)))
    assert office.balance("suspense", order_no) == 10_000
    assert office.balance("unassigned", TERMINAL) == 8_000
    assert office.alarms() == ["order-parked", *["note-late"] * 3]


def test_the_makers_request_for_something_else_is_refused(office: Office) -> None:
    order_no = paid(office)
    told(office, order_no)
    ask(office, order_no)
    other = request(order_no, person(2), notes(order_no, 10_000))
    assert office.desk.vend(TERMINAL, other) == Refused(Reason.ORDER_CONFLICT)
    twice = request(order_no, WHO, notes(order_no, 10_000) * 2)
    assert office.desk.vend(TERMINAL, twice) == Refused(Reason.ORDER_CONFLICT)


def test_a_definite_refusal_decides_nothing(office: Office) -> None:
    order_no = paid(office)
    told(office, order_no)
    assert ask(office, order_no, COUNT + 1) == Refused(Reason.COUNT_MISMATCH)
    assert office.state(order_no) == "paid"
    steps = office.store.read(lambda c: trail.read(c, order_no))
    assert [(s.what, s.detail) for s in steps] == [("resell-refused", "count-mismatch")]
    assert isinstance(ask(office, order_no), Vend)


def test_a_replaced_cards_order_goes_to_the_new_card_and_no_more_to_the_old(
    office: Office,
) -> None:
    vend = sold(office)
    office.desk.seal(TERMINAL, sealing(vend.order_no, WHO, vend))
    office.replace_card(WHO.card_serial, NEW_SERIAL, WHO.meter_no)
    owed = office.owed(card(WHO, serial=NEW_SERIAL), OTHER_TERMINAL)
    assert (owed.order_no, owed.seals) == (vend.order_no, 1)
    assert ask(office, vend.order_no) == Refused(Reason.CARD_REPLACED)
    assert ask(office, vend.order_no, serial=NEW_SERIAL) == vend
    assert office.owed(card(WHO, serial=NEW_SERIAL)).card_serial == NEW_SERIAL
    old = office.desk.seal(TERMINAL, sealing(vend.order_no, WHO, vend))
    assert old == SealRefused(Reason.SEAL_REFUSED)
    new = office.desk.seal(OTHER_TERMINAL, sealing(vend.order_no, WHO, vend, NEW_SERIAL))
    assert isinstance(new, Sealed)
    assert new.seals == 2
    again = request(vend.order_no, WHO, notes(vend.order_no, 10_000))
    assert office.desk.vend(TERMINAL, again) == vend
    office.report(confirmed(vend.order_no, vend.purchase_count), OTHER_TERMINAL)
    assert office.alarms() == []


def test_money_of_a_replaced_card_is_sold_to_the_new_one(office: Office) -> None:
    order_no = paid(office)
    office.report(parked(order_no, verdict=None))
    office.replace_card(WHO.card_serial, NEW_SERIAL, WHO.meter_no)
    office.owed(card(WHO, serial=NEW_SERIAL), OTHER_TERMINAL)
    vend = ask(office, order_no, serial=NEW_SERIAL)
    assert isinstance(vend, Vend)
    sealed = office.desk.seal(OTHER_TERMINAL, sealing(order_no, WHO, vend, NEW_SERIAL))
    assert isinstance(sealed, Sealed)
    office.report(opened(order_no, WHO))
    assert office.alarms() == ["order-parked"]


def test_what_cannot_be_resold_says_why(office: Office) -> None:
    vend = sold(office)
    with pytest.raises(OrderOfAnother):
        ask(office, vend.order_no)
    told(office, vend.order_no)
    wrong = replace(resell(vend.order_no, WHO, COUNT), meter_no=person(2).meter_no)
    assert office.desk.resell(OTHER_TERMINAL, wrong) == Refused(Reason.WRONG_METER)
    stranger = ask(office, vend.order_no, serial="C000000000000009")
    assert stranger == Refused(Reason.ACCOUNT_UNKNOWN)
    assert ask(office, vend.order_no, COUNT + 1) == Refused(Reason.COUNT_MISMATCH)
    unknown = resell(office.order_no(), WHO, COUNT)
    assert office.desk.resell(TERMINAL, unknown) == Refused(Reason.ORDER_UNKNOWN)
    empty = office.order_no()
    office.report(opened(empty, WHO))
    assert office.desk.resell(TERMINAL, resell(empty, WHO, COUNT)) == Refused(Reason.NOTHING_OWED)
    office.desk.cancel(TERMINAL, vend.order_no)
    assert ask(office, vend.order_no) == Refused(Reason.ORDER_CANCELLED)


def test_money_is_not_sold_for_while_its_terminal_is_at_it(office: Office) -> None:
    order_no = paid(office)
    told(office, order_no)
    second = paid(office)
    office.store.write(lambda c: carrier.add(c, OTHER_TERMINAL, second, office.now_ms))
    assert ask(office, second) == Refused(Reason.ORDER_OPEN)


# -- where only staff deliver again --


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path, Policy(resell=Resell.STAFF))
    yield made
    assert made.violations() == []
    made.close()


def allow(office: Office, order_no: str, terminal_no: str = OTHER_TERMINAL) -> None:
    office.store.write(lambda c: grant.give(c, terminal_no, order_no, office.now_ms))


def test_a_purchase_under_way_needs_no_staff(strict: Office) -> None:
    vend = sold(strict)
    assert isinstance(strict.desk.seal(TERMINAL, sealing(vend.order_no, WHO, vend)), Sealed)
    strict.report(confirmed(vend.order_no, vend.purchase_count))
    assert strict.state(vend.order_no) == "confirmed"


def test_what_was_parked_waits_for_staff(strict: Office) -> None:
    vend = sold(strict)
    told(strict, vend.order_no)
    assert ask(strict, vend.order_no) == Refused(Reason.STAFF_ONLY)
    for terminal_no in (TERMINAL, OTHER_TERMINAL):
        refused = strict.desk.seal(terminal_no, sealing(vend.order_no, WHO, vend))
        assert refused == SealRefused(Reason.STAFF_ONLY)
    allow(strict, vend.order_no)
    assert strict.owed(card(WHO), OTHER_TERMINAL).by_machine
    assert not strict.owed(card(WHO), TERMINAL).by_machine
    assert ask(strict, vend.order_no) == vend
    assert isinstance(strict.desk.seal(OTHER_TERMINAL, sealing(vend.order_no, WHO, vend)), Sealed)
    strict.now_ms += grant.GRANT_MS + 1
    assert ask(strict, vend.order_no) == Refused(Reason.STAFF_ONLY)


def test_parked_money_waits_for_staff_and_is_counted_all_the_same(strict: Office) -> None:
    order_no = paid(strict)
    told(strict, order_no)
    more = request(order_no, WHO, (*notes(order_no, 10_000), note("a", 5_000)))
    assert strict.desk.vend(TERMINAL, more) == Refused(Reason.STAFF_ONLY)
    assert strict.balance("suspense", order_no) == 15_000
    allow(strict, order_no, TERMINAL)
    assert isinstance(strict.desk.vend(TERMINAL, more), Vend)


# -- what a verdict is worth --


def judged(office: Office, order_no: str) -> tuple[Verdict | None, bool]:
    found = office.order(order_no)
    return found.verdict, found.is_verdict_good


def test_a_verdict_holds_while_nobody_is_given_new_seals(office: Office) -> None:
    vend = sold(office)
    assert office.order(vend.order_no).is_card_unwritten
    office.desk.seal(TERMINAL, sealing(vend.order_no, WHO, vend))
    office.report(parked(vend.order_no, verdict=Verdict.NOT_WRITTEN, seals=0))
    assert judged(office, vend.order_no) == (Verdict.NOT_WRITTEN, False)
    assert not office.order(vend.order_no).is_card_unwritten
    office.report(parked(vend.order_no, verdict=Verdict.NOT_WRITTEN, seals=1))
    assert judged(office, vend.order_no) == (Verdict.NOT_WRITTEN, True)
    office.report(parked(vend.order_no, verdict=Verdict.UNKNOWN, seals=1))
    assert judged(office, vend.order_no) == (Verdict.NOT_WRITTEN, True)
    assert office.order(vend.order_no).is_card_unwritten
    office.desk.seal(TERMINAL, sealing(vend.order_no, WHO, vend))
    assert judged(office, vend.order_no) == (Verdict.NOT_WRITTEN, False)
    office.report(parked(vend.order_no, verdict=Verdict.WRITTEN, seals=2))
    office.report(parked(vend.order_no, verdict=Verdict.NOT_WRITTEN, seals=2))
    assert judged(office, vend.order_no) == (Verdict.WRITTEN, True)


def test_an_old_proof_that_comes_late_does_not_displace_the_present_one(office: Office) -> None:
    """Two terminals judged the card in turn; the first one's line was down. Else: no refund."""
    vend = sold(office)
    for _ in range(2):
        office.desk.seal(TERMINAL, sealing(vend.order_no, WHO, vend))
    office.report(parked(vend.order_no, verdict=Verdict.NOT_WRITTEN, seals=2))
    office.report(parked(vend.order_no, verdict=Verdict.TORN, seals=1))
    office.report(parked(vend.order_no, verdict=Verdict.NOT_WRITTEN, seals=1))
    assert judged(office, vend.order_no) == (Verdict.NOT_WRITTEN, True)
    assert office.order(vend.order_no).is_card_unwritten


def test_a_proof_about_the_new_card_says_nothing_about_the_old(office: Office) -> None:
    vend = sold(office)
    office.desk.seal(TERMINAL, sealing(vend.order_no, WHO, vend))
    office.replace_card(WHO.card_serial, NEW_SERIAL, WHO.meter_no)
    office.owed(card(WHO, serial=NEW_SERIAL), OTHER_TERMINAL)
    ask(office, vend.order_no, serial=NEW_SERIAL)
    found = office.order(vend.order_no)
    assert (found.is_card_unwritten, found.is_other_card_doubtful) == (True, True)
