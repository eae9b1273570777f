"""Cash clearing (清机): a table of stages, and what each move does to the box. Pure.

A move that the table does not know changes nothing. Who may make one is the flow's business; this
file knows only what the box allows.
"""

from enum import StrEnum
from typing import NamedTuple

from msgspec.structs import replace

from kiosk.cashbox.box import PERIODS_KEPT, CashBox, ClosedPeriod, Period, Stage
from kiosk.cashbox.count import figures, holds_money
from vending.cash import CashReport, Opening, PeriodAnswer

OPENINGS_KEPT = 20
"""Of one period. A sensor with a loose contact must not fill the journal."""
TEXT_LIMIT = 40
"""Characters of what is typed: numbers of boxes, bags and seals."""


class Move(StrEnum):
    """What can happen to the box, by people or as the sensor saw it."""

    START = "start"
    CANCEL = "cancel"
    REMOVED = "removed"
    RETURNED = "returned"
    END = "end"


STAGES: dict[tuple[Stage, Move], Stage] = {
    (Stage.OPEN, Move.START): Stage.CLEARING,
    (Stage.OPEN, Move.REMOVED): Stage.TAKEN,
    (Stage.CLEARING, Move.CANCEL): Stage.OPEN,
    (Stage.CLEARING, Move.REMOVED): Stage.TAKEN,
    (Stage.TAKEN, Move.RETURNED): Stage.REPLACED,
    (Stage.REPLACED, Move.REMOVED): Stage.TAKEN,
    (Stage.REPLACED, Move.END): Stage.OPEN,
}
"""Once the box was out the period must end: there is no way back to `Stage.OPEN` but by its end."""

UNSEEN: dict[tuple[Stage, Move], Stage] = {
    (Stage.CLEARING, Move.END): Stage.OPEN,
    (Stage.TAKEN, Move.END): Stage.OPEN,
}
"""Besides, while the acceptor's sensor tells nothing: the box cannot be waited for."""


class Who(NamedTuple):
    """Who clears, and who stands beside them."""

    operator: str
    witness: str = ""


class Typed(NamedTuple):
    """What was typed at the end of a clearing; each may be empty."""

    box_id: str = ""
    new_box_id: str = ""
    bag_no: str = ""

    def clipped(self) -> "Typed":
        """Return it without blanks around it, no longer than `TEXT_LIMIT`."""
        return Typed(*(text.strip()[:TEXT_LIMIT] for text in self))


class Closing(NamedTuple):
    """The box after a period was closed, and the report about it."""

    cash: CashBox
    closed: ClosedPeriod
    report: CashReport


# -- what may be done now --------------------------------------------------------------------------


def may_start(cash: CashBox) -> bool:
    """Tell whether a clearing can begin, or a box that was out unannounced be taken up."""
    return cash.is_open or not cash.operator


def may_cancel(cash: CashBox) -> bool:
    """Tell whether the period can go on as if nobody had begun."""
    return (cash.stage, Move.CANCEL) in STAGES


def may_end(cash: CashBox, *, sensor_sees: bool) -> bool:
    """Tell whether the period can be closed."""
    if not cash.operator:
        return False
    end = (cash.stage, Move.END)
    return end in STAGES or (not sensor_sees and end in UNSEEN)


# -- people ----------------------------------------------------------------------------------------


def start(cash: CashBox, who: Who, at_ms: int) -> CashBox:
    """Begin; a box that went out unannounced stays where it is and has an operator now."""
    if not may_start(cash):
        return cash
    stage = STAGES.get((cash.stage, Move.START), cash.stage)
    return replace(
        cash, stage=stage, operator=who.operator, witness=who.witness, started_at_ms=at_ms
    )


def cancel(cash: CashBox) -> CashBox:
    """Leave the period open: nothing has happened."""
    return _at_rest(cash, cash.period) if may_cancel(cash) else cash


