"""Posts facts to a running engine and measures how long each takes to be on the screen."""

import itertools
import random
import threading
from collections.abc import Callable, Iterator
from typing import NamedTuple

from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from bench.measure.frames import Frames
from bench.measure.marks import announce, now_ns
from bench.measure.process import queued_ns
from kiosk.engine.inbox import Inbox
from kiosk.flow.event import Event, LanguageChosen, NoteRejected, NoteStacked, RejectCause
from kiosk.flow.phase import Notice
from kiosk.flow.screen import Screen

SHOW_LIMIT_S = 10.0
PAUSE_S = (0.04, 0.09)
"""Between two facts: a random moment, so that no timer of the kiosk keeps step with them."""
NOTE_VALUES_FEN = (500, 1000, 2000)
_NOTICES = {
    RejectCause.UNRECOGNISED: Notice.NOTE_UNRECOGNISED,
    RejectCause.DOUBLE: Notice.NOTE_ONE_AT_A_TIME,
}


class Probe(NamedTuple):
    """A fact, and how to know the screen that shows it."""

    kind: str
    event: Event
    shows: Callable[[Screen], bool]


def probes(count: int) -> Iterator[Probe]:
    """Return ``count`` facts in turn: a note in the box, a rejected note, the other language."""
    makers = itertools.cycle((_notes(), _rejects(), _languages()))
    for maker in itertools.islice(makers, count):
        yield next(maker)


def _notes() -> Iterator[Probe]:
    paid_fen = 0
    for number, value_fen in enumerate(itertools.cycle(NOTE_VALUES_FEN)):
        paid_fen += value_fen
        event = NoteStacked(note_id=f"measure-{number}", value_fen=value_fen)
        yield Probe("note", event, _is_paid(paid_fen))


def _is_paid(paid_fen: int) -> Callable[[Screen], bool]:
    return lambda shown: shown.tender is not None and shown.tender.paid_fen == paid_fen


def _rejects() -> Iterator[Probe]:
    for cause, notice in itertools.cycle(_NOTICES.items()):
        yield Probe("reject", NoteRejected(cause=cause), _has_notice(notice))


def _has_notice(notice: Notice) -> Callable[[Screen], bool]:
    return lambda shown: shown.notice is notice


def _languages() -> Iterator[Probe]:
    for language in itertools.cycle(("en", "zh")):
        yield Probe("language", LanguageChosen(language=language), _speaks(language))


def _speaks(language: str) -> Callable[[Screen], bool]:
    return lambda shown: shown.language == language


class Prober:
    """One at a time: post, wait for the frame, note the time. A thread of its own posts."""

    def __init__(self, window: QWidget, frames: Frames, inbox: Inbox) -> None:
        self._window, self._frames, self._inbox = window, frames, inbox
        self._awaited: Probe | None = None
        self._posted_ns = 0
        self._seen = threading.Event()
        self._before: QImage | None = None
        self._times_ms: dict[str, list[float]] = {}
        self._queued_ns = 0
        self._less_queue_ms: list[float] = []
        self._unchanged = 0

    def start(self, count: int) -> None:
        """Begin; announces the times by kind when all are on the screen."""
        self._before = self._pixels()
        threading.Thread(target=self._run, args=(count,), name="prober", daemon=True).start()

    def drawn(self, shown: Screen) -> None:
        """A screen was handed to the window (Qt's thread)."""
        if self._awaited is not None and self._awaited.shows(shown):
            kind, self._awaited = self._awaited.kind, None
            self._frames.after_next(lambda at_ns: self._painted(kind, at_ns))

    def _painted(self, kind: str, at_ns: int) -> None:
        took_ns, queued = at_ns - self._posted_ns, queued_ns() - self._queued_ns
        self._times_ms.setdefault(kind, []).append(took_ns / 1e6)
        self._less_queue_ms.append(max(0, took_ns - queued) / 1e6)
        after = self._pixels()
        self._unchanged += after == self._before
        self._before = after
        self._seen.set()

    def _pixels(self) -> QImage:
        """What is on the glass: the window's buffer, not a new drawing of it."""
        return QGuiApplication.primaryScreen().grabWindow(self._window.winId()).toImage()

    def _run(self, count: int) -> None:
        pause = threading.Event()
        chance = random.Random(1)
        for probe in probes(count):
            pause.wait(chance.uniform(*PAUSE_S))
            self._seen.clear()
            self._queued_ns = queued_ns()
            self._awaited, self._posted_ns = probe, now_ns()
            self._inbox.post(probe.event)
            if not self._seen.wait(SHOW_LIMIT_S):
                announce({"error": f"{probe.event} was not shown in {SHOW_LIMIT_S:g} s"})
                return
        told = {"times_ms": self._times_ms, "less_queue_ms": self._less_queue_ms}
        announce({**told, "unchanged": self._unchanged})
