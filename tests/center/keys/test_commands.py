"""Only the writes that put the vend on the card are sealed; everything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.card_files import Parameters, parameter_file
from center.keys.commands import checked
from center.keys.port import CardIdentity, KeysRefused, Refusal
from tests.bench.card_host import (
    CUSTOMER_NO,
    IDENTITY,
    METER_NO,
    RETURN_CLEAR,
    vend,
    wallet_write,
)
from vending.card import CardKind, WalletUnit

SOLD = vend()
WALLET = wallet_write(SOLD)
PARAMETER_HEADER = bytes.fromhex("04D6810031")


def parameter_write(
    meter_no: str = METER_NO,
    customer_no: str = CUSTOMER_NO,
    kind: CardKind = CardKind.PURCHASE,
) -> bytes:
    return PARAMETER_HEADER + parameter_file(
        Parameters(
            meter_no=meter_no,
            customer_no=customer_no,
            kind=kind,
            wallet_unit=WalletUnit.ENERGY,
        )
    )


def refusal_of(*commands: bytes, card: CardIdentity = IDENTITY) -> Refusal:
    with pytest.raises(KeysRefused) as refused:
        checked([command.hex() for command in commands], SOLD, card)
    return refused.value.reason


def test_the_three_writes_of_a_vend_are_accepted_in_any_order() -> None:
    commands = (parameter_write(), RETURN_CLEAR, WALLET)
    assert checked([command.hex() for command in commands], SOLD, IDENTITY) == commands
    turned = commands[::-1]
    assert checked([command.hex().upper() for command in turned], SOLD, IDENTITY) == turned


@pytest.mark.parametrize("kind", list(CardKind))
def test_the_card_kind_is_the_expected_one(kind: CardKind) -> None:
    card = CardIdentity(
        serial=IDENTITY.serial, meter_no=METER_NO, customer_no=CUSTOMER_NO, kind=kind
    )
    assert checked([parameter_write(kind=kind).hex()], SOLD, card)
    for other in set(CardKind) - {kind}:
        assert refusal_of(parameter_write(kind=other), card=card) is Refusal.WRONG_PARAMETER


def test_nothing_to_seal_is_refused() -> None:
    assert refusal_of() is Refusal.NO_COMMAND


@pytest.mark.parametrize("command", [WALLET, RETURN_CLEAR, parameter_write()])
def test_each_write_is_sealed_once(command: bytes) -> None:
    assert refusal_of(command, command) is Refusal.REPEATED_COMMAND


@given(st.binary(max_size=300))
def test_arbitrary_data_is_never_sealed(data: bytes) -> None:
    assert refusal_of(data) in set(Refusal)


def test_of_all_places_to_write_only_three_are_known() -> None:
    heads = {bytes([0x04, 0xD6, p1, p2]) for p1 in range(256) for p2 in (0, 1, 0x80)}
    unknown = {h for h in heads if refusal_of(h + b"\x04") is Refusal.UNKNOWN_COMMAND}
    assert sorted(head.hex() for head in heads - unknown) == ["04d68100", "04d68200", "04d68500"]


@pytest.mark.parametrize("head", ["04D68300", "04D68400", "04D68202", "00D68200", "04B08200"])
def test_tariff_files_offsets_and_other_instructions_are_refused(head: str) -> None:
    assert refusal_of(bytes.fromhex(head) + WALLET[4:]) is Refusal.UNKNOWN_COMMAND


@pytest.mark.parametrize("command", [WALLET, RETURN_CLEAR, parameter_write()])
def test_lengths_are_exact(command: bytes) -> None:
    other_lc = command[:4] + bytes([command[4] + 1]) + command[5:]
    assert refusal_of(command + b"\0") is Refusal.WRONG_LENGTH
    assert refusal_of(command[:-1]) is Refusal.WRONG_LENGTH
    assert refusal_of(other_lc) is Refusal.WRONG_LENGTH
    assert refusal_of(other_lc + b"\0") is Refusal.WRONG_LENGTH


@given(st.binary(min_size=8, max_size=8).filter(lambda wallet: wallet != WALLET[5:]))
def test_the_wallet_holds_the_vend_and_nothing_else(wallet: bytes) -> None:
    assert refusal_of(WALLET[:5] + wallet) is Refusal.WRONG_WALLET


@given(st.integers(0, 48), st.integers(1, 255))
def test_the_return_file_is_cleared_and_never_written(at: int, value: int) -> None:
    command = bytearray(RETURN_CLEAR)
    command[5 + at] = value
    assert refusal_of(bytes(command)) is Refusal.WRONG_RETURN


def test_the_parameter_file_is_this_meters_and_this_customers() -> None:
    assert refusal_of(parameter_write(meter_no="001900450098")) is Refusal.WRONG_PARAMETER
    assert refusal_of(parameter_write(customer_no="330100200098")) is Refusal.WRONG_PARAMETER


@given(st.integers(0, 44), st.integers(1, 255))
def test_any_changed_byte_of_the_parameter_file_breaks_its_frame(at: int, change: int) -> None:
    command = bytearray(parameter_write())
    command[5 + at] ^= change
    assert refusal_of(bytes(command)) is Refusal.BAD_FRAME


def test_one_bad_command_refuses_all() -> None:
    assert refusal_of(RETURN_CLEAR, WALLET, b"") is Refusal.UNKNOWN_COMMAND
    with pytest.raises(KeysRefused) as refused:
        checked([WALLET.hex(), "not hexadecimal"], SOLD, IDENTITY)
    assert refused.value.reason is Refusal.UNKNOWN_COMMAND
