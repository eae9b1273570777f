"""The bench's window: what is clicked happens on the stand, what happens is shown."""

import socket
import tomllib
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from bench.acceptor import FAST
from bench.panel import BenchWindow
from bench.panel.faults import SWITCHES, Switch
from bench.panel.meter import Display
from bench.panel.run import employ
from bench.printer import FAST as FAST_PRINTING
from bench.stand import Site, Stand
from bench.stand.staff import PIN, STAFF
from bench.stand.story import Happening

TIMEOUT_MS = 20_000
THROWN = {
    "jam": (Happening.JAM, Happening.REPAIRED),
    "reject": (Happening.REJECT_NEXT, None),
    "acceptor-power": (Happening.POWER_OFF, Happening.POWER_ON),
    "past-escrow": (Happening.POWER_CUT_ARRANGED, None),
    "pull": (Happening.PULL_ARRANGED, None),
    "paper": (Happening.PAPER_OUT, Happening.PAPER_IN),
    "printer": (Happening.PRINTER_DEAD, Happening.PRINTER_BACK),
    "office-gone": (Happening.OFFICE_GONE, Happening.OFFICE_BACK),
    "office-deaf": (Happening.OFFICE_DEAF, Happening.OFFICE_BACK),
    "office-slow": (Happening.OFFICE_SLOW, Happening.OFFICE_QUICK),
    "office-restart": (Happening.OFFICE_RESTARTS, None),
    "kiosk-restart": (Happening.KIOSK_STARTS, None),
}


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with Stand(
        tmp_path_factory.mktemp("panel"), Site(timing=FAST, printing=FAST_PRINTING)
    ) as stand:
        yield stand


@pytest.fixture
def window(stand: Stand, qtbot: QtBot) -> Iterator[BenchWindow]:
    stand.pull_card()
    window = BenchWindow(stand)
    qtbot.addWidget(window)
    window.show()
    yield window
    window.close()


def button(window: QWidget, name: str) -> QAbstractButton:
    found = window.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton)
    return found


