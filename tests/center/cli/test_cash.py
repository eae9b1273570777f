"""The commands of cash clearing, as they are typed."""

import copy
import shutil
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from center import app
from center.__main__ import main
from center.config import load
from center.fleet.registry import Registry
from center.ledger.book import business_date
from tests.center.cash.till import Till
from tests.center.orders.office import TERMINAL
from vending.cash import StaffDeed
from vending.health import Ailment, Health
from vending.order_no import make_order_no
from vending.rights import Role

PINS = {Role.SUPERVISOR: "420917", Role.OPERATOR: "271828", Role.MAINTENANCE: "141421"}
Capture = pytest.CaptureFixture[str]


class Desk:
    """A head office with one period that was closed, another one lost, a third one in doubt."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "center.toml"
        self.config.write_text(
            '[database]\ndsn = "sqlite:///center.db"\n[keys]\ntest_keys = true\n', "utf-8"
        )
        center = app.Center(load(self.config))
        Registry(center.store, app.wall_ms).add(TERMINAL, "hall")
        till = Till(center.desk, now=app.wall_ms)
        order_no = make_order_no(TERMINAL, app.wall_ms(), 1)
        for value_fen in (10_000, 10_000, 5_000):
            till.tell(till.pay(order_no, value_fen))
        till.slips.add(order_no)
        till.tell(till.frozen())
        till.tell(till.clear("op"))
        till.tell(till.pay(order_no, 2_000))
        till.clear()  # its report is lost
        self.doubted = till.lose(1_000, certain=False)
        till.tell(self.doubted)
        till.tell(till.clear("op"))
        center.close()
        self.today: date = business_date(app.wall_ms())
        for role, pin in PINS.items():
            file = folder / role.value
            file.write_text(pin + "\n", "utf-8")
            file.chmod(0o600)
            self.run("staff", "add", role.value, "--role", role, "--pin-file", file)

    def run(self, *words: str | Path) -> int:
        return main(["--config", str(self.config), *map(str, words)])

    def signed(self, role: Role) -> list[str]:
        return ["--by", role.value, "--pin-file", str(self.folder / role.value)]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Made once: PINs take their time."""
    return Desk(tmp_path_factory.mktemp("template"))


@pytest.fixture
def desk(template: Desk, tmp_path: Path) -> Desk:
    shutil.copytree(template.folder, tmp_path, dirs_exist_ok=True)
    mine = copy.copy(template)
    mine.folder, mine.config = tmp_path, tmp_path / template.config.name
    return mine


def test_from_the_closed_period_to_the_bank(desk: Desk, capsys: Capture) -> None:
    assert desk.run("cash", "periods") == 0
    said = capsys.readouterr().out
    assert "000001/1" in said
    assert "agrees" in said
    assert "250.00   not counted  not at the bank" in said
    assert "000001/3" in said
    assert "DIFFERS" in said
    operator, boss = desk.signed(Role.OPERATOR), desk.signed(Role.SUPERVISOR)
    counted = ["cash", "count", "000001/1", "--notes", "100x2", "50x2", "--bag", "B7", *operator]
    for _ in range(2):
        assert desk.run(*counted) == 0
        assert "long 50.00 yuan" in capsys.readouterr().out
    correct = ["cash", "correct", "000001/1", "--entry", "1", "--reason", "one 50 too many"]
    assert desk.run(*correct, "--notes", "100x2", "50x1", *boss) == 0
    assert "neither long nor short" in capsys.readouterr().out
    assert desk.run("cash", "deposit", "ICBC-1", "000001/1", "--amount", "250", *operator) == 0
    assert "250.00 yuan at the bank under ICBC-1" in capsys.readouterr().out
    assert desk.run("cash", "periods", "--not-deposited", "--uncounted") == 0
    assert "000001/1" not in capsys.readouterr().out
    assert desk.run("cash", "show", "000001/1") == 0
    story = capsys.readouterr().out
    for words in ("100x2 50x1", "one 50 too many", "ICBC-1", "count 2", "bag B7", "energy"):
        assert words in story
    assert desk.run("audit") == 0
    trail = capsys.readouterr().out
    for what in ("cash-counted", "cash-corrected", "cash-deposited"):
        assert what in trail
    assert desk.run("check") == 0


def test_a_lost_report_and_a_doubtful_note(desk: Desk, capsys: Capture) -> None:
    operator, boss = desk.signed(Role.OPERATOR), desk.signed(Role.SUPERVISOR)
    assert desk.run("cash", "show", "000001/2") == 1
    assert "close it by hand (cash close)" in capsys.readouterr().err
    close = ["cash", "close", "000001/2", "--reason", "the disk died"]
    assert desk.run(*close, *boss) == 0
    assert "20.00 yuan are on their way" in capsys.readouterr().out
    assert desk.run("cash", "show", "000001/3") == 0
    said = capsys.readouterr().out
    assert "differs    period" in said
    assert f"uncertain         10.00  {desk.doubted.note.note_id}" in said
    found = ["--found", f"{desk.doubted.note.note_id}=10"]
    count = ["cash", "count", "000001/3", "--notes", "10x1", *found, *operator]
    assert desk.run(*count) == 0
    assert "neither long nor short" in capsys.readouterr().out
    assert desk.run("cash", "count", "000001/2", "--notes", *operator) == 0
    assert "short 20.00 yuan" in capsys.readouterr().out
    assert desk.run("check") == 0


