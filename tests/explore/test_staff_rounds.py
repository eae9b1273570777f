"""Operators and technicians in the simulation, and what the judge says when figures are untrue."""

from collections import Counter

import pytest
from msgspec.structs import replace

from bench.explore.books import read_books, read_journal
from bench.explore.coverage import Coverage
from bench.explore.hall import Hall
from bench.explore.judge import judge
from bench.explore.plan import Manner, Plan, Round
from bench.explore.run import run, workspace
from tests.explore.test_run import BUYERS


class Cleared:
    """A hall after a good day with a clearing, whose books can be made untrue."""

    def __init__(self) -> None:
        clears = Round(name="clears", kiosk=0, at_s=400, manner=Manner.THOROUGH)
        plan = Plan(seed=2, visits=BUYERS[:2], rounds=(clears,))
        self.hall = Hall(plan, workspace(), Coverage())
        self.hall.run()
        self.books = self.hall.center.store.read(read_books)
        self.journals = [read_journal(kiosk) for kiosk in self.hall.kiosks]

    def violations(self, **changes: object) -> str:
        return "; ".join(judge(self.hall, replace(self.books, **changes), self.journals))


@pytest.fixture(scope="module")
def cleared() -> Cleared:
    return Cleared()


def test_each_box_holds_what_its_period_says(cleared: Cleared) -> None:
    (kiosk,) = cleared.hall.kiosks
    assert [box.notes for box in kiosk.boxes] == [{5_000: 2, 2_000: 2}, {}]
    assert cleared.violations() == ""
    first = kiosk.boxes[0]
    kiosk.boxes[0] = first._replace(notes=first.notes + Counter([10_000]))
    assert "period 1: " in cleared.violations()
    kiosk.boxes[0] = first._replace(notes=first.notes - Counter([2_000]))
    assert "period 1: " in cleared.violations()
    kiosk.boxes[0] = first


def test_the_head_office_must_know_every_period_and_agree(cleared: Cleared) -> None:
    first, second = cleared.books.periods
    assert "knows [2]" in cleared.violations(periods=(second,))
    assert "knows [1, 2, 2]" in cleared.violations(periods=(first, second, second))
    assert "does not agree" in cleared.violations(periods=(replace(first, agrees=False), second))
    assert "alarms: period-gap" in cleared.violations(alarms=Counter(["period-gap"]))


def test_a_note_that_is_in_no_period_is_missed(cleared: Cleared) -> None:
    (journal,) = cleared.journals
    assert journal is not None
    cleared.journals[:] = [replace(journal, stacked={**journal.stacked, "more": 500})]
    assert "500: 1" in cleared.violations()
    cleared.journals[:] = [journal]


def test_a_technician_tries_every_device_and_gets_the_notes_back() -> None:
    rounds = tuple(
        Round(name=f"tests {n}", kiosk=0, at_s=60 + 300 * n, manner=Manner.TESTS) for n in range(12)
    )
    plan = Plan(seed=4, visits=BUYERS[:2], rounds=rounds)
    seen = Coverage()
    hall = Hall(plan, workspace(), seen)
    hall.run()
    assert sum(len(technician.notes) for technician in hall.technicians) > 2
    assert not any(technician.swallowed for technician in hall.technicians)
    facts = {fact for phase, fact in seen.facts if phase == "testing"}
    assert facts >= {"NoteReturned", "SlipPrinted", "CardRead", "OfficeTried", "CodeScanned"}
    assert hall.kiosks[0].boots > 2  # staff want the program started anew, and so does the morning
    assert run(plan).violations == ()
