"""Writes golden journals: ``python -m tests.engine.make_golden NAME``; before each release.

``NAME.db`` holds a fact and a waiting report of every kind, ``NAME/`` the journal of a terminal
that served customers and archived: commit both. A golden journal is never changed once the software
that wrote it has been delivered, it stands for the journals in the field. When a kind of fact or
report is new, or the way of writing changes, new ones are made beside the old ones.
"""

import sys
from pathlib import Path

from msgspec.structs import replace

from kiosk.engine import archiving
from kiosk.engine.database import Database
from kiosk.engine.journal import Journal
from kiosk.flow.event import CashChosen
from tests.engine.sample_reports import REPORTS
from tests.engine.samples import EVENTS
from tests.engine.test_customer import Kiosk, customer

DIRECTORY = Path(__file__).parent / "golden"
START_MS = 1_763_949_990_000
PURCHASES = 6


def write(file: Path) -> None:
    """Write a journal that holds a fact and a report of every kind, one second apart."""
    journal = Journal(Database(file), new_id=lambda: "golden")
    journal.open()
    for number, event in enumerate(EVENTS):
        reports = REPORTS if isinstance(event, CashChosen) else ()
        journal.append(replace(event, at_ms=START_MS + 1000 * number), reports)
    journal.close()


def write_archived(directory: Path) -> None:
    """Write the journal of a terminal that sold, and whose beginning is in archives."""
    kiosk = Kiosk(directory, checkpoint_entries=10)
    for number in range(PURCHASES):
        for event in customer(str(number)):
            kiosk.take(event)
        kiosk.clock.advance(600)
        kiosk.engine.tick()
    archiving.FILE_ENTRIES = 50
    for _ in kiosk.journal.archive(kiosk.journal.head.seq):
        pass
    kiosk.engine.close()
    (directory / "journal.db.head").unlink()


if __name__ == "__main__":
    name = sys.argv[1]
    if (DIRECTORY / f"{name}.db").exists():
        sys.exit(f"{name} is there already, and is never changed")
    write(DIRECTORY / f"{name}.db")
    (DIRECTORY / f"{name}.db.head").unlink()
    write_archived(DIRECTORY / name)
