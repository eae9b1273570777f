"""Writes a golden journal: ``python -m tests.engine.make_golden NAME``.

A golden journal is never changed once the software that wrote it has been delivered: it stands for
the journals in the field. When the way of writing changes, a new one is made beside the old ones.
"""

import sys
from pathlib import Path

from msgspec.structs import replace

from kiosk.engine.database import Database
from kiosk.engine.journal import Journal
from tests.engine.samples import EVENTS, ORDER_NO
from vending.messages import OrderOpened

DIRECTORY = Path(__file__).parent / "golden"
START_MS = 1_763_949_990_000
OPENED = OrderOpened(
    order_no=ORDER_NO,
    opened_at_ms=START_MS,
    customer_no="1000200030",
    meter_no="000123456789",
    card_serial="0102030405060708",
)


def write(file: Path) -> None:
    """Write a journal that holds a fact of every kind, one second apart."""
    journal = Journal(Database(file), new_id=lambda: "golden")
    journal.open()
    for number, event in enumerate(EVENTS):
        opened = [OPENED] if type(event).__name__ == "CashChosen" else []
        journal.append(replace(event, at_ms=START_MS + 1000 * number), opened)
    journal.close()


if __name__ == "__main__":
    write(DIRECTORY / sys.argv[1])
