"""Power that fails while a card writes: what is on the card afterwards, byte by byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.card import Card
from bench.card_memory import PowerLost, TornByte
from bench.issue_card import issue
from tests.bench.card_host import (
    PLAIN,
    RETURN_CLEAR,
    data_of,
    select_application,
    vend,
    wallet_write,
    write_vend,
)

SOLD = vend()
NEW_WALLET = wallet_write(SOLD)[5:]
WRITTEN_BYTES = len(RETURN_CLEAR) - 5 + len(NEW_WALLET)


def torn_card(after: int, torn: TornByte = TornByte.OLD) -> Card:
    card = issue(PLAIN)
    card.tear_after(after, torn)
    with pytest.raises(PowerLost):
        write_vend(card, SOLD)
    return card


@given(st.integers(0, WRITTEN_BYTES))
def test_exactly_the_bytes_before_the_cut_are_new(after: int) -> None:
    old = issue(PLAIN).image
    card = torn_card(after)
    memory = card.image.returned + card.image.wallet
    assert memory == (bytes(49) + NEW_WALLET)[:after] + (old.returned + old.wallet)[after:]
    assert card.bytes_written == after
    assert card.image.parameters == old.parameters


@given(st.integers(0, WRITTEN_BYTES - 1), st.sampled_from([TornByte.ERASED, TornByte.MIXED]))
def test_the_byte_under_the_cut_may_be_neither_old_nor_new(after: int, torn: TornByte) -> None:
    old = issue(PLAIN).image
    card = torn_card(after, torn)
    was, wanted = (old.returned + old.wallet)[after], (bytes(49) + NEW_WALLET)[after]
    found = (card.image.returned + card.image.wallet)[after]
    assert found == (0xFF if torn is TornByte.ERASED else was & wanted)


def test_the_whole_write_may_be_there_and_its_answer_lost() -> None:
    card = torn_card(WRITTEN_BYTES)
    assert card.image.wallet == NEW_WALLET
    with pytest.raises(PowerLost):
        card.transmit(bytes.fromhex("00B0820008"))


def test_a_torn_card_can_be_read_and_written_after_a_reset() -> None:
    card = torn_card(20)
    card.reset()
    select_application(card)
    assert data_of(card, "00B0820008") == issue(PLAIN).image.wallet
    write_vend(card, SOLD)
    assert card.image.wallet == NEW_WALLET
    assert card.image.returned == bytes(49)


def test_a_cut_that_was_called_off_does_not_happen() -> None:
    card = issue(PLAIN)
    card.tear_after(3)
    card.forget_tear()
    write_vend(card, SOLD)
    assert card.image.wallet == NEW_WALLET
