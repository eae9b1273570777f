"""What the maintenance pages show beside the flow's screen."""

from enum import StrEnum

from msgspec import Struct

from kiosk.engine.workshop import Export, MachineInfo, Parameter
from kiosk.flow.care import SelfTestRun
from kiosk.flow.device import Device, SelfTest
from kiosk.flow.view import DeviceView, StaffView


class CarePage(StrEnum):
    """The views about parts and machine."""

    DEVICES = "care-devices"
    DEVICE = "care-device"
    """One part: how it is, what it has counted."""
    FAULTS = "care-faults"
    """Its last faults."""
    TEST = "care-test"
    """A self-test: what to do now, and how it ended."""
    RESET = "care-reset"
    """Really start it anew?"""
    MACHINE = "care-machine"
    PARAMETERS = "care-parameters"
    EXPORT = "care-export"
    RESTART = "care-restart"
    """Really start the program anew?"""


class CarePress(StrEnum):
    """The buttons of the maintenance pages."""

    TEST_NOTE = "test-note"
    TEST_SLIP = "test-slip"
    TEST_CARD = "test-card"
    TEST_OFFICE = "test-office"
    TEST_SCAN = "test-scan"
    STOP = "stop-test"
    AGAIN = "test-again"
    FAULTS = "last-faults"
    RESET = "reset"
    RESET_YES = "reset-yes"
    PARAMETERS = "parameters"
    EXPORT = "export"
    EXPORT_YES = "export-yes"
    RESTART = "restart"
    RESTART_YES = "restart-yes"


TEST_PRESSES: dict[SelfTest, CarePress] = {
    SelfTest.NOTE: CarePress.TEST_NOTE,
    SelfTest.SLIP: CarePress.TEST_SLIP,
    SelfTest.CARD: CarePress.TEST_CARD,
    SelfTest.OFFICE: CarePress.TEST_OFFICE,
    SelfTest.SCAN: CarePress.TEST_SCAN,
}
TESTS: dict[StrEnum, SelfTest] = {press: test for test, press in TEST_PRESSES.items()}


class CareState(Struct, frozen=True, kw_only=True):
    """What somebody chose, and what the workshop answered."""

    device: Device | None = None
    """The part that is looked at."""
    first: int = 0
    """Place of the first row of a list."""
    before: StrEnum = CarePage.DEVICE
    """Where a self-test leads back to."""
    reset_asked: bool = False
    """The part was told to start anew."""
    machine: MachineInfo | None = None
    parameters: tuple[Parameter, ...] = ()
    export: Export | None = None
    """What the last one came to; None: none was made."""
    restarting: bool = False


def device_view(staff: StaffView | None, device: Device | None) -> DeviceView | None:
    """Return what the flow shows of ``device``; None: nothing (any more)."""
    devices = staff.devices if staff else ()
    return next((each for each in devices if each.device is device), None)


def new_run(before: StaffView | None, now: StaffView | None) -> SelfTestRun | None:
    """Return the self-test that has begun, or gone on, since ``before``."""
    run = now.test if now else None
    return run if run and run != (before.test if before else None) else None
