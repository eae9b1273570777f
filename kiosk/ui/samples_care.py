"""Every state of the maintenance pages: parts, self-tests, the machine, parameters, an export."""

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from kiosk.engine.workshop import (
    Export,
    ExportTrouble,
    Heart,
    MachineInfo,
    Parameter,
    SetBy,
)
from kiosk.flow.care import FaultSeen, SelfTestRun
from kiosk.flow.device import SELF_TESTS, Device, DeviceState, Fault, SelfTest
from kiosk.flow.view import DeviceView, StaffView
from kiosk.flow.wear import COUNTERS
from kiosk.flow.workshop import RESETTABLE
from kiosk.ui.pages.staff.care_machine import SHOWN_CHARACTERS, shortened
from kiosk.ui.samples import AT_MS, TERMINAL_NO, Sample
from kiosk.ui.samples_staff import (
    SIGN_IN,
    CannedDesk,
    Play,
    choose,
    press,
    staff_sample,
    staff_view,
)
from kiosk.ui.staff.care_state import TEST_PRESSES, CarePress
from kiosk.ui.staff.devices import Devices
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.state import Press
from kiosk.ui.staff.visit import Tile
from vending.rights import Role

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
DETAILS: dict[Device, str] = {
    Device.CARD_READER: "ACS ACR39U ICC Reader 00 00, sg-user 1.4",
    Device.ACCEPTOR: "CashCode SM-2073 21KC06012487; 100 50 20 10 5 1",
    Device.PRINTER: "CUSTOM VKP80III, cutter, near-end sensor",
    Device.HEAD_OFFICE: "",
    Device.SCANNER: "lines, /dev/serial/by-id/usb-Newland_FM3080",
}
FAULTS_OF: dict[Device, tuple[Fault, ...]] = {
    Device.ACCEPTOR: (
        Fault.JAM_IN_ACCEPTOR,
        Fault.JAM_IN_STACKER,
        Fault.BOX_REMOVED,
        Fault.BOX_FULL,
        Fault.CHEATED,
        Fault.PAUSED,
        Fault.HARDWARE,
        Fault.PROTOCOL,
    ),
    Device.PRINTER: (
        Fault.PAPER_OUT,
        Fault.COVER_OPEN,
        Fault.CUTTER,
        Fault.PRINTER_UNKNOWN,
        Fault.NO_ANSWER,
    ),
    Device.CARD_READER: (Fault.READER_GONE, Fault.WORKER_DIED),
}
"""What can be wrong with which part."""


