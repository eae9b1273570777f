"""What is owed is found by the card, at any kiosk, and told before any new purchase."""

from pathlib import Path

import pytest

from center.orders.order import QUIET_MS
from center.orders.policy import Policy, Resell
from center.orders.port import OrderOfAnother
from center.utility.seed import SeedAccount
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
    taken,
)
from vending.card import CardSnapshot
from vending.messages import (
    Account,
    Ending,
    NotSold,
    OrderAbandoned,
    OrderOver,
    Owed,
    OwedAnswer,
    OwedQuery,
    Reason,
    Refused,
    Vend,
)

WHO = person(1)
NEW_SERIAL = "B000000000000001"


def sold(office: Office, who: SeedAccount = WHO) -> Vend:
    order_no = office.order_no()
    answer = office.desk.vend(TERMINAL, request(order_no, who, notes(order_no, 10_000)))
    assert isinstance(answer, Vend)
    return answer


def paid(office: Office, who: SeedAccount = WHO, value_fen: int = 10_000) -> str:
    """An order of the first terminal that nobody could sell yet."""
    order_no = office.order_no()
    office.report(opened(order_no, who))
    office.report(taken(order_no, notes(order_no, value_fen)[0]))
    return order_no


def find(
    office: Office, snapshot: CardSnapshot, order_no: str = "", terminal_no: str = OTHER_TERMINAL
) -> OwedAnswer:
    return office.desk.find_owed(terminal_no, OwedQuery(card=snapshot, order_no=order_no))


def test_a_sale_that_is_not_proved_comes_first_at_every_kiosk(office: Office) -> None:
    vend = sold(office)
    for terminal_no in (TERMINAL, OTHER_TERMINAL):
        for snapshot in (card(WHO), card(WHO, count=8, returned=None)):
            owed = office.owed(snapshot, terminal_no)
            assert (owed.order_no, owed.vend, owed.paid_fen) == (vend.order_no, vend, 10_000)
            assert (owed.opened_at_ms, owed.card_serial) == (NOW_MS, WHO.card_serial)
            assert (owed.account.meter_no, owed.account.purchase_count) == (WHO.meter_no, 8)
            assert (owed.why, owed.seals, owed.by_machine) == (None, 0, True)
    office.report(confirmed(vend.order_no, vend.purchase_count), OTHER_TERMINAL)
    assert isinstance(office.query(card(WHO, count=8)), Account)
    assert office.alarms() == []


def test_who_was_told_may_speak_about_the_order_and_nobody_else(office: Office) -> None:
    vend = sold(office)
    with pytest.raises(OrderOfAnother):
        office.desk.inquire(OTHER_TERMINAL, vend.order_no)
    office.owed(card(WHO), OTHER_TERMINAL)
    assert office.desk.inquire(OTHER_TERMINAL, vend.order_no) == vend
    office.report(parked(vend.order_no), OTHER_TERMINAL)
    assert office.owed(card(WHO), OTHER_TERMINAL).why == "card-pulled"
    office.report(confirmed(vend.order_no, vend.purchase_count), OTHER_TERMINAL)
    over = OrderOver(vend.order_no, Ending.DELIVERED)
    assert office.desk.inquire(TERMINAL, vend.order_no) == over
    office.report(taken(vend.order_no, notes("x", 5_000)[0]), OTHER_TERMINAL)
    assert office.alarms() == ["order-parked", "order-of-another", "note-in-suspense"]
    assert office.balance("unassigned", OTHER_TERMINAL) == 5_000


def test_money_without_a_sale_waits_until_its_terminal_has_given_up(office: Office) -> None:
    order_no = paid(office)
    owed = office.owed(card(WHO), TERMINAL)
    assert (owed.order_no, owed.vend) == (order_no, None)
    assert office.query(card(WHO), OTHER_TERMINAL) == Refused(Reason.ORDER_OPEN)
    office.now_ms += QUIET_MS - 1
    assert office.query(card(WHO), OTHER_TERMINAL) == Refused(Reason.ORDER_OPEN)
    office.now_ms += 1
    assert office.owed(card(WHO), OTHER_TERMINAL).order_no == order_no


def test_a_terminal_that_parked_has_given_up_at_once(office: Office) -> None:
    order_no = paid(office)
    office.report(parked(order_no, verdict=None))
    assert office.owed(card(WHO), OTHER_TERMINAL).why == "card-pulled"


