"""A running kiosk copies its journal; one that goes back to the copy sells again, nothing twice."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.acceptor.mechanism import FAST as FAST_NOTES
from bench.printer.device import FAST as FAST_PAPER
from bench.stand import Site, Stand
from bench.stand.kiosk import Kiosk
from tests.e2e.resident import choose_cash, finish, next_in_line, put_in, take_home_once

COPY_TIMEOUT_S = 60.0


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    """A site whose copies are made from midnight on: at every start, that is."""
    storage = {"storage.copy_directory": "copies", "storage.copy_hour": 0}
    site = Site(timing=FAST_NOTES, printing=FAST_PAPER, config=storage)
    with Stand(tmp_path / "site", site) as ready:
        yield ready


def buy(stand: Stand, kiosk: Kiosk) -> str:
    next_in_line(stand, kiosk, "energy")
    kiosk.wait("account")
    choose_cash(stand, kiosk)
    put_in(stand, kiosk, 10_000, 10_000)
    finish(kiosk)
    order_no: str = kiosk.state()["order_no"]
    take_home_once(stand)
    return order_no


def copy_of(kiosk: Kiosk, directory: Path) -> Path:
    """Look at the screen until the copy has its name."""
    until_s = time.monotonic() + COPY_TIMEOUT_S
    while time.monotonic() < until_s:
        kiosk.state()
        for copy in directory.glob("journal-????????.db"):
            return copy
    raise AssertionError("no copy was made")


def test_going_back_to_the_copy_of_last_night(stand: Stand) -> None:
    kiosk = stand.start_kiosk()
    kiosk.wait("idle", timeout_s=40)
    copy = copy_of(kiosk, stand.config_file.parent / "copies")
    lost = buy(stand, kiosk)
    kiosk.stop()
    journal = stand.storage / "journal.db"
    command = [sys.executable, "-m", "kiosk.engine.restore", str(copy), str(journal)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "back at entry" in told.stdout
    again = stand.start_kiosk()
    sold = buy(stand, again)
    assert sold != lost
    assert stand.audit() == []
    assert stand.ledger(lost)
    assert stand.ledger(sold)
