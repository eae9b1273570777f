"""Staff at a real kiosk without its line: the roster lets in, and the head office learns of it."""

import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import select

from bench.stand import Stand
from bench.stand.kiosk import Kiosk
from center.store.tables import trail
from center.store.tables_health import terminal_health
from kiosk.engine.roster import ROSTER_FILE
from tests.e2e.at_work import press
from vending.staff import Role

NAME, PIN = "zhang.san", "314159"
PATIENCE_S = 60
LOOK_S = 0.1


def until(holds: Callable[[], bool], what: str) -> None:
    deadline_s, looking = time.monotonic() + PATIENCE_S, threading.Event()
    while not holds():
        assert time.monotonic() < deadline_s, what
        looking.wait(LOOK_S)


@pytest.fixture(scope="module")
def kiosk(stand: Stand) -> Kiosk:
    stand.office.employ(NAME, Role.MAINTENANCE, PIN)
    kiosk = stand.start_kiosk()
    until((stand.storage / ROSTER_FILE).exists, "the roster was never fetched")
    until(lambda: kiosk.state()["phase"] == "idle", "the machine never opened")
    return kiosk


def is_told_of_the_sign_in(stand: Stand) -> bool:
    told = select(trail.c.staff).where(trail.c.what == "signed-in-offline")
    return stand.office.read(lambda store: store.scalars(told).all()) == [NAME]


def test_the_roster_lets_in_while_the_line_is_down(stand: Stand, kiosk: Kiosk) -> None:
    assert stand.proxy
    stand.proxy.cut()
    kiosk.hold()
    until(lambda: kiosk.state()["phase"] == "staff", "the page never came")
    kiosk.type(NAME)
    press(kiosk, "next")
    kiosk.type(PIN)
    press(kiosk, "sign-in")
    until(lambda: kiosk.state()["staff"] == NAME, "nobody was let in")
    stand.proxy.restore()
    until(lambda: is_told_of_the_sign_in(stand), "the head office was never told")


def test_the_head_office_knows_how_the_machine_is(stand: Stand, kiosk: Kiosk) -> None:
    bodies = select(terminal_health.c.body)
    (body,) = stand.office.read(lambda store: store.scalars(bodies).all())
    assert kiosk.alive
    assert '"offers":["energy-by-cash"' in body.replace(" ", "")
