"""Real processes, really killed: what was promised is there, nothing is done twice."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.flow import command as wish
from kiosk.flow import event as ev
from kiosk.flow.command import Command
from tests.engine.toy import Rig, stacked

ROUNDS = 25


@contextmanager
def child(work: Callable[[], None]) -> Iterator[int]:
    """Run ``work`` in a process of its own, which dies with this block at the latest."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def append_for_ever(directory: Path, tell: int) -> None:
    rig = Rig(directory, checkpoint_entries=7)
    rig.engine.start()
    for number in range(rig.journal.head.seq, 1_000_000):
        rig.engine.turn(stacked(number))
        os.write(tell, b"%d\n" % rig.journal.head.seq)


def last_promise(directory: Path, promises: int) -> int:
    """Let a child append, kill it in the middle of its work, return the last seq it promised."""
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as heard:
        with child(lambda: append_for_ever(directory, writer)):
            os.close(writer)
            lines = [heard.readline() for _ in range(promises)]
        return int([*lines, *heard.read().splitlines()][-1])


@pytest.mark.slow
def test_killed_in_the_middle_of_appending(tmp_path: Path) -> None:
    for number in range(ROUNDS):
        promised = last_promise(tmp_path, promises=1 + number % 9)
        rig = Rig(tmp_path)
        rig.journal.open()
        assert promised <= rig.journal.head.seq <= promised + 1
        notes = rig.kinds().count("NoteStacked")
        assert len(rig.reports()) == notes
        rig.engine.close()
    rig = Rig(tmp_path)
    rig.engine.start()
    assert rig.till.paid_fen == 1000 * notes
    rig.engine.close()


class Acceptor:
    """A till's acceptor whose box survives the program: a file with a line for each note."""

    def __init__(self, directory: Path) -> None:
        self._box = directory / "box"
        self._asked = directory / "asked"

    def notes(self) -> list[str]:
        return self._box.read_text().split() if self._box.exists() else []

    def deeds(self) -> list[str]:
        return self._asked.read_text().split() if self._asked.exists() else []

    def perform(self, asked: Command) -> ev.Event | None:
        if isinstance(asked, wish.AskNote):
            known = asked.note_id in self.notes()
            kind = ev.NoteStacked if known else ev.NoteReturned
            return kind(note_id=asked.note_id, value_fen=asked.value_fen)
        if isinstance(asked, wish.StackNote):
            self._note(self._asked, asked.note_id)
            self._note(self._box, asked.note_id)
            return ev.NoteStacked(note_id=asked.note_id, value_fen=asked.value_fen)
        return None

    @staticmethod
    def _note(file: Path, note_id: str) -> None:
        with file.open("a") as lines:
            lines.write(note_id + "\n")


class Purchase:
    """Two notes, with a place to be killed before and after everything that happens."""

    def __init__(self, directory: Path, kill_at: int = -1) -> None:
        self.rig = Rig(directory)
        self.acceptor = Acceptor(directory)
        self._left = kill_at
        self._facts: list[ev.Event] = []
        self.rig.engine._perform = self._perform
        append = self.rig.journal.append

        def append_or_die(*arguments: object) -> int:
            self._die_here()
            seq = append(*arguments)  # type: ignore[arg-type]
            self._die_here()
            return seq

        self.rig.journal.append = append_or_die  # type: ignore[method-assign,assignment]

    def start(self) -> None:
        self.rig.engine.start()
        self._run()

    def whole(self) -> None:
        self.start()
        self._facts.append(ev.CardInserted())
        for number in (1, 2):
            self._facts.append(ev.NoteEscrowed(note_id=f"note-{number}", value_fen=1000))
            self._run()
        self._facts.append(ev.CardRemoved())
        self._run()

    def _run(self) -> None:
        while self._facts:
            self.rig.engine.turn(self._facts.pop(0))

    def _perform(self, asked: Command) -> None:
        self._die_here()
        fact = self.acceptor.perform(asked)
        self._die_here()
        if fact:
            self._facts.append(fact)

    def _die_here(self) -> None:
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1


def killed(directory: Path, kill_at: int) -> bool:
    """Run a purchase that dies at the given place; tell whether it got there."""
    directory.mkdir()
    pid = os.fork()
    if pid == 0:
        try:
            Purchase(directory, kill_at).whole()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def test_killed_at_every_step_of_a_purchase(tmp_path: Path) -> None:
    """Started again it asks, stacks nothing twice, and counts exactly what is in the box."""
    kill_at = 0
    while killed(tmp_path / str(kill_at), kill_at):
        again = Purchase(tmp_path / str(kill_at))
        again.start()
        box = again.acceptor.notes()
        assert again.acceptor.deeds() == box, f"stacked again after dying at {kill_at}"
        assert list(again.rig.till.note_ids) == box, f"counted wrongly after dying at {kill_at}"
        assert len(again.rig.reports()) == len(box)
        assert again.rig.till.pending == ()
        again.rig.engine.close()
        kill_at += 1
    assert kill_at > 15
