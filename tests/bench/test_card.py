"""The simulated user card, command by command."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.card import EXTERNAL_TRIES, Card
from bench.card_crypto import encipher
from bench.card_files import parameter_file, parse_parameters
from bench.card_memory import CardImage, PowerLost
from bench.card_other import FOREIGN_ATR, ForeignCard, ReversedCard
from bench.issue_card import TEST_KEYS, blank_card, issue
from tests.bench.card_host import (
    CUSTOMER_NO,
    METER_NO,
    PLAIN,
    RETURN_CLEAR,
    SERIAL,
    authenticate,
    data_of,
    sealed,
    select_application,
    send,
    vend,
    wallet_write,
    write_vend,
)
from vending.card import WalletUnit

SOLD = vend()


@pytest.fixture
def card() -> Card:
    """A powered user card with its application selected."""
    card = issue(PLAIN)
    card.reset()
    select_application(card)
    return card


def status(card: Card, command: str) -> str:
    return send(card, command)[-2:].hex().upper()


def test_the_answer_to_reset_carries_the_serial_number() -> None:
    assert issue(PLAIN).reset().hex().upper() == "3B6D000057" + SERIAL.hex().upper() + "90000000"


def test_a_reader_programs_reading_sequence_gets_every_file() -> None:
    card = issue(PLAIN)
    card.reset()
    assert send(card, "00A40000023F00") == b"\x90\x00"
    assert data_of(card, "00B0990108") == SERIAL
    assert len(data_of(card, "00B0810027")) == 39
    assert send(card, "00A4000002DF01") == b"\x90\x00"
    parameters = data_of(card, "00B081002D")
    assert data_of(card, "00B0820008").hex() == "000047ea" + "00000007"
    assert len(data_of(card, "00B0830080") + data_of(card, "00B0838082")) == 258
    assert len(data_of(card, "00B0840080") + data_of(card, "00B0848082")) == 258
    returned = data_of(card, "00B0850031")
    assert parameters[:4].hex() == "68010027"
    assert parameters[30:36].hex() == METER_NO
    assert parameters[36:42].hex() == CUSTOMER_NO
    assert parameters[42:].hex() == "02" + f"{sum(parameters[1:43]) % 256:02x}" + "16"
    assert returned[:4].hex() == "6811002b"
    assert int.from_bytes(returned[27:31], "big") == 7


def test_the_parameter_file_tells_what_the_wallet_counts() -> None:
    files = {unit: issue(replace(PLAIN, wallet_unit=unit)).image.parameters for unit in WalletUnit}
    assert files[WalletUnit.ENERGY][6:10].hex() == "01000000"
    assert files[WalletUnit.MONEY][6:10].hex() == "00000000"
    for unit, file in files.items():
        parsed = parse_parameters(file)
        assert parsed.wallet_unit is unit
        assert parameter_file(parsed) == file


def test_files_are_read_at_an_offset_and_without_naming_them_again(card: Card) -> None:
    parameters = data_of(card, "00B081002D")
    assert data_of(card, "00B0811E0C") == parameters[30:42]
    assert data_of(card, "00B0002406") == parameters[36:42]


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("00B0821008", "6B00"),  # beyond the end
        ("00B0820009", "6C08"),  # longer than the file
        ("00B0820000", "6C08"),  # all of it
        ("00B0860008", "6A82"),  # no such file
        ("00B0990108", "6A82"),  # the serial number stands in the root directory
        ("00A40000023F01", "6A82"),
        ("00A40400023F00", "6A86"),
        ("00A40000033F00", "6700"),
        ("00B00000", "6986"),
        ("0084000005", "6700"),
        ("008400000401", "6700"),
        ("0088000207" + "00" * 7, "6A86"),
        ("0088000107" + "00" * 7, "6700"),
        ("0088000108" + "00" * 7, "6700"),
        ("0082000208" + "00" * 8, "6984"),
        ("00C0000008", "6F00"),
        ("04D682000C" + "00" * 12, "6982"),
        ("00D6820008" + "00" * 8, "6982"),
        ("00CA000000", "6D00"),
        ("80B0820008", "6E00"),
        ("00", "6700"),
    ],
)
def test_commands_that_a_card_refuses(card: Card, command: str, answer: str) -> None:
    before = card.image
    assert status(card, command) == answer
    assert card.image == before


commands = st.builds(
    lambda cla, ins, p1, p2, data: bytes([cla, ins, p1, p2, len(data)]) + data,
    st.sampled_from([0x00, 0x04]),
    st.sampled_from([0xA4, 0xB0, 0x84, 0x88, 0x82, 0xC0, 0xD6, 0x20]),
    st.sampled_from([0x00, 0x01, 0x81, 0x82, 0x85, 0x99]),
    st.integers(0, 3),
    st.binary(max_size=60),
)


@given(st.lists(commands | st.binary(max_size=8), max_size=6))
def test_without_authentication_nothing_changes_the_card(tried: list[bytes]) -> None:
    card = issue(PLAIN)
    card.reset()
    before = card.image
    select_application(card)
    assert all(len(card.transmit(command)) >= 2 for command in tried)
    assert without_tries(card.image) == without_tries(before)


def without_tries(image: CardImage) -> CardImage:
    return msgspec.structs.replace(image, external_tries_left=0)


def test_internal_authentication_answers_in_two_commands(card: Card) -> None:
    keys = TEST_KEYS.for_card(SERIAL)
    challenge = bytes(range(8))
    assert send(card, "0088000108" + challenge.hex()) == b"\x61\x08"
    assert status(card, "00C0000004") == "6C08"
    expected = encipher(keys.internal, challenge)
    assert data_of(card, "00C0000008") == expected
    assert status(card, "00C0000008") == "6F00"


def test_an_answer_is_kept_for_the_very_next_command_only(card: Card) -> None:
    send(card, "0088000108" + "00" * 8)
    data_of(card, "00B0820008")
    assert status(card, "00C0000008") == "6F00"


def test_keys_stand_in_the_application() -> None:
    card = issue(PLAIN)
    card.reset()
    assert status(card, "0088000108" + "00" * 8) == "6A82"
    assert status(card, "0082000208" + "00" * 8) == "6A82"


def test_a_challenge_is_good_for_one_external_authentication(card: Card) -> None:
    answer = authenticate(card)
    assert status(card, "0082000208" + answer.host_cryptogram) == "6984"


def test_wrong_authentications_are_counted_and_a_right_one_forgives(card: Card) -> None:
    for left in (14, 13):
        data_of(card, "0084000008")
        assert status(card, "0082000208" + "00" * 8) == f"63C{left:X}"
    authenticate(card)
    assert card.image.external_tries_left == EXTERNAL_TRIES


def test_a_card_blocks_itself_for_good_when_nothing_is_left_to_forgive(card: Card) -> None:
    for _ in range(EXTERNAL_TRIES):
        data_of(card, "0084000008")
        send(card, "0082000208" + "00" * 8)
    card.reset()
    select_application(card)
    data_of(card, "0084000008")
    assert status(card, "0082000208" + "00" * 8) == "6983"


def test_a_sealed_write_changes_the_file_and_nothing_else(card: Card) -> None:
    before = card.image
    authenticate(card)
    (command,) = sealed(card, SOLD, wallet_write(SOLD))
    assert card.transmit(command) == b"\x90\x00"
    wallet = bytes.fromhex("000023f500000008")
    assert card.image == msgspec.structs.replace(before, wallet=wallet)
    assert card.bytes_written == 8


@given(st.integers(5, 16), st.integers(1, 255))
def test_a_changed_byte_of_a_sealed_write_is_noticed(at: int, change: int) -> None:
    card = issue(PLAIN)
    card.reset()
    select_application(card)
    before = card.image
    authenticate(card)
    command = bytearray(sealed(card, SOLD, wallet_write(SOLD))[0])
    command[at] ^= change
    assert card.transmit(bytes(command)) == b"\x69\x88"
    assert card.image == before


def test_a_seal_is_bound_to_the_file_it_was_made_for(card: Card) -> None:
    authenticate(card)
    (command,) = sealed(card, SOLD, wallet_write(SOLD))
    elsewhere = command[:2] + b"\x85" + command[3:]
    assert card.transmit(elsewhere) == b"\x69\x88"


def test_one_challenge_serves_all_writes_of_a_power_session(card: Card) -> None:
    authenticate(card)
    commands = sealed(card, SOLD, RETURN_CLEAR, wallet_write(SOLD))
    data_of(card, "00B0820008")
    assert [card.transmit(command) for command in commands] == [b"\x90\x00"] * 2
    assert card.image.returned == bytes(49)


def test_a_new_challenge_takes_the_place_of_the_old_one(card: Card) -> None:
    authenticate(card)
    (command,) = sealed(card, SOLD, wallet_write(SOLD))
    data_of(card, "0084000008")
    assert card.transmit(command) == b"\x69\x84"


def test_reset_forgets_authentication_and_challenge(card: Card) -> None:
    authenticate(card)
    (command,) = sealed(card, SOLD, wallet_write(SOLD))
    card.reset()
    select_application(card)
    assert card.transmit(command) == b"\x69\x82"


def test_selecting_a_directory_forgets_authentication(card: Card) -> None:
    authenticate(card)
    (command,) = sealed(card, SOLD, wallet_write(SOLD))
    select_application(card)
    assert card.transmit(command) == b"\x69\x82"


def test_no_file_takes_data_without_a_seal(card: Card) -> None:
    authenticate(card)
    assert status(card, "00D6820008" + "00" * 8) == "6987"


def test_a_card_without_power_answers_nobody() -> None:
    card = issue(PLAIN)
    with pytest.raises(PowerLost):
        card.transmit(b"\x00\x84\x00\x00\x08")
    card.reset()
    card.power_off()
    with pytest.raises(PowerLost):
        card.transmit(b"\x00\x84\x00\x00\x08")


def test_an_image_is_a_value_that_survives_storage() -> None:
    card = issue(PLAIN)
    write_vend(card, SOLD)
    stored = msgspec.json.decode(msgspec.json.encode(card.image), type=CardImage)
    assert stored == card.image
    again = Card(stored, TEST_KEYS.for_card(SERIAL))
    again.reset()
    select_application(again)
    assert data_of(again, "00B0820008") == card.image.wallet


def test_the_challenges_are_the_random_sources() -> None:
    card = issue(PLAIN, random_bytes=lambda length: bytes(range(length)))
    card.reset()
    assert data_of(card, "0084000008") == bytes(range(8))


def test_a_card_that_was_never_issued_has_a_serial_number_and_nothing_to_read() -> None:
    card = blank_card()
    assert card.reset()[:5].hex().upper() == "3B6D000057"
    assert status(card, "00A40000023F00") == "9000"
    assert status(card, "00B0990108") == "6B00"
    assert status(card, "00B081002D") == "6B00"
    assert status(card, "00A4000002DF01") == "6A82"


def test_a_foreign_card_has_another_answer_to_reset_and_no_application() -> None:
    card = ForeignCard()
    assert card.reset() == FOREIGN_ATR
    assert send(card, "00A40000023F00") == b"\x90\x00"
    assert send(card, "00A4000002DF01") == b"\x6a\x82"
    assert send(card, "00B0990108") == b"\x6a\x82"
    assert send(card, "0084000008") == b"\x6d\x00"
    card.power_off()
    with pytest.raises(PowerLost):
        send(card, "00A40000023F00")


def test_a_reversed_card_has_no_contact() -> None:
    card = ReversedCard(issue(PLAIN))
    assert card.reset() == b""
    with pytest.raises(PowerLost):
        send(card, "00A40000023F00")
