"""What Linux tells about a running process: memory and processor time (``/proc``, proc(5))."""

import os
import platform
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def circumstances() -> str:
    """Return when and on what something is measured, and how busy that is with other things."""
    now = datetime.now().astimezone()
    return (
        f"{now:%Y-%m-%d %H:%M}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load before {os.getloadavg()[0]:.1f}"
    )


def rss_mb(pid: int) -> float:
    """Return the resident memory, shared libraries counted in full, in MB (10^6 bytes)."""
    return _rollup_kb(pid, "Rss:") * 1024 / 1e6


def pss_mb(pid: int) -> float:
    """Return the proportional memory (shared pages divided among their users), in MB."""
    return _rollup_kb(pid, "Pss:") * 1024 / 1e6


def _rollup_kb(pid: int, name: str) -> int:
    for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise LookupError(f"{name} of process {pid}")


def cpu_s(pid: int) -> float:
    """Return the processor time that a process has used, all threads, in seconds."""
    # The name in parentheses may contain spaces: fields are counted after it.
    fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


def queued_ns() -> int:
    """Return how long this process's first thread, ready to run, has waited for a processor."""
    return int((_PROC / "self" / "schedstat").read_text().split()[1])


def descendants(pid: int) -> Iterator[int]:
    """Yield the processes below a process, children before grandchildren."""
    for file in (_PROC / str(pid) / "task").glob("*/children"):
        for child in map(int, file.read_text().split()):
            yield child
            yield from descendants(child)
