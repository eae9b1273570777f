"""The card desk whole: a real worker process, a real line, the bench's slot and cards."""

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace as copy
from pathlib import Path

import pytest

from bench.card import Chip
from bench.card_other import ForeignCard, ReversedCard
from bench.card_slot import CardSlot, SlotEvent, SlotEventKind
from bench.issue_card import blank_card
from kiosk.flow import event as ev
from kiosk.meter_card import remote
from kiosk.meter_card.supervisor import Limits
from tests.meter_card.stand import (
    AMOUNT,
    DEADLINE_S,
    ENERGY,
    MONEY,
    WRITTEN_BYTES,
    DeskStand,
    desk_at,
    issued,
    meter_of,
    order_for,
)
from vending.card import SealRequest, Verdict, WalletUnit

QUICK = Limits(
    start_s=10.0,
    read_s=2.5,
    write_s=2.5,
    seals_s=1.0,
    prove_s=5.0,
    release_s=1.0,
    ping_s=1.5,
    idle_s=0.5,
)
COMMANDS = 13
"""Of a write: six to read, five to authenticate and get a random number, two updates."""


@pytest.fixture
def slot() -> Iterator[CardSlot]:
    with CardSlot() as slot:
        yield slot


@pytest.fixture
def stand(slot: CardSlot) -> Iterator[DeskStand]:
    with desk_at(slot.serve(), QUICK, apdu_timeout_s=1.0) as stand:
        yield stand


def insert(slot: CardSlot, stand: DeskStand, chip: Chip) -> None:
    slot.insert(chip)
    stand.facts.next(ev.CardInserted)


def worker_pid(stand: DeskStand) -> int:
    process = stand.desk._process
    assert process is not None
    return process.pid


# -- reading ---------------------------------------------------------------------------------------


def test_one_card_of_each_wallet(slot: CardSlot, stand: DeskStand) -> None:
    for wanted, unit in ((ENERGY, WalletUnit.ENERGY), (MONEY, WalletUnit.MONEY)):
        insert(slot, stand, issued(wanted))
        card = stand.read()
        assert (card.wallet_unit, card.wallet_amount) == (unit, wanted.wallet_amount)
        assert card.meter_no == wanted.meter_no
        stand.desk.release()
        stand.facts.next(ev.CardRemoved)


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (ForeignCard, ev.CardFault.FOREIGN),
        (blank_card, ev.CardFault.NOT_ISSUED),
        (lambda: issued(copy(ENERGY, damaged=True)), ev.CardFault.DAMAGED),
    ],
)
def test_a_card_that_cannot_be_used(
    slot: CardSlot, stand: DeskStand, make: Callable[[], Chip], fault: ev.CardFault
) -> None:
    insert(slot, stand, make())
    assert stand.unreadable() is fault


def test_a_card_the_wrong_way_round_is_mute(slot: CardSlot) -> None:
    with desk_at(slot.serve(), Limits(read_s=8.0)) as stand:
        insert(slot, stand, ReversedCard(issued(ENERGY)))
        assert stand.unreadable() is ev.CardFault.MUTE


def test_a_card_that_falls_silent_is_mute_and_the_next_one_is_read(
    slot: CardSlot, stand: DeskStand
) -> None:
    insert(slot, stand, issued(ENERGY))
    slot.mute()
    assert stand.unreadable() is ev.CardFault.MUTE
    slot.recover()
    assert stand.read().meter_no == ENERGY.meter_no
    assert stand.facts.count(ev.CardInserted) == 1


@pytest.mark.parametrize("at", range(1, 7))
def test_pulled_while_reading(slot: CardSlot, stand: DeskStand, at: int) -> None:
    card = issued(ENERGY)
    insert(slot, stand, card)
    slot.pull_at_apdu(at)
    assert stand.unreadable() is ev.CardFault.PULLED
    stand.facts.next(ev.CardRemoved)
    insert(slot, stand, card)
    assert stand.read().purchase_count == ENERGY.purchase_count


