"""T=0 as the host has to speak it: waiting data, wrong lengths, and a card that never stops."""

import pytest

from kiosk.meter_card import apdu
from kiosk.meter_card.port import CardRefused

READ = apdu.read_binary(0x81, 45)


class Script:
    """A card that answers from a list, the last answer for ever."""

    def __init__(self, *answers: str) -> None:
        self._answers = [bytes.fromhex(answer) for answer in answers]
        self.heard: list[str] = []

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        self.heard.append(command.hex().upper())
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return answer[:-2], int.from_bytes(answer[-2:])


def test_commands_as_published_reader_programs_send_them() -> None:
    assert READ.hex().upper() == "00B081002D"
    assert apdu.read_binary(0x82, 8).hex().upper() == "00B0820008"
    assert apdu.read_binary(0x85, 49).hex().upper() == "00B0850031"
    assert apdu.get_challenge(8).hex().upper() == "0084000008"
    assert apdu.internal_authenticate(1, bytes(8)).hex().upper() == "0088000108" + "00" * 8
    assert apdu.external_authenticate(2, bytes(8)).hex().upper() == "0082000208" + "00" * 8
    assert apdu.sealed_update_header(0x81, 45, 4).hex().upper() == "04D6810031"
    assert apdu.sealed_update_header(0x82, 8, 4).hex().upper() == "04D682000C"
    assert apdu.sealed_update_header(0x85, 49, 4).hex().upper() == "04D6850035"


def test_waiting_data_is_fetched() -> None:
    card = Script("6108", "1122334455667788 9000")
    assert apdu.exchange(card, b"\x00\x88\x00\x01") == (bytes.fromhex("1122334455667788"), 0x9000)
    assert card.heard[1] == "00C0000008"


def test_data_in_two_parts_is_put_together() -> None:
    card = Script("6102", "AABB 6101", "CC 9000")
    assert apdu.exchange(card, READ) == (b"\xaa\xbb\xcc", 0x9000)


def test_a_wrong_length_is_corrected_once() -> None:
    card = Script("6C03", "AABBCC 9000")
    assert apdu.exchange(card, READ) == (b"\xaa\xbb\xcc", 0x9000)
    assert card.heard == ["00B081002D", "00B0810003"]


def test_a_card_that_always_has_more_is_stopped() -> None:
    card = Script("AA 6101")
    _, status = apdu.exchange(card, READ)
    assert status == 0x6101
    assert len(card.heard) == 1 + apdu.MAX_CHUNKS


def test_file_information_after_select_is_left_unread() -> None:
    card = Script("6120")
    assert apdu.select(card, b"\xdf\x01") == apdu.OK
    assert card.heard == ["00A4000002DF01"]


@pytest.mark.parametrize("answer", ["6982", "6988", "AABB 9000"])
def test_what_was_required_and_not_given_is_refused(answer: str) -> None:
    with pytest.raises(CardRefused, match="read parameters") as refusal:
        apdu.require(Script(answer), READ, "read parameters", 45)
    assert refusal.value.status == int(answer[-4:], 16)
