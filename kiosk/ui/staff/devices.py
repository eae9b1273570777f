"""Devices: how each is, what it has counted, its last faults, its self-tests, and starting it anew.

The flow decides. What is pressed is posted as a fact, and the next screen shows what came of it.
"""

from enum import StrEnum
from typing import Any, ClassVar

from msgspec.structs import replace

from kiosk.flow.care import SelfTestRun
from kiosk.flow.device import SELF_TESTS, Device
from kiosk.flow.staff_event import ResetWanted, SelfTestStarted, SelfTestStopped
from kiosk.flow.view import DeviceView, StaffView
from kiosk.ui.i18n import Words
from kiosk.ui.staff import care_words as told
from kiosk.ui.staff.care_state import (
    TEST_PRESSES,
    TESTS,
    CarePage,
    CarePress,
    CareState,
    device_view,
    new_run,
)
from kiosk.ui.staff.state import Press, View
from kiosk.ui.staff.visit import Part, Presses, Tile, paging, turned
from vending.rights import Right

_BACK: dict[StrEnum, StrEnum] = {
    CarePage.DEVICES: View.HOME,
    CarePage.DEVICE: CarePage.DEVICES,
    CarePage.FAULTS: CarePage.DEVICE,
    CarePage.RESET: CarePage.DEVICE,
}


class Devices(Part):
    """Every part that has ever reported."""

    views = frozenset({*_BACK, CarePage.TEST})
    tiles: ClassVar = {Tile.DEVICES: Right.SEE_DEVICES}
    main = frozenset({*TESTS, CarePress.AGAIN, CarePress.RESET_YES})
    rows: ClassVar = {CarePage.DEVICES: (5, 8), CarePage.FAULTS: (6, 8)}

    # -- what is known ---------------------------------------------------------------------------

    @property
    def devices(self) -> tuple[DeviceView, ...]:
        """All of them."""
        return self.visit.staff.devices if self.visit.staff else ()

    @property
    def device(self) -> DeviceView | None:
        """The one that is looked at."""
        return device_view(self.visit.staff, self.state.care.device)

    @property
    def run(self) -> SelfTestRun | None:
        """The self-test that is shown."""
        return self.visit.staff.test if self.visit.staff else None

    # -- going about -----------------------------------------------------------------------------

    def open(self, tile: Tile) -> None:
        self._to(CarePage.DEVICES, device=None, first=0)

    def note(self, tile: Tile, words: Words) -> str:
        return told.all_devices(self.devices, words) or super().note(tile, words)

    def title(self, words: Words) -> str:
        return told.title(self.state.view, self.device, self.run, words)

    def back(self) -> None:
        view = self.state.view
        self._to(self.state.care.before if view is CarePage.TEST else _BACK[view], first=0)

    def seen(self, before: StaffView | None) -> None:
        run, view = new_run(before, self.visit.staff), self.state.view
        if run and view is CarePage.DEVICE:
            show_test(self, run)
        elif self.run is None and view is CarePage.TEST:
            self.back()

    def _to(self, view: StrEnum, **changes: Any) -> None:
        fresh = {"reset_asked": False, **changes}
        self.visit.to(view, care=replace(self.state.care, **fresh))

    # -- what may be pressed ---------------------------------------------------------------------

    def presses(self) -> Presses:
        out: Presses = {Press.LEAVE: True, Press.BACK: True}
        match self.state.view:
            case CarePage.DEVICES:
                fit = self.fit[CarePage.DEVICES]
                return out | paging(self.state.care.first, len(self.devices), fit)
            case CarePage.DEVICE if self.device:
                return out | _device_presses(self.device)
            case CarePage.FAULTS if self.device:
                fit = self.fit[CarePage.FAULTS]
                return out | paging(self.state.care.first, len(self.device.faults), fit)
            case CarePage.TEST if self.run:
                return self._test_presses(self.run)
            case CarePage.RESET:
                lit = self.device is not None and self.device.can_reset
                return out | {CarePress.RESET_YES: lit}
            case _:
                return out

    def _test_presses(self, run: SelfTestRun) -> Presses:
        if run.passed is None:
            return {Press.LEAVE: True, CarePress.STOP: True}
        device = device_view(self.visit.staff, SELF_TESTS[run.test])
        again = device is not None and run.test in device.tests
        return {Press.LEAVE: True, Press.BACK: True, CarePress.AGAIN: again}

    # -- presses ---------------------------------------------------------------------------------

    def press(self, press: StrEnum) -> None:
        match press:
            case Press.EARLIER | Press.LATER:
                first = turned(press, self.state.care.first, self.fit[self.state.view])
                self.visit.show(care=replace(self.state.care, first=first))
            case CarePress.FAULTS:
                self._to(CarePage.FAULTS, first=0)
            case CarePress.RESET:
                self._to(CarePage.RESET)
            case CarePress.RESET_YES if self.device:
                self.visit.post(ResetWanted(device=self.device.device))
                self._to(CarePage.DEVICE, reset_asked=True)
            case CarePress.STOP:
                self.visit.post(SelfTestStopped())
            case CarePress.AGAIN if self.run:
                self.visit.post(SelfTestStarted(test=self.run.test))
            case CarePress() if press in TESTS:
                self.visit.post(SelfTestStarted(test=TESTS[press]))

    def look_at(self, device: Device) -> None:
        """Show one part of the list."""
        self.visit.touch()
        if self.state.view is CarePage.DEVICES:
            self._to(CarePage.DEVICE, device=device, first=0)


def show_test(part: Part, run: SelfTestRun) -> None:
    """Show a self-test that has begun; it leads back to where it was begun."""
    state = part.state
    care: CareState = replace(state.care, device=SELF_TESTS[run.test], before=state.view)
    part.visit.to(CarePage.TEST, care=replace(care, reset_asked=False))


def _device_presses(device: DeviceView) -> Presses:
    out: Presses = {CarePress.FAULTS: bool(device.faults)}
    if device.can_reset:
        out[CarePress.RESET] = True
    return out | {TEST_PRESSES[test]: True for test in device.tests}
