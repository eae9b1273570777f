"""The home menu: who is signed in, what customers would meet now, and what can be done here."""

from functools import partial

from PySide6.QtWidgets import QGridLayout

from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column
from kiosk.ui.pages.staff.view import StaffView, once
from kiosk.ui.staff import words as told
from kiosk.ui.staff.home import Home
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.state import State
from kiosk.ui.staff.visit import Tile
from kiosk.ui.widgets.bars import Bar
from kiosk.ui.widgets.marks import Sign
from kiosk.ui.widgets.text import Text
from kiosk.ui.widgets.tile import TileButton


def tile_name(tile: Tile) -> str:
    """Return the object name of a tile, by which tests and the bench find it."""
    return f"button-staff-tile-{tile.value}"


class HomeView(StaffView):
    """Tiles by rights, in two columns; below each other on an upright screen."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        self._home = model.part(Home)
        self._last = Text(theme, "body")
        self._service = Bar(theme, role="body")
        self._tiles = {tile: self._tile(kit, tile) for tile in Tile}
        self._arranged: tuple[Tile, ...] = ()
        self._columns = 1 if theme.portrait else 2
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.px(14))
        said = column(spacing=theme.px(10))
        for each in (self._last, self._service):
            said.addWidget(each)
        self.content.addLayout(said)
        self.content.addLayout(self._grid, 1)
        self.content.addStretch(0)

    def fill(self, state: State, words: Words) -> None:
        staff = self.model.visit.staff
        self._last.say(told.last_visit(staff, words) if staff else "")
        good = staff is not None and not staff.offline and not staff.out_of_service
        self._service.say(
            told.service(staff, words) if staff else "",
            tone="tint" if good else "warning",
            sign=Sign.DONE if good else Sign.ATTENTION,
        )
        offered = self._home.offered()
        self._arrange(tuple(offered))
        for tile, why_not in offered.items():
            note = words.text(why_not) if why_not else self._home.note(tile, words)
            self._tiles[tile].setEnabled(not why_not)
            self._tiles[tile].say(words.text(f"staff.tile.{tile.value}.title"), note)

    def _tile(self, kit: Kit, tile: Tile) -> TileButton:
        button = TileButton(kit.theme, tile_name(tile), tile.value)
        button.clicked.connect(once(kit, partial(self._home.choose, tile)))
        return button

    def _arrange(self, tiles: tuple[Tile, ...]) -> None:
        if tiles == self._arranged:
            return  # a finger may be on one of them
        self._arranged = tiles
        for tile in Tile:
            self._grid.removeWidget(self._tiles[tile])
            self._tiles[tile].hide()
        for place, tile in enumerate(tiles):
            self._grid.addWidget(self._tiles[tile], place // self._columns, place % self._columns)
            self._tiles[tile].show()
