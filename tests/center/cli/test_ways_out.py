"""The commands of staff and refunds, as they are typed."""

from pathlib import Path

import pytest

from center import app
from center.__main__ import main
from center.config import load
from center.utility.seed import plant
from tests.center.orders.office import TERMINAL, notes, parked, person, request, seed
from vending.messages import ReportEnvelope
from vending.order_no import make_order_no

PIN, OTHER_PIN = "420917", "271828"


class Desk:
    """A head office with one parked sale, and its commands."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "center.toml"
        self.config.write_text(
            '[database]\ndsn = "sqlite:///center.db"\n[keys]\ntest_keys = true\n'
            '[orders]\nsecond_person = ["refund"]\n',
            "utf-8",
        )
        self.pin_file = self._secret(folder / "pin", PIN)
        self.other_file = self._secret(folder / "other", OTHER_PIN)
        center = app.Center(load(self.config))
        center.store.write(lambda connection: plant(connection, seed(), app.wall_ms()))
        now_ms = app.wall_ms()
        self.order_no = make_order_no(TERMINAL, now_ms, 1)
        body = request(self.order_no, person(1), notes(self.order_no, 10_000))
        center.desk.vend(TERMINAL, body)
        envelope = ReportEnvelope(report_no=1, journal_id="j", report=parked(self.order_no))
        center.desk.report(TERMINAL, envelope)
        center.close()

    def run(self, *words: str | Path) -> int:
        return main(["--config", str(self.config), *map(str, words)])

    def _secret(self, file: Path, pin: str) -> str:
        file.write_text(pin + "\n", "utf-8")
        file.chmod(0o600)
        return str(file)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_refund_from_the_first_look_to_the_receipt(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, role, file in (
        ("boss", "supervisor", desk.pin_file),
        ("fitter", "maintenance", desk.other_file),
    ):
        assert desk.run("staff", "add", name, "--role", role, "--pin-file", file) == 0
    assert desk.run("orders", "stuck") == 0
    assert f"{desk.order_no}  " in capsys.readouterr().out
    decide = ["refund", "decide", desk.order_no, "--by", "boss", "--pin-file", desk.pin_file]
    decide += ["--evidence", "customer-asks"]
    assert desk.run(*decide) == 1
    assert capsys.readouterr().out == "not permitted: second-person\n"
    witness = ["--witness", "fitter", "--witness-pin-file", desk.other_file]
    assert desk.run(*decide, *witness) == 0
    assert desk.run("refund", "list") == 0
    assert "100.00  boss with fitter (customer-asks)" in capsys.readouterr().out
    pay = ["refund", "pay", desk.order_no, "--by", "fitter", "--pin-file", desk.other_file]
    assert desk.run(*pay, "--evidence", "receipt 17") == 0
    assert "fitter" in capsys.readouterr().out
    assert desk.run("refund", "list") == 0
    assert capsys.readouterr().out == ""
    assert desk.run("orders", "show", desk.order_no) == 0
    story = capsys.readouterr().out
    for words in ("refunded, paid 100.00 yuan", "paid-out", "voided", "receipt 17", "signed-in"):
        assert (words in story) is (words != "signed-in")
    assert desk.run("audit") == 0
    assert "signed-in" in capsys.readouterr().out
    assert desk.run("check") == 0


def test_who_is_not_let_in_decides_nothing(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.run("staff", "add", "boss", "--role", "supervisor", "--pin-file", desk.pin_file)
    wrong = ["refund", "decide", desk.order_no, "--by", "boss", "--pin-file", desk.other_file]
    assert desk.run(*wrong, "--evidence", "customer-asks") == 1
    said = capsys.readouterr()
    assert "boss is not let in: wrong" in said.err
    assert OTHER_PIN not in said.err + said.out
    assert desk.run("staff", "block", "boss") == 0
    assert desk.run("staff", "list") == 0
    assert "supervisor  blocked" in capsys.readouterr().out
    assert desk.run("staff", "unblock", "Nobody") == 1
    assert "nobody is called Nobody" in capsys.readouterr().err


def test_the_pin_is_asked_for_twice(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter([PIN, OTHER_PIN, PIN, PIN])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert desk.run("staff", "add", "boss", "--role", "supervisor") == 1
    assert "the two PINs differ" in capsys.readouterr().err
    assert desk.run("staff", "add", "boss", "--role", "supervisor") == 0


def test_operators_pay_nothing_out(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.run("staff", "add", "op", "--role", "operator", "--pin-file", desk.pin_file)
    pay = ["refund", "pay", desk.order_no, "--by", "op", "--pin-file", desk.pin_file]
    assert desk.run(*pay, "--evidence", "x") == 1
    assert "operators look only" in capsys.readouterr().err


def test_an_unknown_order_has_no_story(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.run("orders", "show", make_order_no(TERMINAL, 0, 9)) == 1
    assert capsys.readouterr().out == "there is no such order\n"
