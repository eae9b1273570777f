"""Staff at a real kiosk: sign in, find an order of another terminal, allow it, insert the card."""

import time
from collections.abc import Iterator

import pytest

from bench.stand import Stand
from bench.stand.control import Refused
from bench.stand.kiosk import Kiosk
from bench.stand.neighbour import Neighbour
from tests.e2e.resident import take_home_once, until
from vending.staff import Role

NAME, PIN = "li.wei", "271828"
ANSWER_TIMEOUT_S = 20.0


@pytest.fixture(scope="module")
def neighbour(stand: Stand) -> Iterator[Neighbour]:
    with stand.neighbour() as neighbour:
        yield neighbour


def press(kiosk: Kiosk, name: str) -> None:
    """Press a button as soon as it is there: answers take their time."""
    deadline_s = time.monotonic() + ANSWER_TIMEOUT_S
    while True:
        try:
            kiosk.press(f"staff-{name}")
        except Refused:
            if time.monotonic() > deadline_s:
                raise
        else:
            return


def test_what_was_paid_next_door_is_allowed_by_staff_and_delivered(
    stand: Stand, neighbour: Neighbour
) -> None:
    kiosk = stand.kiosk if stand.kiosk and stand.kiosk.alive else stand.start_kiosk()
    stand.office.employ(NAME, Role.MAINTENANCE, PIN)
    now_ms = time.time_ns() // 1_000_000
    request = neighbour.pay(stand.card("energy"), now_ms, 10_000)
    neighbour.give_up(request, now_ms, sold=False)
    kiosk.wait("idle", timeout_s=40)
    kiosk.hold()
    kiosk.wait("staff")
    kiosk.type(NAME)
    press(kiosk, "next")
    kiosk.type(PIN)
    press(kiosk, "sign-in")
    press(kiosk, "by-number")
    kiosk.type(request.order_no)
    press(kiosk, "find")
    press(kiosk, "resell")
    press(kiosk, "do-it")
    press(kiosk, "back")  # offered again once the answer is there
    stand.insert_card("energy")
    assert until(kiosk, phase="done")["order_no"] == request.order_no
    take_home_once(stand)
