"""The staff's page without a widget: signing in, the list, leaving."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.engine.staff import StaffDesk
from kiosk.ui.keys import BACK, CLEAR
from kiosk.ui.samples_staff import MANY, NAME, PIN, UNSOLD, staff_view
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.state import (
    NAME_CHARACTERS,
    Press,
    State,
    Trouble,
    View,
)
from kiosk.ui.staff.visit import Tile
from kiosk.ui.stirring import STIR_S
from tests.ui.visit import FREE, Visit, known
from vending.order_no import ORDER_NO_DIGITS
from vending.staff import (
    PIN_DIGITS,
    Action,
    Evidence,
    NotSignedIn,
    Role,
    StaffNotKnown,
    StaffRefused,
    StuckOrders,
)


@pytest.fixture
def visit() -> Visit:
    return Visit()


# -- signing in ------------------------------------------------------------------------------------


def test_without_a_desk_the_page_can_only_be_left() -> None:
    model = StaffModel(lambda call: call(), lambda: None, lambda: 0.0, lambda _: None)
    model.open(None)
    assert model.state.view is View.CLOSED
    assert model.presses() == {Press.LEAVE: True}


def test_name_then_pin_then_the_menu_then_the_list(visit: Visit) -> None:
    assert visit.model.presses() == {Press.LEAVE: True, Press.NEXT: False}
    visit.type(NAME)
    visit.press(Press.NEXT)
    assert visit.state.view is View.PIN
    visit.type(PIN)
    visit.press(Press.SIGN_IN)
    assert visit.state.busy
    assert visit.desk.asked == [("sign-in", NAME, PIN)]
    visit.desk.answer(known(NAME))
    assert (visit.state.view, visit.state.signed_in) == (View.HOME, NAME)
    visit.model.see(staff_view(Role.OPERATOR))
    visit.choose(Tile.ORDERS)
    assert visit.desk.asked[1:] == [("stuck", "")]
    visit.desk.answer(StuckOrders((FREE, UNSOLD)))
    assert (visit.state.view, visit.state.orders) == (View.LIST, (FREE, UNSOLD))
    assert not visit.state.busy


def test_a_pin_is_sent_once_and_nowhere_to_be_seen(visit: Visit) -> None:
    visit.type(NAME)
    visit.press(Press.NEXT)
    visit.type(PIN)
    assert visit.state.pin_digits == len(PIN)
    assert PIN not in repr(visit.state)
    assert PIN not in repr(visit.model)
    visit.press(Press.SIGN_IN)
    assert PIN not in str(vars(visit.model.visit))
    assert visit.state.pin_digits == 0
    visit.desk.answer(StaffRefused(reason=NotSignedIn.WRONG))
    visit.press(Press.SIGN_IN)
    assert len(visit.desk.asked) == 1


@pytest.mark.parametrize("away", [Press.BACK, Press.LEAVE])
def test_half_a_pin_is_forgotten_on_the_way_out(visit: Visit, away: Press) -> None:
    visit.type(NAME)
    visit.press(Press.NEXT)
    visit.type(PIN[:4])
    visit.press(away)
    if away is Press.LEAVE:
        visit.model.close()
    assert PIN[:4] not in str(vars(visit.model.visit))


@given(st.integers(0, 20))
def test_only_a_pin_of_a_lawful_length_can_be_sent(digits: int) -> None:
    visit = Visit()
    visit.type(NAME)
    visit.press(Press.NEXT)
    visit.type("7" * digits)
    fewest, most = PIN_DIGITS
    typed = min(digits, most)
    assert visit.model.presses()[Press.SIGN_IN] is (fewest <= typed)
    visit.press(Press.SIGN_IN)
    sent = [asked[2] for asked in visit.desk.asked]
    assert sent == (["7" * typed] if fewest <= typed else [])


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (StaffRefused(reason=NotSignedIn.WRONG), Trouble.WRONG),
        (StaffRefused(reason=NotSignedIn.LOCKED, locked_until_ms=77), Trouble.LOCKED),
        (None, Trouble.NO_ANSWER),
    ],
)
def test_whoever_is_not_let_in_is_told_why_and_may_try_again(
    visit: Visit, answer: StaffRefused | None, trouble: Trouble
) -> None:
    visit.give(NAME)
    visit.desk.answer(answer)
    assert (visit.state.view, visit.state.trouble) == (View.PIN, trouble)
    assert visit.state.locked_until_ms == (77 if trouble is Trouble.LOCKED else None)
    assert not visit.state.busy
    visit.type("1")
    assert visit.state.trouble is None


def test_keys_take_away_what_they_gave(visit: Visit) -> None:
    visit.type("abc")
    visit.model.type(BACK)
    assert visit.state.name == "ab"
    visit.model.type(CLEAR)
    assert visit.state.name == ""
    visit.type("m" * 99)
    assert len(visit.state.name) == NAME_CHARACTERS


def test_a_wrong_name_can_be_mended(visit: Visit) -> None:
    visit.type("li.wex")
    visit.press(Press.NEXT, Press.BACK)
    visit.model.type(BACK)
    visit.type("i")
    assert visit.state.name == NAME


# -- the list --------------------------------------------------------------------------------------


def test_a_long_list_is_turned_in_pages(visit: Visit) -> None:
    visit.at_list(*MANY)
    rows = visit.orders.fit[View.LIST]
    assert visit.model.presses()[Press.EARLIER] is False
    seen = list(visit.state.orders[:rows])
    while visit.model.presses()[Press.LATER]:
        visit.press(Press.LATER)
        seen += visit.state.orders[visit.state.first_order :][:rows]
    assert seen == list(MANY)
    visit.press(*[Press.EARLIER] * len(MANY))
    assert visit.state.first_order == 0


def test_a_short_list_has_no_pages(visit: Visit) -> None:
    visit.at_list(FREE)
    assert not {Press.EARLIER, Press.LATER} & visit.model.presses().keys()


def test_a_list_that_shrank_is_shown_from_its_beginning(visit: Visit) -> None:
    visit.at_list(*MANY)
    visit.press(*[Press.LATER] * 5, Press.RELOAD)
    visit.desk.answer(StuckOrders((FREE,)))
    assert visit.state.first_order == 0


def test_a_list_without_an_answer_keeps_what_was_known(visit: Visit) -> None:
    visit.at_list(FREE)
    visit.press(Press.RELOAD)
    visit.desk.answer(None)
    assert (visit.state.trouble, visit.state.orders) == (Trouble.NO_ANSWER, (FREE,))


@pytest.mark.parametrize("asking", [Press.RELOAD, Press.FIND])
def test_whoever_was_signed_out_meanwhile_signs_in_again(visit: Visit, asking: Press) -> None:
    visit.at_list(FREE)
    if asking is Press.FIND:
        visit.press(Press.BY_NUMBER)
        visit.type(UNSOLD.order_no)
    visit.press(asking)
    visit.desk.answer(StaffNotKnown())
    assert (visit.state.view, visit.state.trouble) == (View.NAME, Trouble.NOT_KNOWN)
    assert visit.state.signed_in == ""
    visit.sign_in()
    assert visit.state.view is View.HOME


def test_an_order_of_another_machine_is_found_by_its_number(visit: Visit) -> None:
    visit.at_list()
    visit.press(Press.BY_NUMBER)
    visit.type(UNSOLD.order_no[:-1])
    assert visit.model.presses()[Press.FIND] is False
    visit.press(Press.FIND)
    visit.type(UNSOLD.order_no[-1])
    visit.press(Press.FIND)
    assert visit.desk.asked[-1] == ("stuck", UNSOLD.order_no)
    visit.desk.answer(StuckOrders((UNSOLD,)))
    assert (visit.state.view, visit.state.order) == (View.ORDER, UNSOLD)


@pytest.mark.parametrize(
    ("answer", "trouble"), [(StuckOrders(()), Trouble.NOT_FOUND), (None, Trouble.NO_ANSWER)]
)
def test_a_number_that_finds_nothing_can_be_mended(
    visit: Visit, answer: StuckOrders | None, trouble: Trouble
) -> None:
    visit.at_list()
    visit.press(Press.BY_NUMBER)
    visit.type(UNSOLD.order_no)
    visit.press(Press.FIND)
    visit.desk.answer(answer)
    assert (visit.state.view, visit.state.trouble) == (View.NUMBER, trouble)
    visit.model.type(BACK)
    assert visit.state.trouble is None
    assert len(visit.state.number) == ORDER_NO_DIGITS - 1


# -- late answers, other keys, leaving -------------------------------------------------------------


def test_an_answer_that_nobody_waits_for_any_more_changes_nothing(visit: Visit) -> None:
    visit.at_list(FREE)
    visit.press(Press.BY_NUMBER)
    visit.type(UNSOLD.order_no)
    visit.press(Press.FIND, Press.BACK, Press.BACK)
    assert visit.state.view is View.LIST
    before = visit.state
    visit.desk.answer(StuckOrders((UNSOLD,)))
    assert visit.state == before


def test_an_answer_to_somebody_who_left_lets_nobody_in(visit: Visit) -> None:
    visit.give(NAME)
    visit.model.close()
    visit.model.open(visit.desk)
    visit.desk.answer(known(NAME))
    assert (visit.state.view, visit.state.signed_in) == (View.NAME, "")


def test_while_an_action_is_under_way_it_can_only_be_left(visit: Visit) -> None:
    visit.at_order(FREE)
    visit.orders.begin(Action.RESELL)
    visit.press(Press.DO_IT)
    assert visit.model.presses() == {Press.LEAVE: True, Press.BACK: False, Press.DO_IT: False}


def test_leaving_signs_everybody_out(visit: Visit) -> None:
    visit.at_order(FREE)
    visit.press(Press.LEAVE)
    assert visit.desk.left == 1
    visit.model.close()
    assert visit.state == State(view=View.CLOSED)


def test_every_touch_keeps_the_page_open_but_not_every_touch_is_told(visit: Visit) -> None:
    visit.type("abc")
    assert visit.desk.stirred == 1
    touches: list[Callable[[], None]] = [
        lambda: visit.model.type("a"),
        lambda: visit.press(Press.DO_IT),
        lambda: visit.orders.look_at(FREE),
        lambda: visit.orders.begin(Action.REFUND),
        lambda: visit.orders.prove(Evidence.NONE),
        visit.model.touch,
    ]
    for count, touch in enumerate(touches, start=2):
        visit.now_s += STIR_S
        touch()
        touch()
        assert visit.desk.stirred == count


def test_the_canned_desk_of_the_gallery_is_a_desk() -> None:
    from kiosk.ui.samples_staff import CannedDesk

    desk: StaffDesk = CannedDesk()
    desk.stir()
    desk.leave()
