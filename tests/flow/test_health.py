"""Health: told exactly when it changes, never while the machine starts, never about the line."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.cashbox.box import CashBox, Stage
from kiosk.flow import staff_event
from kiosk.flow.device import Device, DeviceState, Fault
from kiosk.flow.health import health
from kiosk.flow.phase import Phase
from kiosk.flow.policy import Policy
from tests.flow.chaos import Chaos
from tests.flow.world import Walk, part
from vending.health import Ailment, Health, Offer

ALL_BUT_BILLS = (Offer.ENERGY_BY_CASH, Offer.DELIVERY)
PARTS = (Device.CARD_READER, Device.ACCEPTOR, Device.PRINTER, Device.HEAD_OFFICE)
CHOICES = st.lists(st.integers(0, 2**16), max_size=120)


def told(walk: Walk) -> list[Health]:
    return walk.told(Health)


def test_nothing_is_told_while_anything_starts() -> None:
    walk = Walk().feed(*(part(device) for device in PARTS[:-1]))
    assert told(walk) == []
    walk.feed(part(PARTS[-1]))
    (first,) = told(walk)
    assert (first.offers, first.ailments, first.why) == (tuple(Offer), (), "")


def test_a_fault_is_told_and_that_it_is_over() -> None:
    walk = Walk().open_shop().feed(part(Device.PRINTER, DeviceState.FAULT, Fault.PAPER_OUT))
    since_ms = walk.at_ms
    walk.feed(part(Device.PRINTER))
    ailment = Ailment(device="printer", state="fault", fault="paper-out", since_ms=since_ms)
    assert [each.ailments for each in told(walk)] == [(), (ailment,), ()]


def test_without_the_acceptor_there_is_delivery_only() -> None:
    walk = Walk().open_shop().feed(part(Device.ACCEPTOR, DeviceState.OFFLINE, Fault.NO_ANSWER))
    assert (told(walk)[-1].offers, told(walk)[-1].why) == ((Offer.DELIVERY,), "acceptor-down")


def test_without_the_reader_bills_can_be_paid() -> None:
    gone = part(Device.CARD_READER, DeviceState.OFFLINE, Fault.READER_GONE)
    walk = Walk().open_shop().feed(gone)
    assert (told(walk)[-1].offers, told(walk)[-1].why) == ((Offer.BILL_BY_CASH,), "reader-down")


def test_a_site_without_bills_does_not_offer_them() -> None:
    walk = Walk(Policy(terminal_no="310042", bills=False)).open_shop()
    assert told(walk)[-1].offers == ALL_BUT_BILLS


def test_the_line_is_left_out() -> None:
    walk = Walk().open_shop()
    walk.feed(part(Device.HEAD_OFFICE, DeviceState.OFFLINE, Fault.NO_ANSWER))
    walk.at(Phase.OUT_OF_SERVICE).feed(part(Device.HEAD_OFFICE)).at(Phase.IDLE)
    assert len(told(walk)) == 1


def test_a_machine_that_starts_without_the_line_tells_it_all_the_same() -> None:
    walk = Walk().feed(*(part(device) for device in PARTS[:-1]))
    walk.feed(part(Device.HEAD_OFFICE, DeviceState.OFFLINE, Fault.NO_ANSWER))
    assert told(walk)[-1].offers == tuple(Offer)


def test_a_restart_tells_nothing_when_nothing_has_changed() -> None:
    jam = part(Device.ACCEPTOR, DeviceState.FAULT, Fault.JAM_IN_ACCEPTOR)
    walk = Walk().open_shop().feed(jam)
    before = len(told(walk))
    walk.restart().feed(part(Device.CARD_READER), part(Device.PRINTER), part(Device.HEAD_OFFICE))
    walk.feed(part(Device.ACCEPTOR, DeviceState.STARTING), jam)
    assert len(told(walk)) == before


def test_a_device_that_starts_anew_is_waited_for() -> None:
    walk = Walk().open_shop().feed(part(Device.ACCEPTOR, DeviceState.STARTING))
    walk.feed(part(Device.PRINTER, DeviceState.LOW, Fault.PAPER_LOW))
    assert len(told(walk)) == 1
    walk.feed(part(Device.ACCEPTOR))
    assert [ailment.fault for ailment in told(walk)[-1].ailments] == ["paper-low"]


def test_a_purchase_changes_nothing_of_it() -> None:
    assert len(told(Walk().to_writing().take_card())) == 1


def test_a_visit_of_staff_changes_nothing_of_it() -> None:
    walk = Walk().open_shop().feed(staff_event.StaffCalled(), staff_event.StaffLeft())
    assert len(told(walk)) == 1


def test_a_scanner_is_an_ailment_only_where_there_is_one() -> None:
    walk = Walk().open_shop().feed(part(Device.SCANNER, DeviceState.OFFLINE, Fault.NO_ANSWER))
    assert [ailment.device for ailment in told(walk)[-1].ailments] == ["scanner"]


def test_what_is_in_the_box_goes_with_it() -> None:
    walk = Walk().open_shop()
    walk.session = walk.session.but(cash=CashBox(stage=Stage.OPEN))
    assert health(walk.session, 7).period_no == 1
    assert health(walk.session, 7).box_notes == 0


@settings(max_examples=150)
@given(CHOICES)
def test_it_is_told_exactly_on_change(numbers: list[int]) -> None:
    """No report repeats the one before it; what was told last is true, once all have reported."""
    walk = Chaos(len(numbers))
    for number in numbers:
        walk.choose(number)
        reports = [(each.offers, each.ailments, each.why) for each in told(walk)]
        assert all(one != after for one, after in pairwise(reports))
        session = walk.session
        known = {*PARTS, *session.parts}
        if all(session.part(each).state is not DeviceState.STARTING for each in known):
            now = health(session, 0)
            assert reports[-1] == (now.offers, now.ailments, now.why)
            assert session.care.told == told(walk)[-1]


def test_following_the_journal_again_ends_with_the_same_word() -> None:
    walk = Walk().open_shop().feed(part(Device.PRINTER, DeviceState.FAULT, Fault.CUTTER))
    again = Walk().feed(*walk.facts)
    assert again.session.care.told == walk.session.care.told
