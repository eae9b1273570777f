"""What a resident does at the machine, as short steps on a stand."""

from collections.abc import Callable

from bench.acceptor.device import AcceptorDevice
from bench.acceptor.mechanism import Place, State
from bench.stand import Stand
from bench.stand.kiosk import Kiosk

OPEN_TIMEOUT_S = 15.0
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


def finish(kiosk: Kiosk) -> None:
    """Press finish and wait for the end of the purchase."""
    kiosk.press("finish")
    kiosk.wait("done", timeout_s=40)


def _in_box(notes: int) -> Callable[[AcceptorDevice], bool]:
    return lambda device: len(device.mechanism.values_at(Place.BOX)) >= notes


def _open(device: AcceptorDevice) -> bool:
    return device.mechanism.state is State.READY and bool(device.mechanism.enabled_bits)
