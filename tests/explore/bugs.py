"""Deliberate bugs by name. Each is a small change of the real code while a ``with`` block lasts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tests.explore.swap import Swaps

Plant = Callable[[Swaps], None]


class Bug(NamedTuple):
    """One mistake that somebody might make."""

    name: str
    cost: str
    """What it would cost whom."""
    plant: Plant
    guard: str
    """What makes it harmless as long as it is alone; empty: nothing does."""


BUGS: dict[str, Bug] = {}


def bug(cost: str, guard: str = "") -> Callable[[Plant], Plant]:
    """Keep the decorated function as a bug; its name with dashes is the bug's."""

    def keep(plant: Plant) -> Plant:
        name = plant.__name__.replace("_", "-")
        BUGS[name] = Bug(name, cost, plant, guard)
        return plant

    return keep


@contextmanager
def planted(*names: str) -> Iterator[None]:
    """Live with these bugs for a while."""
    with Swaps() as swaps:
        for name in names:
            BUGS[name].plant(swaps)
        yield
