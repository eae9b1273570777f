"""Slots by URL, and the slot over TCP against the bench's."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from bench.card_slot import CardSlot
from kiosk.meter_card.card_io import open_card_io
from kiosk.meter_card.io_tcp import TcpCardIo
from kiosk.meter_card.port import AdapterMisused, CardGone, CardMute, ReaderFailed
from tests.meter_card.stand import ENERGY, issued

SELECT = bytes.fromhex("00A4000002DF01")


@pytest.fixture
def slot() -> Iterator[CardSlot]:
    with CardSlot() as slot:
        yield slot


@pytest.fixture
def io(slot: CardSlot) -> Iterator[TcpCardIo]:
    io = open_card_io(slot.serve(), apdu_timeout_s=0.5)
    assert isinstance(io, TcpCardIo)
    with closing(io):
        yield io


@pytest.mark.parametrize(
    "url", ["", "usb:1", "tcp://", "tcp://127.0.0.1", "tcp://:7301", "tcp://host:port", "/dev/x"]
)
def test_a_url_of_no_known_form_is_our_own_fault(url: str) -> None:
    with pytest.raises(AdapterMisused):
        open_card_io(url)


def test_presence_follows_the_card(slot: CardSlot, io: TcpCardIo) -> None:
    assert not io.is_present()
    slot.insert(issued(ENERGY))
    assert io.is_present()
    slot.pull()
    assert not io.is_present()


def test_powering_on_gives_the_answer_to_reset(slot: CardSlot, io: TcpCardIo) -> None:
    slot.insert(issued(ENERGY))
    assert io.power_on()[5:13] == ENERGY.serial
    assert io.transmit(SELECT) == (b"", 0x9000)
    io.power_off()
    assert io.is_present()
    with pytest.raises(CardGone):
        io.transmit(SELECT)


def test_an_empty_slot_has_nothing_to_power(io: TcpCardIo) -> None:
    with pytest.raises(CardGone):
        io.power_on()


def test_a_card_that_leaves_in_a_command_is_gone(slot: CardSlot, io: TcpCardIo) -> None:
    slot.insert(issued(ENERGY))
    io.power_on()
    slot.pull_at_apdu(1)
    with pytest.raises(CardGone):
        io.transmit(SELECT)


def test_after_silence_the_line_is_new_and_no_late_answer_is_believed(
    slot: CardSlot, io: TcpCardIo
) -> None:
    slot.insert(issued(ENERGY))
    io.power_on()
    slot.slow(1.0)
    with pytest.raises(CardMute):
        io.transmit(SELECT)
    slot.recover()
    atr = io.power_on()
    assert atr[5:13] == ENERGY.serial
    assert io.transmit(bytes.fromhex("0084000008"))[1] == 0x9000


def test_a_hung_slot_is_the_readers_fault(slot: CardSlot, io: TcpCardIo) -> None:
    assert not io.is_present()
    slot.hang()
    with pytest.raises(ReaderFailed):
        io.is_present()
    slot.recover()
    assert not io.is_present()


def test_a_slot_that_is_not_there_is_the_readers_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    io = open_card_io(f"tcp://127.0.0.1:{port}")
    with pytest.raises(ReaderFailed):
        io.is_present()
    with pytest.raises(ReaderFailed):
        io.power_on()
    with pytest.raises(ReaderFailed):
        io.eject()
    io.power_off()
    io.close()


def test_a_slot_that_hangs_up_is_found_again(slot: CardSlot, io: TcpCardIo) -> None:
    assert not io.is_present()
    address = io._address
    slot.close()
    with pytest.raises(ReaderFailed):
        io.is_present()
    slot.serve(*address)
    assert not io.is_present()


def test_ejected_is_not_pulled(slot: CardSlot, io: TcpCardIo) -> None:
    card = issued(ENERGY)
    slot.insert(card)
    io.eject()
    assert slot.ejected is card
    assert not io.is_present()
