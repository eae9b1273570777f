"""Cards that do not do, cards that are pulled, a head office that is away: all end well.

A real kiosk process on a whole stand. Every screen is looked at in both languages.
"""

import pytest

from bench.stand import Stand
from bench.stand.kiosk import Kiosk
from tests.e2e.resident import (
    choose_cash,
    finish,
    go_home,
    next_in_line,
    pay,
    put_in,
    shown_in_both_languages,
    take_home_once,
    until,
)

UNUSABLE = {
    "reversed": "mute",
    "foreign": "foreign",
    "blank": "not-issued",
    "damaged": "damaged",
    "not-loaded": "not-loaded",
    "blocked": "account-blocked",
    "stranger": "account-unknown",
}
"""What the screen says of each card, by its name."""


@pytest.fixture
def kiosk(stand: Stand) -> Kiosk:
    """The one kiosk of all these tests."""
    return stand.kiosk if stand.kiosk and stand.kiosk.alive else stand.start_kiosk()


# -- the card ----------------------------------------------------------------------------------


@pytest.mark.parametrize("card", UNUSABLE)
def test_a_card_that_cannot_buy_is_told_why(stand: Stand, kiosk: Kiosk, card: str) -> None:
    next_in_line(stand, kiosk, card)
    said = shown_in_both_languages(kiosk, phase="refused", page="refused", cause=UNUSABLE[card])
    assert said["paid_fen"] == 0
    assert said["buttons"] == []
    assert not stand.card_in_slot, "the machine keeps the card"


def test_the_meter_frees_a_card_whose_purchase_was_not_loaded(stand: Stand, kiosk: Kiosk) -> None:
    next_in_line(stand, kiosk, "not-loaded")
    until(kiosk, phase="refused", cause="not-loaded")
    stand.pull_card()
    assert stand.plug_into_meter("not-loaded").credited is not None
    next_in_line(stand, kiosk, "not-loaded")
    shown_in_both_languages(kiosk, phase="account", page="account", cause=None)
    go_home(stand, kiosk)


def test_a_card_pulled_while_it_is_read_leaves_the_machine_ready(
    stand: Stand, kiosk: Kiosk
) -> None:
    kiosk.wait("idle")
    stand.slot.slow(0.2)
    stand.pull_card_at_apdu(3)
    stand.insert_card("energy")
    shown_in_both_languages(kiosk, page="wait", wait="reading")
    kiosk.wait("idle", timeout_s=20)
    assert not stand.card_in_slot
    stand.slot.recover()
    next_in_line(stand, kiosk, "energy")
    until(kiosk, phase="account", cause=None, notice=None)
    go_home(stand, kiosk)


@pytest.mark.parametrize("command", [2, 9, 14])
def test_a_card_pulled_while_it_is_written_comes_back_and_is_finished(
    stand: Stand, kiosk: Kiosk, command: int
) -> None:
    pay(stand, kiosk)
    stand.pull_card_at_apdu(command)
    kiosk.press("finish")
    asked = shown_in_both_languages(kiosk, phase="card-back", page="card_back")
    assert asked["cause"] in {None, "card-gone"}
    assert not stand.card_in_slot
    stand.insert_card("energy")
    done = kiosk.wait("done", timeout_s=40)
    assert done["order_no"] == asked["order_no"]
    take_home_once(stand)


def test_another_card_does_not_get_what_the_first_one_paid_for(stand: Stand, kiosk: Kiosk) -> None:
    pay(stand, kiosk)
    stand.pull_card_at_apdu(9)
    kiosk.press("finish")
    kiosk.wait("card-back")
    stand.insert_card("money")
    shown_in_both_languages(kiosk, phase="card-back", page="card_back", cause="card-changed")
    stand.pull_card()
    shown_in_both_languages(kiosk, phase="card-back", page="card_back")
    assert stand.plug_into_meter("money").credited is None
    stand.insert_card("energy")
    kiosk.wait("done", timeout_s=40)
    take_home_once(stand)


# -- the head office ---------------------------------------------------------------------------


def test_head_office_away_before_paying_takes_no_money(stand: Stand, kiosk: Kiosk) -> None:
    kiosk.wait("idle", timeout_s=20)
    stand.office_gone()
    stand.insert_card("energy")
    shown_in_both_languages(kiosk, phase="refused", page="refused", cause="office-unreachable")
    stand.pull_card()
    shown_in_both_languages(
        kiosk, phase="out-of-service", page="out_of_service", cause="office-down"
    )
    assert not stand.acceptor.enabled_fen
    stand.office_back()
    kiosk.wait("idle", timeout_s=40)


def test_head_office_away_after_the_notes_is_asked_again(stand: Stand, kiosk: Kiosk) -> None:
    pay(stand, kiosk)
    stand.office_gone()
    kiosk.press("finish")
    shown_in_both_languages(kiosk, phase="vending", page="wait", notice="asking-again")
    stand.office_back()
    done = kiosk.wait("done", timeout_s=60)
    take_home_once(stand)
    assert stand.sale(done["order_no"])


def test_head_office_that_answers_late_sells_once(stand: Stand, kiosk: Kiosk) -> None:
    pay(stand, kiosk)
    stand.office_deaf()
    kiosk.press("finish")
    shown_in_both_languages(kiosk, phase="vending", page="wait", notice="asking-again")
    stand.office_back()
    done = kiosk.wait("done", timeout_s=60)
    take_home_once(stand)
    assert stand.sale(done["order_no"])


# -- the customer ------------------------------------------------------------------------------


def test_another_language_takes_nothing_away(stand: Stand, kiosk: Kiosk) -> None:
    next_in_line(stand, kiosk, "energy")
    kiosk.wait("account")
    choose_cash(stand, kiosk)
    put_in(stand, kiosk, 10_000, 10_000)
    shown_in_both_languages(kiosk, phase="tendering", page="tender", paid_fen=10_000)
    put_in(stand, kiosk, 5_000, 15_000)
    shown_in_both_languages(kiosk, phase="tendering", page="tender", paid_fen=15_000)
    finish(kiosk)
    take_home_once(stand)
