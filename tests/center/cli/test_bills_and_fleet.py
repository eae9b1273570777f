"""The commands of bills and of the fleet, as they are typed."""

import hashlib
import io
import zipfile
from pathlib import Path

import msgspec
import pytest

from center import app
from center.__main__ import main
from center.config import load
from center.fleet.registry import Registry
from center.store.store import Store
from center.utility.seed import plant
from kiosk.backend.identity import Identity
from tests.center.fleet.test_fleet import sealed
from tests.center.orders.billing import SHEN, ZHOU, bill_opened, bill_parked, post_paid
from tests.center.orders.office import TERMINAL, notes, taken
from vending.export import MANIFEST, SIGNATURE, Manifest
from vending.health import Ailment, Health, Offer
from vending.messages import Registration, Report, ReportEnvelope
from vending.order_no import make_order_no

KEY = Identity(terminal_no=TERMINAL, private_key="11" * 32)


class Desk:
    """A head office with post-paid customers and one terminal, and its commands."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys
        self.config = folder / "center.toml"
        self.config.write_text(
            '[database]\ndsn = "sqlite:///center.db"\n[keys]\ntest_keys = true\n', "utf-8"
        )
        center = self.open()
        center.store.write(lambda connection: plant(connection, post_paid(), app.wall_ms()))
        self.register(center.store)
        center.close()

    def open(self) -> app.Center:
        return app.Center(load(self.config))

    def register(self, store: Store) -> None:
        registry = Registry(store, app.wall_ms)
        code = registry.add(TERMINAL, "hall 1")
        message = Registration(
            terminal_no=TERMINAL, one_time_code=code, public_key=KEY.public_key()
        )
        registry.register(sealed(KEY), message)

    def report(self, *said: Report) -> None:
        center = self.open()
        for number, each in enumerate(said, start=1):
            envelope = ReportEnvelope(report_no=number, journal_id="j", report=each)
            center.desk.report(TERMINAL, envelope)
        center.registry.note_contact(TERMINAL)
        center.close()

    def run(self, *words: str | Path) -> tuple[int, str]:
        """Return the exit code and what was said."""
        code = main(["--config", str(self.config), *map(str, words)])
        said = self.capsys.readouterr()
        return code, said.out + said.err


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def test_bills_are_added_listed_and_shown(desk: Desk) -> None:
    add = ["bills", "add", SHEN, "2025-11", "--energy-wh", "90500", "--amount-fen"]
    assert desk.run(*add, "5000", "--late-fee-fen", "25") == (0, "billed\n")
    assert desk.run(*add, "5000", "--late-fee-fen", "25") == (0, "billed just so before\n")
    code, said = desk.run(*add, "5001")
    assert (code, "was billed otherwise before" in said) == (1, True)
    code, said = desk.run("bills", "add", SHEN, "2025-1", "--energy-wh", "1", "--amount-fen", "x")
    assert code == 1
    assert "month must be written 2026-03" in said
    assert "amount_fen must be a whole number" in said
    code, said = desk.run("bills", "list")
    assert f"{ZHOU}            3 months from 2025-08      205.00  balance 0.00" in said
    assert f"{SHEN}            1 months from 2025-11       50.25  balance 30.00" in said
    code, said = desk.run("bills", "show", SHEN)
    assert "沈*, balance 30.00 yuan" in said
    assert "2025-11      90.500 kWh       50.00 and 0.25 late fee  unpaid" in said
    assert desk.run("bills", "show", "999999") == (1, "there is no such customer\n")


def test_a_file_of_bills_is_taken_over_whole_or_not(desk: Desk, tmp_path: Path) -> None:
    header = "customer_no,month,energy_wh,amount_fen,late_fee_fen\n"
    good, bad, other = tmp_path / "good.csv", tmp_path / "bad.csv", tmp_path / "gbk.csv"
    good.write_text(f"{header}{SHEN},2025-11,90000,5000,0\n", "utf-8")
    bad.write_text(f"{header}{SHEN},2025-12,1,2,3\n999999,2025-12,1,2,3\n", "utf-8")
    other.write_bytes("户号".encode("gbk"))
    assert desk.run("bills", "import", good) == (0, "1 bills taken over, 0 were known\n")
    code, said = desk.run("bills", "import", bad)
    assert code == 1
    assert "bad.csv, nothing was taken over:\nline 3: customer 999999 is not known" in said
    assert desk.run("bills", "import", other) == (1, "center: gbk.csv: save it as UTF-8\n")
    assert desk.run("bills", "import", tmp_path / "none.csv")[0] == 1
    assert "2025-12" not in desk.run("bills", "show", SHEN)[1]


def test_payments_that_got_stuck_are_posted(desk: Desk) -> None:
    order_no = make_order_no(TERMINAL, app.wall_ms(), 1)
    note = notes(order_no, 20_000)[0]
    desk.report(bill_opened(order_no), taken(order_no, note), bill_parked(order_no, 20_000))
    assert order_no in desk.run("orders", "stuck")[1]
    assert desk.run("bills", "settle") == (0, f"{order_no}  posted     200.00\n")
    assert desk.run("bills", "settle") == (0, "")
    said = desk.run("bills", "show", ZHOU)[1]
    assert f"R{order_no}" in said
    assert "paid 200.00, settled 165.00 (2025-08, 2025-09), balance then 35.00" in said
    assert desk.run("orders", "stuck") == (0, "")
    story = desk.run("orders", "show", order_no)[1]
    assert f"for        bills of customer {ZHOU}: 2025-08, 2025-09, 2025-10" in story
    assert "bill-posted" in story
    assert desk.run("check")[0] == 0


def test_how_the_fleet_is(desk: Desk) -> None:
    code, said = desk.run("fleet", "status")
    assert code == 1
    assert f"{TERMINAL}  silent         heard never" in said
    box_full = Ailment(device="acceptor", state="fault", fault="box-full", since_ms=1)
    desk.report(
        Health(
            at_ms=1,
            offers=(Offer.DELIVERY,),
            ailments=(box_full,),
            period_no=3,
            box_notes=600,
            software_version="0.1.0",
        )
    )
    code, said = desk.run("fleet", "status")
    assert code == 0
    assert f"{TERMINAL}  serves         heard 0 min ago" in said
    assert "software 0.1.0  hall 1" in said
    assert "customers can: delivery\n" in said
    assert "period 3, 600 notes in the box" in said
    assert "acceptor is fault (box-full) since 1970-01-01 08:00:00" in said


def test_a_terminal_out_of_service_needs_a_look(desk: Desk) -> None:
    desk.report(Health(at_ms=1, offers=(), why="clearing"))
    code, said = desk.run("fleet", "status")
    assert code == 1
    assert "customers can: nothing  out of service: clearing" in said


def make_export(file: Path, text: bytes = b"log", key: Identity = KEY) -> None:
    digest = hashlib.sha256(b"log").hexdigest()
    manifest = Manifest(terminal_no=TERMINAL, made_at_ms=1, files={"kiosk.log": digest})
    body = msgspec.json.encode(manifest)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("kiosk.log", text)
        archive.writestr(MANIFEST, body)
        archive.writestr(SIGNATURE, key.sign(body))
    file.write_bytes(packed.getvalue())


def test_an_export_is_genuine_or_not(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "export.zip"
    make_export(file)
    expected = f"genuine: terminal {TERMINAL}, made 1970-01-01 08:00:00\n  kiosk.log\n"
    assert desk.run("fleet", "verify-export", file) == (0, expected)
    make_export(file, b"changed")
    assert desk.run("fleet", "verify-export", file) == (1, "not genuine: kiosk.log was changed\n")
    make_export(file, key=Identity(terminal_no=TERMINAL, private_key="22" * 32))
    code, said = desk.run("fleet", "verify-export", file)
    assert (code, said) == (1, f"not genuine: not signed by terminal {TERMINAL}\n")
    file.write_bytes(b"no zip")
    assert desk.run("fleet", "verify-export", file)[0] == 1
    assert desk.run("fleet", "verify-export", tmp_path / "none")[0] == 1