def test_nothing_to_read_in_an_empty_slot(stand: DeskStand) -> None:
    assert stand.unreadable() is ev.CardFault.PULLED


def test_reading_changes_nothing(slot: CardSlot, stand: DeskStand) -> None:
    card = issued(ENERGY)
    insert(slot, stand, card)
    before = card.image
    assert stand.read().digest == stand.read().digest
    assert card.image == before


# -- writing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [ENERGY, MONEY])
def test_written_proved_and_credited_once(slot: CardSlot, stand: DeskStand, wanted: object) -> None:
    assert wanted in (ENERGY, MONEY)
    issue_of = ENERGY if wanted is ENERGY else MONEY
    card, meter = issued(issue_of), meter_of(issue_of)
    insert(slot, stand, card)
    order = order_for(stand.read())
    assert stand.write(order) == "written: returned, wallet"
    assert stand.prove(order) is Verdict.WRITTEN
    stand.desk.release()
    stand.facts.next(ev.CardRemoved)
    assert [result.credited is not None for result in (meter.plug(card), meter.plug(card))] == [
        True,
        False,
    ]
    insert(slot, stand, card)
    assert stand.prove(order) is Verdict.LOADED


def test_another_card_in_the_slot_is_not_written(slot: CardSlot, stand: DeskStand) -> None:
    insert(slot, stand, issued(ENERGY))
    order = order_for(stand.read())
    slot.pull()
    stand.facts.next(ev.CardRemoved)
    other = issued(copy(ENERGY, serial=bytes(7) + b"\x01"))
    insert(slot, stand, other)
    assert "foreign" in stand.write(order)
    assert stand.prove(order) is Verdict.FOREIGN
    assert other.bytes_written == 0


def test_no_card_to_prove_proves_nothing(slot: CardSlot, stand: DeskStand) -> None:
    insert(slot, stand, issued(ENERGY))
    order = order_for(stand.read())
    slot.pull()
    assert stand.prove(order) is Verdict.UNKNOWN


@pytest.mark.parametrize("at", range(1, COMMANDS + 1))
def test_pulled_at_every_command(slot: CardSlot, stand: DeskStand, at: int) -> None:
    card, meter = issued(ENERGY), meter_of(ENERGY)
    insert(slot, stand, card)
    order = order_for(stand.read())
    slot.pull_at_apdu(at)
    assert "CardGone" in stand.write(order)
    stand.facts.next(ev.CardRemoved)
    insert(slot, stand, card)
    assert stand.prove(order) in (Verdict.NOT_WRITTEN, Verdict.TORN)
    assert stand.write(order).startswith("written")
    assert stand.prove(order) is Verdict.WRITTEN
    slot.pull()
    meter.plug(card)
    assert [credit.amount for credit in meter.state.credits] == [AMOUNT]


def test_power_lost_around_every_edge_of_a_write(slot: CardSlot, stand: DeskStand) -> None:
    """The card stays in the slot and loses its contact for a moment (every byte: see cut_off)."""
    whole = WRITTEN_BYTES["purchase"]
    for after in (0, 1, 48, 49, 50, 53, 56, whole):
        card, meter = issued(ENERGY), meter_of(ENERGY)
        insert(slot, stand, card)
        order = order_for(stand.read())
        slot.tear_after_bytes(after, pulled=False)
        assert "CardGone" in stand.write(order)
        slot.recover()
        verdict = stand.prove(order)
        assert (verdict is Verdict.WRITTEN) == (after == whole)
        if verdict is not Verdict.WRITTEN:
            assert stand.write(order).startswith("written")
            assert stand.prove(order) is Verdict.WRITTEN
        slot.pull()
        stand.facts.next(ev.CardRemoved)
        meter.plug(card)
        meter.plug(card)
        assert [credit.amount for credit in meter.state.credits] == [AMOUNT]


