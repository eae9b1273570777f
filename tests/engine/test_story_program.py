"""The story as a program of its own: it has to know facts that nothing else has imported for it."""

import subprocess
import sys
from pathlib import Path

from kiosk.engine.database import Database
from kiosk.engine.journal import Journal
from kiosk.flow.staff_event import StaffCalled


def test_it_understands_what_staff_did(tmp_path: Path) -> None:
    journal = Journal(Database(tmp_path / "journal.db"))
    journal.open()
    journal.append(StaffCalled(at_ms=1))
    journal.close()
    command = [sys.executable, "-m", "kiosk.engine.story", str(tmp_path / "journal.db")]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert "StaffCalled" in told.stdout
