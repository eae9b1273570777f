"""Staff at a real kiosk: sign in, find an order of another terminal, allow it, insert the card."""

import time
from collections.abc import Iterator

import pytest

from bench.stand import Stand
from bench.stand.kiosk import Kiosk
from bench.stand.neighbour import Neighbour
from tests.e2e.at_work import press
from tests.e2e.resident import credits_of, go_home, next_in_line, take_home_once, until
from vending.staff import Role

NAME, PIN = "li.wei", "271828"


@pytest.fixture(scope="module")
def neighbour(stand: Stand) -> Iterator[Neighbour]:
    with stand.neighbour() as neighbour:
        yield neighbour


@pytest.fixture(scope="module")
def kiosk(stand: Stand) -> Kiosk:
    stand.office.employ(NAME, Role.SUPERVISOR, PIN)
    return stand.start_kiosk()


def paid_next_door(stand: Stand, neighbour: Neighbour, card: str) -> str:
    now_ms = time.time_ns() // 1_000_000
    request = neighbour.pay(stand.card(card), now_ms, 10_000)
    neighbour.give_up(request, now_ms, sold=False)
    return request.order_no


def look_at(kiosk: Kiosk, order_no: str) -> None:
    """Sign in and open the order."""
    kiosk.wait("idle", timeout_s=40)
    kiosk.hold()
    kiosk.wait("staff")
    kiosk.type(NAME)
    press(kiosk, "next")
    kiosk.type(PIN)
    press(kiosk, "sign-in")
    press(kiosk, "tile-orders")
    press(kiosk, "by-number")
    kiosk.type(order_no)
    press(kiosk, "find")


def test_what_was_paid_next_door_is_allowed_by_staff_and_delivered(
    stand: Stand, kiosk: Kiosk, neighbour: Neighbour
) -> None:
    number = paid_next_door(stand, neighbour, "energy")
    look_at(kiosk, number)
    press(kiosk, "resell")
    press(kiosk, "do-it")
    press(kiosk, "back")  # offered again once the answer is there
    stand.insert_card("energy")
    assert until(kiosk, phase="done")["order_no"] == number
    take_home_once(stand)


def test_after_a_refund_nothing_is_owed_any_more(
    stand: Stand, kiosk: Kiosk, neighbour: Neighbour
) -> None:
    number = paid_next_door(stand, neighbour, "money")
    look_at(kiosk, number)
    press(kiosk, "refund")
    press(kiosk, "customer-asks")
    press(kiosk, "do-it")
    press(kiosk, "back")
    press(kiosk, "leave")
    assert any("refund:" in line for line in stand.ledger(number))
    before = credits_of(stand, "money")
    next_in_line(stand, kiosk, "money")
    until(kiosk, phase="account", notice=None)
    go_home(stand, kiosk)
    assert credits_of(stand, "money") == before
    assert stand.audit() == []
