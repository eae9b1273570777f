"""Tells what is in a journal, masked: ``python -m kiosk.engine.story FILE [ORDER]``."""

import json
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from kiosk.engine.chain import Entry
from kiosk.engine.clock import CHINA
from kiosk.engine.damage import NEXT_STEP
from kiosk.engine.database import Database, JournalDamaged, JournalError
from kiosk.engine.journal import Journal
from kiosk.engine.mask import masked_fields
from kiosk.engine.staff import StoryLine

_VISIT = "CardInserted"
"""A visit begins with a card: what lies between two of these entries belongs together."""
_LAST_SHOWN = 50

Flat = tuple[str, str | int | bool]


def tell(journal: Journal, entries: Iterable[Entry]) -> Iterator[str]:
    """Return a line for each entry: number, time in China, fact, fields without personal data."""
    for entry in entries:
        at = datetime.fromtimestamp(entry.at_ms / 1000, CHINA)
        said = masked_fields(asdict(journal.event(entry)))
        del said["at_ms"]
        text = json.dumps(said, ensure_ascii=False) if said else ""
        when = at.isoformat(sep=" ", timespec="milliseconds").removesuffix("+08:00")
        yield f"{entry.seq:>8}  {when}  {entry.kind} {text}".rstrip()


def story(journal: Journal, order_no: str) -> Iterator[str]:
    """Return the lines of every visit in which an order was paid, sold, written or asked about."""
    for first, last in visits(journal, order_no):
        yield from tell(journal, journal.entries(first, last))


def visits(journal: Journal, order_no: str) -> Iterator[tuple[int, int]]:
    """Return the first and last entry of each visit that an order had, none of them twice."""
    told = 0
    for seq in journal.mentions(order_no):
        if seq > told:
            first, last = journal.around(seq, _VISIT)
            yield max(first, told + 1), last
            told = last


MOST_LINES = 500
"""Of one order's story on a screen: the latest."""
_DEPTH = 2


class Storyteller:
    """The stories of a journal for the staff's page (`kiosk.engine.staff_desk.Stories`)."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def story(self, order_no: str) -> Iterator[StoryLine]:
        """Return the lines of every visit in which an order was paid, sold, written, asked about.

        What stands inside a fact is named with a dot: ``vend.purchase_count``. Raises JournalError.
        """
        latest = deque(self._entries(order_no), maxlen=MOST_LINES)
        for entry in latest:
            said = masked_fields(asdict(self._journal.event(entry)))
            del said["at_ms"]
            yield StoryLine(at_ms=entry.at_ms, kind=entry.kind, said=dict(_flat(said)))

    def _entries(self, order_no: str) -> Iterator[Entry]:
        for first, last in visits(self._journal, order_no):
            yield from self._journal.entries(first, last)


def _flat(said: dict[str, Any], prefix: str = "", depth: int = _DEPTH) -> Iterator[Flat]:
    for name, value in said.items():
        if isinstance(value, dict) and depth:
            yield from _flat(value, f"{prefix}{name}.", depth - 1)
        elif isinstance(value, str | int) and name != "is":
            yield f"{prefix}{name}", value


def main(arguments: list[str]) -> int:
    """Check a journal and print the story of an order, or its last entries."""
    file, *order_no = arguments
    journal = Journal(Database(Path(file)))
    try:
        journal.open()
        last = journal.head.seq
        print(f"journal {journal.journal_id}: {last} entries, whole")
        recent = tell(journal, journal.entries(last - _LAST_SHOWN + 1))
        for line in story(journal, order_no[0]) if order_no else recent:
            print(line)
    except JournalError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        if isinstance(error, JournalDamaged):
            print(NEXT_STEP[error.kind], file=sys.stderr)
        return 1
    finally:
        journal.close()
    return 0


if __name__ == "__main__":
    if len(sys.argv) not in {2, 3}:
        sys.exit("usage: python -m kiosk.engine.story FILE [ORDER]")
    sys.exit(main(sys.argv[1:]))
