"""Reads a dead kiosk's journal: is it whole, and where was the customer?"""

import shutil
import tempfile
from pathlib import Path

from kiosk.app.policy import policy_of
from kiosk.engine.config_file import load
from kiosk.engine.database import Database
from kiosk.engine.journal import Journal
from kiosk.flow.machine import step
from kiosk.flow.session import Session, fresh

_SIDE_FILES = ("", "-wal", ".head")


class Witness:
    """Follows one terminal's journal from look to look."""

    def __init__(self, config_file: Path, journal_file: Path) -> None:
        self._file = journal_file
        config = load(config_file)
        self._terminal_no = config.terminal.number
        self._session = fresh(policy_of(config))
        self._seq = 0
        self.kinds: tuple[str, ...] = ()
        """The facts that the last look found new."""

    def look(self) -> Session:
        """Check the whole journal; return the session that the next start will begin with.

        Works on a copy: the program that starts next finds the files as the dead one left them.
        Nobody may be writing. Raises JournalError when the journal is not whole.
        """
        with tempfile.TemporaryDirectory(prefix="journal-") as folder:
            copy = Path(folder) / self._file.name
            for side in _SIDE_FILES:
                original = self._file.with_name(self._file.name + side)
                if original.exists():
                    shutil.copy(original, copy.with_name(copy.name + side))
            self._follow(Journal(Database(copy), owner=self._terminal_no))
        return self._session

    def _follow(self, journal: Journal) -> None:
        try:
            journal.open()
            entries = list(journal.entries(self._seq + 1))
            for entry in entries:
                self._session, _ = step(self._session, journal.event(entry))
            self._seq = journal.head.seq
            self.kinds = tuple(entry.kind for entry in entries)
        finally:
            journal.close()
