"""Why the engine stopped. Apart from the engine, for the screen that is there before it."""

from dataclasses import dataclass
from enum import StrEnum


class HaltReason(StrEnum):
    """Why the engine does nothing any more. The screen has words for each."""

    JOURNAL_DAMAGED = "journal-damaged"
    JOURNAL_FULL = "journal-full"
    JOURNAL_FAILED = "journal-failed"
    JOURNAL_IN_USE = "journal-in-use"
    CLOCK = "clock"
    CONFIG = "config"
    INTERNAL = "internal"


MAY_END_BY_ITSELF = {
    HaltReason.JOURNAL_FULL,
    HaltReason.JOURNAL_FAILED,
    HaltReason.JOURNAL_IN_USE,
    HaltReason.CLOCK,
}
"""Halts after which a new start is worth while without a person having looked."""


@dataclass(frozen=True)
class Halt:
    """The engine stopped. ``detail`` is for the maintenance page and the log."""

    reason: HaltReason
    detail: str
