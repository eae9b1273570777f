"""From the configuration file to what the flow and the screen are told."""

from pathlib import Path

from kiosk.backend.deadline import Timing
from kiosk.engine.config import Config
from kiosk.engine.halt import HaltReason
from kiosk.flow.phase import PHASES, Phase, Why
from kiosk.flow.policy import Policy
from kiosk.flow.screen import Screen

KEY_FILE = "terminal.key"
JOURNAL_FILE = "journal.db"
LOG_DIRECTORY = "log"
"""Under the storage directory."""

HALT_WORDS: dict[HaltReason, Why] = {
    HaltReason.JOURNAL_DAMAGED: Why.RECORDS_DAMAGED,
    HaltReason.JOURNAL_FULL: Why.NO_SPACE,
    HaltReason.JOURNAL_FAILED: Why.NO_SPACE,
    HaltReason.JOURNAL_IN_USE: Why.OUT_OF_ORDER,
    HaltReason.CLOCK: Why.CLOCK_WRONG,
    HaltReason.CONFIG: Why.NOT_SET_UP,
    HaltReason.INTERNAL: Why.OUT_OF_ORDER,
}


def policy_of(config: Config) -> Policy:
    """Return what the site decided."""
    return Policy(
        terminal_no=config.terminal.number,
        language=config.terminal.language,
        note_values_fen=tuple(sorted(set(config.acceptor.denominations_fen))),
        min_fen=config.cash.min_fen,
        max_fen=config.cash.max_fen,
        max_notes=config.cash.max_notes,
        clearing_by_two=config.cash.clearing_by_two,
        bills=config.cash.bills,
    )


def timing_of(config: Config) -> Timing:
    """Return how patient the site is with the head office."""
    asked = config.head_office
    return Timing(
        connect_s=asked.connect_deadline_s,
        answer_s=asked.answer_deadline_s,
        report_s=asked.report_deadline_s,
    )


def key_file(config: Config) -> Path:
    """Return where the terminal's private key is kept."""
    return Path(config.storage.directory) / KEY_FILE


def journal_file(config: Config) -> Path:
    """Return where the journal is kept."""
    return Path(config.storage.directory) / JOURNAL_FILE


def ca_file(config: Config) -> Path | None:
    """Return the certificate that signs the head office's, if the site names one."""
    return Path(config.head_office.ca_file) if config.head_office.ca_file else None


def closed_screen(why: Why, language: str) -> Screen:
    """Return the out-of-service screen without any session behind it."""
    phase = Phase.OUT_OF_SERVICE
    return Screen(page=PHASES[phase].page, phase=phase, language=language, cause=why)
