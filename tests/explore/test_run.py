"""Runs repeat to the bit, everybody gets what was paid for, and the judge is not blind."""

from concurrent.futures import ProcessPoolExecutor

import pytest

from bench.acceptor.mechanism import BenchNote, Place
from bench.explore.books import read_books, read_journal
from bench.explore.coverage import Coverage
from bench.explore.draw import draw
from bench.explore.hall import Hall
from bench.explore.judge import judge
from bench.explore.plan import Plan, Style, Visit
from bench.explore.run import run, workspace
from bench.meter import Credit

BUYERS = tuple(
    Visit(
        name=f"visit {number}",
        resident=number,
        kiosk=0,
        at_s=60 + 90 * number,
        style=Style.NORMAL,
        notes_fen=(5_000, 2_000),
    )
    for number in range(6)
)


def test_without_faults_everybody_gets_what_was_paid_for() -> None:
    outcome = run(Plan(seed=1, visits=BUYERS))
    assert outcome.violations == ()
    assert outcome.purchases == len(BUYERS)


@pytest.mark.parametrize("seed", [3, 5, 11])
def test_a_seed_repeats_to_the_bit(seed: int) -> None:
    assert run(draw(seed, 2)) == run(draw(seed, 2))


def test_two_seeds_are_two_stories() -> None:
    assert run(draw(3)).digest != run(draw(4)).digest


class Judged:
    """A hall after a good day, in which something can be made untrue."""

    def __init__(self) -> None:
        self.hall = Hall(Plan(seed=2, visits=BUYERS[:2]), workspace(), Coverage())
        self.hall.run()

    def violations(self) -> str:
        books = self.hall.center.store.read(read_books)
        journals = [read_journal(kiosk) for kiosk in self.hall.kiosks]
        return "; ".join(judge(self.hall, books, journals))


@pytest.fixture(scope="module")
def judged() -> Judged:
    return Judged()


def test_the_judge_is_content_with_a_good_day(judged: Judged) -> None:
    assert judged.violations() == ""


def test_the_judge_misses_a_note_and_finds_one_too_many(judged: Judged) -> None:
    notes = judged.hall.kiosks[0].hardware.acceptor.mechanism.notes
    taken = notes.pop()
    assert "not there {2000: 1}" in judged.violations()
    notes += [taken, BenchNote(10_000, Place.BOX)]
    assert "not booked {10000: 1}" in judged.violations()
    notes.pop()


def test_the_judge_sees_a_purchase_credited_twice_or_never(judged: Judged) -> None:
    state = judged.hall.people[0].meter.state
    credit = state.credits[-1]
    state.credits.append(credit)
    assert "credited [8, 8] after 7" in judged.violations()
    state.credits[:] = []
    assert "0 fen delivered" in judged.violations()
    state.credits[:] = [Credit(credit.purchase_count, credit.amount + 1, credit.card_serial)]
    assert "sold was" in judged.violations()
    assert "delivered" in judged.violations()
    state.credits[:] = [credit]
    assert judged.violations() == ""


def test_every_process_has_a_folder_of_its_own_beside_the_others() -> None:
    mine = workspace()
    with ProcessPoolExecutor(1) as pool:
        its = pool.submit(workspace).result(timeout=60)
    assert its != mine
    assert its.parent == mine.parent
