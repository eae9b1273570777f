"""Every state of the cash pages: a clearing at each of its steps, figures, the last periods."""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from kiosk.cashbox.box import CashBox, ClosedPeriod, Period, Stage
from kiosk.flow.view import CashView
from kiosk.ui.samples import AT_MS, TERMINAL_NO, Sample
from kiosk.ui.samples_staff import (
    NAME,
    SIGN_IN,
    WITNESS,
    CannedDesk,
    Play,
    choose,
    keys,
    press,
    staff_sample,
    staff_view,
)
from kiosk.ui.staff.cash import Cash
from kiosk.ui.staff.cash_state import CashPress, Label
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.state import Press
from kiosk.ui.staff.visit import Tile
from vending.cash import (
    Business,
    BusinessSum,
    Difference,
    Figures,
    LooseNote,
    NoteCount,
    Opening,
    OpenItem,
    PeriodAnswer,
)
from vending.order_no import make_order_no
from vending.rights import Role

_DAY_MS = 86_400_000
_MINUTE_MS = 60_000
PERIOD_NO = 42
DISTURBED = 40
"""The period whose box was out without a clearing."""
VALUES_FEN = (10_000, 5_000, 2_000, 1_000, 500, 100)


def figures(*, cassettes: int = 1, incomplete: int = 1, loose: int = 0) -> Figures:
    """Return what a busy week leaves; ``loose`` notes, every other one uncertain."""
    counts = tuple(
        NoteCount(cassette=str(cassette), value_fen=value, notes=168 // (place + 1) + cassette)
        for cassette in range(1, cassettes + 1)
        for place, value in enumerate(VALUES_FEN)
    )
    whole_fen, notes = sum(c.amount_fen for c in counts), sum(c.notes for c in counts)
    bills_fen, open_fen = whole_fen // 3, 17_000 * incomplete
    energy = BusinessSum(
        business=Business.ENERGY,
        orders=131,
        notes=notes - 60,
        paid_fen=whole_fen - bills_fen,
        completed_orders=131 - incomplete,
        completed_fen=whole_fen - bills_fen - open_fen,
        slips=130,
        slips_fen=whole_fen - bills_fen - 5_000,
    )
    bill = BusinessSum(
        business=Business.BILL,
        orders=24,
        notes=60,
        paid_fen=bills_fen,
        completed_orders=24,
        completed_fen=bills_fen,
        slips=24,
        slips_fen=bills_fen,
    )
    return Figures(
        counts=counts,
        sums=(energy, bill),
        incomplete=tuple(_open_item(place) for place in range(incomplete)),
        loose=tuple(_loose(place) for place in range(loose)),
    )


def _order_no(place: int) -> str:
    return make_order_no(TERMINAL_NO, AT_MS, 100 + place)


def _open_item(place: int) -> OpenItem:
    business = Business.BILL if place % 3 == 2 else Business.ENERGY
    return OpenItem(order_no=_order_no(place), business=business, paid_fen=17_000)


def _loose(place: int) -> LooseNote:
    certain = place % 2 == 0
    return LooseNote(
        note_id=f"n{place}",
        value_fen=10_000 if place % 3 else 0,
        near_order_no=_order_no(50 + place) if place % 4 else None,
        certain=certain,
    )


def opening(*, returned: bool, announced: bool = True) -> Opening:
    """Return the box's way out, and in again."""
    return Opening(
        removed_at_ms=AT_MS,
        returned_at_ms=AT_MS + 4 * _MINUTE_MS if returned else None,
        staff=NAME if announced else "",
        announced=announced,
    )


def closed(period_no: int, answer: PeriodAnswer | None, *, printed: bool = True) -> ClosedPeriod:
    """Return a period as it was closed."""
    closed_at_ms = AT_MS - (PERIOD_NO - period_no) * 7 * _DAY_MS
    return ClosedPeriod(
        period_no=period_no,
        opened_at_ms=closed_at_ms - 7 * _DAY_MS,
        closed_at_ms=closed_at_ms,
        operator=NAME,
        witness=WITNESS if period_no % 2 else "",
        box_id="3301-0017" if period_no % 2 else "",
        bag_no="880012345" if period_no % 3 else "",
        openings=(opening(returned=True, announced=period_no != DISTURBED),),
        figures=figures(),
        printed=printed,
        answer=answer,
    )


def answer(period_no: int, *differences: Difference) -> PeriodAnswer:
    """Return the head office's word."""
    return PeriodAnswer(
        period_no=period_no, agrees=not differences, figures=figures(), differences=differences
    )


def _difference(what: str, notes: int, amount_fen: int) -> Difference:
    return Difference(
        what=what,
        terminal_notes=notes,
        terminal_fen=amount_fen,
        center_notes=max(0, notes - 1),
        center_fen=max(0, amount_fen - 10_000),
    )


DIFFERENCES = (
    _difference("total", 412, 2_345_600),
    _difference("note:10000", 169, 1_690_000),
    _difference("business:energy", 352, 1_563_800),
    _difference("business:bill", 60, 781_800),
    _difference("loose", 2, 20_000),
    _difference("period", 0, 0),
    _difference("note:50", 3, 150),
    _difference("T1:1", 1, 10_000),
)


def twelve_periods() -> tuple[ClosedPeriod, ...]:
    """Return as many as are kept, with each of the head office's words."""
    numbers = range(PERIOD_NO - 12, PERIOD_NO)
    answers = {40: answer(40, *DIFFERENCES), 41: None}
    return tuple(
        closed(number, answers.get(number, answer(number)), printed=number != 41)
        for number in numbers
    )


def box(stage: Stage = Stage.OPEN, **changes: Any) -> CashBox:
    """Return a box at ``stage``, in the hands of the operator, unless told otherwise."""
    openings = {
        Stage.TAKEN: (opening(returned=False),),
        Stage.REPLACED: (opening(returned=True),),
    }.get(stage, ())
    period = Period(period_no=PERIOD_NO, opened_at_ms=AT_MS - _DAY_MS, openings=openings)
    who = "" if stage is Stage.OPEN else NAME
    made = CashBox(period=period, stage=stage, operator=who, closed=twelve_periods())
    return replace(made, **changes)


def cash_view(cash: CashBox, **changes: Any) -> CashView:
    """Return what the flow shows of ``cash``."""
    taken_up = bool(cash.operator)
    view = CashView(
        cash=cash,
        figures=figures(),
        may_start=cash.is_open or not taken_up,
        may_cancel=cash.stage is Stage.CLEARING,
        may_end=cash.stage is Stage.REPLACED and taken_up,
        needs_second=False,
    )
    return replace(view, **changes)


def disturbed(stage: Stage) -> CashBox:
    """Return a box that went out without a clearing."""
    there = box(stage, operator="")
    openings = (opening(returned=stage is Stage.REPLACED, announced=False),)
    return replace(there, period=replace(there.period, openings=openings))


def cash_sample(name: str, cash: CashView, *plays: Play, witness: str = "") -> Sample:
    """Return a sample in which an operator signs in and ``plays`` are played."""
    out = "" if cash.cash.is_open else "clearing" if cash.cash.operator else "box-disturbed"
    staff = staff_view(Role.OPERATOR, cash=cash, witness=witness, out_of_service=out)
    return staff_sample(f"staff-cash-{name}", staff, CannedDesk(), *SIGN_IN, *plays)


def cash_samples() -> list[Sample]:
    """Return every view with ordinary and extreme content."""
    return [*_walks(), *_questions(), *_figures(), *_periods()]


CLEARING, FIGURES, PERIODS = choose(Tile.CLEARING), choose(Tile.FIGURES), choose(Tile.PERIODS)


def look_at(period_no: int) -> Play:
    """Return the opening of a period of the list."""
    return lambda model: model.part(Cash).look_at(period_no)


def label(label: Label) -> Play:
    """Return the choice of a field."""
    return lambda model: model.part(Cash).choose_label(label)


def see(cash: CashView) -> Play:
    """Return that the flow shows something else about the cash."""

    def play(model: StaffModel) -> None:
        if model.visit.staff:
            model.see(replace(model.visit.staff, cash=cash))

    return play


def _walks() -> Iterator[Sample]:
    two = cash_view(box(), needs_second=True, may_start=False)
    yield cash_sample("second", two, CLEARING)
    yield cash_sample("second-name", two, CLEARING, press(CashPress.SECOND))
    yield cash_sample("start", cash_view(box()), CLEARING)
    yield cash_sample("start-by-two", cash_view(box()), CLEARING, witness=WITNESS)
    yield cash_sample("take-out", cash_view(box(Stage.CLEARING)))
    by_two = box(Stage.CLEARING, witness=WITNESS)
    yield cash_sample("take-out-by-two", cash_view(by_two), witness=WITNESS)
    yield cash_sample("take-out-blind", cash_view(box(Stage.CLEARING), may_end=True))
    yield cash_sample("put-in", cash_view(box(Stage.TAKEN)))
    yield cash_sample("put-in-blind", cash_view(box(Stage.TAKEN), may_end=True))
    yield cash_sample("end", cash_view(box(Stage.REPLACED)))
    typed = (press(CashPress.LABELS), keys("3301-0017"), label(Label.BAG), keys("8" * 20))
    yield cash_sample("end-typed", cash_view(box(Stage.REPLACED)), *typed, press(Press.BACK))
    for stage in (Stage.TAKEN, Stage.REPLACED):
        yield cash_sample(f"disturbed-{stage.value}", cash_view(disturbed(stage)))
    alone = cash_view(disturbed(Stage.TAKEN), needs_second=True, may_start=False)
    yield cash_sample("disturbed-second", alone)


def _questions() -> Iterator[Sample]:
    clearing = cash_view(box(Stage.CLEARING), may_end=True)
    yield cash_sample("cancel", clearing, press(CashPress.CANCEL))
    yield cash_sample("end-blind", clearing, press(CashPress.END_BLIND))
    ending = cash_view(box(Stage.REPLACED))
    yield cash_sample("labels", ending, press(CashPress.LABELS))
    long = (keys("m" * 20), label(Label.NEW_BOX), keys("3301-0018"))
    yield cash_sample("labels-typed", ending, press(CashPress.LABELS), *long)
    yield cash_sample("home", ending, press(Press.BACK))


def _figures() -> Iterator[Sample]:
    shown = cash_view(box())
    yield cash_sample("figures", shown, FIGURES)
    yield cash_sample("figures-business", shown, FIGURES, press(Press.LATER))
    yield cash_sample("figures-items", shown, FIGURES, press(Press.LATER), press(Press.LATER))
    empty = replace(shown, figures=Figures())
    yield cash_sample("figures-empty", empty, FIGURES)
    yield cash_sample("figures-empty-business", empty, FIGURES, press(Press.LATER))
    yield cash_sample("figures-printing", replace(shown, printing="x-report-42"), FIGURES)
    yield cash_sample("figures-not-printed", replace(shown, print_failed=True), FIGURES)
    much = replace(shown, figures=figures(cassettes=3, incomplete=9, loose=9))
    for pages in range(1, 7):
        yield cash_sample(f"figures-much-{pages}", much, FIGURES, *[press(Press.LATER)] * pages)


def _periods() -> Iterator[Sample]:
    shown = cash_view(box())
    yield cash_sample("periods", shown, PERIODS)
    yield cash_sample("periods-later", shown, PERIODS, press(Press.LATER))
    yield cash_sample("periods-none", cash_view(box(closed=())), PERIODS)
    for name, number in {"agrees": 39, "differs": 40, "waiting": 41}.items():
        yield cash_sample(f"period-{name}", shown, PERIODS, look_at(number))
    after = box(period=Period(period_no=PERIOD_NO))
    walked = cash_view(box(Stage.REPLACED, period=Period(period_no=PERIOD_NO - 1)))
    yield cash_sample("period-just-ended", walked, see(cash_view(after, print_failed=True)))
    failed = replace(shown, print_failed=True)
    yield cash_sample("period-not-printed", failed, PERIODS, look_at(41))
    printing = replace(shown, printing="clearing-41")
    yield cash_sample("period-printing", printing, PERIODS, look_at(41))
    figures_of = (look_at(41), press(CashPress.FIGURES))
    yield cash_sample("period-figures", failed, PERIODS, *figures_of)
    differs = (PERIODS, look_at(40), press(CashPress.DIFFERENCES))
    yield cash_sample("differences", shown, *differs)
    yield cash_sample("differences-later", shown, *differs, press(Press.LATER))
