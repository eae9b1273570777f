"""Maintenance at a real kiosk: every self-test, a reset, an export, a restart, by the buttons."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.stand import Site, Stand
from bench.stand.kiosk import Kiosk
from tests.e2e.at_work import press
from tests.e2e.resident import until
from tests.e2e.test_staff import NAME, PIN
from vending.staff import Role

WAIT_S = 30.0
START_AGAIN = 75


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    """A site with a stick that is always in."""
    (tmp_path / "stick").mkdir()
    config = {"storage.export_directory": str(tmp_path / "stick")}
    with Stand(tmp_path / "stand", Site(config=config)) as stand:
        yield stand


def comes_true(what: Callable[[], object]) -> None:
    """Wait until something has happened in another program."""
    deadline_s = time.monotonic() + WAIT_S
    while not what():
        assert time.monotonic() < deadline_s


def test_a_technicians_visit(stand: Stand, tmp_path: Path) -> None:
    stand.office.employ(NAME, Role.MAINTENANCE, PIN)
    kiosk = stand.start_kiosk()
    kiosk.wait("idle", timeout_s=40)
    kiosk.hold()
    kiosk.wait("staff")
    kiosk.type(NAME)
    press(kiosk, "next")
    kiosk.type(PIN)
    press(kiosk, "sign-in")
    press(kiosk, "tile-devices")
    _self_tests(stand, kiosk)
    press(kiosk, "back")
    _export_and_restart(kiosk, tmp_path / "stick")


def _self_tests(stand: Stand, kiosk: Kiosk) -> None:
    _test(kiosk, "acceptor", "note", lambda: comes_true(lambda: stand.insert_note(10_000)))
    _test(kiosk, "card-reader", "card", lambda: stand.insert_card("energy"))
    stand.pull_card()
    _test(kiosk, "printer", "slip")
    _test(kiosk, "scanner", "scan", lambda: stand.show_code("330106"))
    _test(kiosk, "head-office", "office")
    assert stand.acceptor.box == ()
    press(kiosk, "device-printer")
    press(kiosk, "reset")
    press(kiosk, "reset-yes")
    press(kiosk, "back")


def _test(kiosk: Kiosk, device: str, test: str, act: Callable[[], object] | None = None) -> None:
    """Begin a self-test, do what it asks for, and see that it has passed; then back to the list."""
    press(kiosk, f"device-{device}")
    press(kiosk, f"test-{test}")
    if act:
        until(kiosk, phase="testing", self_test=f"{test} runs")
        act()
    until(kiosk, phase="staff", self_test=f"{test} passed")
    press(kiosk, "back")
    press(kiosk, "back")


def _export_and_restart(kiosk: Kiosk, stick: Path) -> None:
    press(kiosk, "tile-machine")
    press(kiosk, "export")
    press(kiosk, "export-yes")
    comes_true(lambda: list(stick.glob("kiosk-*.zip")))
    press(kiosk, "back")
    press(kiosk, "restart")
    press(kiosk, "restart-yes")
    comes_true(lambda: not kiosk.alive)
    assert kiosk.exit_code == START_AGAIN
