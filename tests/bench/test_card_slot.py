"""The card slot: as a plain object, and on a TCP line."""

import socket
import threading
from collections import deque
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from bench.card_line import LineClosed, hang_up, receive_frame, send_frame
from bench.card_memory import TornByte
from bench.card_other import ForeignCard, ReversedCard
from bench.card_slot import (
    EJECT,
    GET_ATR,
    POWER_OFF,
    POWER_ON,
    RESET,
    STATUS,
    CardSlot,
    Reply,
    SlotEventKind,
)
from bench.issue_card import issue
from tests.bench.card_host import PLAIN, RETURN_CLEAR, vend, wallet_write, write_vend

DEADLINE_S = 10.0
SELECT_ROOT = bytes.fromhex("00A40000023F00")
READ_WALLET = bytes.fromhex("00B0820008")
SOLD = vend()


class HostSide:
    """A card as the host of a slot sees it; an empty answer is the end of the card."""

    def __init__(self, slot: CardSlot) -> None:
        self._slot = slot

    def reset(self) -> bytes:
        self._slot.receive(POWER_ON)
        reply = self._slot.receive(GET_ATR)
        assert reply is not None
        return reply.payload

    def power_off(self) -> None:
        self._slot.receive(POWER_OFF)

    def transmit(self, apdu: bytes) -> bytes:
        reply = self._slot.receive(apdu)
        if reply is None or not reply.payload:
            raise ConnectionError("no answer")
        return reply.payload


def powered(slot: CardSlot) -> CardSlot:
    """Insert a user card and power it up."""
    slot.insert(issue(PLAIN))
    slot.receive(POWER_ON)
    return slot


# -- without a line --------------------------------------------------------------------------------


def test_an_empty_slot_says_so() -> None:
    slot = CardSlot()
    assert slot.receive(STATUS) == Reply(b"\x00")
    assert slot.receive(POWER_ON) is None
    assert slot.receive(GET_ATR) == Reply(b"")
    assert slot.receive(SELECT_ROOT) == Reply(b"")
    assert slot.receive(EJECT) == Reply(b"\x00")


def test_a_card_is_found_powered_up_and_talked_to() -> None:
    slot = CardSlot()
    card = issue(PLAIN)
    slot.insert(card)
    assert slot.receive(STATUS) == Reply(b"\x01")
    assert slot.receive(GET_ATR) == Reply(issue(PLAIN).reset())
    assert slot.receive(SELECT_ROOT) == Reply(b"")
    assert slot.receive(POWER_ON) is None
    assert slot.receive(SELECT_ROOT) == Reply(b"\x90\x00")
    assert slot.receive(POWER_OFF) is None
    assert slot.receive(SELECT_ROOT) == Reply(b"")


@pytest.mark.parametrize("control", [POWER_ON, RESET])
def test_both_resets_forget_what_the_card_was_doing(control: bytes) -> None:
    slot = powered(CardSlot())
    slot.receive(SELECT_ROOT)
    slot.receive(bytes.fromhex("00A4000002DF01"))
    assert slot.receive(READ_WALLET) == Reply(issue(PLAIN).image.wallet + b"\x90\x00")
    assert slot.receive(control) is None
    assert slot.receive(READ_WALLET) == Reply(b"\x6a\x82")


def test_a_second_card_does_not_fit() -> None:
    slot = powered(CardSlot())
    with pytest.raises(ValueError, match="already"):
        slot.insert(ForeignCard())


def test_an_ejected_card_is_in_the_customers_hand() -> None:
    slot, card = CardSlot(), issue(PLAIN)
    slot.insert(card)
    assert slot.receive(EJECT) == Reply(b"\x00")
    assert not slot.present
    assert slot.ejected is card
    slot.insert(card)
    assert slot.ejected is None


def test_a_pulled_card_is_gone_and_has_no_power() -> None:
    slot, card = CardSlot(), issue(PLAIN)
    slot.insert(card)
    slot.receive(POWER_ON)
    assert slot.pull() is card
    assert slot.pull() is None
    assert slot.receive(SELECT_ROOT) == Reply(b"")
    slot.insert(card)
    assert slot.receive(SELECT_ROOT) == Reply(b"")


@pytest.mark.parametrize("number", [1, 3])
def test_a_card_is_pulled_before_the_chosen_command(number: int) -> None:
    slot = powered(CardSlot())
    slot.pull_at_apdu(number)
    answers = [slot.receive(SELECT_ROOT) for _ in range(number + 1)]
    assert answers == [Reply(b"\x90\x00")] * (number - 1) + [Reply(b"")] * 2
    assert not slot.present
    assert slot.events[-3].kind is SlotEventKind.PULLED


