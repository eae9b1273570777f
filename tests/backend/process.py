"""A head office in a process of its own, to be killed."""

import io
import json
import os
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from center.__main__ import main
from tests.center.api.stand import SEED, TERMINAL

TIMEOUT_S = 30.0


class Done(NamedTuple):
    """What came of a command."""

    code: int
    out: str
    errors: str


class OfficeProcess:
    """``python -m center`` over the books in one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._config = directory / "center.toml"
        self._config.write_text("[server]\nport = 0\n[keys]\ntest_keys = true\n")
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def run(self, *arguments: str) -> "Done":
        """Run one command to its end, in this process: starting another takes a second."""
        out, errors = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(errors):
            try:
                code = main(["--config", str(self._config), *arguments])
            except SystemExit as end:
                code = int(end.code or 0)
        return Done(code, out.getvalue(), errors.getvalue())

    def prepare(self) -> str:
        """Seed accounts and return a terminal's one-time code."""
        seed = self._directory / "people.toml"
        seed.write_text(SEED, "utf-8")
        assert self.run("seed", str(seed)).code == 0
        return self.run("terminal", "add", TERMINAL).out.strip()

    def start(self, port: int = 0) -> str:
        """Serve; return the address, as the process prints it."""
        self._process = subprocess.Popen(
            self._command("serve", "--port", str(port)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = json.loads(self._process.stdout.readline())["listening"]
        return self.url

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def end(self, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal and return the exit code."""
        assert self._process is not None
        assert self._process.stdout is not None
        os.kill(self._process.pid, number)
        code = self._process.wait(TIMEOUT_S)
        self._process.stdout.close()
        self._process = None
        return code

    def close(self) -> None:
        if self._process is not None:
            self.end()

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "center", "--config", str(self._config), *arguments]
