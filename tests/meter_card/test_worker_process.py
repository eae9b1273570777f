"""The worker as a process: its two lines, its end when the kiosk ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.card_slot import CardSlot
from kiosk.meter_card import messages as ms
from kiosk.meter_card.worker import EXIT_ORPHANED

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 20.0

PRINTING = """
import os, sys
from kiosk.meter_card import worker
class Chatty(worker.Worker):
    def obey(self, request):
        print("from Python")
        os.write(1, b"from a library\\n")
        super().obey(request)
worker.Worker = Chatty
sys.exit(worker.main())
"""


def started(url: str, *code: str) -> "subprocess.Popen[bytes]":
    program = code or ("-m", "kiosk.meter_card.worker")
    return subprocess.Popen(
        [sys.executable, *program, "--card", url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )


def test_what_a_library_prints_does_not_disturb_the_conversation() -> None:
    ping = ms.encode(ms.Ping(1))
    with CardSlot() as slot, started(slot.serve(), "-c", PRINTING) as worker:
        out, err = worker.communicate(ping, timeout=DEADLINE_S)
    replies = [ms.decode_reply(line) for line in out.splitlines()]
    assert replies[-1] == ms.Done(1)
    assert b"from Python" in err
    assert b"from a library" in err


def test_the_worker_ends_when_the_kiosk_does() -> None:
    with CardSlot() as slot, started(slot.serve()) as worker:
        worker.communicate(timeout=DEADLINE_S)
    assert worker.returncode == 0


def test_a_worker_held_by_its_card_ends_all_the_same() -> None:
    with CardSlot() as slot:
        slot.hang()
        with started(slot.serve()) as worker:
            worker.communicate(timeout=DEADLINE_S)
    assert worker.returncode in (0, EXIT_ORPHANED)


def test_a_kiosk_that_talks_nonsense_is_left() -> None:
    with CardSlot() as slot, started(slot.serve()) as worker:
        _, err = worker.communicate(b"hello\n", timeout=DEADLINE_S)
    assert b"BadLine" in err


def test_the_worker_imports_nothing_heavy() -> None:
    """Its start is part of every recovery, and the card waits meanwhile."""
    code = "import sys, kiosk.meter_card.worker; print(' '.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=True, timeout=DEADLINE_S
    )
    modules = set(loaded.stdout.decode().split())
    heavy = {"PySide6", "sqlalchemy", "requests", "serial", "smartcard", "cryptography", "asyncio"}
    assert not modules & heavy


@pytest.mark.parametrize("line", [b"", b"{}", b'{"type":"Read"}', b'{"type":"Ready","pid":"x"}'])
def test_lines_that_are_no_messages_are_refused(line: bytes) -> None:
    with pytest.raises(ms.BadLine):
        ms.decode_request(line)
    with pytest.raises(ms.BadLine):
        ms.decode_reply(line)
