"""The log: JSON lines, masked, bounded, and crashes are in it."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.engine.config import Log
from kiosk.engine.log import start_logging, stop_logging
from kiosk.engine.mask import Masked
from tests.engine.samples import ACCOUNT, ORDER_NO

logger = logging.getLogger("tests.engine")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    root_level = logging.getLogger().level
    start_logging(tmp_path / "log", Log(level="info", file_mb=1, files=2))
    yield tmp_path / "log" / "kiosk.log"
    stop_logging()
    logging.getLogger().setLevel(root_level)


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def test_a_line_is_json_with_its_fields(log: Path) -> None:
    logger.info("vend approved", extra={"order_no": ORDER_NO, "attempt": 2})
    logger.debug("not written")
    (line,) = lines(log)
    assert line["text"] == "vend approved"
    assert (line["level"], line["logger"], line["thread"]) == ("info", "tests.engine", "MainThread")
    assert (line["order_no"], line["attempt"]) == (ORDER_NO, 2)
    assert line["at"].endswith("+00:00")


def test_nobody_is_in_the_log(log: Path) -> None:
    logger.info("found %s for %s", ACCOUNT, ACCOUNT.customer_no, extra={"account": ACCOUNT})
    logger.info("card %s", ACCOUNT.meter_no)
    logger.info("%(who)s and %(other)s", {"who": Masked(ACCOUNT), "other": ACCOUNT})
    text = log.read_text(encoding="utf-8")
    for secret in ("王", "幸福路", ACCOUNT.customer_no, ACCOUNT.meter_no):
        assert secret not in text


def test_a_traceback_is_masked_too(log: Path) -> None:
    try:
        raise ValueError(f"customer {ACCOUNT.customer_no}")
    except ValueError:
        logger.exception("failed")
    (line,) = lines(log)
    assert "ValueError: customer 10***30" in line["trace"]
    assert ACCOUNT.customer_no not in line["trace"]


def test_the_log_stays_small(log: Path) -> None:
    for _ in range(4000):
        logger.info("x" * 1000)
    files = list(log.parent.glob("kiosk.log*"))
    assert len(files) == 3
    assert all(file.stat().st_size <= 1024 * 1024 for file in files)


def test_a_thread_that_ends_badly_is_in_the_log(log: Path) -> None:
    def fails() -> None:
        raise RuntimeError("a bad thread")

    thread = threading.Thread(target=fails, name="lost")
    thread.start()
    thread.join(10)
    (line,) = lines(log)
    assert (line["level"], line["text"]) == ("critical", "thread lost ended")
    assert "a bad thread" in line["trace"]


CHILD = """
import faulthandler, sys
from pathlib import Path
from kiosk.engine.config import Log
from kiosk.engine.log import start_logging
start_logging(Path(sys.argv[1]), Log())
{end}
"""


def run_child(directory: Path, end: str) -> int:
    script = CHILD.replace("{end}", end)
    child = subprocess.run([sys.executable, "-c", script, str(directory)], check=False)
    return child.returncode


def test_an_uncaught_exception_is_in_the_log(tmp_path: Path) -> None:
    assert run_child(tmp_path, "raise RuntimeError('the end')") == 1
    (line,) = lines(tmp_path / "kiosk.log")
    assert (line["logger"], line["level"]) == ("crash", "critical")
    assert "the end" in line["trace"]


def test_a_crash_of_the_interpreter_leaves_its_stacks(tmp_path: Path) -> None:
    assert run_child(tmp_path, "faulthandler._sigabrt()") < 0
    assert "Fatal Python error: Aborted" in (tmp_path / "crash.log").read_text(encoding="utf-8")
