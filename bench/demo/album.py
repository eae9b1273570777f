"""Photographs every screen that the kiosk shows, once."""

import threading
from pathlib import Path

from bench.stand import Control, KioskError
from bench.stand.control import State

LOOK_S = 0.04
JOIN_TIMEOUT_S = 30.0

_TOLD_APART = (
    *("phase", "language", "wait", "notice", "cause", "more_time", "paid_fen"),
    *("view", "stage", "answer", "slip"),
)
Key = tuple[object, ...]


class Album:
    """Looks at the screen on a thread and a connection of its own."""

    def __init__(self, control_path: Path, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._control = Control(control_path)
        self._folder = folder
        self._seen: set[Key] = set()
        self._label = "start"
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._look, name="album", daemon=True)
        self._thread.start()

    def chapter(self, label: str) -> None:
        """Name the next pictures after ``label``, and take again what was taken before."""
        self._label = label
        self._seen.clear()

    def close(self) -> None:
        """Take no more pictures."""
        self._ending.set()
        self._thread.join(JOIN_TIMEOUT_S)
        self._control.close()

    @property
    def pictures(self) -> list[Path]:
        """What was taken."""
        return sorted(self._folder.glob("*.png"))

    def _look(self) -> None:
        try:
            while not self._ending.wait(LOOK_S):
                if _key(self._control.state()) not in self._seen:
                    self._take()
        except KioskError:
            return  # the kiosk has ended: there is nothing left to look at

    def _take(self) -> None:
        label, fresh = self._label, self._folder / "fresh.png"
        shown = self._control.screenshot(fresh)  # the screen may have changed since we looked
        if label != self._label or _key(shown) in self._seen:
            fresh.unlink()
            return
        self._seen.add(_key(shown))
        number = sum(1 for _ in self._folder.glob(f"{label}-*.png")) + 1
        shows = shown["view"] or shown["phase"]
        name = f"{label}-{number:02d}-{shows}-{shown['language']}.png"
        fresh.rename(self._folder / name)


def _key(state: State) -> Key:
    return tuple(state.get(name) for name in _TOLD_APART)
