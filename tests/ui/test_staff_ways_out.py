"""The staff's page without a widget: one order, the ways out, and whoever is in a hurry."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.engine.staff import StoryLine
from kiosk.ui.keys import BACK, CLEAR
from kiosk.ui.samples_staff import NAME, UNSOLD, WITNESS, staff_view, story, stuck
from kiosk.ui.staff.state import (
    ASKED_FOR,
    EVIDENCE,
    Press,
    Second,
    State,
    Trouble,
    View,
    is_open,
)
from kiosk.ui.staff.visit import Tile
from tests.ui.visit import FREE, SECOND, Visit, known
from vending.messages import Reason, Refused
from vending.staff import (
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


@pytest.fixture
def visit() -> Visit:
    return Visit()


# -- one order -------------------------------------------------------------------------------------


def test_the_story_is_read_and_turned(visit: Visit) -> None:
    visit.at_order(FREE)
    visit.press(Press.STORY)
    assert visit.desk.asked[-1] == ("story", FREE.order_no)
    lines: tuple[StoryLine, ...] = story(FREE)
    visit.desk.answer(lines)
    assert (visit.state.view, visit.state.lines) == (View.STORY, lines)
    visit.press(Press.LATER)
    assert visit.state.first_line == visit.orders.fit[View.STORY]
    visit.press(Press.BACK)
    assert (visit.state.view, visit.state.order) == (View.ORDER, FREE)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("why", [None, *Forbidden])
def test_what_is_forbidden_cannot_be_begun(
    visit: Visit, action: Action, why: Forbidden | None
) -> None:
    told = tuple(Permission(action=a, forbidden=why if a is action else None) for a in Action)
    visit.at_order(stuck(permissions=told))
    visit.orders.begin(action)
    begun = visit.state.view is not View.ORDER
    assert begun is (why is None or why in ASKED_FOR)
    assert begun is is_open(told[list(Action).index(action)])


def test_what_the_head_office_does_not_mention_cannot_be_begun(visit: Visit) -> None:
    visit.at_order(stuck(permissions=()))
    visit.orders.begin(Action.REFUND)
    assert visit.state.view is View.ORDER


@pytest.mark.parametrize("action", Action)
def test_evidence_is_asked_where_the_action_needs_it(visit: Visit, action: Action) -> None:
    visit.at_order(FREE)
    visit.orders.begin(action)
    assert visit.state.view is (View.EVIDENCE if EVIDENCE[action] else View.CONFIRM)
    for evidence in Evidence:
        if EVIDENCE[action] and evidence not in EVIDENCE[action]:
            visit.orders.prove(evidence)
            assert visit.state.view is View.EVIDENCE
    if EVIDENCE[action]:
        visit.orders.prove(EVIDENCE[action][-1])
        assert visit.state.view is View.CONFIRM


@pytest.mark.parametrize("action", Action)
def test_an_action_is_sent_with_its_evidence_and_its_result_shown(
    visit: Visit, action: Action
) -> None:
    visit.at_order(FREE)
    visit.orders.begin(action)
    seen = EVIDENCE[action][0] if EVIDENCE[action] else Evidence.NONE
    visit.orders.prove(seen)
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
    visit.orders.begin(Action.REWRITE)
    visit.press(Press.DO_IT)
    visit.desk.answer(ActionForbidden(why=why))
    match why:
        case Forbidden.SIGN_IN_AGAIN:
            assert (visit.state.view, visit.state.trouble) == (View.NAME, Trouble.NOT_KNOWN)
        case Forbidden.SECOND_PERSON:
            assert (visit.state.view, visit.state.second) == (View.NAME, BESIDE)
        case _:
            assert (visit.state.view, visit.state.forbidden) == (View.RESULT, why)
            assert not visit.state.done


def test_a_refusal_and_silence_are_results_too(visit: Visit) -> None:
    for answer in (Refused(Reason.ORDER_CANCELLED), None):
        each = Visit().at_order(FREE)
        each.orders.begin(Action.RESELL)
        each.press(Press.DO_IT)
        each.desk.answer(answer)
        assert each.state.view is View.RESULT
        assert not each.state.done
        assert each.state.refused is (Reason.ORDER_CANCELLED if answer else None)
        assert each.state.trouble is (None if answer else Trouble.NO_ANSWER)


def test_after_a_result_the_order_is_looked_at_anew(visit: Visit) -> None:
    visit.at_order(FREE)
    visit.orders.begin(Action.REWRITE)
    visit.press(Press.DO_IT)
    visit.desk.answer(None)
    visit.press(Press.BACK)
    assert visit.desk.asked[-1] == ("stuck", FREE.order_no)
    visit.desk.answer(StuckOrders((UNSOLD,)))
    assert (visit.state.view, visit.state.order) == (View.ORDER, UNSOLD)


def test_an_order_that_came_to_its_end_leads_back_to_the_list(visit: Visit) -> None:
    visit.at_order(FREE)
    visit.orders.begin(Action.REWRITE)
    visit.press(Press.DO_IT)
    visit.desk.answer(ActionDone(order=FREE))
    visit.press(Press.BACK)
    visit.desk.answer(StuckOrders(()))
    assert visit.desk.asked[-1] == ("stuck", "")
    visit.desk.answer(StuckOrders(()))
    assert (visit.state.view, visit.state.orders) == (View.LIST, ())


# -- the second person -----------------------------------------------------------------------------


BESIDE = Second(View.ORDER, View.CONFIRM)


def to_second(visit: Visit) -> None:
    visit.at_order(SECOND)
    visit.orders.begin(Action.REFUND)
    visit.orders.prove(Evidence.CUSTOMER_ASKS)


def test_a_second_person_signs_in_before_it_is_confirmed(visit: Visit) -> None:
    to_second(visit)
    assert (visit.state.view, visit.state.second) == (View.NAME, BESIDE)
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
    visit.orders.begin(Action.REFUND)
    visit.orders.prove(Evidence.CUSTOMER_ASKS)
    assert (visit.state.view, visit.state.second) == (View.NAME, BESIDE)


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
    assert (visit.state.view, visit.state.second) == (View.NAME, BESIDE)
    visit.press(Press.BACK)
    assert (visit.state.view, visit.state.second) == (View.ORDER, None)


keys = st.sampled_from([*"abc019", BACK, CLEAR]).map(lambda k: lambda v: v.model.type(k))
presses = st.sampled_from([p for p in Press if p is not Press.LEAVE]).map(
    lambda p: lambda v: v.model.press(p)
)
begins = st.sampled_from(list(Action)).map(lambda a: lambda v: v.orders.begin(a))
proofs = st.sampled_from(list(Evidence)).map(lambda e: lambda v: v.orders.prove(e))
looks = st.sampled_from([FREE, SECOND]).map(lambda o: lambda v: v.orders.look_at(o))
tiles = st.sampled_from(list(Tile)).map(lambda t: lambda v: v.choose(t))
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
        visit.orders.begin(action)
        visit.orders.prove(evidence)
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
steps_taken = st.one_of(
    dashes, keys, presses, begins, proofs, looks, tiles, names, answers.map(give)
)


@settings(max_examples=200)
@given(st.sampled_from([SECOND, FREE, None]), st.lists(steps_taken, min_size=2, max_size=20))
def test_no_walk_acts_unconfirmed_unproved_or_alone(
    start: StuckOrder | None, steps: list[Callable[[Visit], None]]
) -> None:
    visit = Visit()
    visit.desk.before_act = lambda: judge(visit.state)
    visit.model.see(staff_view(Role.SUPERVISOR))
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
