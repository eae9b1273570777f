"""The acceptor, the printer, the records and the configuration fail: every end is a good one.

A real kiosk process on a whole stand. Every screen is looked at in both languages.
"""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bench.acceptor import FAST as FAST_NOTES
from bench.acceptor import CutPoint
from bench.printer.device import FAST as FAST_PAPER
from bench.stand import Site, Stand
from bench.stand.kiosk import Kiosk
from tests.e2e.resident import (
    came_back,
    choose_cash,
    finish,
    go_home,
    next_in_line,
    offer,
    pay,
    put_in,
    shown_in_both_languages,
    take_home_once,
    until,
)

MOST_FEN = 20_000
STACKING_NOTES = replace(FAST_NOTES, stack_s=1.5)
"""Long enough on their way into the box for a finger to press a button."""
EX_CONFIG = 78

Deed = Callable[[Stand], None]


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A site where nobody may pay more than 200 yuan."""
    site = Site(timing=STACKING_NOTES, printing=FAST_PAPER, config={"cash.max_fen": MOST_FEN})
    with Stand(tmp_path_factory.mktemp("site"), site) as ready:
        yield ready


@pytest.fixture
def kiosk(stand: Stand) -> Kiosk:
    """The one kiosk of the tests on the shared site."""
    return stand.kiosk if stand.kiosk and stand.kiosk.alive else stand.start_kiosk()


# -- notes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("value_fen", [5_000, None], ids=["worn note", "piece of paper"])
def test_what_the_acceptor_rejects_costs_nothing(
    stand: Stand, kiosk: Kiosk, value_fen: int | None
) -> None:
    next_in_line(stand, kiosk, "energy")
    kiosk.wait("account")
    choose_cash(stand, kiosk)
    back = len(stand.acceptor.given_back)
    if value_fen:
        stand.reject_next_note()
    assert stand.insert_note(value_fen)
    shown_in_both_languages(
        kiosk, phase="tendering", page="tender", notice="note-unrecognised", paid_fen=0
    )
    assert came_back(stand, back, value_fen)
    kiosk.press("cancel")
    until(kiosk, phase="refused", cause="cancelled")
    go_home(stand, kiosk)
    assert stand.audit() == []


def test_a_note_over_the_limit_comes_back_and_the_rest_is_sold(stand: Stand, kiosk: Kiosk) -> None:
    pay(stand, kiosk)
    put_in(stand, kiosk, 10_000, MOST_FEN)
    back = len(stand.acceptor.given_back)
    offer(stand, 5_000)
    shown_in_both_languages(
        kiosk, phase="tendering", page="tender", notice="note-over-limit", paid_fen=MOST_FEN
    )
    assert came_back(stand, back, 5_000)
    finish(kiosk)
    take_home_once(stand)


def test_a_note_on_its_way_when_finish_is_pressed_is_sold_too(stand: Stand, kiosk: Kiosk) -> None:
    pay(stand, kiosk)
    boxed_fen = stand.cash_fen
    offer(stand, 5_000)
    kiosk.wait("stacking")
    pressed = kiosk.press("finish")
    assert pressed["phase"] == "stacking"
    until(kiosk, phase="done", paid_fen=15_000)
    assert stand.cash_fen == boxed_fen + 5_000
    take_home_once(stand)


# -- the acceptor ------------------------------------------------------------------------------


@pytest.mark.parametrize("paid", [False, True], ids=["nothing in", "money in"])
def test_acceptor_fails_at_the_open_slot(stand: Stand, kiosk: Kiosk, paid: bool) -> None:
    next_in_line(stand, kiosk, "energy")
    kiosk.wait("account")
    choose_cash(stand, kiosk)
    if paid:
        put_in(stand, kiosk, 10_000, 10_000)
    stand.jam()
    if paid:
        shown_in_both_languages(kiosk, phase="done", page="done", paid_fen=10_000)
        take_home_once(stand)
    else:
        shown_in_both_languages(kiosk, phase="refused", page="refused", cause="cash-unavailable")
        stand.pull_card()
    shown_in_both_languages(
        kiosk, phase="out-of-service", page="out_of_service", cause="acceptor-down"
    )
    stand.unjam()
    kiosk.wait("idle", timeout_s=40)
    assert stand.audit() == []


@pytest.mark.parametrize("point", [CutPoint.PAST_ESCROW, CutPoint.NOTE_IN_BOX])
def test_acceptor_loses_power_with_a_note_it_will_not_give_back(
    stand: Stand, kiosk: Kiosk, point: CutPoint
) -> None:
    pay(stand, kiosk)
    boxed_fen = stand.cash_fen
    stand.cut_acceptor_power_at(point)
    offer(stand, 5_000)
    shown_in_both_languages(kiosk, phase="done", page="done", paid_fen=15_000)
    assert stand.cash_fen == boxed_fen + 5_000
    take_home_once(stand)


# -- the printer -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trouble", "repair"),
    [
        pytest.param(Stand.paper_out, Stand.paper_in, id="paper"),
        pytest.param(Stand.printer_dead, Stand.printer_back, id="dead"),
    ],
)
def test_without_a_slip_the_screen_shows_the_number(
    stand: Stand, kiosk: Kiosk, trouble: Deed, repair: Deed
) -> None:
    kiosk.wait("idle", timeout_s=40)  # the slip of the purchase before is out
    slips = len(stand.slips)
    next_in_line(stand, kiosk, "energy")
    trouble(stand)
    kiosk.wait("account")
    choose_cash(stand, kiosk)
    put_in(stand, kiosk, 10_000, 10_000)
    finish(kiosk)
    done = shown_in_both_languages(kiosk, phase="done", page="done", notice="no-slip")
    assert stand.sale(done["order_no"])
    assert len(stand.slips) == slips
    repair(stand)
    take_home_once(stand)


# -- records and configuration -----------------------------------------------------------------


def test_damaged_records_close_the_machine(tmp_path: Path) -> None:
    with Stand(tmp_path, Site(timing=FAST_NOTES, printing=FAST_PAPER)) as stand:
        kiosk = stand.start_kiosk()
        kiosk.wait("idle", timeout_s=40)
        assert kiosk.stop() == 0
        flip_a_byte(stand.storage / "journal.db")
        kiosk = stand.start_kiosk()
        shown = until(kiosk, cause="records-damaged")
        assert (shown["phase"], shown["page"]) == ("out-of-service", "out_of_service")
        stand.insert_card("energy")
        shown_in_both_languages(kiosk, phase="out-of-service", cause="records-damaged")
        assert not stand.acceptor.enabled_fen
        assert kiosk.alive


def flip_a_byte(journal: Path) -> None:
    """Change one byte of one entry, as a failing disk would."""
    with closing(sqlite3.connect(journal)) as database, database:
        seq, body = database.execute(
            "SELECT seq, body FROM entries WHERE length(body) > 8 ORDER BY seq LIMIT 1"
        ).fetchone()
        broken = bytes((*body[:4], body[4] ^ 1, *body[5:]))
        database.execute("UPDATE entries SET body = ? WHERE seq = ?", (broken, seq))


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("terminal", "language", '"fr"'),
        ("head_office", "probe_s", '"often"'),
        ("screen", "width", '"wide"'),
        ("acceptor", "model", '"abacus"'),
    ],
)
def test_wrong_configuration_ends_at_once_and_names_the_line(
    stand: Stand, tmp_path: Path, section: str, key: str, value: str
) -> None:
    lines = stand.config_file.read_text("utf-8").splitlines()
    start = lines.index(f"[{section}]")
    number = next(n for n in range(start, len(lines)) if lines[n].startswith(f"{key} ="))
    lines[number] = f"{key} = {value}"
    wrong = tmp_path / "kiosk.toml"
    wrong.write_text("\n".join(lines), "utf-8")
    command = [sys.executable, "-m", "kiosk", "run", str(wrong)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == EX_CONFIG
    assert f"kiosk.toml:{number + 1}: {section}.{key}" in ended.stderr
