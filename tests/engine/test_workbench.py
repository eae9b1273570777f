"""The workshop behind the pages: parameters with who set them, the machine's state, exports."""

import queue
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.backend.identity import Identity
from kiosk.engine.clock import ManualClock
from kiosk.engine.config import Config, HeadOffice, Printer, Storage, Terminal
from kiosk.engine.config_file import keys, keys_in, load, sections
from kiosk.engine.database import Database
from kiosk.engine.export import Exporter
from kiosk.engine.health import Health
from kiosk.engine.journal import Journal
from kiosk.engine.pins import Pins
from kiosk.engine.roster import RosterKeeper
from kiosk.engine.stick import MountedStick
from kiosk.engine.workbench import NO_UPDATE_KNOWN, Site, Workbench, parameters
from kiosk.engine.workshop import Export, ExportTrouble, Heart, SetBy, Workshop
from kiosk.flow.event import Event
from kiosk.flow.staff_event import Exported
from tests.engine.samples import EVENTS
from tests.engine.test_roster import Office
from tests.flow.staff_walk import signed_in
from tests.flow.world import Walk
from vending.export import check
from vending.messages import Alarm
from vending.rights import Role

ANSWER_S = 10.0
IDENTITY = Identity(terminal_no="310001", private_key="11" * 32)
CONFIG = Config(
    terminal=Terminal(number="310001", operator_name="某某供电", service_phone="95598"),
    head_office=HeadOffice(url="https://me:secret@office.example:8443", one_time_code="ABC"),
    printer=Printer(columns=32),
)


class Stand:
    def __init__(self, directory: Path) -> None:
        self.clock, self.facts = ManualClock(), list[Event]()
        self.stick = directory / "stick"
        self.stick.mkdir()
        self.journal = Journal(Database(directory / "journal.db"))
        self.journal.open()
        for event in EVENTS:
            self.journal.append(event)
        self.hearts = Health(self.clock)
        self.roster = RosterKeeper(directory, IDENTITY, self.clock.wall_ms, Pins(64))
        config = replace(CONFIG, storage=Storage(directory=str(directory)))
        (directory / "log").mkdir()
        (directory / "log" / "kiosk.log").write_text("{}\n")
        site = Site(config, frozenset({"printer.columns"}), "6.9.0", directory / "log")
        exporter = Exporter(MountedStick(str(self.stick)), IDENTITY)
        self.bench = Workbench(
            site,
            self.journal,
            self.roster,
            self.hearts,
            exporter,
            self.clock,
            self.facts.append,
        )
        self.bench.start()
        self.sees(signed_in(Role.MAINTENANCE))

    def sees(self, walk: Walk) -> None:
        self.bench.watch(walk.session, None)

    def ask(self, question: Callable[[Callable[[Any], None]], None]) -> Any:
        answers: queue.Queue[Any] = queue.Queue()
        question(answers.put)
        return answers.get(timeout=ANSWER_S)


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    stand = Stand(tmp_path)
    yield stand
    stand.bench.stop(ANSWER_S)
    stand.journal.close()


def test_it_is_a_workshop(stand: Stand) -> None:
    workshop: Workshop = stand.bench
    assert workshop is stand.bench


# -- parameters ----------------------------------------------------------------------------------


def test_every_parameter_is_there_in_the_files_order_with_who_set_it(stand: Stand) -> None:
    told = stand.ask(stand.bench.parameters)
    declared = [key.dotted for section in sections() for key in keys(section).values()]
    assert [each.name for each in told] == declared
    by_name = {each.name: (each.value, each.set_by) for each in told}
    assert by_name["printer.columns"] == ("32", SetBy.SITE)
    assert by_name["printer.baud"] == ("9600", SetBy.DEFAULT)
    assert by_name["screen.fullscreen"] == ("true", SetBy.DEFAULT)
    assert by_name["acceptor.denominations_fen"][0] == "[500, 1000, 2000, 5000, 10000]"


