"""The home menu: what somebody with these rights can do here."""

from collections.abc import Mapping

from kiosk.ui.i18n import Words
from kiosk.ui.staff.state import Press, View
from kiosk.ui.staff.visit import Part, Presses, Tile, Visit


class Home(Part):
    """Where everybody comes after signing in."""

    views = frozenset({View.HOME})

    def __init__(self, visit: Visit, *, upright: bool) -> None:
        super().__init__(visit, upright=upright)
        self._part_of: Mapping[Tile, Part] = {}

    def lead_to(self, parts: tuple[Part, ...]) -> None:
        """Be told which parts there are."""
        self._part_of = {tile: part for part in parts for tile in part.tiles}

    def presses(self) -> Presses:
        return {Press.LEAVE: True}

    def back(self) -> None:
        """There is no way back, only the way out."""

    def offered(self) -> dict[Tile, str]:
        """Return what is offered, in order, each with the key of the sentence that says why it
        cannot be pressed now (empty: it can).
        """
        rights = self.visit.staff.rights if self.visit.staff else frozenset()
        return {
            tile: part.why_not(tile)
            for tile in Tile
            if (part := self._part_of.get(tile)) and part.tiles[tile] in rights
        }

    def note(self, tile: Tile, words: Words) -> str:
        """Return the small line of ``tile``."""
        return self._part_of[tile].note(tile, words)

    def choose(self, tile: Tile) -> None:
        """Go where ``tile`` leads, if it is offered."""
        self.visit.touch()
        if self.state.view is View.HOME and self.offered().get(tile, "-") == "":
            self._part_of[tile].open(tile)
