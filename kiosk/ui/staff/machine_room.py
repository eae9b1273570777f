"""The machine as a whole: its state, its parameters, an export to a stick, a restart."""

from enum import StrEnum
from typing import Any, ClassVar

from msgspec.structs import replace

from kiosk.engine.workshop import Export, MachineInfo, Parameter
from kiosk.flow.device import Device, SelfTest
from kiosk.flow.phase import Why
from kiosk.flow.staff_event import RestartWanted, SelfTestStarted
from kiosk.flow.view import StaffView
from kiosk.ui.i18n import Words
from kiosk.ui.staff.care_state import CarePage, CarePress, CareState, device_view, new_run
from kiosk.ui.staff.devices import show_test
from kiosk.ui.staff.state import Press, View
from kiosk.ui.staff.visit import Part, Presses, Tile, paging, turned
from vending.rights import Right

_CLEARING = {Why.CLEARING, Why.BOX_DISTURBED}


class MachineRoom(Part):
    """What is asked of the workshop, and what is done to the program."""

    views = frozenset({CarePage.MACHINE, CarePage.PARAMETERS, CarePage.EXPORT, CarePage.RESTART})
    tiles: ClassVar = {Tile.MACHINE: Right.SEE_PARAMETERS}
    main = frozenset({CarePress.EXPORT_YES, CarePress.RESTART_YES})
    rows: ClassVar = {CarePage.PARAMETERS: (11, 13)}
    held = frozenset({CarePage.EXPORT})
    """A stick must not be pulled out while it is written to."""

    # -- what is known ---------------------------------------------------------------------------

    @property
    def may_restart(self) -> bool:
        """Whether the program may be started anew: not in the middle of a clearing."""
        staff = self.visit.staff
        return staff is not None and staff.out_of_service not in _CLEARING

    def _has(self, right: Right) -> bool:
        return self.visit.staff is not None and right in self.visit.staff.rights

    # -- going about -----------------------------------------------------------------------------

    def open(self, tile: Tile) -> None:
        self.visit.to(CarePage.MACHINE, care=CareState())
        self._ask_machine()

    def why_not(self, tile: Tile) -> str:
        return "" if self.visit.workshop else "staff.tile.machine.not-ready"

    def title(self, words: Words) -> str:
        return words.text(f"care.title.{self.state.view.value}")

    def back(self) -> None:
        if self.state.view is CarePage.MACHINE:
            self.visit.to(View.HOME)
        else:
            self._to(CarePage.MACHINE, first=0, restarting=False)

    def seen(self, before: StaffView | None) -> None:
        run = new_run(before, self.visit.staff)
        if run and run.test is SelfTest.OFFICE and self.state.view is CarePage.MACHINE:
            show_test(self, run)

    def _to(self, view: StrEnum, **changes: Any) -> None:
        self.visit.to(view, care=replace(self.state.care, **changes))

    def _show(self, **changes: Any) -> None:
        self.visit.show(busy=False, care=replace(self.state.care, **changes))

    # -- what may be pressed ---------------------------------------------------------------------

    def presses(self) -> Presses:
        care = self.state.care
        out: Presses = {Press.LEAVE: True, Press.BACK: True}
        match self.state.view:
            case CarePage.MACHINE:
                return self._machine_presses()
            case CarePage.PARAMETERS:
                fit = self.fit[CarePage.PARAMETERS]
                return out | paging(care.first, len(care.parameters), fit)
            case CarePage.EXPORT:
                return out | {CarePress.EXPORT_YES: True}
            case _:
                lit = self.may_restart and not care.restarting
                return out | {CarePress.RESTART_YES: lit}

    def _machine_presses(self) -> Presses:
        # Five buttons stand in a row: out of here leads the way over the home menu.
        line = device_view(self.visit.staff, Device.HEAD_OFFICE)
        wanted = {
            CarePress.TEST_OFFICE: line is not None and SelfTest.OFFICE in line.tests,
            CarePress.PARAMETERS: self._has(Right.SEE_PARAMETERS),
            CarePress.EXPORT: self._has(Right.EXPORT),
            CarePress.RESTART: self._has(Right.RESTART),
        }
        return {Press.BACK: True, **{press: True for press, has in wanted.items() if has}}

    # -- presses ---------------------------------------------------------------------------------

    def press(self, press: StrEnum) -> None:
        match press:
            case Press.EARLIER | Press.LATER:
                first = turned(press, self.state.care.first, self.fit[CarePage.PARAMETERS])
                self._show(first=first)
            case CarePress.TEST_OFFICE:
                self.visit.post(SelfTestStarted(test=SelfTest.OFFICE))
            case CarePress.PARAMETERS:
                self._to(CarePage.PARAMETERS, first=0, parameters=())
                self._ask_parameters()
            case CarePress.EXPORT:
                self._to(CarePage.EXPORT, export=None)
            case CarePress.EXPORT_YES:
                self._ask_export()
            case CarePress.RESTART:
                self._to(CarePage.RESTART, restarting=False)
            case CarePress.RESTART_YES:
                self._to(CarePage.RESTART, restarting=True)
                self.visit.post(RestartWanted())

    # -- the workshop ----------------------------------------------------------------------------

    def _ask_machine(self) -> None:
        if self.visit.workshop:
            self.visit.show(busy=True)
            self.visit.workshop.machine(self.visit.awaited(self._machine_told))

    def _machine_told(self, machine: MachineInfo) -> None:
        self._show(machine=machine)

    def _ask_parameters(self) -> None:
        if self.visit.workshop:
            self.visit.show(busy=True)
            self.visit.workshop.parameters(self.visit.awaited(self._parameters_told))

    def _parameters_told(self, parameters: tuple[Parameter, ...]) -> None:
        self._show(parameters=parameters)

    def _ask_export(self) -> None:
        if self.visit.workshop:
            self.visit.show(busy=True, care=replace(self.state.care, export=None))
            self.visit.workshop.export(self.visit.awaited(self._exported))

    def _exported(self, export: Export) -> None:
        self._show(export=export)
