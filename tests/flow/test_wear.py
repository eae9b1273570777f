"""Wear: what is counted once, faults that begin and end, and none of it grows for ever."""

from itertools import pairwise
from typing import Any

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.care import Care, Counter, FaultSeen
from kiosk.flow.device import CardFault, Device, DeviceState, Fault, RejectCause
from kiosk.flow.wear import (
    COUNTERS,
    DETAIL_CHARACTERS,
    FAULTS_KEPT,
    LOCKED_MS,
    REFUSALS,
    REFUSALS_WITHIN_MS,
    STAFF_KEPT,
    locked_until_ms,
    refused,
    seen,
)
from tests.flow.world import Walk, part
from vending.card import Verdict
from vending.messages import Reason

JAM = part(Device.ACCEPTOR, DeviceState.FAULT, Fault.JAM_IN_ACCEPTOR)
WELL = part(Device.ACCEPTOR)
STATES = st.builds(
    part,
    st.sampled_from(Device),
    st.sampled_from(DeviceState),
    st.sampled_from([Fault.NONE, Fault.NO_ANSWER, Fault.HARDWARE, Fault.PAPER_LOW]),
)
FACTS = st.lists(STATES | st.just(ev.Restarted(boot_id="b")), max_size=120)


def counted(walk: Walk) -> dict[Counter, int]:
    return walk.session.care.counters


def faults(walk: Walk, device: Device = Device.ACCEPTOR) -> list[FaultSeen]:
    return [fault for fault in walk.session.care.faults if fault.device is device]


# -- counters ------------------------------------------------------------------------------------


def test_a_purchase_is_counted() -> None:
    walk = Walk().to_vending(5_000, 500).approve().end_write()
    number = walk.order.order_no
    walk.feed(ev.CardProved(order_no=number, verdict=Verdict.WRITTEN, card=walk.card))
    walk.feed(ev.SlipPrinted(order_no=number), ev.CardRemoved(), ev.CardInserted())
    assert counted(walk) == {
        Counter.CARDS_INSERTED: 2,
        Counter.NOTES_STACKED: 2,
        Counter.CARDS_WRITTEN: 1,
        Counter.SLIPS_PRINTED: 1,
    }


def test_what_a_driver_tells_twice_is_counted_once() -> None:
    walk = Walk().to_tender().pay(500)
    walk.feed(ev.NoteStacked(note_id="boot-1", value_fen=500))
    unknown = ev.NoteUnknown(note_id="boot-9", value_fen=500)
    walk.feed(unknown, unknown)
    assert (counted(walk)[Counter.NOTES_STACKED], counted(walk)[Counter.NOTES_UNKNOWN]) == (1, 1)


def test_an_uncertain_note_that_turns_up_is_a_stacked_one_as_well() -> None:
    note: dict[str, Any] = {"note_id": "boot-9", "value_fen": 500}
    walk = Walk().open_shop().feed(ev.NoteUnknown(**note), ev.NoteStacked(**note))
    assert (counted(walk)[Counter.NOTES_UNKNOWN], counted(walk)[Counter.NOTES_STACKED]) == (1, 1)


def test_what_went_wrong_is_counted() -> None:
    walk = (
        Walk()
        .to_tender()
        .feed(
            ev.NoteRejected(cause=RejectCause.DOUBLE),
            ev.NoteReturned(note_id="n", value_fen=500),
            ev.CardUnreadable(fault=CardFault.MUTE),
            ev.SlipFailed(order_no="1", fault=Fault.CUTTER),
            ev.CodeScanned(text="1"),
            part(Device.HEAD_OFFICE, DeviceState.OFFLINE, Fault.NO_ANSWER),
            part(Device.HEAD_OFFICE, DeviceState.FAULT, Fault.PROTOCOL),
            part(Device.HEAD_OFFICE),
            ev.Restarted(boot_id="b", software_version="2"),
        )
    )
    named = (
        Counter.NOTES_REJECTED,
        Counter.NOTES_RETURNED,
        Counter.CARDS_UNREADABLE,
        Counter.SLIPS_FAILED,
        Counter.CODES_SCANNED,
        Counter.OFFICE_LOST,
        Counter.STARTS,
    )
    assert [counted(walk)[counter] for counter in named] == [1] * len(named)


def test_every_counter_is_somebodys() -> None:
    owned = {counter for counters in COUNTERS.values() for counter in counters}
    assert owned == set(Counter) - {Counter.STARTS}
    assert set(COUNTERS) == set(Device)


def test_a_restart_is_dated_and_names_the_software() -> None:
    walk = Walk().feed(ev.Restarted(boot_id="b", software_version="2"))
    care = walk.session.care
    assert (care.started_at_ms, care.software_version) == (walk.at_ms, "2")


# -- how each part is ----------------------------------------------------------------------------


def test_a_fault_begins_and_ends() -> None:
    walk = Walk().open_shop().feed(JAM)
    begun_ms = walk.at_ms
    walk.feed(WELL)
    (fault,) = faults(walk)
    assert (fault.fault, fault.at_ms, fault.until_ms) == (
        Fault.JAM_IN_ACCEPTOR,
        begun_ms,
        walk.at_ms,
    )
    assert walk.session.care.since_ms[Device.ACCEPTOR] == walk.at_ms


def test_another_fault_ends_the_one_before() -> None:
    walk = Walk().open_shop().feed(JAM)
    walk.feed(part(Device.ACCEPTOR, DeviceState.FAULT, Fault.BOX_FULL))
    assert [fault.until_ms for fault in faults(walk)] == [walk.at_ms, None]


