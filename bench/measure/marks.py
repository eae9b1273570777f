"""What a measured child process tells its parent: moments on the clock that both share."""

import json
import time
from collections.abc import Mapping

FRAME = "frame"
"""The first frame is painted."""
IDLE = "idle"
"""The idle screen is painted."""


def now_ns() -> int:
    """Return CLOCK_MONOTONIC, which on Linux is one clock for all processes."""
    return time.monotonic_ns()


def announce(marks: Mapping[str, object]) -> None:
    """Print one line for the parent."""
    print(json.dumps(marks), flush=True)
