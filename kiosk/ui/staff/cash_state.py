"""What the cash pages show beside the flow's screen, and how far a clearing is on that screen."""

from enum import StrEnum

from msgspec import Struct

from kiosk.cashbox.box import CashBox, ClosedPeriod, Stage
from kiosk.flow.view import CashView

LABEL_CHARACTERS = 20
"""Most characters of what is written on a box or a bag."""


class CashPage(StrEnum):
    """The views about cash."""

    WALK = "cash-walk"
    """A clearing, step by step."""
    LABELS = "cash-labels"
    """What is written on the boxes and on the bag."""
    CANCEL = "cash-cancel"
    """Really not now?"""
    BLIND = "cash-blind"
    """Really changed? The acceptor cannot say."""
    FIGURES = "cash-figures"
    PERIODS = "cash-periods"
    PERIOD = "cash-period"
    """One closed period, and the head office's word about it."""
    DIFFERENCES = "cash-differences"


class CashPress(StrEnum):
    """The buttons of the cash pages."""

    FIGURES = "see-figures"
    DIFFERENCES = "see-differences"
    PRINT = "print-report"
    PRINT_AGAIN = "print-again"
    LABELS = "type-labels"
    TYPED = "labels-typed"
    """What was to be typed is typed."""
    CANCEL = "cancel-clearing"
    CANCEL_YES = "cancel-yes"
    SECOND = "second-person"
    START = "start-clearing"
    TAKE_UP = "take-up"
    END = "end-clearing"
    END_BLIND = "end-blind"
    END_YES = "end-yes"


MAIN: frozenset[StrEnum] = frozenset(
    {
        CashPress.SECOND,
        CashPress.TYPED,
        CashPress.START,
        CashPress.TAKE_UP,
        CashPress.END,
        CashPress.END_YES,
        CashPress.CANCEL_YES,
    }
)
"""The ways on."""


class WalkStep(StrEnum):
    """The steps of a clearing, in their order."""

    SECOND = "second"
    START = "start"
    TAKE_OUT = "take-out"
    PUT_IN = "put-in"
    END = "end"


class Label(StrEnum):
    """What can be typed beside a clearing."""

    BOX = "box"
    NEW_BOX = "new-box"
    BAG = "bag"


class CashState(Struct, frozen=True, kw_only=True):
    """What somebody chose or typed; everything else is on the flow's screen."""

    labels: dict[Label, str] = {}
    """As typed; a missing one is empty."""
    label: Label = Label.BOX
    """The one that is being typed."""
    period_no: int = 0
    """The closed period that is shown; 0: the open one."""
    sheet: int = 0
    """Which sheet of the figures."""
    first: int = 0
    """Place of the first row of a list."""
    before: StrEnum = CashPage.WALK
    """Where the figures lead back to."""
    before_period: StrEnum = CashPage.PERIODS
    """Where a closed period leads back to."""


class Walk(Struct, frozen=True):
    """How far a clearing is."""

    steps: tuple[WalkStep, ...]
    """Those that this clearing has."""
    now: WalkStep
    done: frozenset[WalkStep]
    disturbed: bool
    """The box was out without a clearing, and nobody has taken it up yet."""


_NOW: dict[Stage, WalkStep] = {
    Stage.OPEN: WalkStep.START,
    Stage.CLEARING: WalkStep.TAKE_OUT,
    Stage.TAKEN: WalkStep.PUT_IN,
    Stage.REPLACED: WalkStep.END,
}


def walk(cash: CashView, *, witnessed: bool) -> Walk:
    """Return where somebody stands who comes to the machine now.

    ``witnessed``: a second person is signed in. From the flow's screen alone, so that leaving the
    page, a time-out and a restart lead back to the same step.
    """
    box = cash.cash
    disturbed = not box.is_open and not box.operator
    begun = not box.is_open and not disturbed
    by_two = cash.needs_second or witnessed or bool(box.witness)
    steps = tuple(step for step in WalkStep if by_two or step is not WalkStep.SECOND)
    now = _NOW[box.stage] if begun else WalkStep.START
    if cash.needs_second and not begun:
        now = WalkStep.SECOND
    done = {step for step in steps if step is not now and _is_done(step, box, witnessed, begun)}
    return Walk(steps, now, frozenset(done), disturbed)


def _is_done(step: WalkStep, box: CashBox, witnessed: bool, begun: bool) -> bool:
    match step:
        case WalkStep.SECOND:
            return begun or witnessed
        case WalkStep.START:
            return begun
        case WalkStep.TAKE_OUT:
            return box.stage in {Stage.TAKEN, Stage.REPLACED}
        case WalkStep.PUT_IN:
            return box.stage is Stage.REPLACED
        case WalkStep.END:
            return False


def closed_period(box: CashBox, period_no: int) -> ClosedPeriod | None:
    """Return a closed period that is still kept."""
    return next((each for each in box.closed if each.period_no == period_no), None)
