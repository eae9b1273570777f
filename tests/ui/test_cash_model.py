"""The cash pages without a widget: a clearing step by step, figures in sheets, the last periods."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.cashbox.box import CashBox, Period, Stage
from kiosk.flow.event import Event
from kiosk.flow.staff_event import (
    CashReportWanted,
    ClearingCancelled,
    ClearingEnded,
    ClearingStarted,
)
from kiosk.flow.view import CashView
from kiosk.ui.i18n import LANGUAGES, Words
from kiosk.ui.samples import CONFIG
from kiosk.ui.samples_cash import (
    DIFFERENCES,
    PERIOD_NO,
    box,
    cash_view,
    closed,
    disturbed,
    figures,
    opening,
)
from kiosk.ui.samples_staff import NAME, WITNESS, staff_view
from kiosk.ui.staff import cash_words as told
from kiosk.ui.staff.cash import Cash
from kiosk.ui.staff.cash_state import LABEL_CHARACTERS, CashPage, CashPress, Label, WalkStep, walk
from kiosk.ui.staff.home import Home
from kiosk.ui.staff.sheets import Kind, denominations, items, sheets
from kiosk.ui.staff.state import Press, Second, View
from kiosk.ui.staff.visit import Tile
from tests.ui.visit import Visit, known
from vending.rights import RIGHTS, Right, Role

STEPS = {
    Stage.OPEN: WalkStep.START,
    Stage.CLEARING: WalkStep.TAKE_OUT,
    Stage.TAKEN: WalkStep.PUT_IN,
    Stage.REPLACED: WalkStep.END,
}


class Clearing(Visit):
    """A visit of an operator, and what the flow shows about the cash."""

    def __init__(self, cash: CashView, role: Role = Role.OPERATOR) -> None:
        super().__init__()
        self.role = role
        self.cash = self.model.part(Cash)
        self.at_home(role, cash=cash)

    def see(self, cash: CashView, **changes: object) -> None:
        """Show something else about the cash."""
        self.model.see(staff_view(self.role, cash=cash, **changes))


def at(stage: Stage, **changes: object) -> CashView:
    return cash_view(box(stage), **changes)


# -- where somebody stands -------------------------------------------------------------------------


@pytest.mark.parametrize("stage", Stage)
def test_the_screen_alone_tells_the_step(stage: Stage) -> None:
    for witnessed in (False, True):
        told_now = walk(at(stage), witnessed=witnessed)
        assert told_now.now is STEPS[stage]
        assert (WalkStep.SECOND in told_now.steps) is witnessed
        place = told_now.steps.index(told_now.now)
        assert told_now.done == frozenset(told_now.steps[:place])
        assert not told_now.disturbed


@pytest.mark.parametrize("stage", [Stage.TAKEN, Stage.REPLACED])
def test_a_disturbed_box_is_taken_up_first(stage: Stage) -> None:
    alone = cash_view(disturbed(stage), needs_second=True, may_start=False)
    assert walk(alone, witnessed=False).now is WalkStep.SECOND
    taken_up = walk(cash_view(disturbed(stage)), witnessed=False)
    assert (taken_up.now, taken_up.disturbed) == (WalkStep.START, True)
    assert WalkStep.TAKE_OUT in taken_up.done
    assert (WalkStep.PUT_IN in taken_up.done) is (stage is Stage.REPLACED)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.OPEN])
def test_whoever_comes_back_lands_on_the_present_step(stage: Stage) -> None:
    visit = Clearing(at(stage))
    assert visit.cash.walk is not None
    assert (visit.state.view, visit.cash.walk.now) == (CashPage.WALK, STEPS[stage])
    visit.press(Press.BACK)
    visit.see(replace(at(stage), printing="x-report-42"))
    assert visit.state.view is View.HOME, "whoever went home on purpose stays there"


def test_nobody_lands_in_a_clearing_without_the_right_or_the_need() -> None:
    assert Clearing(at(Stage.OPEN)).state.view is View.HOME
    visit = Clearing(at(Stage.CLEARING), Role.MAINTENANCE)
    assert visit.state.view is View.HOME


def test_the_flow_may_tell_who_it_is_before_the_desk_does() -> None:
    visit = Visit()
    visit.give(NAME)
    visit.model.see(staff_view(Role.OPERATOR, cash=at(Stage.TAKEN)))
    assert visit.state.busy
    visit.desk.answer(known(NAME))
    assert visit.state.view is CashPage.WALK


# -- what is pressed -------------------------------------------------------------------------------


@pytest.mark.parametrize("leaving", [CashPress.TYPED, Press.BACK])
def test_a_whole_clearing(leaving: CashPress | Press) -> None:
    visit = Clearing(at(Stage.OPEN))
    visit.choose(Tile.CLEARING)
    visit.press(CashPress.START)
    assert visit.posted == [ClearingStarted()]
    visit.see(at(Stage.CLEARING))
    visit.see(at(Stage.TAKEN))
    assert visit.model.presses() == {Press.LEAVE: True, Press.BACK: True, CashPress.FIGURES: True}
    visit.see(at(Stage.REPLACED))
    visit.press(CashPress.LABELS)
    visit.type("3301-a")
    visit.cash.choose_label(Label.BAG)
    visit.type("88")
    visit.press(leaving, CashPress.END)
    assert visit.posted[1:] == [ClearingEnded(box_id="3301-A", new_box_id="", bag_no="88")]
    visit.see(after_the_end())
    assert (visit.state.view, visit.state.cash.period_no) == (CashPage.PERIOD, PERIOD_NO)
    assert visit.state.cash.labels == {}
    visit.press(Press.BACK)
    assert visit.state.view is View.HOME


def after_the_end() -> CashView:
    following = Period(period_no=PERIOD_NO + 1, opened_at_ms=1)
    return cash_view(box(period=following, closed=(closed(PERIOD_NO, None),)))


def test_a_second_person_comes_first_where_the_site_wants_one() -> None:
    visit = Clearing(at(Stage.OPEN, needs_second=True, may_start=False))
    visit.choose(Tile.CLEARING)
    assert CashPress.START not in visit.model.presses()
    visit.press(CashPress.SECOND)
    assert visit.state.second == Second(CashPage.WALK, CashPage.WALK)
    visit.sign_in(WITNESS)
    assert (visit.state.view, visit.state.witness) == (CashPage.WALK, WITNESS)
    visit.see(at(Stage.OPEN), witness=WITNESS)
    visit.press(CashPress.START)
    assert visit.posted == [ClearingStarted()]


def test_cancelling_is_asked_twice_and_only_while_the_box_is_in() -> None:
    visit = Clearing(at(Stage.CLEARING))
    visit.press(CashPress.CANCEL)
    assert (visit.state.view, visit.posted) == (CashPage.CANCEL, [])
    visit.press(CashPress.CANCEL_YES)
    assert visit.posted == [ClearingCancelled()]
    visit.see(at(Stage.TAKEN))
    assert visit.state.view is CashPage.WALK
    assert CashPress.CANCEL not in visit.model.presses()
    visit.press(CashPress.CANCEL, CashPress.CANCEL_YES)
    assert visit.posted == [ClearingCancelled()]


def test_a_cancelled_clearing_leads_to_its_beginning_not_to_a_result() -> None:
    visit = Clearing(at(Stage.CLEARING))
    visit.see(at(Stage.OPEN))
    assert visit.state.view is CashPage.WALK
    assert visit.cash.walk is not None
    assert visit.cash.walk.now is WalkStep.START


def test_a_box_that_cannot_be_seen_is_asked_about() -> None:
    visit = Clearing(at(Stage.CLEARING))
    assert CashPress.END_BLIND not in visit.model.presses()
    visit.see(at(Stage.CLEARING, may_end=True))
    visit.press(CashPress.END_BLIND)
    assert visit.posted == []
    visit.press(CashPress.END_YES)
    assert visit.posted == [ClearingEnded()]


def test_a_disturbed_box_is_taken_up_with_one_press() -> None:
    visit = Clearing(cash_view(disturbed(Stage.TAKEN)))
    assert CashPress.START not in visit.model.presses()
    visit.press(CashPress.TAKE_UP)
    assert visit.posted == [ClearingStarted()]


def test_what_happens_to_the_box_brings_whoever_reads_the_figures_back() -> None:
    visit = Clearing(at(Stage.CLEARING))
    visit.press(CashPress.FIGURES)
    assert Press.LATER in visit.model.presses()
    visit.see(at(Stage.TAKEN))
    assert visit.state.view is CashPage.WALK


@given(st.text("abc-._019", max_size=40))
def test_labels_are_short_and_in_capitals(text: str) -> None:
    visit = Clearing(at(Stage.REPLACED))
    visit.press(CashPress.LABELS)
    visit.type(text)
    assert visit.state.cash.labels.get(Label.BOX, "") == text.upper()[:LABEL_CHARACTERS]
    visit.press(Press.BACK, CashPress.END)
    (ended,) = visit.posted
    assert isinstance(ended, ClearingEnded)
    assert ended.box_id == text.upper()[:LABEL_CHARACTERS].strip("-._")


PRESSES = [*CashPress, *(press for press in Press if press is not Press.LEAVE)]
SHOWN = [
    *(at(stage) for stage in Stage),
    at(Stage.CLEARING, may_end=True),
    at(Stage.OPEN, needs_second=True, may_start=False),
    cash_view(disturbed(Stage.TAKEN)),
    cash_view(disturbed(Stage.REPLACED)),
    at(Stage.OPEN, printing="x-report-42"),
    after_the_end(),
    None,
]
LAWFUL: dict[type[Event], Callable[[CashView, Any], bool]] = {
    ClearingStarted: lambda cash, event: cash.may_start,
    ClearingCancelled: lambda cash, event: cash.may_cancel,
    ClearingEnded: lambda cash, event: cash.may_end,
    CashReportWanted: lambda cash, event: (
        not cash.printing
        and (
            event.period_no == cash.cash.period.period_no
            or any(each.period_no == event.period_no for each in cash.cash.closed)
        )
    ),
}


@given(st.lists(st.one_of(st.sampled_from(PRESSES), st.sampled_from(SHOWN)), max_size=25))
def test_nothing_is_posted_that_the_screen_does_not_permit(
    steps: list[Press | CashPress | CashView | None],
) -> None:
    visit = Clearing(at(Stage.OPEN))
    visit.choose(Tile.CLEARING)
    for step in steps:
        if step is None or isinstance(step, CashView):
            visit.model.see(staff_view(Role.OPERATOR, cash=step))
            continue
        before = len(visit.posted)
        cash = visit.cash.cash
        visit.press(step)
        for event in visit.posted[before:]:
            judge(cash, event)


def judge(cash: CashView | None, event: Event) -> None:
    assert cash is not None
    assert LAWFUL[type(event)](cash, event)


# -- reports ---------------------------------------------------------------------------------------


def test_an_x_report_is_printed_any_time_but_not_twice_at_once() -> None:
    visit = Clearing(at(Stage.OPEN))
    visit.choose(Tile.FIGURES)
    visit.press(CashPress.PRINT)
    assert visit.posted == [CashReportWanted(period_no=PERIOD_NO)]
    visit.see(at(Stage.OPEN, printing="x-report-42"))
    visit.press(CashPress.PRINT)
    assert len(visit.posted) == 1


def test_the_last_periods_are_looked_at_and_printed_again() -> None:
    visit = Clearing(at(Stage.OPEN))
    visit.choose(Tile.PERIODS)
    seen: set[int] = set()
    while True:
        seen.add(visit.state.cash.first)
        if not visit.model.presses().get(Press.LATER):
            break
        visit.press(Press.LATER)
    assert seen == {0, 4, 8}
    visit.cash.look_at(40)
    assert visit.cash.period is not None
    assert visit.cash.period.period_no == 40
    visit.press(CashPress.PRINT_AGAIN)
    assert visit.posted == [CashReportWanted(period_no=40)]
    visit.press(CashPress.DIFFERENCES)
    assert (visit.state.view, visit.cash.differences) == (CashPage.DIFFERENCES, DIFFERENCES)
    visit.press(Press.BACK, CashPress.FIGURES)
    assert visit.cash.figures == figures()
    visit.press(Press.BACK, Press.BACK)
    assert visit.state.view is CashPage.PERIODS


def test_only_a_period_that_differs_has_a_table() -> None:
    visit = Clearing(at(Stage.OPEN))
    for number, differs in {39: False, 40: True, 41: False}.items():
        visit.choose(Tile.PERIODS)
        visit.cash.look_at(number)
        assert (CashPress.DIFFERENCES in visit.model.presses()) is differs
        visit.press(Press.BACK, Press.BACK)


# -- rights ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_the_menu_offers_what_the_rights_allow(role: Role) -> None:
    visit = Clearing(at(Stage.OPEN), role)
    offered = set(visit.model.part(Home).offered())
    wanted = {
        Tile.CLEARING: Right.CLEAR_CASH,
        Tile.FIGURES: Right.SEE_CASH,
        Tile.PERIODS: Right.SEE_CASH,
        Tile.ORDERS: Right.RESOLVE_ORDERS,
    }
    assert {tile for tile, right in wanted.items() if right in RIGHTS[role]} == offered & set(
        wanted
    )
    for tile in set(wanted) - offered:
        visit.choose(tile)
        assert visit.state.view is View.HOME


def test_without_the_head_office_stuck_orders_stay_shut() -> None:
    visit = Visit().at_home(offline=True)
    asked = len(visit.desk.asked)
    visit.choose(Tile.ORDERS)
    assert (visit.state.view, len(visit.desk.asked)) == (View.HOME, asked)


# -- sheets and words ------------------------------------------------------------------------------


@given(st.integers(0, 3), st.integers(0, 9), st.integers(0, 9), st.integers(1, 8))
def test_sheets_hold_every_row_once(
    cassettes: int, incomplete: int, loose: int, per_sheet: int
) -> None:
    shown = figures(cassettes=cassettes, incomplete=incomplete, loose=loose)
    cut = sheets(shown, per_sheet)
    assert all(len(sheet.notes) + len(sheet.items) <= per_sheet for sheet in cut)
    notes = [row for sheet in cut if sheet.kind is Kind.NOTES for row in sheet.notes]
    assert tuple(notes) == denominations(shown)
    assert sum(row.value_fen * row.notes for row in notes) == shown.expected_fen
    each = [row for sheet in cut if sheet.kind is Kind.CASSETTES for row in sheet.notes]
    assert sum(row.notes for row in each) == (shown.notes if cassettes > 1 else 0)
    assert [row for sheet in cut for row in sheet.items] == list(items(shown))
    assert len(items(shown)) == incomplete + loose
    assert [sheet.kind for sheet in cut].count(Kind.BUSINESS) == 1
    assert cut[0].kind is Kind.NOTES


def test_a_period_says_that_its_box_was_out_without_a_clearing() -> None:
    words = Words("zh", CONFIG)
    quiet = closed(PERIOD_NO, None)
    assert not any("没有清机" in value for _, value in told.period_facts(quiet, words))
    known, stolen = opening(returned=True), opening(returned=True, announced=False)
    disturbed = replace(quiet, openings=(known, stolen, known))
    assert sum("没有清机" in value for _, value in told.period_facts(disturbed, words)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_difference_is_told_in_words_and_an_unknown_one_by_its_code(language: str) -> None:
    words = Words(language, CONFIG)
    assert told.what("note:10000", words) == told.value(10_000, words)
    assert told.what("business:bill", words) != "business:bill"
    assert told.what("of-tomorrow:1", words) == "of-tomorrow:1"
    assert told.what("note:of-tomorrow", words) == "note:of-tomorrow"


def test_a_box_without_openings_is_disturbed_all_the_same() -> None:
    words = Words("en", CONFIG)
    cash = cash_view(CashBox(stage=Stage.TAKEN))
    assert told.warning(walk(cash, witnessed=False), cash, words)
