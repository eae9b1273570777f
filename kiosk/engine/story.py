"""Tells what is in a journal, masked: ``python -m kiosk.engine.story FILE [ORDER]``."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from msgspec.structs import asdict

from kiosk.engine.chain import Entry
from kiosk.engine.clock import CHINA
from kiosk.engine.damage import NEXT_STEP
from kiosk.engine.database import Database, JournalDamaged, JournalError
from kiosk.engine.journal import Journal
from kiosk.engine.mask import masked_fields

_VISIT = "CardInserted"
"""A visit begins with a card: what lies between two of these entries belongs together."""
_LAST_SHOWN = 50


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
    told = 0
    for seq in journal.mentions(order_no):
        if seq > told:
            first, last = journal.around(seq, _VISIT)
            yield from tell(journal, journal.entries(max(first, told + 1), last))
            told = last


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
