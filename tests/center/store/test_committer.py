"""Group commit: batches, savepoints, deadlines, full disks, shutdown. Real threads, a real file."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event, insert, select, text
from sqlalchemy.exc import IntegrityError

from center.store.committer import Committer, Unit
from center.store.engine import open_writer
from center.store.errors import OutcomeUnknown, StoreBusy, StoreClosed, StoreFailed
from center.store.migrate import migrate
from center.store.tables import tariffs

WAIT_S = 10.0


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = open_writer(f"sqlite:///{tmp_path / 'center.db'}")
    migrate(made)
    yield made
    made.dispose()


@pytest.fixture
def committer(engine: Engine) -> Iterator[Committer]:
    made = Committer(engine)
    yield made
    made.close(WAIT_S)


class Gate:
    """A unit of work that holds the writer until it is opened."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self, connection: Connection) -> str:
        self.reached.set()
        assert self.opened.wait(WAIT_S)
        return "through"


@pytest.fixture
def gate(committer: Committer) -> Iterator[Gate]:
    """The writer is busy: what is enqueued now makes one batch."""
    made = Gate()
    job = committer.enqueue(made, WAIT_S)
    assert made.reached.wait(WAIT_S)
    yield made
    made.opened.set()
    assert job.result() == "through"


def adding(name: str, steps: str = "[]") -> Unit[str]:
    def unit(connection: Connection) -> str:
        connection.execute(insert(tariffs), {"name": name, "steps": steps})
        return name

    return unit


def failing(name: str) -> Unit[str]:
    def unit(connection: Connection) -> str:
        adding(name)(connection)
        raise LookupError(name)

    return unit


def names(engine: Engine) -> list[str]:
    with engine.begin() as connection:
        return sorted(connection.scalars(select(tariffs.c.name)))


class Commits:
    """Counts the transactions that were committed."""

    def __init__(self, engine: Engine) -> None:
        self.count = 0
        event.listen(engine, "commit", self._count)

    def _count(self, _connection: Connection) -> None:
        self.count += 1


def test_what_waits_is_committed_at_once(engine: Engine, committer: Committer, gate: Gate) -> None:
    commits = Commits(engine)
    jobs = [committer.enqueue(adding(f"{n:03}"), WAIT_S) for n in range(100)]
    gate.opened.set()
    assert [job.result() for job in jobs] == [f"{n:03}" for n in range(100)]
    assert commits.count == 2  # the gate's, and one for all others
    assert len(names(engine)) == 100


def test_a_batch_is_bounded(engine: Engine) -> None:
    committer, gate, commits = Committer(engine, batch_size=10), Gate(), Commits(engine)
    committer.enqueue(gate, WAIT_S)
    assert gate.reached.wait(WAIT_S)
    jobs = [committer.enqueue(adding(f"{n:03}"), WAIT_S) for n in range(25)]
    gate.opened.set()
    for job in jobs:
        job.result()
    committer.close(WAIT_S)
    assert commits.count == 1 + 3


def test_a_unit_that_raises_spoils_nobody_elses(
    engine: Engine, committer: Committer, gate: Gate
) -> None:
    units = [adding("a"), failing("b"), adding("a"), adding("c")]
    jobs = [committer.enqueue(unit, WAIT_S) for unit in units]
    gate.opened.set()
    assert jobs[0].result() == "a"
    with pytest.raises(LookupError, match="b"):
        jobs[1].result()
    with pytest.raises(StoreFailed) as repeated:
        jobs[2].result()
    assert isinstance(repeated.value.__cause__, IntegrityError)
    assert jobs[3].result() == "c"
    assert names(engine) == ["a", "c"]


def test_a_unit_sees_what_those_before_it_did(committer: Committer, gate: Gate) -> None:
    committer.enqueue(adding("a"), WAIT_S)
    seen = committer.enqueue(lambda c: list(c.scalars(select(tariffs.c.name))), WAIT_S)
    gate.opened.set()
    assert seen.result() == ["a"]


