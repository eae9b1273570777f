"""Nightly copies of the journal: made beside running service, proved, only then named.

``journal-<yyyymmdd>.db`` holds the live file as it was at one instant: entries, reports,
checkpoints. Archives never change, so each is copied once, into ``archive`` beside the copies.
How to go back to a copy: `kiosk.engine.restore` and docs/operators.md.
"""

import logging
import re
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from kiosk.backend import outbox
from kiosk.engine import finished, tables
from kiosk.engine.archive import Archives
from kiosk.engine.chain import Head
from kiosk.engine.finished import PART, NotMade, Unsound
from kiosk.engine.journal import Journal

_logger = logging.getLogger(__name__)

_NAME = re.compile(r"journal-\d{8}\.db")
_REPORTS_SLICE = 1_000


class Copies:
    """The copies of one journal in a directory."""

    def __init__(self, journal: Journal, directory: Path, kept: int) -> None:
        self._journal = journal
        self._directory = directory
        self._kept = kept

    def has(self, day: str) -> bool:
        """Tell whether there is a copy of a day (yyyymmdd)."""
        return self._file(day).exists()

    def make(self, day: str) -> Iterator[None]:
        """Copy the journal, pausing after each slice; nothing counts until the copy is proved.

        Raises NotMade, or JournalError when the journal itself fails.
        """
        file = self._file(day)
        with self._journal.transaction() as live:
            identity = tables.read_identity(live)
        if identity is None:
            raise NotMade("the journal is empty")
        part = finished.begin(file, identity)
        _begin_reports(part)
        yield from self._copy_archives(identity.base.seq)
        seq = yield from self._copy_entries(part, identity.base.seq)
        report_no = yield from self._copy_reports(part)
        head = self._copy_rest(part, seq, report_no)
        yield
        try:
            for _ in proved(part, head):
                yield
        except Unsound as unsound:
            raise NotMade(f"the copy is not what was copied: {unsound}") from unsound
        finished.finish(part)
        self._remove_old()
        _logger.info("copied up to entry %d: %s", head.seq, file)

    def _file(self, day: str) -> Path:
        return self._directory / f"journal-{day}.db"

    def _copy_entries(self, part: Path, seq: int) -> Generator[None, None, int]:
        """Copy what is there now; give the last entry that was copied."""
        until_seq = self._journal.head.seq
        while seq < until_seq:
            last_seq = min(until_seq, seq + finished.SLICE_ENTRIES)
            with self._journal.transaction() as live:
                entries = list(tables.stored(live, seq + 1, last_seq))
            if len(entries) != last_seq - seq:
                raise NotMade("entries went into an archive meanwhile")
            finished.grow(part, entries)
            seq = last_seq
            yield
        return seq

    def _copy_reports(self, part: Path) -> Generator[None, None, int]:
        """Copy the reports; give the last number.

        One that is taken meanwhile may stay waiting in the copy: it is delivered twice then, and
        the head office takes it once.
        """
        report_no = 0
        while rows := self._reports_after(report_no, _REPORTS_SLICE):
            _fill(part, {outbox.outbox: rows})
            report_no = rows[-1]["report_no"]
            yield
        return report_no

    def _reports_after(self, report_no: int, count: int) -> list[dict[str, Any]]:
        later = outbox.outbox.c.report_no > report_no
        query = select(outbox.outbox).where(later).order_by(outbox.outbox.c.report_no).limit(count)
        with self._journal.transaction() as live:
            return [dict(row) for row in live.execute(query).mappings()]

    def _copy_rest(self, part: Path, seq: int, report_no: int) -> Head:
        """Add what has come since, all of one instant; give the head of that instant."""
        later = outbox.outbox.c.report_no > report_no
        with self._journal.transaction() as live:
            entries = list(tables.stored(live, seq + 1))
            reports = live.execute(select(outbox.outbox).where(later)).mappings().all()
            kept = live.execute(select(tables.checkpoints)).mappings().all()
            last_no = outbox.last_given(live)
            head = tables.last(live) or self._journal.base
        finished.grow(part, entries)
        rows = {outbox.outbox: list(map(dict, reports)), tables.checkpoints: list(map(dict, kept))}
        _fill(part, rows, last_no)
        return head

    def _copy_archives(self, base_seq: int) -> Iterator[None]:
        """Copy the archives that are not beside the copies yet."""
        beside = Archives(self._directory / self._journal.database.file.name)
        yield from copy_archives(self._journal.archives, beside, base_seq)

    def _remove_old(self) -> None:
        names = [file for file in self._directory.iterdir() if _NAME.fullmatch(file.name)]
        try:
            for file in sorted(names)[: -self._kept]:
                file.unlink()
        except OSError as error:
            _logger.warning("an old copy stays: %s", error)


def copy_archives(source: Archives, target: Archives, base_seq: int) -> Iterator[None]:
    """Copy the archives up to ``base_seq`` that are not in their place. Raises NotMade.

    A damaged one is told in the log and left out: it must not keep the journal from being copied.
    """
    for archive in source.all():
        file = target.file(archive.first_seq, archive.last_seq)
        if archive.first_seq > base_seq or file.exists():
            continue
        try:
            yield from _copied(archive.file, file)
        except Unsound as unsound:
            _logger.error("archive %s is left out: %s", archive.file.name, unsound)


def _copied(source: Path, target: Path) -> Iterator[None]:
    """Copy a finished file and prove the copy. Raises NotMade, Unsound."""
    part = target.with_name(target.name + PART)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, part)
        finished.sync(part)
    except OSError as error:
        raise NotMade(str(error)) from error
    for _ in finished.followed(part):
        yield
    finished.finish(part)


def proved(file: Path, head: Head | None = None) -> Iterator[Head]:
    """Follow a copy and check all that is in it, up to ``head`` if given. Raises Unsound."""
    reached = None
    for reached in finished.followed(file):
        yield reached
    if reached is None or (head and head != reached):
        raise Unsound(reached.seq + 1 if reached else 1, f"{file.name}: ends too early")
    try:
        with tables.reading(file) as source:
            found = source.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
            report_no = outbox.damaged(source)
    except (DBAPIError, UnicodeDecodeError) as error:
        raise Unsound(reached.seq + 1, f"{file.name}: {error}") from error
    if found != "ok" or report_no is not None:
        why = f"report {report_no} is damaged" if report_no else found
        raise Unsound(reached.seq + 1, f"{file.name}: {why}")


def _begin_reports(part: Path) -> None:
    try:
        with tables.filling(part) as target:
            outbox.TABLES.create_all(target)
    except DBAPIError as error:
        raise NotMade(str(error.orig)) from error


def _fill(part: Path, rows: dict[Any, list[dict[str, Any]]], last_no: int = 0) -> None:
    try:
        with tables.filling(part) as target:
            target.exec_driver_sql("BEGIN")
            for table, content in rows.items():
                if content:
                    target.execute(table.insert(), content)
            if last_no:
                outbox.go_on_after(target, last_no)
            target.exec_driver_sql("COMMIT")
    except DBAPIError as error:
        raise NotMade(str(error.orig)) from error