def device(
    device: Device,
    state: DeviceState = DeviceState.OK,
    fault: Fault = Fault.NONE,
    **changes: object,
) -> DeviceView:
    """Return a part as maintenance staff see it."""
    view = DeviceView(
        device=device,
        state=state,
        fault=fault,
        detail=DETAILS[device],
        since_ms=AT_MS,
        counters=tuple((each, 86_412 // (3**at)) for at, each in enumerate(COUNTERS[device])),
        faults=faults(device),
        tests=tuple(test for test, of in SELF_TESTS.items() if of is device),
        can_reset=device in RESETTABLE,
    )
    return replace(view, **changes)


def faults(device: Device, count: int = 8) -> tuple[FaultSeen, ...]:
    """Return the last faults of ``device``; the newest lasts."""
    known = FAULTS_OF.get(device, (Fault.NO_ANSWER,))
    return tuple(
        FaultSeen(
            device=device,
            state=DeviceState.FAULT,
            fault=known[place % len(known)],
            detail="",
            at_ms=AT_MS - place * 7 * _HOUR_MS,
            until_ms=AT_MS - place * 7 * _HOUR_MS + 45_000 * 4**place if place else None,
        )
        for place in range(count)
    )


ALL_WELL = tuple(map(device, Device))
AILING = (
    device(Device.CARD_READER),
    device(Device.ACCEPTOR, DeviceState.FAULT, Fault.JAM_IN_ACCEPTOR),
    device(Device.PRINTER, DeviceState.LOW, Fault.PAPER_LOW),
    device(Device.HEAD_OFFICE, DeviceState.OFFLINE, Fault.NO_ANSWER, can_reset=False),
    device(Device.SCANNER, DeviceState.STARTING),
)
ALL_DOWN = tuple(device(each, DeviceState.OFFLINE, Fault.NO_ANSWER) for each in Device)


def machine(**changes: object) -> MachineInfo:
    """Return the state of a machine that is well."""
    info = MachineInfo(
        terminal_no=TERMINAL_NO,
        software_version="0.9.0",
        update="none-known",
        python_version="3.11.2",
        qt_version="6.8.1",
        system="Linux-6.1.0-28-amd64-x86_64-with-glibc2.36",
        free_mb=48_310,
        journal_mb=212,
        journal_entries=184_220,
        reports_waiting=0,
        oldest_report_ms=None,
        roster_version=17,
        roster_confirmed_ms=AT_MS,
        hearts=tuple(
            Heart(name=name, age_s=age_s, limit_s=limit_s)
            for name, age_s, limit_s in (
                ("engine", 0, 60),
                ("office", 4, 120),
                ("outbox", 11, 120),
                ("screen", 1, 20),
            )
        ),
    )
    return replace(info, **changes)


PARAMETERS = tuple(
    Parameter(name=name, value=value, set_by=set_by)
    for name, value, set_by in (
        ("terminal.number", TERMINAL_NO, SetBy.SITE),
        ("terminal.language", "zh", SetBy.DEFAULT),
        ("terminal.operator_name", "城东供电公司", SetBy.SITE),
        ("terminal.service_phone", "95598", SetBy.SITE),
        ("head_office.url", "https://office.example:8443", SetBy.SITE),
        ("head_office.ca_file", "/etc/kiosk/certificates/office-ca.pem", SetBy.SITE),
        ("head_office.one_time_code", "set", SetBy.SITE),
        ("head_office.report_alarm_h", "24", SetBy.DEFAULT),
        ("acceptor.url", "/dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0", SetBy.SITE),
        ("acceptor.denominations_fen", "[100, 500, 1000, 2000, 5000, 10000]", SetBy.SITE),
        ("printer.url", "/dev/ttyS1", SetBy.SITE),
        ("card_reader.url", "", SetBy.DEFAULT),
        ("storage.directory", "/var/lib/kiosk", SetBy.SITE),
        ("storage.export_days", "31", SetBy.DEFAULT),
        *((f"head_office.connect_deadline_{number}", "10", SetBy.DEFAULT) for number in range(16)),
    )
)
WRITTEN = Export(file=f"kiosk-{TERMINAL_NO}-20251124-121500.zip", size_kb=18_432)

VERBATIM = sorted(
    {
        *filter(None, DETAILS.values()),
        *(each.name for each in PARAMETERS),
        *(each.value for each in PARAMETERS if len(each.value) > 2),
        *(shortened(each.value, SHOWN_CHARACTERS) for each in PARAMETERS if len(each.value) > 2),
        "firmware 1.02 of 2019",
        "sg-user-energy",
        WRITTEN.file,
        machine().system,
        "engine-",
        *("Python", "Qt", "MB", "GB", "KB", "\u00a0ms", "zh"),
    },
    key=len,
    reverse=True,
)
"""What is shown as it is, in no language; longer ones first."""


class CannedWorkshop(Struct, frozen=True, kw_only=True):
    """Answers at once, always the same; or never."""

    info: MachineInfo = machine()
    known: tuple[Parameter, ...] = PARAMETERS
    written: Export | None = WRITTEN
    """None: it is still being written."""

    def parameters(self, then: Callable[[tuple[Parameter, ...]], None]) -> None:
        """Tell of the parameters."""
        then(self.known)

    def machine(self, then: Callable[[MachineInfo], None]) -> None:
        """Tell of the machine."""
        then(self.info)

    def export(self, then: Callable[[Export], None]) -> None:
        """Tell that it was written."""
        if self.written is not None:
            then(self.written)


DEVICES, MACHINE = choose(Tile.DEVICES), choose(Tile.MACHINE)


def care_view(devices: tuple[DeviceView, ...] = ALL_WELL, **changes: object) -> StaffView:
    """Return what the flow shows to somebody who maintains the machine."""
    shown = {"devices": devices, "software_version": "0.9.0", "started_at_ms": AT_MS}
    return staff_view(Role.MAINTENANCE, **(shown | changes))


def care_sample(
    name: str, staff: StaffView, *plays: Play, workshop: CannedWorkshop | None = None
) -> Sample:
    """Return a sample in which somebody signs in and ``plays`` are played."""
    made = staff_sample(f"staff-care-{name}", staff, CannedDesk(), *SIGN_IN, *plays)
    return made._replace(workshop=workshop or CannedWorkshop())


def look_at(device: Device) -> Play:
    """Return the opening of a part of the list."""
    return lambda model: model.part(Devices).look_at(device)


def see_run(test: SelfTest, passed: bool | None, detail: str = "") -> Play:
    """Return that the flow shows a self-test."""
    run = SelfTestRun(test=test, started_at_ms=AT_MS, passed=passed, detail=detail)

    def play(model: StaffModel) -> None:
        if model.visit.staff:
            model.see(replace(model.visit.staff, test=run))

    return play


def care_samples() -> list[Sample]:
    """Return every view with ordinary and extreme content."""
    return [*_homes(), *_devices(), *_tests(), *_machines(), *_exports(), *_restarts()]


def _homes() -> Iterator[Sample]:
    yield care_sample("home", care_view())
    yield care_sample("home-ailing", care_view(AILING))


def _devices() -> Iterator[Sample]:
    yield care_sample("devices", care_view(), DEVICES)
    yield care_sample("devices-ailing", care_view(AILING), DEVICES)
    yield care_sample("devices-down", care_view(ALL_DOWN), DEVICES)
    yield care_sample("devices-none", care_view(()), DEVICES)
    for each in Device:
        yield care_sample(f"device-{each.value}", care_view(), DEVICES, look_at(each))
        for fault in FAULTS_OF.get(each, (Fault.NO_ANSWER,)):
            down = care_view((device(each, DeviceState.FAULT, fault),))
            yield care_sample(f"device-{each.value}-{fault.value}", down, DEVICES, look_at(each))
    low = care_view(AILING)
    yield care_sample("device-low", low, DEVICES, look_at(Device.PRINTER))
    only_look = replace(device(Device.ACCEPTOR), tests=(), can_reset=False, faults=())
    operator = staff_view(Role.OPERATOR, devices=(only_look,))
    yield care_sample("device-operator", operator, DEVICES, look_at(Device.ACCEPTOR))
    long = care_view((device(Device.PRINTER, detail="firmware 1.02 of 2019 " * 9),))
    yield care_sample("device-long", long, DEVICES, look_at(Device.PRINTER))
    opened = (DEVICES, look_at(Device.ACCEPTOR))
    yield care_sample("faults", care_view(), *opened, press(CarePress.FAULTS))
    later = (press(CarePress.FAULTS), press(Press.LATER))
    yield care_sample("faults-later", care_view(), *opened, *later)
    yield care_sample("reset", care_view(), *opened, press(CarePress.RESET))
    asked = (press(CarePress.RESET), press(CarePress.RESET_YES))
    yield care_sample("reset-asked", care_view(), *opened, *asked)


FAILURES: dict[SelfTest, tuple[str, ...]] = {
    SelfTest.NOTE: ("stacked", "unknown", "stopped", "timed-out", "restarted", "box-full"),
    SelfTest.SLIP: ("paper-out", "offline"),
    SelfTest.CARD: ("mute", "foreign", "pulled", "reader-gone"),
    SelfTest.OFFICE: ("no-answer", "busy"),
    SelfTest.SCAN: ("timed-out", "no-answer"),
}
PASSED: dict[SelfTest, str] = {
    SelfTest.NOTE: "returned",
    SelfTest.SLIP: "printed",
    SelfTest.CARD: "sg-user-energy",
    SelfTest.OFFICE: "184 ms",
    SelfTest.SCAN: "read",
}


def _tests() -> Iterator[Sample]:
    for test, of in SELF_TESTS.items():
        begun = (DEVICES, look_at(of), press(TEST_PRESSES[test]))
        yield care_sample(f"test-{test.value}", care_view(), *begun, see_run(test, None))
        passed = see_run(test, True, PASSED[test])
        yield care_sample(f"test-{test.value}-passed", care_view(), *begun, passed)
        for why in FAILURES[test]:
            failed = see_run(test, False, why)
            yield care_sample(f"test-{test.value}-{why}", care_view(), *begun, failed)


def _machines() -> Iterator[Sample]:
    yield care_sample("machine", care_view(), MACHINE)
    waiting = machine(
        reports_waiting=1_284,
        oldest_report_ms=AT_MS,
        roster_confirmed_ms=None,
        roster_version=0,
        free_mb=812,
        hearts=tuple(Heart(name=f"engine-{n}", age_s=99, limit_s=120) for n in range(6)),
    )
    yield care_sample(
        "machine-waiting", care_view(), MACHINE, workshop=CannedWorkshop(info=waiting)
    )
    tested = (MACHINE, press(CarePress.TEST_OFFICE), see_run(SelfTest.OFFICE, True, "184 ms"))
    yield care_sample("machine-line", care_view(), *tested)
    listed = (MACHINE, press(CarePress.PARAMETERS))
    yield care_sample("parameters", care_view(), *listed)
    yield care_sample("parameters-later", care_view(), *listed, press(Press.LATER))
    none = CannedWorkshop(known=())
    yield care_sample("parameters-none", care_view(), *listed, workshop=none)


def _exports() -> Iterator[Sample]:
    asked = (MACHINE, press(CarePress.EXPORT))
    yield care_sample("export", care_view(), *asked)
    done = (*asked, press(CarePress.EXPORT_YES))
    yield care_sample("export-busy", care_view(), *done, workshop=CannedWorkshop(written=None))
    yield care_sample("export-done", care_view(), *done)
    for trouble in ExportTrouble:
        failed = CannedWorkshop(written=Export(file="", trouble=trouble))
        yield care_sample(f"export-{trouble.value}", care_view(), *done, workshop=failed)


def _restarts() -> Iterator[Sample]:
    asked = (MACHINE, press(CarePress.RESTART))
    yield care_sample("restart", care_view(), *asked)
    yield care_sample("restart-not", care_view(out_of_service="clearing"), *asked)
    yield care_sample("restarting", care_view(), *asked, press(CarePress.RESTART_YES))
