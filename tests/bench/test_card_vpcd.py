"""A bench card in a virtual PC/SC reader; the reader's side is played here, as vpcd does it."""

import socket
from collections.abc import Iterator

import pytest

from bench.card_line import LineClosed, receive_frame
from bench.card_other import ReversedCard
from bench.issue_card import issue
from bench.vpcd import VpcdSlot
from tests.bench.card_host import PLAIN, SERIAL

DEADLINE_S = 10.0
SELECT_ROOT = bytes.fromhex("00A40000023F00")


class Reader:
    """vpcd: listens, sends length and payload in two pieces, awaits answers to 04 and commands."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(DEADLINE_S)
        self.port: int = self._listener.getsockname()[1]
        self.line: socket.socket | None = None

    def accept(self) -> None:
        if self.line is not None:
            self.line.close()
        self.line, _ = self._listener.accept()
        self.line.settimeout(DEADLINE_S)

    def send(self, payload: bytes) -> None:
        assert self.line is not None
        self.line.sendall(len(payload).to_bytes(2, "big"))
        self.line.sendall(payload)

    def ask(self, payload: bytes) -> bytes:
        self.send(payload)
        assert self.line is not None
        return receive_frame(self.line)

    def close(self) -> None:
        for line in (self.line, self._listener):
            if line is not None:
                line.close()


@pytest.fixture
def reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.close()


@pytest.fixture
def card_side(reader: Reader) -> Iterator[VpcdSlot]:
    with VpcdSlot(port=reader.port) as slot:
        yield slot


def test_a_reader_powers_the_card_up_and_talks_to_it(reader: Reader, card_side: VpcdSlot) -> None:
    card_side.insert(issue(PLAIN))
    reader.accept()
    assert reader.ask(b"\x04")[5:13] == SERIAL  # how it learns that a card is there
    for control in (b"\x00", b"\x01", b"\x02"):
        reader.send(control)
    assert reader.ask(b"\x04")[5:13] == SERIAL
    assert reader.ask(SELECT_ROOT) == b"\x90\x00"


def test_pulling_hangs_up_and_the_card_can_come_back(reader: Reader, card_side: VpcdSlot) -> None:
    card = issue(PLAIN)
    card_side.insert(card)
    reader.accept()
    assert card_side.pull() is card
    with pytest.raises((LineClosed, OSError)):
        reader.ask(b"\x04")
    card_side.insert(card)
    reader.accept()
    reader.send(b"\x01")
    assert reader.ask(b"\x04")[5:13] == SERIAL


def test_a_card_pulled_at_a_command_answers_with_silence(
    reader: Reader, card_side: VpcdSlot
) -> None:
    card_side.insert(issue(PLAIN))
    card_side.slot.pull_at_apdu(2)
    reader.accept()
    reader.send(b"\x01")
    assert reader.ask(SELECT_ROOT) == b"\x90\x00"
    with pytest.raises((LineClosed, OSError)):
        reader.ask(SELECT_ROOT)
    assert card_side.pull() is None


def test_a_reversed_card_has_an_empty_answer_to_reset(reader: Reader, card_side: VpcdSlot) -> None:
    card_side.insert(ReversedCard(issue(PLAIN)))
    reader.accept()
    reader.send(b"\x01")
    assert reader.ask(b"\x04") == b""


def test_a_mute_card_can_still_be_pulled(reader: Reader, card_side: VpcdSlot) -> None:
    card_side.insert(issue(PLAIN))
    card_side.slot.mute()
    reader.accept()
    reader.send(b"\x01")
    reader.send(SELECT_ROOT)
    assert card_side.slot.wait_for(lambda slot: len(slot.events) >= 3, DEADLINE_S)
    assert card_side.pull() is not None
    with pytest.raises((LineClosed, OSError)):
        reader.ask(b"\x04")


def test_without_a_reader_the_card_stays_in_the_hand(reader: Reader) -> None:
    reader.close()
    slot = VpcdSlot(port=reader.port)
    with pytest.raises(OSError):
        slot.insert(issue(PLAIN))
    assert not slot.slot.present
