"""The demo's people and cards: the data agrees with itself, and each card is what it says."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.card import Card
from bench.card_files import is_return_empty, parse_parameters, parse_wallet
from bench.card_other import FOREIGN_ATR, ReversedCard
from bench.issue_card import PEOPLE, DemoCard, demo_cards, issue, people
from bench.meter import Credit, MeterError
from center.keys.soft import TEST_KEYS as OFFICE_TEST_KEYS
from tests.bench.card_host import PLAIN
from vending.card import WalletUnit


def cards() -> dict[str, DemoCard]:
    return {each.name: each for each in demo_cards()}


def test_accounts_have_well_formed_and_unique_numbers() -> None:
    everyone = people()
    for person in everyone:
        assert len(person.customer_no) == len(person.meter_no) == 12
        assert (person.customer_no + person.meter_no).isdigit()
        assert len(bytes.fromhex(person.card_serial)) == 8
        assert min(person.purchase_count, person.balance_fen, person.arrears_fen) >= 0
    numbers = [(p.customer_no, p.meter_no, p.card_serial) for p in everyone]
    assert all(len(set(column)) == len(everyone) for column in zip(*numbers, strict=True))


def test_the_demo_has_rare_names_both_wallets_and_each_kind_of_trouble() -> None:
    everyone = people()
    assert {"喆", "玥", "堃"} <= set("".join(person.name for person in everyone))
    assert {person.wallet_unit for person in everyone} == set(WalletUnit)
    assert any(person.blocked for person in everyone)
    assert any(person.arrears_fen for person in everyone)
    assert {"blocked", "not-loaded", "foreign", "blank", "damaged", "reversed", "stranger"} <= set(
        cards()
    )


@pytest.mark.parametrize("demo", demo_cards(), ids=lambda demo: demo.name)
def test_a_users_card_says_what_the_account_says(demo: DemoCard) -> None:
    card, person = demo.card, demo.person
    if card is None or person is None or demo.name == "damaged":
        assert demo.name in {"foreign", "blank", "damaged"}
        return
    parameters = parse_parameters(card.image.parameters)
    assert (parameters.meter_no, parameters.customer_no) == (person.meter_no, person.customer_no)
    assert parameters.wallet_unit is person.wallet_unit
    assert parse_wallet(card.image.wallet)[1] == person.purchase_count
    assert card.image.serial.hex().upper() == person.card_serial


@pytest.mark.parametrize("name", ["energy", "money", "arrears", "blocked", "stranger", "reversed"])
def test_a_loaded_card_is_at_peace_with_its_meter(name: str) -> None:
    demo = cards()[name]
    assert demo.card is not None
    assert demo.meter is not None
    before = demo.meter.state.remaining
    result = demo.meter.plug(demo.card)
    assert (result.error, result.credited) == (None, None)
    assert demo.meter.state.remaining == before


def test_the_card_that_was_not_loaded_brings_its_purchase_to_the_meter() -> None:
    demo = cards()["not-loaded"]
    assert demo.card is not None
    assert demo.meter is not None
    assert is_return_empty(demo.card.image.returned)
    credit = Credit(5, 9_205, demo.card.image.serial)
    assert demo.meter.plug(demo.card).credited == credit


def test_the_troublesome_cards_are_in_the_trouble_they_promise() -> None:
    by_name = cards()
    meter = by_name["damaged"].meter
    assert meter is not None
    assert meter.plug(by_name["damaged"].chip).error is MeterError.FRAME
    assert isinstance(by_name["reversed"].chip, ReversedCard)
    assert by_name["foreign"].chip.reset() == FOREIGN_ATR
    blank = by_name["blank"].chip
    assert isinstance(blank, Card)
    assert not blank.image.issued
    assert by_name["stranger"].person not in people()


def test_every_issue_is_a_new_card_with_the_same_content() -> None:
    first, second = cards()["energy"].card, cards()["energy"].card
    assert first is not None
    assert second is not None
    assert first is not second
    assert first.image == second.image


def test_a_card_of_nobody_is_an_error_of_the_file(tmp_path: Path) -> None:
    text = PEOPLE.read_text(encoding="utf-8")
    broken = tmp_path / "people.toml"
    broken.write_text(
        text.replace('customer_no = "330100200011"\nloaded', 'customer_no = "1"\nloaded'),
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="'energy'"):
        demo_cards(broken)


def test_a_damaged_card_differs_in_its_checksum_only() -> None:
    whole, damaged = issue(PLAIN).image, issue(replace(PLAIN, damaged=True)).image
    pairs = zip(whole.parameters, damaged.parameters, strict=True)
    assert [at for at, (a, b) in enumerate(pairs) if a != b] == [43]


def test_keys_do_not_show_themselves() -> None:
    assert OFFICE_TEST_KEYS.mac.hex() not in repr(demo_cards()).lower()