def click(window: QWidget, name: str) -> None:
    QTest.mouseClick(button(window, name), Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("name", ["energy", "reversed", "blank", "foreign"])
def test_a_card_goes_in_and_comes_out(
    qtbot: QtBot, stand: Stand, window: BenchWindow, name: str
) -> None:
    click(window, f"card-{name}")
    qtbot.waitUntil(lambda: stand.card_in_slot == name, timeout=TIMEOUT_MS)
    pull = button(window, "pull-card")
    qtbot.waitUntil(pull.isEnabled, timeout=TIMEOUT_MS)
    assert not button(window, "card-money").isEnabled()
    click(window, "pull-card")
    qtbot.waitUntil(lambda: stand.card_in_slot is None, timeout=TIMEOUT_MS)
    qtbot.waitUntil(button(window, "card-money").isEnabled, timeout=TIMEOUT_MS)


def test_there_is_a_button_for_every_card_in_both_languages(
    stand: Stand, window: BenchWindow
) -> None:
    for card in stand.cards.values():
        text = button(window, f"card-{card.name}").text()
        assert card.title_zh in text
        assert card.title_en in text


@pytest.mark.parametrize("note", ["100", "10000", "paper"])
def test_a_note_is_offered(qtbot: QtBot, window: BenchWindow, note: str) -> None:
    click(window, f"note-{note}")
    words = {"100": "1 yuan", "10000": "100 yuan", "paper": "a piece of paper"}[note]
    qtbot.waitUntil(
        lambda: any(f"{words}: not drawn in" in line for line in window.log.texts),
        timeout=TIMEOUT_MS,
    )


def test_the_meter_of_the_card_is_chosen_and_read(
    qtbot: QtBot, stand: Stand, window: BenchWindow
) -> None:
    click(window, "card-money")
    qtbot.waitUntil(lambda: window.meter.chosen == "money", timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: not button(window, "main").isEnabled(), timeout=TIMEOUT_MS)
    stand.pull_card()
    qtbot.waitUntil(button(window, "main").isEnabled, timeout=TIMEOUT_MS)
    display = window.findChild(Display)
    assert isinstance(display, Display)
    dark = display.grab().toImage()
    click(window, "main")
    qtbot.waitUntil(lambda: "money" in stand.displays, timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: display.grab().toImage() != dark, timeout=TIMEOUT_MS)


def test_the_cash_box_is_taken_out_and_an_empty_one_put_in(
    qtbot: QtBot, stand: Stand, window: BenchWindow
) -> None:
    assert not button(window, "box-in").isEnabled()
    click(window, "box-out")
    qtbot.waitUntil(button(window, "box-in").isEnabled, timeout=TIMEOUT_MS)
    assert not button(window, "box-out").isEnabled()
    assert stand.removed_boxes[-1] == {}
    click(window, "box-in")
    qtbot.waitUntil(button(window, "box-out").isEnabled, timeout=TIMEOUT_MS)


def test_a_bill_is_held_before_the_scanner(qtbot: QtBot, stand: Stand, window: BenchWindow) -> None:
    chosen = window.findChild(QComboBox, "bill-code")
    assert isinstance(chosen, QComboBox)
    chosen.setCurrentText("330100300017;2026-10")
    with socket.create_connection(address_of(scanner_url(stand))) as line:
        click(window, "show-bill")
        assert line.recv(100) == b"330100300017;2026-10\r\n"
    told = "before the scanner: 330100300017;2026-10"
    qtbot.waitUntil(lambda: any(told in line for line in window.log.texts), timeout=TIMEOUT_MS)


def test_there_is_a_bill_for_every_customer_who_pays_afterwards(
    stand: Stand, window: BenchWindow
) -> None:
    chosen = window.findChild(QComboBox, "bill-code")
    assert isinstance(chosen, QComboBox)
    for row, bill in enumerate(stand.bills):
        chosen.setCurrentIndex(row)
        assert bill.name in chosen.currentText()
        assert window.bills.code == bill.code


def test_every_switch_is_tried_here() -> None:
    assert {switch.name for switch in SWITCHES} == THROWN.keys()


@pytest.mark.parametrize("switch", SWITCHES, ids=lambda switch: switch.name)
def test_a_switch_is_thrown_and_put_back(
    qtbot: QtBot, stand: Stand, window: BenchWindow, switch: Switch
) -> None:
    on, off = THROWN[switch.name]
    told, _ = stand.story.since(0)

    def happened(what: Happening) -> bool:
        return what in {line.happening for line in stand.story.since(told)[1]}

    click(window, f"fault-{switch.name}")
    qtbot.waitUntil(lambda: happened(on), timeout=TIMEOUT_MS)
    if off:
        assert button(window, f"fault-{switch.name}").isChecked()
        click(window, f"fault-{switch.name}")
        qtbot.waitUntil(lambda: happened(off), timeout=TIMEOUT_MS)
    window.hand.close()
    assert not happened(Happening.FAILED)
    stand.slot.recover()


def test_what_fails_is_told_and_the_window_goes_on(
    qtbot: QtBot, stand: Stand, window: BenchWindow
) -> None:
    window.hand.do(lambda stand: stand.insert_card("gold"))
    qtbot.waitUntil(
        lambda: any("NoSuchCard" in line for line in window.log.texts), timeout=TIMEOUT_MS
    )
    click(window, "card-energy")
    qtbot.waitUntil(lambda: stand.card_in_slot == "energy", timeout=TIMEOUT_MS)


def test_slips_are_shown_as_they_come_out(qtbot: QtBot, stand: Stand, window: BenchWindow) -> None:
    if stand.kiosk:
        stand.kill_kiosk()
    with socket.create_connection(address_of(printer_url(stand))) as line:
        for text in (b"first", b"second"):
            line.sendall(b"\x1b@" + text + b"\n\x1dV\x00")
        qtbot.waitUntil(lambda: window.slips.shown == 1, timeout=TIMEOUT_MS)
    assert not button(window, "slip-after").isEnabled()
    click(window, "slip-before")
    assert window.slips.shown == 0
    click(window, "slip-after")
    assert window.slips.shown == 1


def test_whoever_may_sign_in_is_told(stand: Stand) -> None:
    employ(stand)
    told = " ".join(line.text_en for line in stand.story.lines if line.happening is Happening.STAFF)
    code, listed = stand.office.command("staff", "list")
    assert code == 0
    assert all(name in told and name in listed for name in STAFF.values())
    assert PIN in told


def address_of(url: str) -> tuple[str, int]:
    address = urlsplit(url)
    assert address.hostname
    assert address.port
    return address.hostname, address.port


def scanner_url(stand: Stand) -> str:
    with stand.config_file.open("rb") as file:
        return str(tomllib.load(file)["scanner"]["url"])


def printer_url(stand: Stand) -> str:
    from kiosk.engine.config_file import load

    return load(stand.config_file).printer.url
