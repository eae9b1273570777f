"""A request's seal: who knows the key can make it, and nobody can change what it covers."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from vending.seal import canonical, is_signed, sign

# RFC 8032 section 7.1, test 3
SEED = bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
PUBLIC = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
SIGNATURE = (
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
)
TEXT = canonical("post", "/v1/vends", "310042", "s1", 7, b"{}")


def test_the_published_example() -> None:
    assert sign(SEED, b"\xaf\x82") == SIGNATURE
    assert is_signed(PUBLIC, b"\xaf\x82", SIGNATURE)


def test_every_part_of_a_request_is_covered() -> None:
    changed = {
        canonical("put", "/v1/vends", "310042", "s1", 7, b"{}"),
        canonical("post", "/v1/seals", "310042", "s1", 7, b"{}"),
        canonical("post", "/v1/vends", "310043", "s1", 7, b"{}"),
        canonical("post", "/v1/vends", "310042", "s2", 7, b"{}"),
        canonical("post", "/v1/vends", "310042", "s1", 8, b"{}"),
        canonical("post", "/v1/vends", "310042", "s1", 7, b"{ }"),
    }
    assert len(changed) == 6
    signature = sign(SEED, TEXT)
    assert is_signed(PUBLIC, TEXT, signature)
    assert not any(is_signed(PUBLIC, text, signature) for text in changed)


def test_the_method_is_the_same_in_any_case() -> None:
    assert canonical("POST", "/v1/vends", "310042", "s1", 7, b"{}") == TEXT


@given(st.integers(0, 63), st.integers(1, 255))
def test_a_changed_signature_is_refused(place: int, flip: int) -> None:
    signature = bytearray.fromhex(sign(SEED, TEXT))
    signature[place] ^= flip
    assert not is_signed(PUBLIC, TEXT, signature.hex())


@given(st.text(max_size=140))
def test_any_other_text_is_no_signature(signature: str) -> None:
    assert not is_signed(PUBLIC, TEXT, signature)


def test_another_key_does_not_fit() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    assert not is_signed(other, TEXT, sign(SEED, TEXT))
    assert not is_signed(b"short", TEXT, sign(SEED, TEXT))
