"""The software key service: what it refuses to be, and that a card obeys what it seals."""

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.card import MAC_WRONG, OK
from center.keys.port import CardIdentity, KeyService, KeysRefused, Refusal
from center.keys.soft import TEST_KEYS, MasterKeys, SoftKeyService, master_keys
from tests.bench.card_host import (
    CUSTOMER_NO,
    IDENTITY,
    METER_NO,
    RETURN_CLEAR,
    authenticate,
    new_card,
    request,
    sealed,
    select_application,
    vend,
    wallet_write,
)
from vending.card import SealRequest, SealStage

OWN_KEYS = MasterKeys(
    internal=bytes(range(0x01, 0x11)),
    external=bytes(range(0x21, 0x31)),
    mac=bytes(range(0x81, 0x91)),
)
SOLD = vend()
WALLET = wallet_write(SOLD)


def service() -> KeyService:
    return SoftKeyService(TEST_KEYS, allow_test_keys=True, random_bytes=bytes)


def refusal_of(call: Callable[[], object]) -> Refusal:
    with pytest.raises(KeysRefused) as refused:
        call()
    return refused.value.reason


def test_published_keys_need_permission() -> None:
    with pytest.raises(ValueError, match="'internal' is a published test key"):
        SoftKeyService(TEST_KEYS)
    SoftKeyService(OWN_KEYS)


@pytest.mark.parametrize("name", ["internal", "external", "mac"])
def test_one_published_key_in_any_place_is_enough_to_refuse(name: str) -> None:
    keys = dataclasses.replace(OWN_KEYS, **{name: TEST_KEYS.external})
    with pytest.raises(ValueError, match=f"'{name}' is a published test key"):
        SoftKeyService(keys)


@given(st.binary(min_size=16, max_size=16))
def test_a_published_key_with_other_parity_bits_is_the_same_key(noise: bytes) -> None:
    disguised = bytes(a ^ (b & 1) for a, b in zip(TEST_KEYS.mac, noise, strict=True))
    with pytest.raises(ValueError, match="published"):
        SoftKeyService(dataclasses.replace(OWN_KEYS, mac=disguised))


def test_weak_keys_are_refused_even_for_tests() -> None:
    halves = dataclasses.replace(OWN_KEYS, mac=bytes.fromhex("0123456789ABCDEF") * 2)
    with pytest.raises(ValueError, match="equal halves"):
        SoftKeyService(halves, allow_test_keys=True)
    same = dataclasses.replace(OWN_KEYS, mac=OWN_KEYS.external)
    with pytest.raises(ValueError, match="differ"):
        SoftKeyService(same, allow_test_keys=True)


def test_keys_come_from_a_table() -> None:
    table = {"internal": "01" * 16, "external": "02" * 16, "mac": "AB" * 16}
    assert master_keys(table).mac == b"\xab" * 16


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"internal": "01" * 16, "external": "02" * 16}, "'mac'"),
        ({"internal": "01" * 15, "external": "02" * 16, "mac": "03" * 16}, "'internal'"),
        ({"internal": "zz" * 16, "external": "02" * 16, "mac": "03" * 16}, "'internal'"),
        ({"internal": 1, "external": "02" * 16, "mac": "03" * 16}, "'internal'"),
        ({"pin": "04" * 16}, "'pin'"),
    ],
)
def test_a_bad_table_is_named_and_never_shown(table: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said) as error:
        master_keys(table)
    assert not any(str(value) in str(error.value) for value in table.values() if value != 1)


def test_keys_do_not_show_themselves() -> None:
    shown = repr(TEST_KEYS) + repr(SoftKeyService(TEST_KEYS, allow_test_keys=True))
    assert TEST_KEYS.mac.hex() not in shown.lower()
    assert repr(TEST_KEYS.mac) not in shown


def test_a_card_and_the_head_office_prove_themselves_to_each_other() -> None:
    card = new_card()
    card.reset()
    select_application(card)
    answer = authenticate(card)
    assert answer.stage is SealStage.AUTHENTICATE
    assert answer.macs == ()


def test_a_card_obeys_what_is_sealed_for_its_present_challenge_only() -> None:
    card = new_card()
    card.reset()
    select_application(card)
    authenticate(card)
    stale = sealed(card, SOLD, WALLET)
    fresh = sealed(card, SOLD, RETURN_CLEAR, WALLET)
    assert card.transmit(stale[0]) == MAC_WRONG
    assert [card.transmit(command) for command in fresh] == [OK, OK]


def test_host_challenges_are_random() -> None:
    soft = SoftKeyService(OWN_KEYS)
    asked = request(SealStage.AUTHENTICATE, bytes(8))
    assert len({soft.authenticate(asked).host_challenge for _ in range(8)}) == 8


def test_macs_come_in_the_order_of_the_commands() -> None:
    both = service().seal(request(SealStage.SEAL, bytes(4), RETURN_CLEAR, WALLET), SOLD, IDENTITY)
    turned = service().seal(request(SealStage.SEAL, bytes(4), WALLET, RETURN_CLEAR), SOLD, IDENTITY)
    assert both.macs == turned.macs[::-1]
    assert all(len(bytes.fromhex(mac)) == 4 for mac in both.macs)


def test_the_stages_are_not_mixed_up() -> None:
    keys = service()
    seal = request(SealStage.SEAL, bytes(4), WALLET)
    prove = request(SealStage.AUTHENTICATE, bytes(8))
    assert refusal_of(lambda: keys.authenticate(seal)) is Refusal.WRONG_STAGE
    assert refusal_of(lambda: keys.seal(prove, SOLD, IDENTITY)) is Refusal.WRONG_STAGE


@given(st.binary(max_size=12), st.sampled_from(SealStage))
def test_challenges_have_their_exact_length(challenge: bytes, stage: SealStage) -> None:
    keys, asked = service(), request(stage, challenge, WALLET)
    if stage is SealStage.SEAL and len(challenge) != 4:
        assert refusal_of(lambda: keys.seal(asked, SOLD, IDENTITY)) is Refusal.BAD_CHALLENGE
    if stage is SealStage.AUTHENTICATE and len(challenge) != 8:
        assert refusal_of(lambda: keys.authenticate(asked)) is Refusal.BAD_CHALLENGE


def changed(**fields: str) -> SealRequest:
    base = request(SealStage.SEAL, bytes(4), WALLET)
    values = {name: getattr(base, name) for name in base.__struct_fields__}
    return SealRequest(**{**values, **fields})


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (changed(serial="00"), Refusal.BAD_SERIAL),
        (changed(serial="xyz"), Refusal.BAD_SERIAL),
        (changed(challenge="xyz"), Refusal.BAD_CHALLENGE),
        (changed(serial="1A00C40099000908"), Refusal.WRONG_CARD),
        (changed(meter_no="001900450098"), Refusal.WRONG_CARD),
        (changed(order_no="1100012601010000027"), Refusal.WRONG_ORDER),
    ],
)
def test_a_request_about_something_else_is_refused(asked: SealRequest, reason: Refusal) -> None:
    assert refusal_of(lambda: service().seal(asked, SOLD, IDENTITY)) is reason


def test_serials_are_compared_as_numbers_and_not_as_texts() -> None:
    card = CardIdentity(serial=IDENTITY.serial.upper(), meter_no=METER_NO, customer_no=CUSTOMER_NO)
    asked = request(SealStage.SEAL, bytes(4), WALLET)
    assert service().seal(asked, SOLD, card) == service().seal(asked, SOLD, IDENTITY)
