"""Which widget shows which view of the staff's page. Each part of the page has a line here."""

from collections.abc import Callable
from enum import StrEnum

from kiosk.ui.kit import Kit
from kiosk.ui.pages.staff.care_devices import DevicesView, DeviceView, FaultsView
from kiosk.ui.pages.staff.care_machine import MachineView, ParametersView
from kiosk.ui.pages.staff.care_questions import ExportView, ResetView, RestartView, TestView
from kiosk.ui.pages.staff.cash_figures import FiguresView
from kiosk.ui.pages.staff.cash_labels import LabelsView
from kiosk.ui.pages.staff.cash_periods import DifferencesView, PeriodsView, PeriodView
from kiosk.ui.pages.staff.cash_walk import BlindView, CancelView, WalkView
from kiosk.ui.pages.staff.home import HomeView
from kiosk.ui.pages.staff.orders import ListView, OrderView
from kiosk.ui.pages.staff.telling import (
    ClosedView,
    ConfirmView,
    EvidenceView,
    ResultView,
    StoryView,
)
from kiosk.ui.pages.staff.typing import NameView, NumberView, PinView
from kiosk.ui.pages.staff.view import StaffView
from kiosk.ui.staff.care_state import CarePage
from kiosk.ui.staff.cash_state import CashPage
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.state import View

Maker = Callable[[Kit, StaffModel], StaffView]

_SIGN_IN: dict[StrEnum, Maker] = {
    View.CLOSED: ClosedView,
    View.NAME: NameView,
    View.PIN: PinView,
    View.HOME: HomeView,
}
_ORDERS: dict[StrEnum, Maker] = {
    View.LIST: ListView,
    View.NUMBER: NumberView,
    View.ORDER: OrderView,
    View.STORY: StoryView,
    View.EVIDENCE: EvidenceView,
    View.CONFIRM: ConfirmView,
    View.RESULT: ResultView,
}
_CASH: dict[StrEnum, Maker] = {
    CashPage.WALK: WalkView,
    CashPage.LABELS: LabelsView,
    CashPage.CANCEL: CancelView,
    CashPage.BLIND: BlindView,
    CashPage.FIGURES: FiguresView,
    CashPage.PERIODS: PeriodsView,
    CashPage.PERIOD: PeriodView,
    CashPage.DIFFERENCES: DifferencesView,
}
_CARE: dict[StrEnum, Maker] = {
    CarePage.DEVICES: DevicesView,
    CarePage.DEVICE: DeviceView,
    CarePage.FAULTS: FaultsView,
    CarePage.TEST: TestView,
    CarePage.RESET: ResetView,
    CarePage.MACHINE: MachineView,
    CarePage.PARAMETERS: ParametersView,
    CarePage.EXPORT: ExportView,
    CarePage.RESTART: RestartView,
}
VIEWS: dict[StrEnum, Maker] = {
    **_SIGN_IN,
    **_ORDERS,
    **_CASH,
    **_CARE,
}
"""Every view of `kiosk.ui.staff.parts.PARTS`."""
