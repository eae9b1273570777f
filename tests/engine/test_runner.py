"""The engine's thread: facts from any thread, time-outs, durable answers, an end."""

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.engine.halt import HaltReason
from kiosk.engine.inbox import Inbox
from kiosk.engine.runner import Runner
from kiosk.flow import event as ev
from kiosk.flow.command import Command
from tests.engine.toy import IDLE, SERVING, SERVING_S, Rig, Toy, stacked

PATIENCE_S = 10


class Stand:
    """A toy engine that really runs."""

    def __init__(self, directory: Path, max_pages: int = 0) -> None:
        self.rig = Rig(directory, max_pages=max_pages)
        self.inbox = Inbox(limit=4)
        self.runner = Runner(self.rig.engine, self.inbox, self.rig.clock)
        self.published: queue.Queue[Toy] = queue.Queue()
        self.rig.engine.listen(lambda till, _: self.published.put(till))

    def next(self) -> Toy:
        return self.published.get(timeout=PATIENCE_S)


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    stand = Stand(tmp_path)
    stand.runner.start()
    assert stand.next().boots == 1
    yield stand
    assert stand.runner.stop(PATIENCE_S)


def test_what_is_posted_is_journalled_and_shown(stand: Stand) -> None:
    stand.inbox.post(ev.CardInserted())
    assert stand.next().phase == SERVING


def test_a_note_is_durable_when_the_driver_is_told_so(tmp_path: Path, stand: Stand) -> None:
    assert stand.inbox.post_durably(stacked(1), PATIENCE_S)
    assert stand.runner.stop(PATIENCE_S)
    again = Rig(tmp_path)
    again.engine.start()
    assert again.till.paid_fen == 1000
    again.engine.close()


def test_a_note_is_not_durable_when_the_journal_is_full(tmp_path: Path) -> None:
    stand = Stand(tmp_path, max_pages=14)
    stand.runner.start()
    number = 0
    while stand.inbox.post_durably(stacked(number), PATIENCE_S):
        number += 1
    assert stand.rig.engine.halt is not None
    assert stand.rig.engine.halt.reason is HaltReason.JOURNAL_FULL
    assert stand.rig.till.paid_fen == number * 1000
    assert stand.runner.stop(PATIENCE_S)


def test_a_phase_times_out_without_a_fact(stand: Stand) -> None:
    stand.inbox.post(ev.CardInserted())
    stand.next()
    stand.rig.clock.advance(SERVING_S)
    assert stand.next().phase == IDLE


def test_an_executor_that_fails_halts_the_engine(tmp_path: Path) -> None:
    stand = Stand(tmp_path)

    def fails(_: Command) -> None:
        raise TypeError("nobody serves that")

    halts: queue.Queue[HaltReason] = queue.Queue()
    stand.rig.engine.on_halt(lambda halt: halts.put(halt.reason))
    stand.rig.engine._perform = fails
    stand.runner.start()
    stand.inbox.post(ev.CardInserted())
    assert halts.get(timeout=PATIENCE_S) is HaltReason.INTERNAL
    assert stand.inbox.post_durably(stacked(1), PATIENCE_S)
    assert stand.runner.stop(PATIENCE_S)


def test_a_lost_fact_halts_the_engine(tmp_path: Path) -> None:
    stand = Stand(tmp_path)
    halts: queue.Queue[HaltReason] = queue.Queue()
    stand.rig.engine.on_halt(lambda halt: halts.put(halt.reason))
    for _ in range(100):
        stand.inbox.post(ev.CardRemoved())
    stand.runner.start()
    assert halts.get(timeout=PATIENCE_S) is HaltReason.INTERNAL
    assert stand.runner.stop(PATIENCE_S)


def test_after_the_end_nothing_is_taken(stand: Stand) -> None:
    assert stand.runner.stop(PATIENCE_S)
    assert not stand.inbox.post_durably(stacked(1), PATIENCE_S)