def test_the_day_and_the_report(desk: Desk, capsys: Capture) -> None:
    assert desk.run("cash", "site", TERMINAL, "春江站") == 0
    today = desk.today.isoformat()
    assert desk.run("cash", "day", today) == 1
    said = capsys.readouterr().out
    assert f"春江站 {today}: DOES NOT AGREE" in said
    assert "without a report: 000001/2" in said
    assert "energy          250.00        250.00        250.00\n" in said
    assert desk.run("cash", "day", today, "--site", "elsewhere") == 1
    assert "stations: 春江站" in capsys.readouterr().err
    out = desk.folder / "out"
    report = ["cash", "report", "--from", today, "--to", today, "--out", str(out)]
    assert desk.run(*report) == 0
    page = (out / "report.html").read_text("utf-8")
    assert "现金对账报表" in page
    assert "有不符之处" in page
    assert desk.run(*report, "--language", "en") == 0
    assert "Cash reconciliation" in (out / "report.html").read_text("utf-8")
    rows = (out / "notes.csv").read_text("utf-8-sig").splitlines()
    assert rows == ['"denomination, yuan",notes,"amount, yuan"', "100.00,2,200.00", "50.00,1,50.00"]
    assert desk.run(*report[:3], "2020-01-01", *report[4:]) == 1
    assert "a report is about" in capsys.readouterr().err


def test_evidence_of_a_box_that_went_out(desk: Desk, capsys: Capture) -> None:
    assert desk.run("cash", "frozen") == 0
    said = capsys.readouterr().out
    assert "terminal 250.00, books 250.00, signed in: nobody" in said
    assert desk.run("cash", "frozen", "--json", "--terminal", TERMINAL) == 0
    assert '"terminal_no":"000001"' in capsys.readouterr().out


def test_a_terminal_writes_no_line_but_its_own(desk: Desk, capsys: Capture) -> None:
    """A stolen key says what it likes, but not in the name of others."""
    forged = "x\n2026-03-01 10:00:00  office boss\x1b[2J"
    center = app.Center(load(desk.config))
    till = Till(center.desk, now=app.wall_ms, journal="stolen")
    till.period_no = 4
    till.tell(StaffDeed(at_ms=1, staff=forged, what=forged, detail=forged, witness=forged))
    till.tell(replace(till.clear(forged), box_id=forged))
    till.tell(replace(till.frozen(), staff=forged))
    ailment = Ailment(device=forged, state=forged, fault=forged, since_ms=1)
    till.tell(Health(at_ms=1, offers=(), why=forged, ailments=(ailment,)))
    center.close()
    for words in (["audit"], ["cash", "show", "000001/4"], ["cash", "frozen"], ["fleet", "status"]):
        desk.run(*words)
        said = capsys.readouterr().out
        assert "office boss" in said
        assert "\n2026-03-01" not in said
        assert "\x1b" not in said


@pytest.mark.parametrize("role", Role)
def test_every_role_at_every_command(desk: Desk, role: Role, capsys: Capture) -> None:
    """Each command that moves money asks who it is, and refuses who may not."""
    signed, boss = desk.signed(role), desk.signed(Role.SUPERVISOR)
    count = ["cash", "count", "000001/1", "--notes", "100x2", "50x1"]
    is_cashier = role is not Role.MAINTENANCE
    assert desk.run(*count, *signed) == (0 if is_cashier else 1)
    if not is_cashier:
        assert "maintenance is maintenance; this is for: operator" in capsys.readouterr().err
        assert desk.run(*count, *boss) == 0
    correct = ["cash", "correct", "000001/1", "--entry", "1", "--reason", "x", "--notes", "50x5"]
    is_boss = role is Role.SUPERVISOR
    assert desk.run(*correct, *signed) == (0 if is_boss else 1)
    assert desk.run("cash", "close", "000001/2", "--reason", "x", *signed) == (0 if is_boss else 1)
    deposit = ["cash", "deposit", "B", "000001/1", "--amount", "250"]
    assert desk.run(*deposit, *signed) == (0 if is_cashier else 1)


def test_a_wrong_pin_moves_nothing(desk: Desk, capsys: Capture) -> None:
    wrong = ["--by", "operator", "--pin-file", str(desk.folder / "supervisor")]
    assert desk.run("cash", "count", "000001/1", "--notes", "100x2", *wrong) == 1
    said = capsys.readouterr()
    assert "operator is not let in: wrong" in said.err
    assert PINS[Role.SUPERVISOR] not in said.err + said.out
    assert desk.run("cash", "periods", "--uncounted") == 0
    assert "000001/1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "1"], "a period is written TERMINAL/PERIOD"),
        (["show", "1/x"], "a period is written TERMINAL/PERIOD"),
        (["count", "000001/1", "--notes", "100", "--by", "x"], "notes are written YUANxNOTES"),
        (["count", "000001/1", "--notes", "axb", "--by", "x"], "notes are written"),
        (["day", "yesterday"], "a day is written YYYY-MM-DD"),
    ],
)
def test_what_is_typed_wrong_is_said(
    desk: Desk, words: list[str], said: str, capsys: Capture
) -> None:
    with pytest.raises(SystemExit):
        desk.run("cash", *words)
    assert said in capsys.readouterr().err


def test_a_terminal_nobody_knows_has_no_station(desk: Desk, capsys: Capture) -> None:
    assert desk.run("cash", "site", "999999", "x") == 1
    assert "there is no terminal 999999" in capsys.readouterr().err
