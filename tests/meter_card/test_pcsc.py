"""The card desk over a real PC/SC service: Debian's pcscd and virtual reader, the bench's cards."""

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace as copy
from pathlib import Path

import pytest

from bench.card import Chip
from bench.card_other import ForeignCard
from bench.issue_card import CardIssue, blank_card
from bench.vpcd import DEFAULT_PORT, VpcdSlot
from kiosk.flow import event as ev
from kiosk.meter_card.supervisor import Limits
from tests.meter_card.pcsc_stand import PcscStand, Witness, why_not
from tests.meter_card.stand import (
    AMOUNT,
    ENERGY,
    MONEY,
    DeskStand,
    desk_at,
    issued,
    meter_of,
    order_for,
)
from vending.card import Verdict

pytestmark = [
    pytest.mark.pcsc,
    pytest.mark.skipif(bool(why_not()), reason=why_not() or "there is no reason"),
]

FIRST_READER = "Virtual PCD 00 00"
SECOND_READER = "Virtual PCD 00 01"
COMMANDS = 13
"""Of a write, as over TCP."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PcscStand]:
    with PcscStand(tmp_path_factory.mktemp("pcscd")) as stand:
        stand.start_service()
        yield stand


class Reader:
    """One slot of the virtual reader, used by a hand that is slow enough for the service to see."""

    def __init__(
        self, service: PcscStand, name: str = FIRST_READER, port: int = DEFAULT_PORT
    ) -> None:
        self._service = service
        self._name = name
        self._changes = 0
        self._inserted = False
        self.vpcd = VpcdSlot(port=port)
        self.slot = self.vpcd.slot

    def insert(self, chip: Chip) -> None:
        self._changes = Witness(self._name).changes()
        self._service.inside(lambda: self.vpcd.insert(chip))
        self._inserted = True

    def pull(self) -> None:
        """Also after the slot itself has let the card go: then only wait."""
        self.vpcd.pull()
        if self._inserted and self._service.is_running:
            Witness(self._name).await_empty(self._changes + 2)
        self._inserted = False


@pytest.fixture
def reader(service: PcscStand, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    monkeypatch.setenv("PCSCLITE_CSOCK_NAME", service.socket_path)
    reader = Reader(service)
    yield reader
    reader.slot.recover()
    reader.pull()


@pytest.fixture
def stand(reader: Reader) -> Iterator[DeskStand]:
    with desk_at("pcsc:", Limits(), apdu_timeout_s=1.0) as stand:
        yield stand


def insert(reader: Reader, stand: DeskStand, chip: Chip) -> None:
    reader.insert(chip)
    stand.facts.next(ev.CardInserted)


def pull(reader: Reader, stand: DeskStand) -> None:
    reader.pull()
    stand.facts.next(ev.CardRemoved)


@pytest.mark.parametrize("wanted", [ENERGY, MONEY])
def test_read_written_proved_and_credited_once(
    reader: Reader, stand: DeskStand, wanted: CardIssue
) -> None:
    card, meter = issued(wanted), meter_of(wanted)
    insert(reader, stand, card)
    before = stand.read()
    assert (before.meter_no, before.wallet_unit) == (wanted.meter_no, wanted.wallet_unit)
    order = order_for(before)
    assert stand.write(order) == "written: returned, wallet"
    assert stand.prove(order) is Verdict.WRITTEN
    stand.desk.release()
    pull(reader, stand)
    meter.plug(card)
    meter.plug(card)
    assert [credit.amount for credit in meter.state.credits] == [AMOUNT]
    insert(reader, stand, card)
    assert stand.prove(order) is Verdict.LOADED


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (ForeignCard, ev.CardFault.FOREIGN),
        (blank_card, ev.CardFault.NOT_ISSUED),
        (lambda: issued(copy(ENERGY, damaged=True)), ev.CardFault.DAMAGED),
    ],
)
def test_a_card_that_cannot_be_used(
    reader: Reader, stand: DeskStand, make: Callable[[], Chip], fault: ev.CardFault
) -> None:
    insert(reader, stand, make())
    assert stand.unreadable() is fault
    pull(reader, stand)


@pytest.mark.parametrize("at", [1, 4, 6])
def test_pulled_while_reading(reader: Reader, stand: DeskStand, at: int) -> None:
    card = issued(ENERGY)
    insert(reader, stand, card)
    reader.slot.pull_at_apdu(at)
    assert stand.unreadable() is ev.CardFault.PULLED
    stand.facts.next(ev.CardRemoved)
    reader.pull()
    insert(reader, stand, card)
    assert stand.read().meter_no == ENERGY.meter_no


@pytest.mark.parametrize("at", range(7, COMMANDS + 1))
def test_pulled_at_every_command_of_a_write(reader: Reader, stand: DeskStand, at: int) -> None:
    card, meter = issued(ENERGY), meter_of(ENERGY)
    insert(reader, stand, card)
    order = order_for(stand.read())
    reader.slot.pull_at_apdu(at)
    assert "written:" not in stand.write(order)
    stand.facts.next(ev.CardRemoved)
    reader.pull()
    insert(reader, stand, card)
    assert stand.prove(order) in (Verdict.NOT_WRITTEN, Verdict.TORN)
    assert stand.write(order).startswith("written")
    assert stand.prove(order) is Verdict.WRITTEN
    reader.pull()
    meter.plug(card)
    assert [credit.amount for credit in meter.state.credits] == [AMOUNT]


def test_pulled_while_the_head_office_thinks(reader: Reader, stand: DeskStand) -> None:
    insert(reader, stand, issued(ENERGY))
    order = order_for(stand.read())
    stand.desk.write(order.order_no, order.vend, order.before)
    stand.facts.next(ev.SealsWanted)
    reader.pull()
    assert "pulled" in stand.facts.next(ev.CardWriteEnded).detail
    stand.facts.next(ev.CardRemoved)


def test_a_card_that_falls_silent_holds_the_worker_but_not_the_kiosk(
    reader: Reader, stand: DeskStand
) -> None:
    card = issued(ENERGY)
    insert(reader, stand, card)
    assert stand.read().meter_no == ENERGY.meter_no
    reader.slot.mute()
    assert stand.unreadable() is ev.CardFault.MUTE
    reader.pull()
    stand.facts.next(ev.CardRemoved)
    reader.slot.recover()
    insert(reader, stand, card)
    assert stand.read().meter_no == ENERGY.meter_no


@pytest.mark.parametrize("at", [3, 11, 12])
def test_killed_in_a_write(reader: Reader, stand: DeskStand, at: int) -> None:
    """The dead worker held the card exclusively; the next one gets it all the same."""
    insert(reader, stand, issued(ENERGY))
    order = order_for(stand.read())
    process = stand.desk._process
    assert process is not None
    left = [at]

    def count(_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(process.pid, signal.SIGKILL)

    reader.slot.observe(count)
    assert "exit code -9" in stand.write(order)
    assert stand.prove(order) is Verdict.NOT_WRITTEN
    assert stand.write(order).startswith("written")
    assert stand.prove(order) is Verdict.WRITTEN
    assert stand.facts.count(ev.CardInserted) == 1


def test_the_service_dies_and_comes_back(
    reader: Reader, stand: DeskStand, service: PcscStand
) -> None:
    card = issued(ENERGY)
    insert(reader, stand, card)
    order = order_for(stand.read())
    service.kill_service()
    gone = stand.facts.next(ev.DeviceChanged)
    assert (gone.state, gone.fault) == (ev.DeviceState.OFFLINE, ev.Fault.READER_GONE)
    assert stand.unreadable() is ev.CardFault.READER
    assert stand.prove(order) is Verdict.UNKNOWN
    reader.pull()
    service.start_service()
    stand.until_ok()
    stand.facts.next(ev.CardRemoved)
    insert(reader, stand, card)
    assert stand.read().meter_no == ENERGY.meter_no
    assert stand.write(order).startswith("written")
    assert stand.prove(order) is Verdict.WRITTEN


def test_the_service_dies_in_a_write(reader: Reader, stand: DeskStand, service: PcscStand) -> None:
    card = issued(ENERGY)
    insert(reader, stand, card)
    order = order_for(stand.read())
    written = stand.write(order, at_seals=lambda _: service.kill_service())
    assert "written:" not in written
    assert stand.prove(order) is Verdict.UNKNOWN
    reader.pull()
    service.start_service()
    stand.until_ok()
    insert(reader, stand, card)
    assert stand.prove(order) is Verdict.NOT_WRITTEN


def test_a_reader_is_taken_by_its_name(reader: Reader, service: PcscStand) -> None:
    second = Reader(service, SECOND_READER, DEFAULT_PORT + 1)
    try:
        with desk_at(f"pcsc:{SECOND_READER}") as stand:
            insert(second, stand, issued(MONEY))
            assert stand.read().meter_no == MONEY.meter_no
    finally:
        second.pull()


def test_a_reader_that_is_not_there_is_said_to_be_gone(reader: Reader, tmp_path: Path) -> None:
    from kiosk.meter_card.remote import WorkerCard

    desk = WorkerCard("pcsc:No Such Reader", log_path=tmp_path / "log")
    stand = DeskStand(desk)
    desk.start(stand.facts)
    try:
        gone = stand.facts.next(ev.DeviceChanged)
        while gone.state is ev.DeviceState.STARTING:
            gone = stand.facts.next(ev.DeviceChanged)
        assert gone.fault is ev.Fault.READER_GONE
        assert "No Such Reader" in gone.detail
    finally:
        desk.stop(5.0)
