"""What was paid and not delivered, delivered by a real kiosk: its own, and another terminal's."""

import time
from collections.abc import Iterator

import pytest

from bench.stand import Stand
from bench.stand.kiosk import Kiosk
from bench.stand.neighbour import Neighbour
from tests.e2e.resident import credits_of, go_home, next_in_line, take_home_once, until


@pytest.fixture(scope="module")
def neighbour(stand: Stand) -> Iterator[Neighbour]:
    with stand.neighbour() as neighbour:
        yield neighbour


@pytest.fixture
def kiosk(stand: Stand) -> Kiosk:
    return stand.kiosk if stand.kiosk and stand.kiosk.alive else stand.start_kiosk()


def paid_next_door(stand: Stand, neighbour: Neighbour, *, sold: bool, card: str = "energy") -> str:
    """Money for a card lies at the neighbour's, and the neighbour has given up."""
    now_ms = time.time_ns() // 1_000_000
    request = neighbour.pay(stand.card(card), now_ms, 10_000)
    if sold:
        neighbour.sell(request)
    neighbour.give_up(request, now_ms, sold=sold)
    return request.order_no


@pytest.mark.parametrize("sold", [False, True], ids=["never sold", "never written"])
def test_what_was_paid_elsewhere_is_delivered_by_inserting_the_card(
    stand: Stand, kiosk: Kiosk, neighbour: Neighbour, sold: bool
) -> None:
    number = paid_next_door(stand, neighbour, sold=sold)
    box_fen = stand.cash_fen
    next_in_line(stand, kiosk, "energy")
    assert until(kiosk, phase="done")["order_no"] == number
    take_home_once(stand)
    assert stand.wait_until_posted(number)
    assert stand.cash_fen == box_fen


def test_by_the_menu_it_is_shown_and_delivered_at_a_press(
    stand: Stand, kiosk: Kiosk, neighbour: Neighbour
) -> None:
    number = paid_next_door(stand, neighbour, sold=False)
    kiosk.wait("idle", timeout_s=40)
    kiosk.press("resell")
    kiosk.wait("resell")
    stand.insert_card("energy")
    assert kiosk.wait("owed")["buttons"] == ["cancel", "deliver"]
    kiosk.press("deliver")
    assert until(kiosk, phase="done")["order_no"] == number
    take_home_once(stand)


def test_a_jammed_acceptor_does_not_keep_what_was_paid(
    stand: Stand, kiosk: Kiosk, neighbour: Neighbour
) -> None:
    number = paid_next_door(stand, neighbour, sold=True)
    kiosk.wait("idle", timeout_s=40)
    stand.jam()
    until(kiosk, phase="out-of-service", cause="acceptor-down")
    stand.insert_card("energy")
    assert until(kiosk, phase="done")["order_no"] == number
    take_home_once(stand)
    stand.unjam()
    kiosk.wait("idle", timeout_s=40)


def test_nothing_is_owed_twice(stand: Stand, kiosk: Kiosk, neighbour: Neighbour) -> None:
    """Delivered here; the neighbour asks to sell once more, and its card gets nothing again."""
    now_ms = time.time_ns() // 1_000_000
    request = neighbour.pay(stand.card("energy"), now_ms, 5_000)
    neighbour.give_up(request, now_ms, sold=False)
    next_in_line(stand, kiosk, "energy")
    until(kiosk, phase="done")
    assert neighbour.sell(request).order_no == request.order_no
    take_home_once(stand)
    before = credits_of(stand)
    next_in_line(stand, kiosk, "energy")
    until(kiosk, phase="account")
    go_home(stand, kiosk)
    assert credits_of(stand) == before
