"""What the journal and a turn cost: ``python -m tests.engine.measure [DIRECTORY]``.

Bare appends (one INSERT of the same size, same settings, nothing else) and engine turns take
turns in blocks, so that both meet the same disk.
"""

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from kiosk.flow import event as ev
from kiosk.flow.phase import Phase
from tests.engine.test_customer import Kiosk, customer
from tests.engine.toy import Rig

BLOCKS, BLOCK = 20, 150
PURCHASES = 200
ENTRIES = 100_000


def timed(call: Callable[[], object], into: list[float]) -> None:
    start = time.perf_counter()
    call()
    into.append((time.perf_counter() - start) * 1000)


def connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def bare(file: Path) -> Callable[[], object]:
    connection = connect(file)
    connection.execute(
        "CREATE TABLE entries (seq INTEGER PRIMARY KEY, at_ms, encoding, kind, body, prev, hash)"
    )
    row = (1_760_000_000_000, 1, "NoteStacked", b"x" * 110, b"h" * 32, b"h" * 32)
    return lambda: connection.execute("INSERT INTO entries VALUES (NULL, ?, ?, ?, ?, ?, ?)", row)


def say(name: str, times_ms: list[float]) -> None:
    ordered = sorted(times_ms)
    p50, p99 = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
    print(f"{name:12} mean {statistics.mean(ordered):.3f}  p50 {p50:.3f}  p99 {p99:.3f} ms")


def main(directory: Path) -> None:
    append_bare = bare(directory / "bare.db")
    measure_turns(Rig(directory / "turns"), append_bare)
    measure_purchases(directory / "purchases")
    measure_start(Rig(directory / "start"))


def measure_turns(rig: Rig, append_bare: Callable[[], object]) -> None:
    rig.engine.start()
    times: dict[str, list[float]] = {"bare append": [], "append": [], "turn": []}
    removed = ev.CardRemoved(at_ms=rig.clock.wall_ms())
    for _ in range(BLOCKS):
        for _ in range(BLOCK):
            timed(append_bare, times["bare append"])
        for _ in range(BLOCK):
            timed(lambda: rig.journal.append(removed), times["append"])
        for _ in range(BLOCK):
            timed(lambda: rig.engine.turn(ev.CashChosen()), times["turn"])
    for name, times_ms in times.items():
        say(name, times_ms)
    bare_ms = sum(times["bare append"])
    print(f"append against bare append: {sum(times['append']) / bare_ms:.2f}")
    print(f"turn against bare append: {sum(times['turn']) / bare_ms:.2f}")


def measure_purchases(directory: Path) -> None:
    """Whole purchases by the customer's flow, against the same rows written and nothing else."""
    whole: list[float] = []
    rows_alone: list[float] = []
    kiosk = Kiosk(directory, checkpoint_entries=1000)
    copy = Copy(kiosk, directory / "copy.db")
    for number in range(PURCHASES):
        before = kiosk.journal.head.seq
        for event in customer(str(number), notes=3):
            timed(lambda: kiosk.take(event), whole)  # noqa: B023  called at once
        kiosk.clock.advance(600)
        timed(kiosk.engine.tick, whole)
        rows_alone += map(copy.append, range(before + 1, kiosk.journal.head.seq + 1))
        assert kiosk.session.phase is Phase.IDLE
    facts = len(rows_alone) / PURCHASES
    print(f"a purchase of three notes, {facts:.0f} facts: {sum(whole) / PURCHASES:.2f} ms")
    print(f"purchase against its durable appends alone: {sum(whole) / sum(rows_alone):.2f}")


class Copy:
    """A second database with the same tables, into which rows are put by the driver alone."""

    def __init__(self, kiosk: Kiosk, file: Path) -> None:
        self._source = kiosk.journal.database
        self._target = connect(file)
        with self._source.transaction() as connection:
            for statement in connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE tbl_name IN ('entries', 'outbox')"
            ).scalars():
                self._target.execute(statement)

    def append(self, seq: int) -> float:
        """Put one entry and its reports there durably; return the milliseconds it took."""
        rows = [(table, row) for table in (ENTRY, REPORTS) for row in self._rows(table[0], seq)]
        start = time.perf_counter()
        self._target.execute("BEGIN IMMEDIATE")
        for (_, insert), row in rows:
            self._target.execute(insert, row)
        self._target.execute("COMMIT")
        return (time.perf_counter() - start) * 1000

    def _rows(self, select: str, seq: int) -> list[tuple[object, ...]]:
        with self._source.transaction() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(select, (seq,))]


ENTRY = (
    "SELECT * FROM entries WHERE seq = ?",
    "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)",
)
REPORTS = (
    "SELECT * FROM outbox WHERE entry_seq = ?",
    "INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
)


def measure_start(rig: Rig) -> None:
    rig.journal.open()
    connection = rig.database._connection
    assert connection is not None
    connection.exec_driver_sql("PRAGMA synchronous = OFF")
    note = ev.NoteStacked(note_id="n", value_fen=1, at_ms=rig.clock.wall_ms())
    for _ in range(ENTRIES):
        rig.journal.append(note)
    start = time.perf_counter()
    rig.journal.open()
    checked = time.perf_counter()
    rig.engine._recover()
    print(f"check of {ENTRIES} entries: {checked - start:.2f} s")
    print(f"following them without a checkpoint: {time.perf_counter() - checked:.2f} s")
    size = sum(file.stat().st_size for file in rig.database.file.parent.glob("journal.db*"))
    print(f"bytes per entry: {size / ENTRIES:.0f}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
