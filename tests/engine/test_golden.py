"""Journals in the field: whatever older software wrote can be read, checked and told."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from kiosk.backend import outbox
from kiosk.cashbox.count import figures
from kiosk.engine.clock import ManualClock
from kiosk.engine.database import Database
from kiosk.engine.encoding import kinds_of
from kiosk.engine.journal import Journal
from kiosk.engine.story import main, story, tell
from kiosk.flow import event as ev
from kiosk.flow.phase import Phase
from tests.engine.make_golden import DIRECTORY, PURCHASES
from tests.engine.sample_reports import REPORTS
from tests.engine.samples import ACCOUNT, CARD, ORDER_NO
from tests.engine.test_customer import Kiosk
from vending.messages import Report

GOLDEN = sorted(DIRECTORY.glob("*.db"))
ARCHIVED = sorted(file.parent for file in DIRECTORY.glob("*/journal.db"))
HOW = "add it to tests/engine/samples.py, then: python -m tests.engine.make_golden NAME"


@pytest.fixture(params=GOLDEN, ids=lambda file: file.stem)
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    file = tmp_path / "journal.db"
    shutil.copy(request.param, file)
    journal = Journal(Database(file))
    journal.open()
    yield journal
    journal.close()


def holds(whole: Any, part: Any) -> bool:
    """Tell whether everything in ``part`` is in ``whole``, which may have more fields."""
    if isinstance(part, dict):
        return all(name in whole and holds(whole[name], part[name]) for name in part)
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(holds, whole, part))
    return bool(whole == part)


def test_every_entry_is_still_understood_as_it_was_meant(journal: Journal) -> None:
    for entry in journal.entries():
        now = msgspec.to_builtins(journal.event(entry))
        assert holds(now, msgspec.json.decode(entry.body)), entry.kind


def opened(file: Path, directory: Path) -> Journal:
    directory.mkdir()
    shutil.copy(file, directory / "journal.db")
    journal = Journal(Database(directory / "journal.db"))
    journal.open()
    return journal


def test_every_kind_of_fact_is_in_a_golden_journal(tmp_path: Path) -> None:
    """A new fact must be added to the samples, and a new golden journal made."""
    kept = set()
    for number, file in enumerate(GOLDEN):
        journal = opened(file, tmp_path / str(number))
        kept |= {entry.kind for entry in journal.entries()}
        journal.close()
    declared = {kind for kind in kinds_of(ev.Event) if kind.__module__.startswith("kiosk.")}
    assert {kind.__name__ for kind in declared} - kept == set(), HOW


def test_every_kind_of_report_is_in_a_golden_journal_and_still_understood(tmp_path: Path) -> None:
    """Reports wait while the software is changed under them."""
    kept: set[type] = set()
    for number, file in enumerate(GOLDEN):
        journal = opened(file, tmp_path / str(number))
        with journal.transaction() as connection:
            query = outbox.outbox.select().order_by(outbox.outbox.c.report_no)
            bodies = [row.body for row in connection.execute(query)]
        for body in bodies:
            report = msgspec.json.decode(body, type=Report)
            assert holds(msgspec.to_builtins(report), msgspec.json.decode(body))
            kept.add(type(report))
        journal.close()
    assert set(get_args(Report)) - kept == set(), HOW
    assert kept >= {type(report) for report in REPORTS}


@pytest.mark.parametrize("golden", ARCHIVED, ids=lambda golden: golden.name)
def test_new_software_follows_a_golden_journal_through_its_archives(
    golden: Path, tmp_path: Path
) -> None:
    """No checkpoint of older software counts: the session is made from the first fact on."""
    shutil.copytree(golden, tmp_path / "kiosk")
    journal = Journal(Database(tmp_path / "kiosk" / "journal.db"))
    journal.open()
    assert journal.base.seq > 0
    with journal.database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM checkpoints")
    kinds = [journal.event(entry) for entry in journal.entries()]
    assert sum(isinstance(event, ev.CardProved) for event in kinds) == PURCHASES
    journal.close()
    kiosk = Kiosk(tmp_path / "kiosk", clock=ManualClock(journal.head.at_ms))
    assert kiosk.engine.halt is None
    assert (kiosk.session.phase, kiosk.session.orders_made) == (Phase.IDLE, PURCHASES)
    assert kiosk.session.parked == ()
    (energy,) = figures(kiosk.session.cash.period).sums
    assert (energy.orders, energy.completed_orders, energy.slips) == (PURCHASES,) * 3
    kiosk.engine.close()


def test_fields_that_are_gone_are_ignored_and_new_ones_have_defaults(journal: Journal) -> None:
    entry = next(journal.entries())._replace(
        body=b'{"type":"Restarted","boot_id":"b","colour":"red"}'
    )
    assert journal.event(entry) == ev.Restarted(boot_id="b")


def test_a_journal_can_be_told_without_naming_anybody(journal: Journal) -> None:
    lines = list(tell(journal, journal.entries()))
    assert len(lines) == journal.head.seq
    assert lines[0].startswith("       1  2025-11-24 10:06:30.000  Restarted {")
    text = "\n".join(lines)
    for secret in ("王", "幸福路", ACCOUNT.customer_no, CARD.serial, CARD.meter_no):
        assert secret not in text
    assert ORDER_NO in text


def test_the_story_of_an_order_begins_with_its_card(journal: Journal) -> None:
    *_, last = journal.entries()
    journal.append(ev.CardInserted(at_ms=journal.head.at_ms))
    journal.append(ev.CancelPressed(at_ms=journal.head.at_ms))
    lines = list(story(journal, ORDER_NO))
    assert "CardInserted" in lines[0]
    assert sum("CardInserted" in line for line in lines) == 1
    assert sum("NoteStacked" in line for line in lines) == 1
    assert last.kind in lines[-1]
    assert len(lines) == journal.head.seq - 2 - 4


def test_an_order_that_comes_back_later_has_two_visits(journal: Journal) -> None:
    at_ms = journal.head.at_ms
    for event in (
        ev.CardInserted(at_ms=at_ms),
        ev.VendNotSold(order_no=ORDER_NO, at_ms=at_ms),
        ev.CardInserted(at_ms=at_ms),
        ev.VendNotSold(order_no="another", at_ms=at_ms),
    ):
        journal.append(event)
    lines = list(story(journal, ORDER_NO))
    assert sum("CardInserted" in line for line in lines) == 2
    assert "another" not in "".join(lines)


def test_an_unknown_order_has_no_story(journal: Journal) -> None:
    assert list(story(journal, "0000000000000000000")) == []


def test_the_command_line_tells_and_checks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "journal.db"
    shutil.copy(GOLDEN[0], file)
    assert main([str(file)]) == 0
    assert "entries, whole" in capsys.readouterr().out
    assert main([str(file), ORDER_NO]) == 0
    assert "NoteStacked" in capsys.readouterr().out
    file.write_bytes(b"nothing")
    assert main([str(file)]) == 1
    assert "JournalDamaged" in capsys.readouterr().err
