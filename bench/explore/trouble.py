"""What a fault can get at."""

from collections.abc import Callable

from bench.explore.kiosk import SimKiosk
from bench.explore.office import Center
from bench.explore.plan import Fault
from bench.explore.staff import Staff
from bench.explore.world import Life, World


class Trouble:
    """The world as faults see it."""

    def __init__(self, world: World, kiosks: list[SimKiosk], center: Center, staff: Staff) -> None:
        self.world = world
        self.kiosks = kiosks
        self.center = center
        self.staff = staff
        self.life = Life()
        """Of the day: what was to end later ends with it."""

    def later(self, fault: Fault, act: Callable[[], None]) -> None:
        """Do something at the end of a fault, if the day is not over before."""
        self.world.after(fault.length_ms, self.life, act)


Begin = Callable[[Trouble, SimKiosk, Fault], None]
