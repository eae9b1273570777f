"""A real PC/SC service with a virtual reader, in network and mount namespaces of its own.

Needs root and Debian's pcscd, vsmartcard-vpcd and util-linux. The virtual reader listens on every
address, so it must not share the machine's network; the service has one fixed socket, so it gets a
/run of its own. Clients outside find it in the root directory of the namespace's holder, if
``PCSCLITE_CSOCK_NAME`` says so.
"""

import ctypes
import os
import shutil
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO, Self, TypeVar

import pytest
from smartcard import scard

READER_CONFIGURATION = Path("/etc/reader.conf.d/vpcd")
PROGRAMS = ("pcscd", "unshare", "nsenter", "ip", "mount")
DEADLINE_S = 10.0
CLONE_NEWNET = 0x40000000
LOG_LINES = 200

HOLDER = """
set -e
ip link set lo up
mount -t tmpfs tmpfs /run
mkdir /run/pcscd
echo held
exec cat
"""
"""Lives until its input ends, that is, at the latest as long as the test program."""

T = TypeVar("T")


def why_not() -> str:
    """Return why there can be no stand here, or nothing."""
    if os.name != "posix" or os.geteuid() != 0:
        return "PC/SC tests need root: they put pcscd into a network namespace of its own"
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    missing = [program for program in PROGRAMS if shutil.which(program, path=path) is None]
    if missing:
        return f"PC/SC tests need {', '.join(missing)} (build/debian-packages.txt)"
    if not READER_CONFIGURATION.exists():
        return "PC/SC tests need the virtual reader (Debian package vsmartcard-vpcd)"
    return ""


class PcscStand:
    """The namespaces, and the service in them, which can be killed and started again."""

    def __init__(self, directory: Path) -> None:
        """``directory`` is for the service's configuration. Skips the test where that cannot be."""
        shutil.copy(READER_CONFIGURATION, directory / "vpcd")
        self._configuration = directory
        self._log: deque[str] = deque(maxlen=LOG_LINES)
        self._service: subprocess.Popen[str] | None = None
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--mount", "sh", "-c", HOLDER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=_environment(),
        )
        first = _pipe(self._holder.stdout).readline().strip()
        if first != "held":
            self.close()
            pytest.skip(f"PC/SC tests need namespaces: {first}")

    @property
    def is_running(self) -> bool:
        """Tell whether there is a service."""
        return self._service is not None

    @property
    def socket_path(self) -> str:
        """Where clients outside the namespaces find the service."""
        root = Path("/proc", str(self._holder.pid), "root")
        return str(root / "run" / "pcscd" / "pcscd.comm")

    def start_service(self) -> None:
        """Start pcscd and wait until it says that it is ready."""
        ready = threading.Event()
        enter = ["nsenter", "--target", str(self._holder.pid), "--net", "--mount"]
        options = ["--foreground", "--info", "--force-reader-polling", "--auto-exit"]
        self._service = subprocess.Popen(
            [*enter, "pcscd", *options, "--config", str(self._configuration)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=_environment(),
        )
        lines = _pipe(self._service.stdout)
        threading.Thread(target=self._drain, args=(lines, ready), daemon=True).start()
        assert ready.wait(DEADLINE_S), "".join(self._log)
        self._await_socket()

    def _await_socket(self) -> None:
        """The service says that it is ready a moment before anybody can talk to it."""
        pause, deadline_s = threading.Event(), time.monotonic() + DEADLINE_S
        while not Path(self.socket_path).exists():
            assert time.monotonic() < deadline_s, "".join(self._log)
            pause.wait(0.01)

    def kill_service(self) -> None:
        """Kill pcscd, as a crash does."""
        if self._service is not None:
            self._service.kill()
            self._service.wait(DEADLINE_S)
            self._service = None

    def inside(self, act: Callable[[], T]) -> T:
        """Call ``act`` in a thread whose sockets, and those of its threads, are the stand's."""
        results: list[T] = []
        errors: list[BaseException] = []

        def enter_and_act() -> None:
            try:
                _enter_network_of(self._holder.pid)
                results.append(act())
            except Exception as error:  # noqa: BLE001  # raised again in the caller's thread
                errors.append(error)

        thread = threading.Thread(target=enter_and_act)
        thread.start()
        thread.join()
        if errors:
            raise errors[0]
        return results[0]

    def close(self) -> None:
        """End everything. The namespaces go with their last process."""
        self.kill_service()
        _pipe(self._holder.stdin).close()
        self._holder.wait(DEADLINE_S)
        _pipe(self._holder.stdout).close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _drain(self, lines: IO[str], ready: threading.Event) -> None:
        with lines:
            for line in lines:
                self._log.append(line)
                if "daemon ready" in line:
                    ready.set()


class Witness:
    """A client of the service that only looks on. The service sees cards every 0.4 s."""

    def __init__(self, reader: str) -> None:
        self._reader = reader
        _, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)

    def changes(self) -> int:
        """Return how often the service has seen this reader's slot change."""
        return self._look(scard.SCARD_STATE_UNAWARE, 0) >> 16

    def await_empty(self, changes: int) -> None:
        """Wait until the service has seen that many changes and an empty slot."""
        deadline_s, flags = time.monotonic() + DEADLINE_S, scard.SCARD_STATE_UNAWARE
        while not (flags >> 16 >= changes and flags & scard.SCARD_STATE_EMPTY):
            assert time.monotonic() < deadline_s, "the service has not seen the card leave"
            flags = self._look(flags, 500)

    def _look(self, known: int, timeout_ms: int) -> int:
        known &= ~scard.SCARD_STATE_CHANGED
        _, states = scard.SCardGetStatusChange(self._context, timeout_ms, [(self._reader, known)])
        flags: int = states[0][1]
        return flags


def _enter_network_of(pid: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    with Path(f"/proc/{pid}/ns/net").open("rb") as namespace:
        if library.setns(namespace.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"}


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe
