"""Cash at the machine: a clearing step by step, the figures, the last periods.

The flow decides. What is pressed is posted as a fact, and the next screen shows what came of it.
"""

from enum import StrEnum
from typing import Any, ClassVar

from msgspec.structs import replace

from kiosk.cashbox.box import ClosedPeriod
from kiosk.flow.staff_event import (
    CashReportWanted,
    ClearingCancelled,
    ClearingEnded,
    ClearingStarted,
)
from kiosk.flow.view import CashView, StaffView
from kiosk.ui.i18n import Words
from kiosk.ui.keys import typed
from kiosk.ui.staff import cash_words as told
from kiosk.ui.staff.cash_state import (
    LABEL_CHARACTERS,
    MAIN,
    CashPage,
    CashPress,
    Label,
    Walk,
    WalkStep,
    closed_period,
    walk,
)
from kiosk.ui.staff.sheets import Sheet, sheets
from kiosk.ui.staff.state import Press, View
from kiosk.ui.staff.visit import Part, Presses, Tile, paging, turned
from vending.cash import Difference, Figures
from vending.rights import Right

_BACK: dict[StrEnum, StrEnum] = {
    CashPage.WALK: View.HOME,
    CashPage.LABELS: CashPage.WALK,
    CashPage.CANCEL: CashPage.WALK,
    CashPage.BLIND: CashPage.WALK,
    CashPage.PERIODS: View.HOME,
    CashPage.DIFFERENCES: CashPage.PERIOD,
}
_WALKING = frozenset({CashPage.WALK, CashPage.LABELS, CashPage.CANCEL, CashPage.BLIND})
_PAGES: dict[Tile, CashPage] = {
    Tile.CLEARING: CashPage.WALK,
    Tile.FIGURES: CashPage.FIGURES,
    Tile.PERIODS: CashPage.PERIODS,
}


class Cash(Part):
    """Figures, clearing, and what became of it."""

    views = frozenset(CashPage)
    main = MAIN
    tiles: ClassVar = {
        Tile.CLEARING: Right.CLEAR_CASH,
        Tile.FIGURES: Right.SEE_CASH,
        Tile.PERIODS: Right.SEE_CASH,
    }
    rows: ClassVar = {
        CashPage.FIGURES: (6, 14),
        CashPage.PERIODS: (4, 10),
        CashPage.DIFFERENCES: (6, 14),
    }

    # -- what is known ---------------------------------------------------------------------------

    @property
    def cash(self) -> CashView | None:
        """What the flow shows of the cash; None: nothing (any more)."""
        return self.visit.staff.cash if self.visit.staff else None

    @property
    def walk(self) -> Walk | None:
        """How far the clearing is."""
        staff, cash = self.visit.staff, self.cash
        return walk(cash, witnessed=bool(staff.witness)) if staff and cash else None

    @property
    def period(self) -> ClosedPeriod | None:
        """The closed period that is shown."""
        return closed_period(self.cash.cash, self.state.cash.period_no) if self.cash else None

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What the head office says otherwise about that period."""
        answer = self.period.answer if self.period else None
        return answer.differences if answer else ()

    @property
    def figures(self) -> Figures:
        """The figures that are shown."""
        if self.period:
            return self.period.figures
        return self.cash.figures if self.cash else Figures()

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The figures that are shown, cut to the screen."""
        return sheets(self.figures, self.fit[CashPage.FIGURES])

    @property
    def sheet(self) -> Sheet:
        """The sheet that is shown: figures may have become shorter meanwhile."""
        return self.sheets[min(self.state.cash.sheet, len(self.sheets) - 1)]

    # -- going about -----------------------------------------------------------------------------

    def open(self, tile: Tile) -> None:
        self._to(_PAGES[tile], period_no=0, sheet=0, first=0, before=View.HOME)

    def land(self) -> bool:
        """A clearing that is under way cannot wait."""
        rights = self.visit.staff.rights if self.visit.staff else frozenset()
        urgent = self.cash is not None and not self.cash.cash.is_open
        if urgent and Right.CLEAR_CASH in rights:
            self.open(Tile.CLEARING)
            return True
        return False

    def note(self, tile: Tile, words: Words) -> str:
        if tile is Tile.CLEARING and self.walk and self.cash and not self.cash.cash.is_open:
            return told.under_way(self.walk, words)
        return super().note(tile, words)

    def title(self, words: Words) -> str:
        return told.title(self.state.view, self.state.cash, self.cash, words)

    def back(self) -> None:
        cash, view = self.state.cash, self.state.view
        match view:
            case CashPage.FIGURES:
                self._to(cash.before, sheet=0)
            case CashPage.PERIOD:
                self._to(cash.before_period, period_no=0)
            case _:
                self._to(_BACK[view])

    def seen(self, before: StaffView | None) -> None:
        was, now = before.cash if before else None, self.cash
        if was is None or now is None:
            return
        view, ended = self.state.view, was.cash.period.period_no
        walking = view in _WALKING or (
            view is CashPage.FIGURES and self.state.cash.before is CashPage.WALK
        )
        if walking and now.cash.period.period_no != ended and closed_period(now.cash, ended):
            self._to(CashPage.PERIOD, period_no=ended, labels={}, before_period=View.HOME)
        elif walking and now.cash.stage is not was.cash.stage:
            self._to(CashPage.WALK, period_no=0)

    def _to(self, view: StrEnum, **changes: Any) -> None:
        self.visit.to(view, cash=replace(self.state.cash, **changes))

    def _show(self, **changes: Any) -> None:
        self.visit.show(cash=replace(self.state.cash, **changes))

    # -- what may be pressed ---------------------------------------------------------------------

    def presses(self) -> Presses:
        out: Presses = {Press.LEAVE: True, Press.BACK: True}
        if self.cash is None:
            return out
        match self.state.view:
            case CashPage.WALK:
                return out | self._walk_presses(self.cash)
            case CashPage.LABELS:
                return out | _one(CashPress.TYPED)
            case CashPage.CANCEL:
                return out | _one(CashPress.CANCEL_YES, lit=self.cash.may_cancel)
            case CashPage.BLIND:
                return out | _one(CashPress.END_YES, lit=self.cash.may_end)
            case CashPage.FIGURES:
                # Five buttons stand in a row: out of here leads the way back.
                turning = paging(self.state.cash.sheet, len(self.sheets), 1)
                return _one(Press.BACK) | turning | self._print_press(self.cash)
            case CashPage.PERIOD if self.period:
                more = _one(CashPress.DIFFERENCES) if self.differences else {}
                return out | _one(CashPress.FIGURES) | more | self._print_press(self.cash)
            case CashPage.PERIODS:
                return out | self._list_presses(len(self.cash.cash.closed))
            case CashPage.DIFFERENCES:
                return out | self._list_presses(len(self.differences))
            case _:
                return out

    def _walk_presses(self, cash: CashView) -> Presses:
        figures, now = _one(CashPress.FIGURES), self.walk
        match now.now if now else None:
            case WalkStep.SECOND:
                return figures | _one(CashPress.SECOND)
            case WalkStep.START:
                begin = CashPress.TAKE_UP if now and now.disturbed else CashPress.START
                return figures | _one(begin, lit=cash.may_start)
            case WalkStep.TAKE_OUT | WalkStep.PUT_IN:
                cancel = _one(CashPress.CANCEL) if cash.may_cancel else {}
                return cancel | figures | (_one(CashPress.END_BLIND) if cash.may_end else {})
            case WalkStep.END:
                return figures | _one(CashPress.LABELS) | _one(CashPress.END, lit=cash.may_end)
            case _:
                return figures

    def _print_press(self, cash: CashView) -> Presses:
        press = CashPress.PRINT_AGAIN if self.period else CashPress.PRINT
        return _one(press, lit=not cash.printing)

    def _list_presses(self, count: int) -> Presses:
        return paging(self.state.cash.first, count, self.fit[self.state.view])

    # -- presses ---------------------------------------------------------------------------------

    def press(self, press: StrEnum) -> None:
        match press:
            case Press.EARLIER | Press.LATER:
                self._turn_page(press)
            case CashPress.FIGURES:
                self._to(CashPage.FIGURES, sheet=0, before=self.state.view)
            case CashPress.DIFFERENCES:
                self._to(CashPage.DIFFERENCES, first=0)
            case CashPress.LABELS:
                self._to(CashPage.LABELS, label=Label.BOX)
            case CashPress.TYPED:
                self._to(CashPage.WALK)
            case CashPress.CANCEL:
                self._to(CashPage.CANCEL)
            case CashPress.END_BLIND:
                self._to(CashPage.BLIND)
            case CashPress.SECOND:
                self.visit.ask_second(CashPage.WALK, CashPage.WALK)
            case _:
                self._post(press)

    def _post(self, press: StrEnum) -> None:
        match press:
            case CashPress.START | CashPress.TAKE_UP:
                self.visit.post(ClearingStarted())
            case CashPress.CANCEL_YES:
                self.visit.post(ClearingCancelled())
            case CashPress.END | CashPress.END_YES:
                self.visit.post(self._ended())
            case CashPress.PRINT | CashPress.PRINT_AGAIN if self.cash:
                open_no = self.cash.cash.period.period_no
                self.visit.post(CashReportWanted(period_no=self.state.cash.period_no or open_no))

    def _ended(self) -> ClearingEnded:
        box, new_box, bag = (self.state.cash.labels.get(label, "").strip("-._") for label in Label)
        return ClearingEnded(box_id=box, new_box_id=new_box, bag_no=bag)

    def _turn_page(self, press: StrEnum) -> None:
        cash, view = self.state.cash, self.state.view
        if view is CashPage.FIGURES:
            self._show(sheet=turned(press, cash.sheet, 1))
        else:
            self._show(first=turned(press, cash.first, self.fit[view]))

    # -- presses on the views themselves ---------------------------------------------------------

    def look_at(self, period_no: int) -> None:
        """Show one closed period of the list."""
        self.visit.touch()
        if self.state.view is CashPage.PERIODS:
            self._to(CashPage.PERIOD, period_no=period_no, before_period=CashPage.PERIODS)

    def choose_label(self, label: Label) -> None:
        """Type what is written on another thing."""
        self.visit.touch()
        if self.state.view is CashPage.LABELS:
            self._show(label=label)

    def type(self, key: str) -> None:
        cash = self.state.cash
        if self.state.view is CashPage.LABELS:
            text = typed(cash.labels.get(cash.label, ""), key)[:LABEL_CHARACTERS].upper()
            self._show(labels={**cash.labels, cash.label: text})


def _one(press: StrEnum, *, lit: bool = True) -> Presses:
    return {press: lit}
