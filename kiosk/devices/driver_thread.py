"""What the threads of all drivers have in common: a line that may break, and their own death."""

from kiosk.devices.transport import Transport, TransportLost
from kiosk.flow.event import Device, DeviceChanged, DeviceState, Fault

BACK_OFF_S = (0.2, 5.0)
"""First and longest pause before a broken line is opened again; each pause doubles."""


def try_write(line: Transport | None, data: bytes) -> TransportLost | None:
    """Send ``data`` if there is a line; return how the line broke, None when it did not.

    A driver still has events to post when a write fails, so it raises the loss afterwards.
    """
    try:
        if line:
            line.write(data)
    except TransportLost as lost:
        return lost
    return None


def thread_died(device: Device) -> DeviceChanged:
    """Return the word that nobody looks after ``device`` any more: a bug ended its thread."""
    return DeviceChanged(
        device=device,
        state=DeviceState.OFFLINE,
        fault=Fault.PROTOCOL,
        detail="the driver's thread ended",
    )
