"""What staff do at the machine, and what the head office then has, as short steps on a stand."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bench.demo.operator import piles
from bench.stand import Stand
from bench.stand.control import KioskError, NotInTime, Refused
from bench.stand.control import State as ShownState
from bench.stand.kiosk import Kiosk
from bench.stand.kiosk_config import TERMINAL_NO
from center.cash import periods, vault
from center.cash.vault import Story
from tests.e2e.resident import until

NAME, PIN = "zhang.wei", "271828"
ANSWER_TIMEOUT_S = 20.0
PATIENCE_S = 60.0
CALLS = 5


def press(kiosk: Kiosk, name: str) -> None:
    """Press a button of the staff's page as soon as it is there: answers take their time."""
    deadline_s = time.monotonic() + ANSWER_TIMEOUT_S
    while True:
        try:
            kiosk.press(f"staff-{name}")
        except Refused:
            if time.monotonic() > deadline_s:
                raise
        else:
            return


def sign_in(kiosk: Kiosk) -> None:
    """Hold the terminal number and say who it is."""
    call(kiosk)
    kiosk.type(NAME)
    press(kiosk, "next")
    kiosk.type(PIN)
    press(kiosk, "sign-in")
    until(kiosk, staff=NAME)


def call(kiosk: Kiosk) -> None:
    """Hold the terminal number; a machine that has just started may not have heard it."""
    for _ in range(CALLS):
        kiosk.wait("idle", "out-of-service", timeout_s=40)
        kiosk.hold()
        with suppress(NotInTime):
            kiosk.wait("staff", timeout_s=3)
            return
    raise AssertionError(f"the page never came; shown is {kiosk.state()}")


def start(kiosk: Kiosk) -> int:
    """Sign in and start a clearing; return the number of the period."""
    sign_in(kiosk)
    press(kiosk, "tile-clearing")
    press(kiosk, "start-clearing")
    return int(until(kiosk, stage="clearing")["period_no"])


def change_box(stand: Stand, kiosk: Kiosk) -> None:
    """Take the box out and put an empty one in."""
    stand.box_out()
    until(kiosk, stage="taken")
    stand.box_in()
    until(kiosk, view="cash-walk", stage="replaced")


def end(kiosk: Kiosk) -> None:
    """End the clearing."""
    press(kiosk, "end-clearing")
    until(kiosk, view="cash-period", stage="open")


def agrees(kiosk: Kiosk) -> ShownState:
    """Wait for the head office's word on the screen."""
    return until(kiosk, PATIENCE_S, answer="agrees")


def leave(kiosk: Kiosk) -> None:
    """Sign out; customers are served again."""
    press(kiosk, "leave")
    kiosk.wait("idle", timeout_s=40)


def pay_bill(stand: Stand, kiosk: Kiosk, value_fen: int) -> str:
    """Pay something of a large bill under the scanner; return the order's number."""
    show_bill(stand, kiosk)
    put_in_for_bill(stand, kiosk, value_fen)
    kiosk.press("finish")
    return str(until(kiosk, phase="done")["order_no"])


def show_bill(stand: Stand, kiosk: Kiosk, number: int = 2) -> None:
    """Hold a bill before the scanner, agree to pay all of it, and see the slot open."""
    kiosk.wait("idle", "done", timeout_s=40)
    assert stand.show_code(stand.bills[number].code)
    kiosk.wait("bill")
    kiosk.press("bill-all")
    kiosk.wait("tendering")


def put_in_for_bill(stand: Stand, kiosk: Kiosk, value_fen: int) -> None:
    """Put one note in and see it counted."""
    until_s = time.monotonic() + ANSWER_TIMEOUT_S
    paid_fen = int(kiosk.state()["paid_fen"])
    while not stand.insert_note(value_fen):
        assert time.monotonic() < until_s, "the note was not drawn in"
    until(kiosk, paid_fen=paid_fen + value_fen)
    kiosk.wait("tendering", "done", "posting", timeout_s=20)


# -- a fuse in the journal -------------------------------------------------------------------------


def started(stand: Stand) -> Kiosk:
    """The kiosk with a fuse in its journal, which does not let last words stand for long."""
    return stand.start_kiosk(program=("bench.kills.launch", str(orders(stand))))


def orders(stand: Stand) -> Path:
    """Where the fuse looks for its orders."""
    return stand.directory / "orders"


def arm(stand: Stand, address: str) -> None:
    """Let the kiosk die at a moment from now on: ``append:ClearingEnded.1:after``."""
    file = orders(stand)
    fresh = file.with_suffix(".new")
    fresh.write_text(address, "utf-8")
    fresh.rename(file)


def cut_off_at(stand: Stand, address: str, deed: Callable[[], object]) -> Kiosk:
    """Do something that the kiosk does not survive; start it again and return it."""
    arm(stand, address)
    with suppress(KioskError):  # it may die with the answer on its tongue
        deed()
    assert stand.kiosk
    deadline_s = time.monotonic() + PATIENCE_S
    while stand.kiosk.alive:
        assert time.monotonic() < deadline_s, "the kiosk lives on"
    orders(stand).unlink()
    stand.kill_kiosk()
    return started(stand)


# -- what the head office has ----------------------------------------------------------------------


def told(stand: Stand, period_no: int) -> Story:
    """Return what the head office has of a period."""
    return stand.office.read(lambda db: vault.tell(db, periods.get(db, TERMINAL_NO, period_no)))


def agreed(stand: Stand, period_no: int) -> Story:
    """Return a period, once it is sure that bench, terminal and head office say the same of it.

    The last box that was taken out is that period's.
    """
    story = told(stand, period_no)
    assert story.period.report
    assert story.period.agrees
    box = stand.removed_boxes[-1]
    assert piles(story.period.report.figures) == piles(story.figures) == box
    assert stand.office.read(lambda db: periods.last_period_no(db, TERMINAL_NO)) == period_no
    assert stand.audit() == []
    return story
