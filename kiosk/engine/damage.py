"""What can be wrong with a journal, told apart, and what the person who reads it must do.

A commit that a power cut tore is none of these: nobody was told that it was made, SQLite takes it
back at the next opening, and the journal is whole without it.
"""

from enum import StrEnum


class Damage(StrEnum):
    """A kind of damage. The values stand in logs and on the maintenance page."""

    MISSING_TAIL = "missing-tail"
    """All that is there is sound, but it ends before entries that were acknowledged."""
    REPLACED = "replaced"
    """Sound in itself, but not the history that was written here: another file was put in place."""
    CHANGED = "changed"
    """SQLite reads it without complaint, and it is not what was written."""
    STRUCTURE = "structure"
    """SQLite cannot read the file any further: a bad sector, a file cut short or overwritten."""
    ARCHIVE = "archive"
    """An archive file that is needed is missing or is not what was archived."""


NEXT_STEP: dict[Damage, str] = {
    Damage.MISSING_TAIL: (
        "The last entries are gone: a -wal file was lost or an older copy was put in place. Stop, "
        "keep every file, put the missing one back. Only if it is lost for good: go back to a copy."
    ),
    Damage.REPLACED: (
        "This is not the file that was used here. Stop, keep every file, put the right one back."
    ),
    Damage.CHANGED: (
        "Somebody, or a failing disk, changed what was written. Stop, keep the disk as evidence, "
        "compare with the last copy and with the head office, then go back to that copy."
    ),
    Damage.STRUCTURE: (
        "The file cannot be read: look at the disk first. Stop, keep every file, then go back to "
        "the last copy on a sound disk."
    ),
    Damage.ARCHIVE: (
        "Put the archive file back from the copies. Without it the terminal works as long as its "
        "checkpoint does; a new version of the software needs it."
    ),
}
"""More words: docs/operators.md."""
