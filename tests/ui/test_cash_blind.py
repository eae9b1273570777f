"""The acceptor died while the box was changed: the page lets the clearing be ended all the same."""

import pytest

from kiosk.cashbox.box import Stage
from kiosk.ui.samples_cash import box, cash_view
from kiosk.ui.staff.cash_state import CashPress
from kiosk.ui.staff.visit import Tile
from tests.ui.visit import Visit
from vending.rights import Role


@pytest.mark.parametrize("stage", [Stage.CLEARING, Stage.TAKEN])
@pytest.mark.parametrize("blind", [False, True])
def test_what_the_sensor_cannot_see_people_can_say(stage: Stage, blind: bool) -> None:
    visit = Visit().at_home(Role.OPERATOR, cash=cash_view(box(stage), may_end=blind))
    visit.choose(Tile.CLEARING)
    assert (CashPress.END_BLIND in visit.model.presses()) == blind
