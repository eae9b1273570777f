"""The demo from end to end, how it fails, and how it is stopped."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from bench.demo.head_office import less_one
from bench.demo.operator import pile_words
from bench.demo.payer import BillPlan
from bench.demo.run import CLEARING, PLANS, run
from bench.demo.visit import Plan
from tests.bench.processes import running_with

TIMEOUT_S = 60
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.slow
def test_a_whole_visit_ends_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    english = PLANS[2]
    assert isinstance(english, Plan)
    assert run(tmp_path, (english,), gallery=False) == 0, capsys.readouterr().out
    told = capsys.readouterr().out
    assert "WRONG" not in told
    assert "exactly once" in told
    assert f"Everything is in {tmp_path}" in told
    pictures = {path.stem.split("-", 2)[2] for path in (tmp_path / "screens").glob("money-*.png")}
    assert {"account-zh", "account-en", "tendering-zh", "tendering-en", "done-en"} <= pictures
    with Image.open(tmp_path / "money-slip.png") as slip:
        assert slip.height > slip.width
    assert "120.00" in (tmp_path / "money-slip.txt").read_text("utf-8")
    assert "suspense:" in (tmp_path / "money-ledger.txt").read_text("utf-8")
    assert "CardProved" in (tmp_path / "money-journal.txt").read_text("utf-8")
    assert running_with(tmp_path) == []


@pytest.mark.slow
def test_what_was_paid_next_door_is_delivered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, (PLANS[3],), gallery=False) == 0, capsys.readouterr().out
    assert "it is the same purchase" in capsys.readouterr().out
    pictures = {path.stem.split("-", 2)[2] for path in (tmp_path / "screens").glob("resell-*.png")}
    assert {"resell-zh", "owed-zh", "done-zh"} <= pictures
    assert "50.00" in (tmp_path / "resell-slip.txt").read_text("utf-8")
    assert "OwedFound" in (tmp_path / "resell-journal.txt").read_text("utf-8")


@pytest.mark.slow
def test_a_bill_is_paid_and_the_cash_is_cleared_counted_and_banked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    little = BillPlan("330100300025", "Lin Xiaomei", (5_000, 1_000, 1_000))
    assert run(tmp_path, (little, CLEARING), gallery=False) == 0, capsys.readouterr().out
    told = capsys.readouterr().out
    assert "WRONG" not in told
    for claim in ("box = terminal = head office", "short 10.00 yuan", "5.94 yuan", "agrees"):
        assert claim in told
    pictures = {
        path.stem.split("-", 2)[2] for path in (tmp_path / "screens").glob("clearing-*.png")
    }
    assert {"name-zh", "pin-zh", "home-zh", "cash-walk-zh", "cash-period-zh"} <= pictures
    assert "76.56" in (tmp_path / "bill-slip.txt").read_text("utf-8")
    assert "bills" in (tmp_path / "bill-ledger.txt").read_text("utf-8")
    assert "BillPosted" in (tmp_path / "bill-journal.txt").read_text("utf-8")
    assert "70.00" in (tmp_path / "clearing-slip.txt").read_text("utf-8")
    assert "short" in (tmp_path / "period.txt").read_text("utf-8")
    assert {file.suffix for file in (tmp_path / "report").iterdir()} == {".csv", ".html"}
    assert running_with(tmp_path) == []


def test_a_box_in_words_and_one_note_short() -> None:
    box = {10_000: 3, 500: 1}
    assert pile_words(box) == "100x3 5x1"
    assert pile_words(less_one(box, 500)) == "100x3 5x0"


@pytest.mark.slow
def test_what_does_not_end_well_is_told_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, (Plan("blocked", "Chen Miao", (10_000,)),), gallery=False) == 1
    told = capsys.readouterr().out
    assert "wanted account; the screen says refused: account-blocked" in told
    assert "1 things did not end well" in told
    assert running_with(tmp_path) == []


@pytest.mark.slow
def test_ctrl_c_leaves_no_process(tmp_path: Path) -> None:
    demo = subprocess.Popen(
        [sys.executable, "-m", "bench", "demo", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert demo.stdout
    for line in demo.stdout:
        if "waits for a card" in line:
            break
    assert running_with(tmp_path / "stand")
    demo.send_signal(signal.SIGINT)
    told, _ = demo.communicate(timeout=TIMEOUT_S)
    assert demo.returncode == 130
    assert "stopped" in told
    assert running_with(tmp_path) == []


def test_without_a_display_there_are_no_windows(tmp_path: Path) -> None:
    names = {"DISPLAY", "WAYLAND_DISPLAY"}
    bare = {name: value for name, value in os.environ.items() if name not in names}
    ran = subprocess.run(
        [sys.executable, "-m", "bench"],
        cwd=ROOT,
        env=bare,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert ran.returncode == 2
    assert "no display" in ran.stderr