def test_secrets_are_shown_as_set_or_not_set_only() -> None:
    told = {each.name: each.value for each in parameters(CONFIG, frozenset())}
    assert told["head_office.one_time_code"] == "set"
    assert told["head_office.url"] == "https://***@office.example:8443"
    bare = replace(CONFIG, head_office=HeadOffice(url="https://office.example"))
    told = {each.name: each.value for each in parameters(bare, frozenset())}
    assert told["head_office.one_time_code"] == "not set"


def test_what_a_file_sets_is_known(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(
        '[terminal]\nnumber = "310001"\noperator_name = "x"\nservice_phone = "95598"\n'
        '[head_office]\nurl = "https://office.example"\n[cash]\nclearing_by_two = true\n'
        '[scanner]\nurl = "socket://localhost:7003"\n'
    )
    config, found = load(file), keys_in(file)
    assert (config.cash.clearing_by_two, config.cash.bills) == (True, True)
    assert config.scanner.url == "socket://localhost:7003"
    assert "cash.clearing_by_two" in found
    assert "cash.bills" not in found


# -- the machine's own state ---------------------------------------------------------------------


def test_the_machine_tells_how_it_is(stand: Stand) -> None:
    stand.hearts.heart("engine", 60.0)
    stand.clock.advance(3)
    stand.journal.alarm(Alarm(code="x", detail="", at_ms=77))
    told = stand.ask(stand.bench.machine)
    assert (told.terminal_no, told.qt_version) == ("310001", "6.9.0")
    assert (told.journal_entries, told.reports_waiting, told.oldest_report_ms) == (
        len(EVENTS),
        1,
        77,
    )
    assert told.hearts == (Heart(name="engine", age_s=3, limit_s=60),)
    assert told.free_mb > 0
    assert told.journal_mb > 0
    assert told.update == NO_UPDATE_KNOWN
    assert (told.roster_version, told.roster_confirmed_ms) == (0, None)


def test_it_knows_when_the_roster_was_confirmed(stand: Stand) -> None:
    office = Office(version=5)
    stand.roster.follow(office.signed_in(), office)
    told = stand.ask(stand.bench.machine)
    assert (told.roster_version, told.roster_confirmed_ms) == (5, stand.clock.wall_ms())


def test_a_journal_that_is_closed_hides_nothing_else(stand: Stand) -> None:
    stand.journal.close()
    told = stand.ask(stand.bench.machine)
    assert (told.reports_waiting, told.oldest_report_ms) == (0, None)
    assert told.python_version


# -- the export ----------------------------------------------------------------------------------


def test_everything_goes_onto_the_stick_and_a_fact_says_so(stand: Stand) -> None:
    written = stand.ask(stand.bench.export)
    assert stand.facts == [Exported(file=written.file, staff="wang")]
    file = stand.stick / written.file
    with file.open("rb") as opened:
        manifest = check(opened, lambda _: bytes.fromhex(IDENTITY.public_key()))
    assert set(manifest.files) == {
        "machine.json",
        "parameters.txt",
        "health.json",
        "journal.txt",
        "log/kiosk.log",
    }
    with zipfile.ZipFile(file) as archive:
        parts = archive.read("parameters.txt").decode()
        assert "ABC" not in parts
        assert "me:secret" not in parts
        assert "wang" not in archive.read("health.json").decode()


def test_without_a_stick_a_fact_says_that(stand: Stand) -> None:
    stand.stick.rmdir()
    written = stand.ask(stand.bench.export)
    assert written == Export(file="", trouble=ExportTrouble.NO_STICK)
    assert stand.facts == [Exported(file="", trouble="no-stick", staff="wang")]


@pytest.mark.parametrize(
    "walk", [signed_in(Role.OPERATOR), Walk().open_shop()], ids=["operator", "nobody"]
)
def test_who_may_not_gets_nothing_and_nothing_is_written(stand: Stand, walk: Walk) -> None:
    stand.sees(walk)
    assert stand.ask(stand.bench.parameters) == ()
    assert stand.ask(stand.bench.export) == Export(file="", trouble=ExportTrouble.NOT_ALLOWED)
    assert list(stand.stick.iterdir()) == []
    assert stand.facts == []
