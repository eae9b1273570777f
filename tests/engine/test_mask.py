"""Masking: nobody can be looked up from what a program writes for people to read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.engine.mask import Masked, Plain, mask, masked
from kiosk.flow import event as ev
from tests.engine.samples import ACCOUNT, CARD, ORDER_NO


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("card 0102030405060708 read", "card 01***08 read"),
        ("call 13912345678.", "call 13***78."),
        ("meter 000123456789", "meter 00***89"),
        ("5 notes, 12345 fen", "5 notes, 12345 fen"),
        ("serial A1B2C3D4E5F60718", "serial A1***18"),
        ("x" * 200, "x" * 200),
        ("defaced facade", "defaced facade"),
        ("", ""),
    ],
)
def test_long_numbers_lose_their_middle(text: str, shown: str) -> None:
    assert mask(text) == shown


@given(st.text(), st.from_regex(r"[0-9]{6,30}", fullmatch=True), st.text())
def test_no_long_number_survives(before: str, number: str, after: str) -> None:
    assert number not in mask(before + number + after)


def test_an_account_shows_nobody() -> None:
    text = json.dumps(masked(ev.AccountFound(account=ACCOUNT)), ensure_ascii=False)
    for secret in ("王", "幸福路", ACCOUNT.customer_no, ACCOUNT.meter_no):
        assert secret not in text
    assert '"is": "Account"' in text
    assert '"wallet_unit": "energy"' in text


def test_a_card_shows_nobody() -> None:
    text = str(masked([CARD, (CARD,), {"card": CARD}]))
    for secret in (CARD.serial, CARD.customer_no, CARD.meter_no):
        assert secret not in text


def test_our_own_numbers_are_shown_or_nobody_could_follow_an_order() -> None:
    assert masked(ev.VendUnknown(order_no=ORDER_NO))["order_no"] == ORDER_NO
    assert masked({"order_no": ORDER_NO, "text": ORDER_NO}) == {
        "order_no": ORDER_NO,
        "text": "31***15",
    }


def test_names_are_hidden_in_any_mapping() -> None:
    assert masked({"customer_name": "Wang", "home_address": "x"}) == {
        "customer_name": "***",
        "home_address": "***",
    }


def test_what_is_plain_and_what_is_not() -> None:
    assert masked(Plain(ORDER_NO)) == ORDER_NO
    assert str(Plain(ORDER_NO)) == ORDER_NO
    assert masked(Masked("secret")) == "***"
    assert f"{Masked('secret')} {[Masked('secret')]}" == "*** [***]"
    assert masked(None) is None
    assert masked(1_234_567) == 1_234_567
    assert masked({1, 2}) == [1, 2]
    assert masked(b"13912345678") == "b'13***78'"