def end(cash: CashBox, who: Who, typed: Typed, at_ms: int, *, sensor_sees: bool) -> Closing | None:
    """Close the period, open the next one at the same moment; None: not now.

    Whoever ends it answers for it. The witness of the beginning counts if it is the same operator.
    """
    if not may_end(cash, sensor_sees=sensor_sees):
        return None
    said = typed.clipped()
    closed = _closed(cash, who, said, at_ms)
    number = max(closed.period_no + 1, cash.next_period_no)
    following = Period(period_no=number, opened_at_ms=at_ms, box_id=said.new_box_id)
    kept = (*cash.closed, closed)[-PERIODS_KEPT:]
    return Closing(
        _at_rest(replace(cash, closed=kept), following), closed, _report(closed, said.new_box_id)
    )


def _closed(cash: CashBox, who: Who, said: Typed, at_ms: int) -> ClosedPeriod:
    period = cash.period
    beside = cash.witness if who.operator == cash.operator else ""
    return ClosedPeriod(
        period_no=period.period_no,
        opened_at_ms=period.opened_at_ms,
        closed_at_ms=at_ms,
        operator=who.operator,
        witness=who.witness or beside,
        box_id=said.box_id or period.box_id,
        bag_no=said.bag_no,
        openings=period.openings,
        figures=figures(period),
    )


def _report(closed: ClosedPeriod, new_box_id: str) -> CashReport:
    return CashReport(
        period_no=closed.period_no,
        opened_at_ms=closed.opened_at_ms,
        closed_at_ms=closed.closed_at_ms,
        operator=closed.operator,
        witness=closed.witness,
        box_id=closed.box_id,
        new_box_id=new_box_id,
        bag_no=closed.bag_no,
        openings=closed.openings,
        figures=closed.figures,
    )


def _at_rest(cash: CashBox, period: Period) -> CashBox:
    going_on = cash.next_period_no if cash.next_period_no > period.period_no else 0
    return CashBox(period=period, closed=cash.closed, next_period_no=going_on)


# -- the sensor ------------------------------------------------------------------------------------


def removed(cash: CashBox, at_ms: int, staff: str) -> CashBox:
    """The box went out. Without an operator it went out unannounced."""
    stage = STAGES.get((cash.stage, Move.REMOVED))
    if stage is None:
        return cash
    opening = Opening(removed_at_ms=at_ms, staff=staff, announced=bool(cash.operator))
    openings = (*cash.period.openings, opening)[-OPENINGS_KEPT:]
    return replace(cash, stage=stage, period=replace(cash.period, openings=openings))


def returned(cash: CashBox, at_ms: int) -> CashBox:
    """A box is in again; whether it is another one, nobody but people can tell."""
    stage = STAGES.get((cash.stage, Move.RETURNED))
    if stage is None:
        return cash
    *before, last = cash.period.openings
    openings = (*before, replace(last, returned_at_ms=at_ms))
    return replace(cash, stage=stage, period=replace(cash.period, openings=openings))


# -- the period itself -----------------------------------------------------------------------------


def opened(cash: CashBox, at_ms: int) -> CashBox:
    """The program started: the first time, a terminal's first period begins."""
    if cash.period.opened_at_ms:
        return cash
    return replace(cash, period=replace(cash.period, opened_at_ms=at_ms))


def go_on_after(cash: CashBox, last_period_no: int) -> CashBox:
    """A new journal goes on where the old one ended. A period that holds money keeps its number:
    its notes were told under it. Then the one after it goes on there.
    """
    if cash.period.period_no > last_period_no:
        return cash
    if holds_money(cash.period):
        return replace(cash, next_period_no=last_period_no + 1)
    return replace(cash, period=replace(cash.period, period_no=last_period_no + 1))


def answered(cash: CashBox, answer: PeriodAnswer) -> CashBox:
    """The head office has compared a closed period with its books."""
    return _with_closed(cash, answer.period_no, answer=answer)


def printed(cash: CashBox, period_no: int) -> CashBox:
    """The slip of a closed period came out."""
    return _with_closed(cash, period_no, printed=True)


def closed_period(cash: CashBox, period_no: int) -> ClosedPeriod | None:
    """Return a period that is still kept."""
    return next((each for each in cash.closed if each.period_no == period_no), None)


def _with_closed(cash: CashBox, period_no: int, **changes: object) -> CashBox:
    known = closed_period(cash, period_no)
    if known is None:
        return cash
    changed = replace(known, **changes)
    return replace(cash, closed=tuple(changed if each is known else each for each in cash.closed))