def test_pulled_while_the_head_office_thinks(slot: CardSlot, stand: DeskStand) -> None:
    card = issued(ENERGY)
    insert(slot, stand, card)
    order = order_for(stand.read())
    stand.desk.write(order.order_no, order.vend, order.before)
    stand.facts.next(ev.SealsWanted)
    slot.pull()
    assert "pulled" in stand.facts.next(ev.CardWriteEnded).detail
    stand.facts.next(ev.CardRemoved)
    assert card.bytes_written == 0


def test_given_up_while_the_head_office_thinks(slot: CardSlot, stand: DeskStand) -> None:
    insert(slot, stand, issued(ENERGY))
    order = order_for(stand.read())
    stand.desk.write(order.order_no, order.vend, order.before)
    stand.facts.next(ev.SealsWanted)
    stand.desk.abort_write(order.order_no)
    assert stand.facts.next(ev.CardWriteEnded).detail == "given up"
    assert stand.prove(order) is Verdict.NOT_WRITTEN


def test_a_head_office_that_never_answers_does_not_hold_the_card(
    slot: CardSlot, stand: DeskStand
) -> None:
    insert(slot, stand, issued(ENERGY))
    order = order_for(stand.read())
    stand.desk.write(order.order_no, order.vend, order.before)
    stand.facts.next(ev.SealsWanted)
    assert stand.facts.next(ev.CardWriteEnded).detail == "given up"


# -- workers that die and hang ---------------------------------------------------------------------


def at_command(slot: CardSlot, number: int, act: Callable[[], None]) -> None:
    """Let ``act`` happen as the card has answered its ``number``-th command from now."""
    left = [number]

    def count(event: SlotEvent) -> None:
        if event.kind is SlotEventKind.APDU:
            left[0] -= 1
            if left[0] == 0:
                act()

    slot.observe(count)


@pytest.mark.parametrize("at", range(1, COMMANDS + 1))
def test_killed_at_every_command_of_a_write(slot: CardSlot, stand: DeskStand, at: int) -> None:
    card, meter = issued(ENERGY), meter_of(ENERGY)
    insert(slot, stand, card)
    order = order_for(stand.read())
    pid = worker_pid(stand)
    at_command(slot, at, lambda: os.kill(pid, signal.SIGKILL))
    detail = stand.write(order)
    assert "exit code -9" in detail or (at == COMMANDS and detail.startswith("written"))
    verdict = stand.prove(order)
    assert (verdict is Verdict.WRITTEN) == (at == COMMANDS)
    if verdict is not Verdict.WRITTEN:
        assert stand.write(order).startswith("written")
        assert stand.prove(order) is Verdict.WRITTEN
    assert stand.facts.count(ev.CardInserted) == 1
    assert stand.facts.count(ev.CardRemoved) == 0
    slot.pull()
    meter.plug(card)
    assert [credit.amount for credit in meter.state.credits] == [AMOUNT]


def test_killed_while_the_head_office_thinks(slot: CardSlot, stand: DeskStand) -> None:
    insert(slot, stand, issued(ENERGY))
    order = order_for(stand.read())

    def kill(_: SealRequest) -> None:
        os.kill(worker_pid(stand), signal.SIGKILL)

    assert "exit code -9" in stand.write(order, at_seals=kill)
    assert stand.prove(order) is Verdict.NOT_WRITTEN


@pytest.mark.parametrize("at", range(1, 7))
def test_killed_while_reading_the_next_worker_reads(
    slot: CardSlot, stand: DeskStand, at: int
) -> None:
    insert(slot, stand, issued(ENERGY))
    pid = worker_pid(stand)
    at_command(slot, at, lambda: os.kill(pid, signal.SIGKILL))
    assert stand.read().meter_no == ENERGY.meter_no
    assert stand.facts.count(ev.CardInserted) == 1


