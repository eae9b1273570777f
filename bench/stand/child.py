"""Child processes of the bench: programs of this project, started as anybody would start them."""

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
STOP_TIMEOUT_S = 10.0
KILL_TIMEOUT_S = 5.0
LOOK_S = 0.02
_TAIL_BYTES = 2_000


class ChildEnded(Exception):
    """A child process ended before it did what it was started for. The text is its last words."""


class Child:
    """One process with its output in a file."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        log: Path,
        *,
        announces: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Run ``python -m module arguments``; ``announces``: its standard output is read here."""
        self._log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if announces else file,
                stderr=file,
                start_new_session=True,  # Ctrl-C is for the parent, which ends it in order
            )

    @property
    def alive(self) -> bool:
        """It runs."""
        return self.process.poll() is None

    def last_words(self) -> str:
        """Return the end of its log."""
        with self._log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            return file.read().decode("utf-8", "replace")

    def first_line(self, timeout_s: float) -> str:
        """Return what it announces. Raises ChildEnded when it says nothing in time."""
        stream = self.process.stdout
        assert stream
        readable, _, _ = select.select([stream], [], [], timeout_s)
        line = stream.readline().decode() if readable else ""
        if not line:
            self.kill()
            raise ChildEnded(self.last_words())
        return line

    def looks(self, timeout_s: float) -> Iterator[None]:
        """Yield every moment while it lives. Raises ChildEnded when it dies or time is up."""
        until_s = time.monotonic() + timeout_s
        while time.monotonic() < until_s:
            yield
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(LOOK_S)
                break
        raise ChildEnded(self.last_words())

    def stop(self) -> int | None:
        """Ask it to end, and end it when it does not; return its exit code."""
        if self.alive:
            self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_TIMEOUT_S)
        self.kill()
        return self.process.returncode

    def kill(self) -> None:
        """End it at once, as a power failure would; harmless when it has ended."""
        if self.alive:
            self.process.kill()
        self.process.wait(KILL_TIMEOUT_S)
        if self.process.stdout:
            self.process.stdout.close()
