"""What can go wrong, by name; when it begins, and how it ends."""

from collections.abc import Callable

from bench.explore.coverage import Coverage
from bench.explore.kiosk import SimKiosk
from bench.explore.office import Center
from bench.explore.plan import Fault, Plan
from bench.explore.world import Life, World


class Faults:
    """All faults of a run."""

    def __init__(
        self, world: World, plan: Plan, kiosks: list[SimKiosk], center: Center, seen: Coverage
    ) -> None:
        self.world = world
        self.kiosks = kiosks
        self.center = center
        self.seen = seen
        self.injected = 0
        self._plan = plan
        self._life = Life()

    def arrange(self) -> None:
        """Let every fault of the plan wait for its moment."""

    @property
    def all_begun(self) -> bool:
        """Nothing more will go wrong by the clock."""
        return True

    def end(self) -> None:
        """Mend everything."""
        self._life.alive = False


KINDS: dict[str, Callable[[Faults, SimKiosk, Fault], None]] = {}
