"""Counts what a kiosk does to the world, and lets its power fail at a chosen one."""

from collections.abc import Callable


class PowerCut(BaseException):
    """The power failed here: nothing of the kiosk goes on. No program can catch this."""


class Fuse:
    """One kiosk's power. ``blow`` is called at the moment of the cut, before `PowerCut`."""

    def __init__(self, blow: Callable[[str], None]) -> None:
        self._blow = blow
        self._left: int | None = None
        self._only = ""
        self.burnt = 0
        """Effects so far."""
        self.watch: Callable[[str], None] = lambda what: None

    def arm(self, effects: int, only: str = "") -> None:
        """Let the power fail at the ``effects``-th effect from now (1: the next).

        ``only``: count effects of this name alone.
        """
        self._left, self._only = effects, only

    def disarm(self) -> None:
        """Let the power hold."""
        self._left = None

    def is_next(self, what: str) -> bool:
        """Tell whether the next effect is the one, if it is called ``what``."""
        return self._left == 1 and self._only in {"", what}

    def burn(self, what: str) -> None:
        """Pass an effect. Raises PowerCut at the chosen one."""
        self.burnt += 1
        self.watch(what)
        if self._left is None or self._only not in {"", what}:
            return
        self._left -= 1
        if self._left <= 0:
            self._left = None
            self._blow(what)
            raise PowerCut(what)
