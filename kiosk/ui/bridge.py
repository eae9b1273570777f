"""Between the engine's thread and Qt's: one signal down, one call up."""

from collections.abc import Callable

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from kiosk.flow.event import (
    BillPressed,
    CancelPressed,
    CashChosen,
    ContinuePressed,
    DeliverPressed,
    Event,
    FinishPressed,
    MoreTimePressed,
    ResellPressed,
)
from kiosk.flow.screen import Button, Screen

PRESSES: dict[Button, type[Event]] = {
    Button.CONTINUE: ContinuePressed,
    Button.CASH: CashChosen,
    Button.FINISH: FinishPressed,
    Button.CANCEL: CancelPressed,
    Button.MORE_TIME: MoreTimePressed,
    Button.RESELL: ResellPressed,
    Button.DELIVER: DeliverPressed,
    Button.PAY_BILL: BillPressed,
}
"""The fact that each button posts."""


class Shown(Struct, frozen=True):
    """A screen and until when it may stay."""

    screen: Screen
    deadline_monotonic_s: float | None = None
    """On `time.monotonic`; None: as long as it takes."""


class Bridge(QObject):
    """Signals: ``shown(object)``, a `Shown`, delivered in the thread of Qt's event loop."""

    shown = Signal(object)

    def __init__(self, draw: Callable[[Screen, float | None], None]) -> None:
        """``draw`` is `Window.show_screen`. Make the bridge in Qt's thread."""
        super().__init__()
        self._draw = draw
        self.shown.connect(self._deliver)

    def show(self, screen: Screen, deadline_monotonic_s: float | None = None) -> None:
        """Have ``screen`` drawn. Returns at once; safe from every thread."""
        self.shown.emit(Shown(screen, deadline_monotonic_s))

    def _deliver(self, shown: Shown) -> None:
        self._draw(shown.screen, shown.deadline_monotonic_s)
