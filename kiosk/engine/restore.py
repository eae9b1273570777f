"""Goes back to a copy: ``python -m kiosk.engine.restore COPY JOURNAL``, while the kiosk is stopped.

Nothing is deleted: what was there goes into ``set-aside-<time>`` first. At every instant in
between the anchor makes the kiosk refuse to start, so that a half-done restore is never taken for
a journal.
New reports are numbered far behind those that the head office may have taken since the copy, also
since an earlier way back to the same copy.
"""

import logging
import shutil
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from kiosk.backend import outbox
from kiosk.engine import finished, tables
from kiosk.engine.archive import Archives
from kiosk.engine.chain import Head
from kiosk.engine.clock import CHINA, Clock, SystemClock
from kiosk.engine.copies import copy_archives, proved
from kiosk.engine.database import Database, JournalDamaged, JournalError, JournalInUse
from kiosk.engine.finished import PART, NotMade, Unsound
from kiosk.engine.journal import Journal

_logger = logging.getLogger(__name__)

SKIPPED_REPORTS = 1_000_000


def restore(copy: Path, file: Path, clock: Clock) -> Head:
    """Put ``copy`` in the place of the journal ``file``; return its last entry.

    Raises Unsound when the copy is not sound, NotMade when there is no room, JournalInUse while the
    kiosk runs. Run again after a failure.
    """
    base, *_ = proved(copy)
    part = file.with_name(file.name + PART)
    try:
        aside = _set_aside(file, clock)
        _refuse_while_in_use(file, aside)
        shutil.copyfile(copy, part)
        with tables.filling(part) as target:
            outbox.go_on_after(target, _free_after(outbox.last_given(target), clock.wall_ms()))
        finished.sync(part)
        for _ in copy_archives(Archives(copy.parent / file.name), Archives(file), base.seq):
            pass
        _beside(file, "-wal").unlink(missing_ok=True)
        part.replace(file)
        finished.sync_directory(file.parent)
        _beside(file, ".head").unlink(missing_ok=True)
    except (OSError, DBAPIError) as error:
        raise NotMade(str(error)) from error
    return _opened(file)


def _free_after(copied_no: int, now_ms: int) -> int:
    """Return a report number behind which none was given, however often this copy was put back.

    No terminal gives a report in each millisecond, so the time is ahead of all numbers.
    """
    return max(copied_no + SKIPPED_REPORTS, now_ms)


def _refuse_while_in_use(file: Path, aside: Path) -> None:
    """Only a lock is looked for: that the file is damaged is why somebody restores.

    After setting aside, because opening a file drops what SQLite cannot read of it.
    """
    if not file.exists():
        return
    database = Database(file, lock_wait_s=0.0)
    try:
        database.open()
    except JournalInUse:
        shutil.rmtree(aside)
        raise
    except JournalError as error:
        _logger.info("restoring over: %s", error)
    finally:
        database.close()


def _set_aside(file: Path, clock: Clock) -> Path:
    when = datetime.fromtimestamp(clock.wall_ms() / 1000, CHINA).strftime("%Y%m%d-%H%M%S")
    aside = file.parent / f"set-aside-{when}"
    aside.mkdir(parents=True, exist_ok=True)
    for suffix in ("", "-wal", "-wal.found", ".head"):
        if (found := _beside(file, suffix)).exists():
            shutil.copy2(found, aside)
            finished.sync(aside / found.name)
    return aside


def _beside(file: Path, suffix: str) -> Path:
    return file.with_name(file.name + suffix)


def _opened(file: Path) -> Head:
    journal = Journal(Database(file))
    try:
        journal.open()
        return journal.head
    finally:
        journal.close()


def main(arguments: list[str]) -> int:
    """Go back to a copy and say where the journal stands now."""
    copy, file = map(Path, arguments)
    try:
        head = restore(copy, file, SystemClock())
    except (NotMade, Unsound, JournalInUse, JournalDamaged) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    at = datetime.fromtimestamp(head.at_ms / 1000, CHINA)
    print(f"{file}: back at entry {head.seq}, {at:%Y-%m-%d %H:%M:%S}; the head office has the rest")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m kiosk.engine.restore COPY JOURNAL")
    sys.exit(main(sys.argv[1:]))