def test_a_fault_lasts_over_a_restart() -> None:
    walk = Walk().open_shop().feed(JAM)
    begun_ms = walk.at_ms
    starting = part(Device.ACCEPTOR, DeviceState.STARTING)
    walk.feed(ev.Restarted(boot_id="b"), starting, JAM)
    (fault,) = faults(walk)
    assert (fault.at_ms, fault.until_ms) == (begun_ms, None)
    assert walk.session.care.since_ms[Device.ACCEPTOR] == begun_ms


def test_the_same_state_again_changes_no_date() -> None:
    walk = Walk().open_shop()
    since_ms = walk.session.care.since_ms[Device.ACCEPTOR]
    walk.feed(ev.DeviceChanged(device=Device.ACCEPTOR, state=DeviceState.OK, detail="SM 1.52"))
    assert walk.session.care.since_ms[Device.ACCEPTOR] == since_ms
    assert walk.session.care.details[Device.ACCEPTOR] == "SM 1.52"


@settings(max_examples=200)
@given(FACTS)
def test_what_is_kept_is_bounded_and_in_order(facts: list[ev.Event]) -> None:
    walk = Walk().feed(*facts)
    for device in Device:
        own = faults(walk, device)
        assert len(own) <= FAULTS_KEPT
        assert [fault.until_ms for fault in own[:-1]].count(None) == 0
        dates = [date for fault in own for date in (fault.at_ms, fault.until_ms or walk.at_ms)]
        assert all(earlier <= later for earlier, later in pairwise(dates))
        status = walk.session.parts.get(device)
        if own and own[-1].until_ms is None and status:
            told = {(own[-1].state, own[-1].fault), (DeviceState.STARTING, status.fault)}
            assert (status.state, status.fault) in told
        if status and status.state in {DeviceState.FAULT, DeviceState.OFFLINE, DeviceState.LOW}:
            assert own[-1].until_ms is None
            assert walk.session.care.since_ms[device] == own[-1].at_ms


def test_the_latest_faults_of_each_part_are_kept() -> None:
    walk = Walk().open_shop().feed(part(Device.PRINTER, DeviceState.LOW, Fault.PAPER_LOW))
    begun_ms = []
    for _ in range(FAULTS_KEPT + 3):
        walk.feed(JAM)
        begun_ms.append(walk.at_ms)
        walk.feed(WELL)
    assert [fault.at_ms for fault in faults(walk)] == begun_ms[-FAULTS_KEPT:]
    assert len(faults(walk, Device.PRINTER)) == 1


def test_what_a_device_says_is_not_kept_at_any_length() -> None:
    chatter = ev.DeviceChanged(device=Device.PRINTER, state=DeviceState.FAULT, detail="x" * 9_999)
    walk = Walk().feed(chatter)
    assert len(walk.session.care.details[Device.PRINTER]) == DETAIL_CHARACTERS
    assert len(faults(walk, Device.PRINTER)[0].detail) == DETAIL_CHARACTERS


def test_wear_is_kept_between_customers_and_fits_a_checkpoint() -> None:
    walk = Walk().open_shop().feed(JAM, WELL)
    care = walk.session.care
    walk.insert().feed(ev.AccountRefused(reason=Reason.ACCOUNT_BLOCKED)).take_card().time_out()
    assert walk.session.care.faults == care.faults
    assert msgspec.json.decode(msgspec.json.encode(care), type=Care) == care


# -- who was here, and who was not let in --------------------------------------------------------


@example(list(range(STAFF_KEPT + 3)))
@given(st.lists(st.integers(0, 80), max_size=300))
def test_the_latest_of_the_staff_are_remembered(visits: list[int]) -> None:
    care = Care()
    for at_ms, who in enumerate(visits):
        care = seen(care, f"staff-{who}", at_ms)
    latest = {f"staff-{who}": at_ms for at_ms, who in enumerate(visits)}
    newest = sorted(latest, key=lambda name: latest[name])[-STAFF_KEPT:]
    assert care.seen_ms == {name: latest[name] for name in newest}


def test_five_failures_within_the_time_shut_the_door_for_as_long() -> None:
    times_ms: tuple[int, ...] = ()
    for number in range(REFUSALS):
        assert locked_until_ms(times_ms, number) is None
        times_ms = refused(times_ms, number)
    until_ms = REFUSALS - 1 + LOCKED_MS
    assert locked_until_ms(times_ms, REFUSALS) == until_ms
    assert locked_until_ms(times_ms, until_ms - 1) == until_ms
    assert locked_until_ms(times_ms, until_ms) is None


def test_failures_far_apart_shut_nothing() -> None:
    times_ms = tuple(number * (REFUSALS_WITHIN_MS // 4 + 1) for number in range(REFUSALS))
    assert locked_until_ms(times_ms, times_ms[-1]) is None


@given(st.lists(st.integers(0, REFUSALS_WITHIN_MS), max_size=60))
def test_never_more_than_five_failures_within_the_time(pauses_ms: list[int]) -> None:
    """Whoever tries as fast as the door lets is let try five times in any fifteen minutes."""
    now_ms, kept, tried = 0, tuple[int, ...](), list[int]()
    for pause_ms in pauses_ms:
        now_ms += pause_ms
        if locked_until_ms(kept, now_ms) is None:
            tried.append(now_ms)
            kept = refused(kept, now_ms)
    assert len(kept) <= REFUSALS
    for first, after in zip(tried, tried[REFUSALS:], strict=False):
        assert after - first > REFUSALS_WITHIN_MS


def test_only_wrong_ones_without_the_head_office_count() -> None:
    walk = (
        Walk()
        .open_shop()
        .feed(
            staff_event.StaffTurnedAway(reason="wrong"),
            staff_event.StaffTurnedAway(reason="locked", offline=True),
            staff_event.StaffTurnedAway(reason="wrong", offline=True),
        )
    )
    assert walk.session.care.refusals_ms == (walk.at_ms,)