@pytest.mark.parametrize("pulled", [True, False])
def test_power_is_cut_in_the_middle_of_a_write(pulled: bool) -> None:
    slot, card = CardSlot(), issue(PLAIN)
    slot.insert(card)
    slot.tear_after_bytes(51, pulled=pulled)
    with pytest.raises(ConnectionError):
        write_vend(HostSide(slot), SOLD)
    assert card.image.returned == bytes(49)
    assert card.image.wallet == wallet_write(SOLD)[5:7] + issue(PLAIN).image.wallet[2:]
    assert slot.present is not pulled
    slot.pull()
    slot.insert(card)
    write_vend(HostSide(slot), SOLD)
    assert card.image.wallet == wallet_write(SOLD)[5:]


def test_a_tear_can_wait_for_the_next_card() -> None:
    slot, card = CardSlot(), issue(PLAIN)
    slot.tear_after_bytes(0, torn=TornByte.ERASED)
    slot.insert(card)
    with pytest.raises(ConnectionError):
        write_vend(HostSide(slot), SOLD)
    assert card.image.returned == b"\xff" + issue(PLAIN).image.returned[1:]


def test_a_card_leaves_the_slots_faults_behind() -> None:
    slot, card = CardSlot(), issue(PLAIN)
    slot.insert(card)
    slot.tear_after_bytes(5)
    slot.pull()
    write_vend(card, SOLD)
    assert card.image.wallet == wallet_write(SOLD)[5:]


def test_a_mute_card_is_silent_and_the_slot_is_not() -> None:
    slot = powered(CardSlot())
    slot.mute()
    assert slot.receive(SELECT_ROOT) is None
    assert slot.receive(STATUS) == Reply(b"\x01")
    slot.recover()
    assert slot.receive(SELECT_ROOT) == Reply(b"\x90\x00")


def test_a_hung_slot_is_silent_altogether() -> None:
    slot = powered(CardSlot())
    slot.hang()
    for payload in (STATUS, GET_ATR, EJECT, SELECT_ROOT):
        assert slot.receive(payload) is None
    slot.recover()
    assert slot.receive(STATUS) == Reply(b"\x01")


def test_a_slow_card_takes_its_time_for_commands_only() -> None:
    slot = powered(CardSlot())
    slot.slow(0.7)
    assert slot.receive(SELECT_ROOT) == Reply(b"\x90\x00", 0.7)
    assert slot.receive(STATUS) == Reply(b"\x01")


def test_a_reversed_card_is_present_and_gives_no_answer_to_reset() -> None:
    slot = CardSlot()
    slot.insert(ReversedCard(issue(PLAIN)))
    slot.receive(POWER_ON)
    assert slot.receive(STATUS) == Reply(b"\x01")
    assert slot.receive(GET_ATR) is None
    assert slot.receive(SELECT_ROOT) == Reply(b"")


def test_recovery_calls_off_what_has_not_happened_yet() -> None:
    slot, card = CardSlot(), issue(PLAIN)
    slot.insert(card)
    slot.tear_after_bytes(5)
    slot.pull_at_apdu(2)
    slot.recover()
    write_vend(HostSide(slot), SOLD)
    assert slot.present


def test_observers_hear_everything_until_they_leave() -> None:
    slot, heard = CardSlot(), []
    leave = slot.observe(lambda event: heard.append(event.kind))
    powered(slot).receive(SELECT_ROOT)
    slot.receive(EJECT)
    slot.receive(SELECT_ROOT)
    leave()
    slot.insert(issue(PLAIN))
    assert heard == [
        SlotEventKind.INSERTED,
        SlotEventKind.RESET,
        SlotEventKind.APDU,
        SlotEventKind.EJECTED,
        SlotEventKind.FAILED,
    ]
    assert slot.apdus == (SELECT_ROOT,)


def test_an_observer_may_act_on_the_slot() -> None:
    slot = CardSlot()
    slot.observe(lambda event: slot.pull() if event.apdu == SELECT_ROOT else None)
    powered(slot).receive(SELECT_ROOT)
    assert not slot.present


# -- on a line -------------------------------------------------------------------------------------


@pytest.fixture
def slot() -> Iterator[CardSlot]:
    with CardSlot() as slot:
        yield slot


def connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    assert parts.scheme == "tcp"
    assert parts.hostname is not None
    line = socket.create_connection((parts.hostname, parts.port or 0), DEADLINE_S)
    line.settimeout(DEADLINE_S)
    return line


def ask(line: socket.socket, payload: bytes) -> bytes:
    send_frame(line, payload)
    return receive_frame(line)


def test_a_client_reads_a_card_over_the_line(slot: CardSlot) -> None:
    card = issue(PLAIN)
    slot.insert(card)
    with connected(slot.serve()) as line:
        assert ask(line, STATUS) == b"\x01"
        for control in (POWER_OFF, POWER_ON):
            send_frame(line, control)
        assert ask(line, GET_ATR) == card.reset()
        assert ask(line, SELECT_ROOT) == b"\x90\x00"
        assert ask(line, EJECT) == b"\x00"
        assert ask(line, STATUS) == b"\x00"


def test_frames_may_come_in_pieces(slot: CardSlot) -> None:
    with connected(slot.serve()) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"\x00\x01\x10":
            line.sendall(bytes([byte]))
        assert receive_frame(line) == b"\x00"


def test_a_client_that_dies_leaves_card_and_slot_alone(slot: CardSlot) -> None:
    url = slot.serve()
    powered(slot).mute()
    with connected(url) as dying:
        send_frame(dying, SELECT_ROOT)
        assert slot.wait_for(
            lambda s: any(event.kind is SlotEventKind.FAILED for event in s.events), DEADLINE_S
        )
    slot.recover()
    with connected(url) as line:
        assert ask(line, SELECT_ROOT) == b"\x90\x00"


def test_a_mute_card_leaves_the_client_waiting(slot: CardSlot) -> None:
    powered(slot).mute()
    with connected(slot.serve()) as line:
        send_frame(line, SELECT_ROOT)
        assert ask(line, STATUS) == b"\x01"


def test_the_time_of_a_slow_card_is_passed_by_whoever_keeps_time(slot: CardSlot) -> None:
    waited: list[float] = []
    powered(slot).slow(3600.0)
    with connected(slot.serve(wait=waited.append)) as line:
        assert ask(line, SELECT_ROOT) == b"\x90\x00"
    assert waited == [3600.0]


def test_a_card_can_be_awaited_from_another_thread(slot: CardSlot) -> None:
    url = slot.serve()
    seen = threading.Event()

    def person() -> None:
        slot.wait_for(lambda s: s.present, DEADLINE_S)
        seen.set()

    waiting = threading.Thread(target=person)
    waiting.start()
    slot.insert(issue(PLAIN))
    assert seen.wait(DEADLINE_S)
    waiting.join(DEADLINE_S)
    with connected(url) as line:
        assert ask(line, STATUS) == b"\x01"


def test_waiting_for_what_does_not_come_ends(slot: CardSlot) -> None:
    assert not slot.wait_for(lambda s: s.present, 0.01)


def test_closing_hangs_up_even_on_a_client_of_a_slow_card() -> None:
    slot = powered(CardSlot())
    url = slot.serve()
    slot.slow(3600.0)
    with connected(url) as line:
        send_frame(line, SELECT_ROOT)
        assert slot.wait_for(lambda s: len(s.apdus) == 1, DEADLINE_S)
        slot.close()
        with pytest.raises((LineClosed, OSError)):
            deque(iter(lambda: receive_frame(line), None), maxlen=0)  # until it is hung up
    with pytest.raises(OSError):
        connected(url)


def test_more_clients_than_the_slot_takes_are_turned_away(slot: CardSlot) -> None:
    url = slot.serve()
    lines = [connected(url) for _ in range(8)]
    assert [ask(line, STATUS) for line in lines] == [b"\x00"] * 8
    with connected(url) as late, pytest.raises((LineClosed, OSError)):
        ask(late, STATUS)
    for line in lines:
        hang_up(line)


def test_the_whole_purchase_goes_over_the_line(slot: CardSlot) -> None:
    card = issue(PLAIN)
    slot.insert(card)
    with connected(slot.serve()) as line:
        write_vend(LineSide(line), SOLD)
    assert card.image.wallet == wallet_write(SOLD)[5:]
    assert card.image.returned == RETURN_CLEAR[5:]


class LineSide:
    """A card at the other end of a line."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def reset(self) -> bytes:
        send_frame(self._line, POWER_ON)
        return ask(self._line, GET_ATR)

    def power_off(self) -> None:
        send_frame(self._line, POWER_OFF)

    def transmit(self, apdu: bytes) -> bytes:
        return ask(self._line, apdu)
