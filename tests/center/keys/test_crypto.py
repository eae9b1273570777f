"""Known answers of published standards, and the same results by another way of computing them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import card_crypto
from center.keys import crypto

KEY = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
keys = st.binary(min_size=16, max_size=16)
blocks = st.binary(min_size=8, max_size=8)


@pytest.mark.parametrize(
    ("message", "mac"),
    [(b"Now is the time for all ", "E9086230"), (b"Now is the time for it", "5A692CE6")],
)
def test_mac_gives_the_answers_of_iso_9797_1_annex_a(message: bytes, mac: str) -> None:
    assert crypto.mac(KEY, bytes(8), message) == bytes.fromhex(mac)


def test_mac_gives_the_answer_of_the_icao_9303_worked_example() -> None:
    key = bytes.fromhex("7962D9ECE03D1ACD4C76089DCE131543")
    message = bytes.fromhex("72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2")
    assert crypto.mac(key, bytes(8), message) == bytes.fromhex("5F1448EE")


def test_triple_des_with_equal_halves_is_the_single_des_of_fips_81() -> None:
    key = bytes.fromhex("0123456789ABCDEF") * 2
    cipher = crypto.encrypt(key, b"Now is the time for all ")
    assert cipher == bytes.fromhex("3FA40E8A984D48156A271787AB8883F9893D51EC4B563B53")


def test_triple_des_gives_the_first_block_of_the_icao_9303_worked_example() -> None:
    key = bytes.fromhex("AB94FDECF2674FDFB9B391F85D7F76F2")
    plain = bytes.fromhex("781723860C06C226")
    assert crypto.encrypt(key, plain) == bytes.fromhex("72C29C2371CC9BDB")


@given(keys, blocks)
def test_encryption_agrees_with_the_cards_chip(key: bytes, block: bytes) -> None:
    assert crypto.encrypt(key, block) == card_crypto.encipher(key, block)


@given(keys, blocks)
def test_diversification_agrees_with_the_cards_issuer(master: bytes, serial: bytes) -> None:
    assert crypto.diversify(master, serial) == card_crypto.diversified(master, serial)


@given(keys, blocks, st.binary(max_size=70))
def test_mac_agrees_with_the_cards_chip(key: bytes, start: bytes, message: bytes) -> None:
    assert crypto.mac(key, start, message) == card_crypto.message_code(key, start, message)


@given(keys, blocks, st.binary(min_size=8, max_size=70))
def test_an_initial_value_acts_like_a_change_of_the_first_block(
    key: bytes, start: bytes, message: bytes
) -> None:
    mixed = bytes(a ^ b for a, b in zip(start, message[:8], strict=True)) + message[8:]
    assert crypto.mac(key, start, message) == crypto.mac(key, bytes(8), mixed)


@given(st.binary(max_size=40))
def test_padding_is_whole_blocks_and_never_ambiguous(message: bytes) -> None:
    padded = crypto.pad(message)
    assert len(padded) % 8 == 0
    assert padded.rstrip(b"\0")[:-1] == message
    assert padded[len(message)] == 0x80


def test_lengths_are_checked() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        crypto.encrypt(bytes(24), bytes(8))
    with pytest.raises(ValueError):
        crypto.encrypt(KEY, bytes(7))
    with pytest.raises(ValueError, match="8 bytes"):
        crypto.diversify(KEY, bytes(7))
    with pytest.raises(ValueError):
        crypto.mac(KEY, bytes(4), b"")
