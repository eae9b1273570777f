"""The kiosk process is killed (SIGKILL) at each step of a cash purchase, then started again.

Nothing is repeated and nothing is lost: whatever lies in the cash box reaches the meter exactly
once, and the books agree. Moments are taken from the devices at the far end of the wires.
"""

import threading
from collections.abc import Callable

import pytest

from bench.acceptor.device import AcceptorDevice
from bench.acceptor.mechanism import State
from bench.card_slot import SlotEvent, SlotEventKind
from bench.stand import Stand
from bench.stand.kiosk import Kiosk
from tests.e2e.resident import begin, choose_cash, offer, put_in

TRIGGER_TIMEOUT_S = 30.0
ENDS = ("done", "doubtful", "account", "refused", "card-back")

Moment = Callable[[Stand, Kiosk], None]


def at_account(stand: Stand, kiosk: Kiosk) -> None:
    begin(stand, kiosk)


def at_open_slot(stand: Stand, kiosk: Kiosk) -> None:
    begin(stand, kiosk)
    choose_cash(stand, kiosk)


def in_acceptor(*states: State) -> Moment:
    """When the second note is in one of these states of the mechanism."""

    def reach(stand: Stand, kiosk: Kiosk) -> None:
        at_open_slot(stand, kiosk)
        put_in(stand, kiosk, 10_000, 10_000)
        offer(stand, 5_000)

        def there(device: AcceptorDevice) -> bool:
            return device.mechanism.state in states

        assert stand.acceptor.wait_for(there, TRIGGER_TIMEOUT_S)

    reach.__name__ = f"note {states[0]}"
    return reach


def with_money_in(stand: Stand, kiosk: Kiosk) -> None:
    at_open_slot(stand, kiosk)
    put_in(stand, kiosk, 10_000, 10_000)


def request_lost(stand: Stand, kiosk: Kiosk) -> None:
    with_money_in(stand, kiosk)
    stand.office_gone()
    kiosk.press("finish")
    kiosk.wait("vending")


def answer_lost(stand: Stand, kiosk: Kiosk) -> None:
    with_money_in(stand, kiosk)
    stand.office_deaf()
    kiosk.press("finish")
    kiosk.wait("vending")


def at_apdu(number: int) -> Moment:
    """When the card answers its ``number``-th command after finish was pressed."""

    def reach(stand: Stand, kiosk: Kiosk) -> None:
        with_money_in(stand, kiosk)
        heard = threading.Semaphore(0)

        def listen(event: SlotEvent) -> None:
            if event.kind is SlotEventKind.APDU:
                heard.release()

        leave = stand.slot.observe(listen)
        stand.slot.slow(0.02)
        kiosk.press("finish")
        for _ in range(number):
            assert heard.acquire(timeout=TRIGGER_TIMEOUT_S)
        leave()

    reach.__name__ = f"command {number} of the write"
    return reach


def at_the_end(stand: Stand, kiosk: Kiosk) -> None:
    with_money_in(stand, kiosk)
    kiosk.press("finish")
    kiosk.wait("done", timeout_s=40)


MOMENTS: tuple[Moment, ...] = (
    at_account,
    at_open_slot,
    in_acceptor(State.ACCEPTING),
    in_acceptor(State.ESCROW, State.HOLDING),
    in_acceptor(State.STACKING),
    in_acceptor(State.STACKED, State.READY),
    with_money_in,
    request_lost,
    answer_lost,
    *(at_apdu(number) for number in (1, 3, 6, 8, 10, 12, 13, 15, 18)),
    at_the_end,
)


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
def test_killed_at(stand: Stand, moment: Moment) -> None:
    kiosk = stand.kiosk if stand.kiosk and stand.kiosk.alive else start(stand)
    credits_before = _credits(stand)
    box_before = stand.cash_fen
    moment(stand, kiosk)
    stand.kill_kiosk()
    stand.slot.slow(0.0)
    stand.office_back()
    ends = ENDS if stand.card_in_slot else (*ENDS, "idle")
    kiosk = start(stand)
    ended = kiosk.wait(*ends, timeout_s=90)
    if ended["phase"] == "card-back" and stand.card_in_slot:  # asked to insert the card again
        stand.pull_card()
        stand.insert_card("energy")
        ended = kiosk.wait("done", "doubtful", timeout_s=60)
    paid = stand.cash_fen > box_before
    assert ended["phase"] == ("done" if paid and moment is not at_the_end else ended["phase"])
    stand.pull_card()
    kiosk.wait("idle", timeout_s=40)
    stand.plug_into_meter("energy")
    assert _credits(stand) - credits_before == (1 if paid else 0)
    assert stand.audit() == []


def start(stand: Stand) -> Kiosk:
    """The kiosk itself, which does not let its last words stand for long."""
    return stand.start_kiosk(program=("bench.kills.launch", str(stand.directory / "no-orders")))


def _credits(stand: Stand) -> int:
    meter = stand.card("energy").meter
    assert meter
    return len(meter.state.credits)
