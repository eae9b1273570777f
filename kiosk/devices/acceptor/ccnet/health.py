"""The acceptor's state in the kiosk's words."""

from dataclasses import dataclass

from kiosk.devices.acceptor.ccnet.gate import Gate
from kiosk.devices.acceptor.ccnet.limits import Limits
from kiosk.devices.acceptor.ccnet.message import FAULTS, Code, Status
from kiosk.devices.acceptor.ccnet.setup import Setup
from kiosk.flow.event import Device, DeviceChanged, DeviceState, Fault
from vending.money import format_yuan


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the state is judged by."""

    status: Status | None
    """The last one heard; None: none yet."""
    offline: bool
    starting: bool
    """Not set up since its last reset."""
    starting_for_s: float


def judge(vitals: Vitals, setup: Setup, gate: Gate, limits: Limits) -> DeviceChanged | None:
    """Return the state; None while nothing is known yet."""
    if vitals.offline:
        return _changed(DeviceState.OFFLINE, Fault.NO_ANSWER)
    if vitals.status is None:
        return None
    if fault := FAULTS.get(Code(vitals.status.code) if _known(vitals.status) else Code.IDLING):
        return _changed(DeviceState.FAULT, fault, str(vitals.status))
    if detail := _protocol_fault(setup, gate, limits):
        return _changed(DeviceState.FAULT, Fault.PROTOCOL, detail)
    if vitals.starting:
        if vitals.starting_for_s >= limits.initialise_s:
            return _changed(DeviceState.FAULT, Fault.HARDWARE, "does not finish its start")
        return _changed(DeviceState.STARTING, Fault.NONE)
    return _changed(DeviceState.OK, Fault.NONE, _about(setup))


def _protocol_fault(setup: Setup, gate: Gate, limits: Limits) -> str:
    if setup.failed:
        return "does not tell its bill table"
    if gate.refusals >= limits.setup_tries:
        return "does not take the command to enable or disable notes"
    if setup.ready and not gate.usable(setup.table):
        return "knows none of the notes wanted"
    return ""


def _about(setup: Setup) -> str:
    """Who the acceptor is and which notes it knows: ``BENCH 000000000001; 100 50 20 10``."""
    values = sorted({value for value in setup.table.values_fen if value}, reverse=True)
    notes = " ".join(format_yuan(value).removesuffix(".00") for value in values)
    return "; ".join(part for part in (str(setup.identity or ""), notes) if part)


def _known(status: Status) -> bool:
    return status.code in FAULTS


def _changed(state: DeviceState, fault: Fault, detail: str = "") -> DeviceChanged:
    return DeviceChanged(device=Device.ACCEPTOR, state=state, fault=fault, detail=detail)
