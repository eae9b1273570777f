"""Some exploration: a fixed set of seeds, each of which must be without violation."""

import pytest

from bench.explore.coverage import Coverage
from bench.explore.draw import DRAWS, draw
from bench.explore.faults import KINDS
from bench.explore.plan import Plan
from bench.explore.shrink import items_of, shrink
from bench.explore.sweep import kiosks_of, sweep_chunk

SEEDS = 40
SHARES = 8


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_no_fixed_seed_fails(share: int) -> None:
    size = SEEDS // SHARES
    tally, seen = sweep_chunk(range(share * size, (share + 1) * size))
    assert [failure.command for failure in tally.failures] == []
    assert tally.purchases > size
    assert len(seen.faults) > size


def test_every_kind_of_fault_can_be_drawn_and_is_drawn() -> None:
    assert DRAWS.keys() == KINDS.keys()
    drawn = {fault.kind for seed in range(200) for fault in draw(seed, kiosks_of(seed)).faults}
    assert drawn == KINDS.keys()


def test_items_do_not_depend_on_each_other() -> None:
    plan = draw(7)
    assert plan == draw(7)
    assert len({item.name for item in items_of(plan)}) == len(items_of(plan))


def test_shrinking_leaves_what_matters() -> None:
    plan = draw(17)
    wanted = {items_of(plan)[0].name, items_of(plan)[-1].name}

    def fails(smaller: Plan) -> bool:
        return wanted <= {item.name for item in items_of(smaller)}

    assert {item.name for item in items_of(shrink(plan, fails))} == wanted


def test_coverage_adds_up() -> None:
    one, other = Coverage(), Coverage()
    one.met("idle", "jam")
    other.met("idle", "jam")
    one.add(other)
    assert one.faults["idle", "jam"] == 2
