"""Maintenance starts the card reader anew, with real workers: no card is torn by it."""

from collections.abc import Iterator

import pytest

from bench.card_slot import CardSlot
from kiosk.flow import event as ev
from tests.meter_card.stand import AMOUNT, ENERGY, DeskStand, desk_at, issued, meter_of, order_for
from tests.meter_card.test_worker_card import (
    COMMANDS,
    QUICK,
    at_command,
    insert,
    worker_pid,
)
from vending.card import SealRequest, Verdict


@pytest.fixture
def slot() -> Iterator[CardSlot]:
    with CardSlot() as slot:
        yield slot


@pytest.fixture
def stand(slot: CardSlot) -> Iterator[DeskStand]:
    with desk_at(slot.serve(), QUICK) as stand:
        yield stand


def test_an_idle_reader_begins_anew_and_says_its_name(slot: CardSlot, stand: DeskStand) -> None:
    first = worker_pid(stand)
    stand.desk.reset()
    starting, works = stand.facts.next(ev.DeviceChanged), stand.facts.next(ev.DeviceChanged)
    assert (starting.state, works.state) == (ev.DeviceState.STARTING, ev.DeviceState.OK)
    assert works.detail.startswith("tcp://127.0.0.1:")
    assert worker_pid(stand) != first
    insert(slot, stand, issued(ENERGY))
    assert stand.read().meter_no == ENERGY.meter_no


@pytest.mark.parametrize("at", range(1, COMMANDS + 1))
def test_reset_at_every_command_of_a_write(slot: CardSlot, stand: DeskStand, at: int) -> None:
    card, meter = issued(ENERGY), meter_of(ENERGY)
    insert(slot, stand, card)
    order = order_for(stand.read())
    at_command(slot, at, stand.desk.reset)
    assert stand.write(order).startswith("written")
    stand.until_ok()
    assert stand.prove(order) is Verdict.WRITTEN
    assert stand.facts.count(ev.CardInserted) == 1
    assert stand.facts.count(ev.CardRemoved) == 0
    slot.pull()
    meter.plug(card)
    assert [credit.amount for credit in meter.state.credits] == [AMOUNT]


def test_reset_while_the_head_office_thinks(slot: CardSlot, stand: DeskStand) -> None:
    insert(slot, stand, issued(ENERGY))
    order = order_for(stand.read())

    def reset(_: SealRequest) -> None:
        stand.desk.reset()

    assert stand.write(order, at_seals=reset).startswith("written")
    stand.until_ok()
    assert stand.prove(order) is Verdict.WRITTEN


@pytest.mark.parametrize("at", range(1, 7))
def test_reset_while_reading_the_next_worker_reads(
    slot: CardSlot, stand: DeskStand, at: int
) -> None:
    insert(slot, stand, issued(ENERGY))
    at_command(slot, at, stand.desk.reset)
    assert stand.read().meter_no == ENERGY.meter_no
    assert stand.facts.count(ev.CardInserted) == 1