def test_nobody_is_answered_before_the_commit(engine: Engine, committer: Committer) -> None:
    at_commit = threading.Event()
    may_commit = threading.Event()

    @event.listens_for(engine, "commit")
    def hold(_connection: Connection) -> None:
        at_commit.set()
        assert may_commit.wait(WAIT_S)

    job = committer.enqueue(adding("a"), 0.05)
    assert at_commit.wait(WAIT_S)
    with pytest.raises(OutcomeUnknown):
        job.result()
    may_commit.set()
    committer.submit(lambda _connection: None, WAIT_S)
    assert names(engine) == ["a"]


def test_who_gave_up_waiting_is_not_served(
    engine: Engine, committer: Committer, gate: Gate
) -> None:
    with pytest.raises(StoreBusy):
        committer.submit(adding("a"), 0.01)
    gate.opened.set()
    committer.submit(adding("b"), WAIT_S)
    assert names(engine) == ["b"]


def test_a_full_queue_says_so(engine: Engine) -> None:
    committer, gate = Committer(engine, queue_size=2), Gate()
    committer.enqueue(gate, WAIT_S)
    assert gate.reached.wait(WAIT_S)
    for name in ("a", "b"):
        committer.enqueue(adding(name), WAIT_S)
    with pytest.raises(StoreBusy, match="2 units"):
        committer.enqueue(adding("c"), 0.01)
    gate.opened.set()
    committer.close(WAIT_S)
    assert names(engine) == ["a", "b"]


def test_closing_finishes_what_waits_and_takes_nothing_new(engine: Engine) -> None:
    committer, gate = Committer(engine), Gate()
    committer.enqueue(gate, WAIT_S)
    assert gate.reached.wait(WAIT_S)
    job = committer.enqueue(adding("a"), WAIT_S)
    closer = threading.Thread(target=committer.close, args=(WAIT_S,))
    closer.start()
    gate.opened.set()
    closer.join(WAIT_S)
    assert job.result() == "a"
    with pytest.raises(StoreClosed):
        committer.submit(adding("b"), WAIT_S)
    assert names(engine) == ["a"]


def test_a_writer_that_does_not_finish_in_time_is_reported(
    committer: Committer, gate: Gate
) -> None:
    with pytest.raises(StoreFailed, match="in time"):
        committer.close(0.01)


def test_a_full_disk_fails_whoever_it_hits_and_nobody_else(
    engine: Engine, committer: Committer
) -> None:
    """SQLite may give up the whole transaction then, so the others are run again on their own."""
    pages = committer.submit(lambda c: c.scalar(text("PRAGMA page_count")), WAIT_S)
    committer.submit(lambda c: c.scalar(text(f"PRAGMA max_page_count = {pages + 3}")), WAIT_S)
    gate = Gate()
    committer.enqueue(gate, WAIT_S)
    assert gate.reached.wait(WAIT_S)
    jobs = [
        committer.enqueue(unit, WAIT_S)
        for unit in (adding("a"), adding("big", "x" * 1_000_000), adding("b"))
    ]
    gate.opened.set()
    assert jobs[0].result() == "a"
    with pytest.raises(StoreFailed) as full:
        jobs[1].result()
    assert "full" in str(full.value.__cause__)
    assert jobs[2].result() == "b"
    assert names(engine) == ["a", "b"]


def test_a_commit_that_fails_is_tried_again_unit_by_unit(
    engine: Engine, committer: Committer, gate: Gate
) -> None:
    refusals = iter([True])

    def refuse_once(_connection: Connection) -> None:
        if gate.opened.is_set() and next(refusals, False):
            raise OSError("the disk blinked")

    gate_is_through = committer.enqueue(lambda _connection: None, WAIT_S)
    jobs = [committer.enqueue(adding(name), WAIT_S) for name in ("a", "b")]
    event.listen(engine, "commit", refuse_once)
    gate.opened.set()
    gate_is_through.result()
    assert [job.result() for job in jobs] == ["a", "b"]
    assert names(engine) == ["a", "b"]


def test_a_commit_that_keeps_failing_leaves_doubt_and_heals(
    engine: Engine, committer: Committer
) -> None:
    def refuse(_connection: Connection) -> None:
        raise OSError("the disk is gone")

    event.listen(engine, "commit", refuse)
    with pytest.raises(OutcomeUnknown):
        committer.submit(adding("a"), WAIT_S)
    event.remove(engine, "commit", refuse)
    assert committer.submit(adding("b"), WAIT_S) == "b"
    assert names(engine) == ["b"]