def test_a_hung_worker_is_replaced_and_the_read_ends(slot: CardSlot, stand: DeskStand) -> None:
    insert(slot, stand, issued(ENERGY))
    os.kill(worker_pid(stand), signal.SIGSTOP)
    assert stand.unreadable() is ev.CardFault.READER
    stand.until_ok()
    assert stand.read().meter_no == ENERGY.meter_no


def test_a_worker_that_hangs_in_a_write_is_replaced_and_the_card_proved(
    slot: CardSlot, stand: DeskStand
) -> None:
    insert(slot, stand, issued(ENERGY))
    order = order_for(stand.read())
    pid = worker_pid(stand)
    at_command(slot, COMMANDS - 1, lambda: os.kill(pid, signal.SIGSTOP))
    assert "deadline" in stand.write(order)
    assert stand.prove(order) is Verdict.NOT_WRITTEN


def test_a_worker_that_hangs_while_idle_is_found_out(stand: DeskStand) -> None:
    os.kill(worker_pid(stand), signal.SIGSTOP)
    died = stand.facts.next(ev.DeviceChanged)
    assert (died.state, died.fault) == (ev.DeviceState.OFFLINE, ev.Fault.WORKER_DIED)
    stand.until_ok()


def test_a_reader_that_goes_and_comes_back(slot: CardSlot, stand: DeskStand) -> None:
    host, port = remote_address(slot)
    slot.close()
    gone = stand.facts.next(ev.DeviceChanged)
    assert (gone.state, gone.fault) == (ev.DeviceState.OFFLINE, ev.Fault.READER_GONE)
    assert stand.unreadable() is ev.CardFault.READER
    slot.serve(host, port)
    stand.until_ok()


def remote_address(slot: CardSlot) -> tuple[str, int]:
    (server,) = slot._servers
    host, _, port = server.url.removeprefix("tcp://").partition(":")
    return host, int(port)


def test_after_a_write_the_worker_may_be_a_new_one(slot: CardSlot) -> None:
    desk = remote.WorkerCard(slot.serve(), recycle_after_write=True)
    stand = DeskStand(desk)
    desk.start(stand.facts)
    try:
        stand.until_ok()
        insert(slot, stand, issued(ENERGY))
        order = order_for(stand.read())
        first = worker_pid(stand)
        stand.write(order)
        assert stand.prove(order) is Verdict.WRITTEN
        assert worker_pid(stand) != first
        assert stand.facts.count(ev.DeviceChanged) == 2
    finally:
        desk.stop(DEADLINE_S)


def test_a_worker_that_cannot_be_started_is_told_and_reads_end() -> None:
    desk = remote.WorkerCard("tcp://127.0.0.1:1", command=("/no/such/program",), limits=QUICK)
    stand = DeskStand(desk)
    desk.start(stand.facts)
    try:
        died = stand.facts.next(ev.DeviceChanged)
        while died.state is ev.DeviceState.STARTING:
            died = stand.facts.next(ev.DeviceChanged)
        assert died.fault is ev.Fault.WORKER_DIED
        assert "cannot start" in died.detail
        assert stand.unreadable() is ev.CardFault.READER
    finally:
        desk.stop(DEADLINE_S)


def test_what_the_worker_prints_goes_to_the_log(tmp_path: Path) -> None:
    log = tmp_path / "card-worker.log"
    desk = remote.WorkerCard("nonsense://", log_path=log, limits=QUICK)
    stand = DeskStand(desk)
    desk.start(stand.facts)
    died = stand.facts.next(ev.DeviceChanged)
    while died.state is ev.DeviceState.STARTING:
        died = stand.facts.next(ev.DeviceChanged)
    desk.stop(DEADLINE_S)
    assert "no card reader at" in log.read_text(encoding="utf-8")


def test_stopping_ends_the_worker_even_if_it_hangs(slot: CardSlot) -> None:
    with desk_at(slot.serve()) as stand:
        process = stand.desk._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        stand.desk.stop(0.2)
        assert process.poll() is not None