def test_what_is_not_sold_is_told_to_a_card_that_can_take_it(office: Office) -> None:
    """A write would destroy purchase N on a card that no meter has seen since."""
    office.report(parked(paid(office), verdict=None))
    assert office.query(card(WHO, returned=None)) == Refused(Reason.NOT_LOADED)
    assert office.query(card(WHO, count=6)) == Refused(Reason.COUNT_MISMATCH)
    assert isinstance(office.query(card(WHO)), Owed)


def test_the_open_sale_goes_before_older_money(office: Office) -> None:
    office.report(parked(paid(office), verdict=None))
    vend = sold(office)
    assert office.owed(card(WHO), OTHER_TERMINAL).order_no == vend.order_no


def test_the_oldest_money_goes_first(office: Office) -> None:
    first, second = paid(office), paid(office)
    for order_no in (second, first):
        office.report(parked(order_no, verdict=None))
    assert office.owed(card(WHO), OTHER_TERMINAL).order_no == first


def test_a_sum_that_nobody_can_sell_for_does_not_stop_a_purchase(office: Office) -> None:
    order_no = paid(office, value_fen=500)
    office.report(parked(order_no, 500, verdict=None))
    assert isinstance(office.query(card(WHO)), Account)
    found = find(office, card(WHO))
    assert isinstance(found, Owed)
    assert found.order_no == order_no


def test_only_the_utilitys_own_cards_are_told_anything(office: Office) -> None:
    vend = sold(office)
    foreign = card(WHO, serial="C000000000000009")
    assert office.query(foreign) == Refused(Reason.ACCOUNT_UNKNOWN)
    assert find(office, foreign, vend.order_no) == Refused(Reason.ACCOUNT_UNKNOWN)
    assert find(office, card(person(2)), vend.order_no) == Refused(Reason.WRONG_METER)
    stolen = card(WHO, serial=person(2).card_serial)
    assert office.query(stolen) == Refused(Reason.WRONG_METER)


def test_the_code_of_a_slip_finds_the_order_of_a_replaced_card(office: Office) -> None:
    vend = sold(office)
    office.replace_card(WHO.card_serial, NEW_SERIAL, WHO.meter_no)
    old, new = card(WHO), card(WHO, serial=NEW_SERIAL)
    assert office.query(old) == Refused(Reason.CARD_REPLACED)
    assert find(office, old, vend.order_no) == Refused(Reason.CARD_REPLACED)
    for found in (find(office, new, vend.order_no), office.query(new, OTHER_TERMINAL)):
        assert isinstance(found, Owed)
        assert (found.order_no, found.card_serial) == (vend.order_no, WHO.card_serial)


def test_a_code_says_what_became_of_its_order(office: Office) -> None:
    assert find(office, card(WHO), office.order_no()) == Refused(Reason.ORDER_UNKNOWN)
    unnamed, empty, given_up = (office.order_no() for _ in range(3))
    office.report(taken(unnamed, notes(unnamed, 10_000)[0]))
    assert find(office, card(WHO), unnamed) == Refused(Reason.ORDER_OPEN)
    office.report(opened(empty, WHO))
    assert find(office, card(WHO), empty) == Refused(Reason.NOTHING_OWED)
    office.report(opened(given_up, WHO))
    office.report(OrderAbandoned(order_no=given_up, at_ms=NOW_MS))
    assert find(office, card(WHO), given_up) == Refused(Reason.ORDER_FINISHED)
    assert find(office, card(WHO)) == Refused(Reason.NOTHING_OWED)
    vend = sold(office)
    office.desk.cancel(TERMINAL, vend.order_no)
    assert find(office, card(WHO), vend.order_no) == Refused(Reason.ORDER_CANCELLED)
    vend = sold(office)
    office.report(confirmed(vend.order_no, vend.purchase_count))
    assert find(office, card(WHO, count=8), vend.order_no) == Refused(Reason.ORDER_FINISHED)


def test_where_only_staff_deliver_the_machine_is_told_so(tmp_path: Path) -> None:
    office = Office(tmp_path, Policy(resell=Resell.STAFF))
    vend = sold(office)
    assert not office.owed(card(WHO), OTHER_TERMINAL).by_machine
    assert office.desk.inquire(OTHER_TERMINAL, vend.order_no) == vend
    office.close()


def test_nothing_sold_is_told_as_such(office: Office) -> None:
    order_no = paid(office)
    office.owed(card(WHO), TERMINAL)
    assert office.desk.inquire(TERMINAL, order_no) == NotSold(order_no)
