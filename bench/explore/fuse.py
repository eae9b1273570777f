"""Counts what a kiosk does to the world, and lets its power fail at a chosen one."""

from collections.abc import Callable


class PowerCut(BaseException):
    """The power failed here: nothing of the kiosk goes on. No program can catch this."""


class Fuse:
    """One kiosk's power. ``blow`` is called at the moment of the cut, before `PowerCut`."""

    def __init__(self, blow: Callable[[str], None]) -> None:
        self._blow = blow
        self._left: int | None = None
        self.burnt = 0
        """Effects so far."""
        self.watch: Callable[[str], None] = lambda what: None

    def arm(self, effects: int) -> None:
        """Let the power fail at the ``effects``-th effect from now (1: the next)."""
        self._left = effects

    def disarm(self) -> None:
        """Let the power hold."""
        self._left = None

    @property
    def is_next(self) -> bool:
        """The next effect is the one."""
        return self._left == 1

    def burn(self, what: str) -> None:
        """Pass an effect. Raises PowerCut at the chosen one."""
        self.burnt += 1
        self.watch(what)
        if self._left is None:
            return
        self._left -= 1
        if self._left <= 0:
            self._left = None
            self._blow(what)
            raise PowerCut(what)
