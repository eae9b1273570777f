"""What keeping a journal costs: ``python -m tests.engine.measure_keeping [ENTRIES] [DIRECTORY]``.

Opening, archiving slice by slice, following archives from the first entry, a nightly copy.
"""

import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import replace

from kiosk.engine.copies import Copies
from kiosk.flow import event as ev
from tests.engine.toy import Rig


def filled(directory: Path, entries: int) -> Rig:
    """A journal of entries of 300 bytes, made without waiting for the disk."""
    rig = Rig(directory)
    rig.journal.open()
    connection = rig.database._connection
    assert connection is not None
    connection.exec_driver_sql("PRAGMA synchronous = OFF")
    at_ms = rig.clock.wall_ms()
    fact = ev.DeviceChanged(device=ev.Device.PRINTER, state=ev.DeviceState.OK, detail="x" * 100)
    for number in range(entries):
        rig.journal.append(replace(fact, at_ms=at_ms + number))
    rig.journal.save_checkpoint("1", b"state")
    return rig


def slices(run: Iterable[object]) -> tuple[list[float], float]:
    """Return what each slice took, longest last, and the whole, in milliseconds."""
    times, start = [], time.perf_counter()
    last = start
    for _ in run:
        now = time.perf_counter()
        times.append((now - last) * 1000)
        last = now
    return sorted(times), (time.perf_counter() - start) * 1000


def say(what: str, run: Iterable[object]) -> None:
    times, whole_ms = slices(run)
    p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    print(
        f"{what}: {whole_ms / 1000:.2f} s in {len(times)} slices, "
        f"p50 {p50:.0f}, p99 {p99:.0f}, longest {times[-1]:.0f} ms"
    )


def opened(rig: Rig, what: str) -> None:
    start = time.perf_counter()
    rig.journal.open()
    print(f"opening with {what}: {time.perf_counter() - start:.2f} s")


def main(entries: int, directory: Path) -> None:
    rig = filled(directory / "kiosk", entries)
    opened(rig, f"{entries} live entries")
    copies = Copies(rig.journal, directory / "copies", 7)
    say(f"nightly copy of {entries} entries", copies.make("20251124"))
    say(f"archiving {entries} entries", rig.journal.archive(entries))
    opened(rig, f"{entries} archived entries")
    start = time.perf_counter()
    assert sum(1 for _ in rig.journal.entries()) == entries
    print(f"reading {entries} archived entries: {time.perf_counter() - start:.2f} s")
    start = time.perf_counter()
    rig.engine._recover()
    print(f"following them from the first: {time.perf_counter() - start:.2f} s")
    start = time.perf_counter()
    rig.journal.mentions("3100012511240000015")
    print(f"looking for an order in all archives: {time.perf_counter() - start:.2f} s")
    rig.engine.close()


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    if len(sys.argv) > 2:
        main(count, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(count, Path(temporary))
