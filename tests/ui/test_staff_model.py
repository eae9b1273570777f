"""The staff's page without a widget: every walk, every answer, every objection."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.engine.staff import StaffDesk, StoryLine
from kiosk.ui.keys import BACK, CLEAR
from kiosk.ui.samples_staff import MANY, NAME, PIN, UNSOLD, WITNESS, permissions, story, stuck
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.state import (
    ASKED_FOR,
    EVIDENCE,
    NAME_CHARACTERS,
    Press,
    State,
    Trouble,
    View,
    is_open,
)
from kiosk.ui.stirring import STIR_S
from tests.ui.fake_desk import FakeDesk
from vending.messages import Reason, Refused
from vending.order_no import ORDER_NO_DIGITS
from vending.staff import (
    PIN_DIGITS,
    Action,
    ActionDone,
    ActionForbidden,
    Evidence,
    Forbidden,
    NotSignedIn,
    Permission,
    Role,
    StaffNotKnown,
    StaffRefused,
    StaffSignedIn,
    StuckOrder,
    StuckOrders,
)

NO_SUCH = "3301062511240001289"


class Visit:
    """A model, its desk, and hands."""

    def __init__(self) -> None:
        self.desk = FakeDesk()
        self.now_s = 0.0
        self.drawn = 0
        self.model = StaffModel(lambda call: call(), self._draw, lambda: self.now_s)
        self.model.open(self.desk)

    def _draw(self) -> None:
        self.drawn += 1

    @property
    def state(self) -> State:
        return self.model.state

    def type(self, text: str) -> None:
        for key in text:
            self.model.type(key)

    def press(self, *presses: Press) -> None:
        for press in presses:
            self.model.press(press)

    def give(self, name: str, pin: str = PIN) -> None:
        """Give name and PIN and have them sent."""
        self.type(name)
        self.press(Press.NEXT)
        self.type(pin)
        self.press(Press.SIGN_IN)

    def sign_in(self, name: str = NAME) -> None:
        self.give(name)
        self.desk.answer(known(name))

    def at_list(self, *orders: StuckOrder) -> "Visit":
        self.sign_in()
        self.desk.answer(StuckOrders(orders))
        return self

    def at_order(self, order: StuckOrder) -> "Visit":
        self.at_list(order)
        self.model.look_at(order)
        return self


def known(name: str) -> StaffSignedIn:
    return StaffSignedIn(
        name=name, role=Role.SUPERVISOR, token="t", until_ms=9, last_sign_in_ms=None
    )


@pytest.fixture
def visit() -> Visit:
    return Visit()


FREE = stuck(permissions=permissions())
SECOND = stuck(permissions=permissions(second=Action.REFUND))


# -- signing in ------------------------------------------------------------------------------------


def test_without_a_desk_the_page_can_only_be_left() -> None:
    model = StaffModel(lambda call: call(), lambda: None, lambda: 0.0)
    model.open(None)
    assert model.state.view is View.CLOSED
    assert model.presses() == {Press.LEAVE: True}


def test_name_then_pin_then_the_list(visit: Visit) -> None:
    assert visit.model.presses() == {Press.LEAVE: True, Press.NEXT: False}
    visit.type(NAME)
    visit.press(Press.NEXT)
    assert visit.state.view is View.PIN
    visit.type(PIN)
    visit.press(Press.SIGN_IN)
    assert visit.state.busy
    assert visit.desk.asked == [("sign-in", NAME, PIN)]
    visit.desk.answer(known(NAME))
    assert (visit.state.view, visit.state.signed_in) == (View.LIST, NAME)
    assert visit.desk.asked[1:] == [("stuck", "")]
    visit.desk.answer(StuckOrders((FREE, UNSOLD)))
    assert visit.state.orders == (FREE, UNSOLD)
    assert not visit.state.busy


def test_a_pin_is_sent_once_and_nowhere_to_be_seen(visit: Visit) -> None:
    visit.type(NAME)
    visit.press(Press.NEXT)
    visit.type(PIN)
    assert visit.state.pin_digits == len(PIN)
    assert PIN not in repr(visit.state)
    assert PIN not in repr(visit.model)
    visit.press(Press.SIGN_IN)
    assert PIN not in str(vars(visit.model))
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
    assert PIN[:4] not in str(vars(visit.model))


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
    rows = visit.model.rows[View.LIST]
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
    assert visit.state.view is View.LIST


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


# -- one order -------------------------------------------------------------------------------------


def test_the_story_is_read_and_turned(visit: Visit) -> None:
    visit.at_order(FREE)
    visit.press(Press.STORY)
    assert visit.desk.asked[-1] == ("story", FREE.order_no)
    lines: tuple[StoryLine, ...] = story(FREE)
    visit.desk.answer(lines)
    assert (visit.state.view, visit.state.lines) == (View.STORY, lines)
    visit.press(Press.LATER)
    assert visit.state.first_line == visit.model.rows[View.STORY]
    visit.press(Press.BACK)
    assert (visit.state.view, visit.state.order) == (View.ORDER, FREE)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("why", [None, *Forbidden])
def test_what_is_forbidden_cannot_be_begun(
    visit: Visit, action: Action, why: Forbidden | None
) -> None:
    told = tuple(Permission(action=a, forbidden=why if a is action else None) for a in Action)
    visit.at_order(stuck(permissions=told))
    visit.model.begin(action)
    begun = visit.state.view is not View.ORDER
    assert begun is (why is None or why in ASKED_FOR)
    assert begun is is_open(told[list(Action).index(action)])


def test_what_the_head_office_does_not_mention_cannot_be_begun(visit: Visit) -> None:
    visit.at_order(stuck(permissions=()))
    visit.model.begin(Action.REFUND)
    assert visit.state.view is View.ORDER


@pytest.mark.parametrize("action", Action)
def test_evidence_is_asked_where_the_action_needs_it(visit: Visit, action: Action) -> None:
    visit.at_order(FREE)
    visit.model.begin(action)
    assert visit.state.view is (View.EVIDENCE if EVIDENCE[action] else View.CONFIRM)
    for evidence in Evidence:
        if EVIDENCE[action] and evidence not in EVIDENCE[action]:
            visit.model.prove(evidence)
            assert visit.state.view is View.EVIDENCE
    if EVIDENCE[action]:
        visit.model.prove(EVIDENCE[action][-1])
        assert visit.state.view is View.CONFIRM


@pytest.mark.parametrize("action", Action)
def test_an_action_is_sent_with_its_evidence_and_its_result_shown(
    visit: Visit, action: Action
) -> None:
    visit.at_order(FREE)
    visit.model.begin(action)
    seen = EVIDENCE[action][0] if EVIDENCE[action] else Evidence.NONE
    visit.model.prove(seen)
    visit.press(Press.DO_IT, Press.DO_IT)
    assert [asked for asked in visit.desk.asked if asked[0] == "act"] == [
        ("act", FREE.order_no, action, seen)
    ]
    after = stuck(refund="decided")
    visit.desk.answer(ActionDone(order=after))
    assert (visit.state.view, visit.state.done, visit.state.order) == (View.RESULT, True, after)


@pytest.mark.parametrize("why", Forbidden)
def test_every_objection_of_the_head_office_ends_somewhere(visit: Visit, why: Forbidden) -> None:
    visit.at_order(FREE)
    visit.model.begin(Action.REWRITE)
    visit.press(Press.DO_IT)
    visit.desk.answer(ActionForbidden(why=why))
    match why:
        case Forbidden.SIGN_IN_AGAIN:
            assert (visit.state.view, visit.state.trouble) == (View.NAME, Trouble.NOT_KNOWN)
        case Forbidden.SECOND_PERSON:
            assert (visit.state.view, visit.state.second) == (View.NAME, True)
        case _:
            assert (visit.state.view, visit.state.forbidden) == (View.RESULT, why)
            assert not visit.state.done


def test_a_refusal_and_silence_are_results_too(visit: Visit) -> None:
    for answer in (Refused(Reason.ORDER_CANCELLED), None):
        each = Visit().at_order(FREE)
        each.model.begin(Action.RESELL)
        each.press(Press.DO_IT)
        each.desk.answer(answer)
        assert each.state.view is View.RESULT
        assert not each.state.done
        assert each.state.refused is (Reason.ORDER_CANCELLED if answer else None)
        assert each.state.trouble is (None if answer else Trouble.NO_ANSWER)


def test_after_a_result_the_order_is_looked_at_anew(visit: Visit) -> None:
    visit.at_order(FREE)
    visit.model.begin(Action.REWRITE)
    visit.press(Press.DO_IT)
    visit.desk.answer(None)
    visit.press(Press.BACK)
    assert visit.desk.asked[-1] == ("stuck", FREE.order_no)
    visit.desk.answer(StuckOrders((UNSOLD,)))
    assert (visit.state.view, visit.state.order) == (View.ORDER, UNSOLD)


def test_an_order_that_came_to_its_end_leads_back_to_the_list(visit: Visit) -> None:
    visit.at_order(FREE)
    visit.model.begin(Action.REWRITE)
    visit.press(Press.DO_IT)
    visit.desk.answer(ActionDone(order=FREE))
    visit.press(Press.BACK)
    visit.desk.answer(StuckOrders(()))
    assert visit.desk.asked[-1] == ("stuck", "")
    visit.desk.answer(StuckOrders(()))
    assert (visit.state.view, visit.state.orders) == (View.LIST, ())


# -- the second person -----------------------------------------------------------------------------


def to_second(visit: Visit) -> None:
    visit.at_order(SECOND)
    visit.model.begin(Action.REFUND)
    visit.model.prove(Evidence.CUSTOMER_ASKS)


def test_a_second_person_signs_in_before_it_is_confirmed(visit: Visit) -> None:
    to_second(visit)
    assert (visit.state.view, visit.state.second) == (View.NAME, True)
    visit.sign_in(WITNESS)
    assert (visit.state.view, visit.state.witness) == (View.CONFIRM, WITNESS)
    assert visit.state.signed_in == NAME
    visit.press(Press.DO_IT)
    assert visit.desk.asked[-1][0] == "act"


def test_nobody_is_their_own_witness(visit: Visit) -> None:
    to_second(visit)
    visit.sign_in(NAME)
    assert (visit.state.view, visit.state.trouble) == (View.NAME, Trouble.SAME_PERSON)
    assert visit.state.second
    visit.sign_in(WITNESS)
    assert visit.state.view is View.CONFIRM


def test_every_dangerous_step_wants_its_own_witness(visit: Visit) -> None:
    to_second(visit)
    visit.sign_in(WITNESS)
    visit.press(Press.DO_IT)
    visit.desk.answer(None)
    visit.press(Press.BACK)
    visit.desk.answer(StuckOrders((SECOND,)))
    visit.model.begin(Action.REFUND)
    visit.model.prove(Evidence.CUSTOMER_ASKS)
    assert (visit.state.view, visit.state.second) == (View.NAME, True)


def test_a_witness_that_is_not_enough_is_not_asked_for_for_ever(visit: Visit) -> None:
    to_second(visit)
    visit.sign_in(WITNESS)
    visit.press(Press.DO_IT)
    visit.desk.answer(ActionForbidden(why=Forbidden.SECOND_PERSON))
    assert (visit.state.view, visit.state.forbidden) == (View.RESULT, Forbidden.SECOND_PERSON)


def test_the_second_person_may_go_back_to_the_order(visit: Visit) -> None:
    to_second(visit)
    visit.type(WITNESS)
    visit.press(Press.NEXT, Press.BACK)
    assert (visit.state.view, visit.state.second) == (View.NAME, True)
    visit.press(Press.BACK)
    assert (visit.state.view, visit.state.second) == (View.ORDER, False)


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
    visit.model.begin(Action.RESELL)
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
        lambda: visit.model.look_at(FREE),
        lambda: visit.model.begin(Action.REFUND),
        lambda: visit.model.prove(Evidence.NONE),
        visit.model.touch,
    ]
    for count, touch in enumerate(touches, start=2):
        visit.now_s += STIR_S
        touch()
        touch()
        assert visit.desk.stirred == count


keys = st.sampled_from([*"abc019", BACK, CLEAR]).map(lambda k: lambda v: v.model.type(k))
presses = st.sampled_from([p for p in Press if p is not Press.LEAVE]).map(
    lambda p: lambda v: v.model.press(p)
)
begins = st.sampled_from(list(Action)).map(lambda a: lambda v: v.model.begin(a))
proofs = st.sampled_from(list(Evidence)).map(lambda e: lambda v: v.model.prove(e))
looks = st.sampled_from([FREE, SECOND]).map(lambda o: lambda v: v.model.look_at(o))
names = st.sampled_from([NAME, WITNESS]).map(lambda n: lambda v: v.give(n))
answers = st.sampled_from(
    [
        None,
        known(NAME),
        known(WITNESS),
        StaffRefused(reason=NotSignedIn.WRONG),
        StuckOrders((FREE, SECOND)),
        StuckOrders(()),
        StaffNotKnown(),
        ActionDone(order=FREE),
        *(ActionForbidden(why=why) for why in Forbidden),
    ]
)


def fitting(visit: Visit, answer: object) -> bool:
    """Whether the desk could give this answer to the question that is open."""
    kinds: dict[object, tuple[type, ...]] = {
        "sign-in": (StaffSignedIn, StaffRefused),
        "stuck": (StuckOrders, StaffNotKnown),
        "act": (ActionDone, ActionForbidden),
    }
    asked = visit.desk.asked[-len(visit.desk.waiting)][0]
    return asked != "story" and (answer is None or isinstance(answer, kinds[asked]))


def give(answer: object) -> Callable[[Visit], None]:
    def play(visit: Visit) -> None:
        if visit.desk.waiting and fitting(visit, answer):
            visit.desk.answer(answer)

    return play


def dash(action: Action, evidence: Evidence, second: str | None) -> Callable[[Visit], None]:
    """Somebody in a hurry: everything for an action at once, needed or not."""

    def play(visit: Visit) -> None:
        visit.model.begin(action)
        visit.model.prove(evidence)
        if second and visit.state.view is View.NAME:
            visit.give(second)
            give(known(second))(visit)
        visit.press(Press.DO_IT)

    return play


proofs_of_actions = st.sampled_from(
    [(action, evidence) for action in Action for evidence in EVIDENCE[action] or Evidence]
)
dashes = st.builds(
    lambda way, second: dash(way[0], way[1], second),
    proofs_of_actions,
    st.sampled_from([None, NAME, WITNESS]),
)
steps_taken = st.one_of(dashes, keys, presses, begins, proofs, looks, names, answers.map(give))


@settings(max_examples=200)
@given(st.sampled_from([SECOND, FREE, None]), st.lists(steps_taken, min_size=2, max_size=20))
def test_no_walk_acts_unconfirmed_unproved_or_alone(
    start: StuckOrder | None, steps: list[Callable[[Visit], None]]
) -> None:
    visit = Visit()
    visit.desk.before_act = lambda: judge(visit.state)
    if start:
        visit.at_order(start)
    for step in steps:
        step(visit)


def judge(state: State) -> None:
    """What must hold whenever the desk is asked to act."""
    assert state.view is View.CONFIRM
    assert state.signed_in
    assert state.action is not None
    assert state.evidence in (EVIDENCE[state.action] or (Evidence.NONE,))
    assert state.permission is not None
    assert state.witness or not state.permission.needs_second
    assert state.witness != state.signed_in


def test_the_canned_desk_of_the_gallery_is_a_desk() -> None:
    from kiosk.ui.samples_staff import CannedDesk

    desk: StaffDesk = CannedDesk()
    desk.stir()
    desk.leave()
