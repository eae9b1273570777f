"""The cash box goes out without a clearing while somebody pays: told, and shut until it is cleared.

A real kiosk process on a whole stand. Every screen is looked at in both languages.
"""

from collections.abc import Iterator

import pytest

from bench.acceptor import FAST as FAST_NOTES
from bench.printer.device import FAST as FAST_PAPER
from bench.stand import Site, Stand
from bench.stand.kiosk import Kiosk
from tests.e2e.resident import (
    choose_cash,
    next_in_line,
    put_in,
    shown_in_both_languages,
    take_home_once,
)


@pytest.fixture
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A site of its own: nobody clears it."""
    site = Site(timing=FAST_NOTES, printing=FAST_PAPER)
    with Stand(tmp_path_factory.mktemp("site"), site) as ready:
        yield ready


def shown_as_disturbed(kiosk: Kiosk) -> None:
    shown_in_both_languages(
        kiosk, phase="out-of-service", page="out_of_service", cause="box-disturbed"
    )


@pytest.mark.parametrize("paid", [False, True], ids=["nothing in", "money in"])
def test_box_goes_out_unannounced_at_the_open_slot(stand: Stand, paid: bool) -> None:
    kiosk = stand.start_kiosk()
    next_in_line(stand, kiosk, "energy")
    kiosk.wait("account")
    choose_cash(stand, kiosk)
    if paid:
        put_in(stand, kiosk, 10_000, 10_000)
    stand.box_out()
    if paid:
        shown_in_both_languages(kiosk, phase="done", page="done", paid_fen=10_000)
        take_home_once(stand)
    else:
        shown_in_both_languages(kiosk, phase="refused", page="refused", cause="cash-unavailable")
        stand.pull_card()
    shown_as_disturbed(kiosk)
    stand.box_in()
    shown_as_disturbed(kiosk)
    stand.kill_kiosk()
    again = stand.start_kiosk()
    again.wait("out-of-service")
    shown_as_disturbed(again)
