"""Virtual time: what is due when, and whose it is. No thread, no clock, no chance."""

import heapq
from collections.abc import Callable
from itertools import count

US_PER_S = 1_000_000
US_PER_MS = 1_000

Act = Callable[[], None]


class Life:
    """Whatever ends together: one run of a program, one visit. What was due for it ends with it."""

    __slots__ = ("alive",)

    def __init__(self) -> None:
        self.alive = True


class World:
    """What happens next. Equal moments happen in the order in which they were arranged."""

    def __init__(self) -> None:
        self.now_us = 0
        self.steps = 0
        """Moments so far: a run that does not come to rest is known by them."""
        self._due: list[tuple[int, int, Life, Act]] = []
        self._numbers = count()

    @property
    def now_s(self) -> float:
        """Seconds since the beginning."""
        return self.now_us / US_PER_S

    @property
    def now_ms(self) -> int:
        """The same in whole milliseconds."""
        return self.now_us // US_PER_MS

    def at(self, due_us: int, life: Life, act: Act) -> None:
        """Do ``act`` at a moment, if ``life`` is still alive then."""
        heapq.heappush(self._due, (max(due_us, self.now_us), next(self._numbers), life, act))

    def after(self, delay_ms: int, life: Life, act: Act) -> None:
        """Do ``act`` after some milliseconds, if ``life`` is still alive then."""
        self.at(self.now_us + delay_ms * US_PER_MS, life, act)

    def step(self, until_us: int) -> bool:
        """Let the next thing happen; False: nothing is due until ``until_us``, which is now."""
        while self._due:
            due_us, _, life, act = self._due[0]
            if due_us > until_us:
                break
            heapq.heappop(self._due)
            if life.alive:
                self.now_us = due_us
                self.steps += 1
                act()
                return True
        self.now_us = max(self.now_us, until_us)
        return False


class Timer:
    """Something that is due at one moment at a time: setting it anew forgets the moment before."""

    __slots__ = ("_act", "_due_us", "_life", "_world")

    def __init__(self, world: World, life: Life, act: Act) -> None:
        self._world = world
        self._life = life
        self._act = act
        self._due_us: int | None = None

    def set_s(self, at_s: float | None) -> None:
        """Be due at a second of the world, at the earliest a moment from now; None: not at all."""
        if at_s is None:
            self._due_us = None
            return
        due_us = max(self._world.now_us + 1, -int(-at_s * US_PER_S // 1))
        self._set_us(due_us)

    def wake(self, delay_ms: int = 0) -> None:
        """Be due no later than some milliseconds from now."""
        due_us = self._world.now_us + delay_ms * US_PER_MS
        if self._due_us is None or due_us < self._due_us:
            self._set_us(due_us)

    def _set_us(self, due_us: int) -> None:
        if due_us == self._due_us:
            return
        self._due_us = due_us
        self._world.at(due_us, self._life, lambda: self._ring(due_us))

    def _ring(self, due_us: int) -> None:
        if self._due_us == due_us:
            self._due_us = None
            self._act()
