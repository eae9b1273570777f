"""The head office is killed in the middle of its batches, again and again, and the books add up."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from center.store.tables import orders
from tests.center.orders.office import Office

ROOT = Path(__file__).resolve().parents[3]
KILLS = 6
LINES_BEFORE_KILL = 40
RANK = {"noted": 1, "sold": 2, "confirmed": 3}
REACHED = {"opened": 0, "paid": 1, "sold": 2, "confirmed": 3}


def live_and_die(folder: Path, life: int, lines: int) -> list[str]:
    """Run a head office until it has told so many things, kill it, return all it told."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.center.orders.doomed", str(folder), f"life-{life}"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    told = [child.stdout.readline() for _ in range(lines)]
    child.send_signal(signal.SIGKILL)
    rest, errors = child.communicate(timeout=30)
    assert child.returncode == -signal.SIGKILL, errors
    told += [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
    return [line.strip() for line in told]


def states(office: Office) -> dict[str, str]:
    query = select(orders.c.order_no, orders.c.state)
    return office.store.read(lambda connection: dict(connection.execute(query).all()))


def test_what_was_answered_survives_every_kill(tmp_path: Path) -> None:
    promised: dict[str, int] = {}
    for life in range(KILLS):
        for line in live_and_die(tmp_path, life, LINES_BEFORE_KILL + 7 * life):
            what, order_no = line.split()
            promised[order_no] = max(RANK[what], promised.get(order_no, 0))
        office = Office(tmp_path)
        assert office.violations() == []
        kept = states(office)
        office.close()
        assert {no for no, rank in promised.items() if REACHED[kept[no]] < rank} == set()
    assert len(promised) > KILLS
