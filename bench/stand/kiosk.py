"""A kiosk as a child process."""

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from bench.stand.child import Child, ChildEnded
from bench.stand.control import Control, KioskError

START_TIMEOUT_S = 40.0
DISPLAY_TIMEOUT_S = 20.0
PROGRAM = ("kiosk",)
_TRY_DISPLAY = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"


class Kiosk(Control):
    """A running kiosk and its control channel."""

    def __init__(
        self,
        config: Path,
        log: Path,
        environment: Mapping[str, str],
        program: Sequence[str] = PROGRAM,
    ) -> None:
        """Start it; `connect` waits until it answers.

        ``program``: the module that runs as the kiosk, and what it is told before the kiosk's own
        arguments.
        """
        # The address of a local socket holds about 100 characters: a folder of our own is short.
        self._folder = tempfile.mkdtemp(prefix="kiosk-")
        self.control_path = Path(self._folder) / "control"
        super().__init__(self.control_path)
        self._child = Child(
            program[0],
            (*program[1:], "run", str(config), "--control", str(self.control_path)),
            log,
            environment=environment,
        )

    def connect(self, timeout_s: float = START_TIMEOUT_S) -> Self:
        """Wait until its window answers; end it and raise KioskError when it does not."""
        try:
            for _ in self._child.looks(timeout_s):
                if self._dial():
                    break
        except ChildEnded as ended:
            self.kill()
            raise KioskError(str(ended)) from None
        return self

    @property
    def alive(self) -> bool:
        """The process runs."""
        return self._child.alive

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._child.process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended; None: it runs."""
        return self._child.process.poll()

    def stop(self) -> int | None:
        """End it in order; return its exit code."""
        code = self._child.stop()
        self._clean_up()
        return code

    def kill(self) -> None:
        """End it as a power failure would (SIGKILL)."""
        self._child.kill()
        self._clean_up()

    def _why_silent(self) -> str:
        return self._child.last_words()

    def _clean_up(self) -> None:
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)


@functools.cache
def has_display() -> bool:
    """Tell whether windows can be seen here, by opening the display once in another process."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        return False
    command = [sys.executable, "-c", _TRY_DISPLAY]
    tried = subprocess.run(command, capture_output=True, timeout=DISPLAY_TIMEOUT_S, check=False)
    return tried.returncode == 0


def qt_environment() -> dict[str, str]:
    """Return what Qt needs to know when there is no display: draw all the same."""
    return {} if has_display() else {"QT_QPA_PLATFORM": "offscreen"}
