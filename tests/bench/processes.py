"""Looks for processes that were left behind."""

from pathlib import Path


def running_with(folder: Path) -> list[str]:
    """Every process whose command line names ``folder``."""
    lines = [
        file.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        for file in Path("/proc").glob("[0-9]*/cmdline")
        if file.exists()
    ]
    return [line for line in lines if str(folder) in line]
