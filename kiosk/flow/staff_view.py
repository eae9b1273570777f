"""What staff see: who is signed in, what they may do, and the machine as far as that goes."""

from kiosk.flow.clearing import cash_view
from kiosk.flow.device import Device, DeviceState
from kiosk.flow.phase import Phase
from kiosk.flow.service import out_of_service_cause
from kiosk.flow.session import Session
from kiosk.flow.view import DeviceView, StaffView
from kiosk.flow.wear import COUNTERS
from kiosk.flow.workshop import RESETTABLE, tests_of
from vending.rights import RIGHTS, Right

_PHASES = {Phase.STAFF, Phase.TESTING}


def staff_view(session: Session) -> StaffView | None:
    """Return what whoever is signed in may see; None: nobody is."""
    staff = session.staff
    if staff is None or session.phase not in _PHASES:
        return None
    rights = RIGHTS[staff.role]
    sees_devices = Right.SEE_DEVICES in rights
    return StaffView(
        name=staff.name,
        role=staff.role,
        witness=staff.witness,
        offline=staff.offline,
        last_ms=staff.last_ms,
        rights=rights,
        cash=cash_view(session) if Right.SEE_CASH in rights else None,
        devices=_device_views(session, rights) if sees_devices else (),
        test=session.care.test if sees_devices else None,
        software_version=session.care.software_version,
        started_at_ms=session.care.started_at_ms,
        out_of_service=str(out_of_service_cause(session) or ""),
    )


def _device_views(session: Session, rights: frozenset[Right]) -> tuple[DeviceView, ...]:
    """Every part that has ever reported, in the order of `Device`."""
    known = {*session.care.since_ms, *session.parts}
    return tuple(_device_view(session, device, rights) for device in Device if device in known)


def _device_view(session: Session, device: Device, rights: frozenset[Right]) -> DeviceView:
    part, care = session.part(device), session.care
    can_test = Right.TEST_DEVICES in rights and part.state is not DeviceState.STARTING
    return DeviceView(
        device=device,
        state=part.state,
        fault=part.fault,
        detail=care.details.get(device, ""),
        since_ms=care.since_ms.get(device, 0),
        counters=tuple((each, care.counters.get(each, 0)) for each in COUNTERS[device]),
        faults=tuple(fault for fault in reversed(care.faults) if fault.device is device),
        tests=tests_of(session, device) if can_test else (),
        can_reset=Right.TEST_DEVICES in rights and device in RESETTABLE and device in session.parts,
    )
