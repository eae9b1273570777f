"""What a resident does at the machine, as short steps on a stand."""

import time
from collections.abc import Callable
from typing import Any

from bench.acceptor.device import AcceptorDevice
from bench.acceptor.mechanism import Place, State
from bench.stand import Stand
from bench.stand.control import NotInTime
from bench.stand.control import State as ShownState
from bench.stand.kiosk import Kiosk

OPEN_TIMEOUT_S = 15.0
LAST_WORDS = ("done", "doubtful", "refused")
BUSY_WITH_CARD = ("reading", "looking-up", "account", "vending", "writing", "proving", "card-back")
LANGUAGE_TIMEOUT_S = 10.0
AFTER_ALL = ("done", "doubtful", "refused", "idle", "out-of-service", "account", "card-back")


def begin(stand: Stand, kiosk: Kiosk, card: str = "energy") -> None:
    """Insert the card and see the account."""
    kiosk.wait("idle", timeout_s=40)
    stand.insert_card(card)
    kiosk.wait("account")


def choose_cash(stand: Stand, kiosk: Kiosk) -> None:
    """Agree with everything until the slot for notes is open."""
    kiosk.press("continue")
    kiosk.wait("choosing")
    kiosk.press("cash")
    kiosk.wait("tendering")
    assert stand.acceptor.wait_for(_open, OPEN_TIMEOUT_S), "the acceptor was never opened"


def put_in(stand: Stand, kiosk: Kiosk, value_fen: int, paid_fen: int) -> None:
    """Put a note in and wait until ``paid_fen`` is counted."""
    offer(stand, value_fen)
    assert stand.acceptor.wait_for(_in_box(len(stand.acceptor.box) + 1), OPEN_TIMEOUT_S)
    state = kiosk.wait("tendering")
    assert state["paid_fen"] == paid_fen, state
    assert stand.acceptor.wait_for(_open, OPEN_TIMEOUT_S), "the acceptor takes no further note"


def offer(stand: Stand, value_fen: int) -> None:
    """Put a note against the open slot."""
    assert stand.acceptor.wait_for(_open, OPEN_TIMEOUT_S), "the acceptor is closed"
    assert stand.insert_note(value_fen), "the note was not drawn in"


def came_back(stand: Stand, before: int, value_fen: int | None) -> bool:
    """Tell whether just this note comes out again, after ``before`` others."""

    def is_out(device: AcceptorDevice) -> bool:
        return device.mechanism.values_at(Place.CUSTOMER)[before:] == (value_fen,)

    return stand.acceptor.wait_for(is_out, OPEN_TIMEOUT_S)


def finish(kiosk: Kiosk) -> None:
    """Press finish and wait for the end of the purchase."""
    kiosk.press("finish")
    kiosk.wait("done", timeout_s=40)


def _in_box(notes: int) -> Callable[[AcceptorDevice], bool]:
    return lambda device: len(device.mechanism.values_at(Place.BOX)) >= notes


def _open(device: AcceptorDevice) -> bool:
    return device.mechanism.state is State.READY and bool(device.mechanism.enabled_bits)


def next_in_line(stand: Stand, kiosk: Kiosk, card: str) -> None:
    """Insert a card as soon as the machine takes one, the last words still on the screen."""
    before = kiosk.wait("idle", *LAST_WORDS, timeout_s=40)
    stand.insert_card(card)
    if before["phase"] in LAST_WORDS:
        try:
            kiosk.wait(*BUSY_WITH_CARD, timeout_s=3)
        except NotInTime:  # out and in again between two looks of the reader
            stand.pull_card()
            kiosk.wait("idle", timeout_s=20)
            stand.insert_card(card)


def pay(stand: Stand, kiosk: Kiosk, card: str = "energy", value_fen: int = 10_000) -> None:
    """Stand before the open slot with one note in the box."""
    next_in_line(stand, kiosk, card)
    kiosk.wait("account")
    choose_cash(stand, kiosk)
    put_in(stand, kiosk, value_fen, value_fen)


def until(kiosk: Kiosk, timeout_s: float = 30.0, **wanted: Any) -> ShownState:
    """Look at the screen until it shows all that is ``wanted``; return it."""
    until_s = time.monotonic() + timeout_s
    if "phase" in wanted:
        kiosk.wait(str(wanted["phase"]), timeout_s=round(timeout_s))
    while True:
        shown = kiosk.state()
        if wanted.items() <= shown.items():
            return shown
        assert time.monotonic() < until_s, f"never {wanted}; shown is {shown}"


def shown_in_both_languages(kiosk: Kiosk, **wanted: Any) -> ShownState:
    """Look until all that is ``wanted`` is shown, and again after the language was switched."""
    before = until(kiosk, **wanted)
    other = "en" if before["language"] == "zh" else "zh"
    kiosk.switch_language()
    return until(kiosk, LANGUAGE_TIMEOUT_S, **wanted, language=other)


def go_home(stand: Stand, kiosk: Kiosk) -> None:
    """Take the card out, if the machine has not pushed it out, and see it ready for the next."""
    stand.pull_card()
    kiosk.wait("idle", timeout_s=20)


def credits_of(stand: Stand, card: str = "energy") -> int:
    """Return how many purchases the card's meter has taken."""
    meter = stand.card(card).meter
    assert meter
    return len(meter.state.credits)


def take_home_once(stand: Stand, card: str = "energy") -> None:
    """Pull the card, load the meter, and let the judge compare all the books."""
    before = credits_of(stand, card)
    stand.pull_card()
    stand.plug_into_meter(card)
    assert stand.plug_into_meter(card).credited is None
    assert credits_of(stand, card) == before + 1
    assert stand.audit() == []
