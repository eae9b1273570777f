"""How the machine is, for the head office: what customers can do here, what is wrong, since when.

Told whenever that changes. The line itself is left out: the head office sees that by itself, and a
machine that cannot reach it has nobody to tell.
"""

from msgspec.structs import replace

from kiosk.flow.command import Tell
from kiosk.flow.device import Device, DeviceState
from kiosk.flow.rules import Step
from kiosk.flow.service import may_buy, may_deliver, may_pay_bill, out_of_service_cause
from kiosk.flow.session import PartStatus, Session
from vending.health import Ailment, Health, Offer

_MUST_HAVE_REPORTED = (Device.CARD_READER, Device.ACCEPTOR, Device.PRINTER, Device.HEAD_OFFICE)
"""Every machine has these. Until each has said how it is, nothing is known."""
_AILING = {DeviceState.LOW, DeviceState.FAULT, DeviceState.OFFLINE}
_LINE_UP = PartStatus(DeviceState.OK)


def tell_change(before: Session, after: Session, at_ms: int) -> Step:
    """Return the session that knows what the head office was told, and the report if it is news."""
    if after.care.told is not None and _is_same_machine(before, after):
        return after, ()
    if _is_starting(after):
        return after, ()
    now, told = health(after, at_ms), after.care.told
    if told is not None and _essence(now) == _essence(told):
        return after, ()
    return after.but(care=replace(after.care, told=now)), (Tell(report=now),)


def health(session: Session, at_ms: int) -> Health:
    """Return how the machine is, as if the line were up."""
    served = session.but(parts={**session.parts, Device.HEAD_OFFICE: _LINE_UP})
    return Health(
        at_ms=at_ms,
        offers=offers(served),
        ailments=_ailments(session),
        why=str(out_of_service_cause(served) or ""),
        parked_orders=len(session.parked) + len(session.parked_bills),
        period_no=session.cash.period.period_no,
        box_notes=sum(stack.notes for stack in session.cash.period.stacks),
        software_version=session.care.software_version,
    )


def offers(session: Session) -> tuple[Offer, ...]:
    """Return what a customer could do now if nobody else were at the machine."""
    able = {
        Offer.ENERGY_BY_CASH: may_buy(session),
        Offer.BILL_BY_CASH: may_pay_bill(session),
        Offer.DELIVERY: may_deliver(session),
    }
    return tuple(offer for offer in Offer if able[offer])


def _ailments(session: Session) -> tuple[Ailment, ...]:
    return tuple(
        Ailment(
            device=str(device),
            state=str(part.state),
            fault=str(part.fault),
            since_ms=session.care.since_ms.get(device, 0),
        )
        for device, part in sorted(session.parts.items())
        if device is not Device.HEAD_OFFICE and part.state in _AILING
    )


def _is_starting(session: Session) -> bool:
    known = {*_MUST_HAVE_REPORTED, *session.parts}
    return any(session.part(device).state is DeviceState.STARTING for device in known)


def _is_same_machine(before: Session, after: Session) -> bool:
    """Nothing was touched that any answer depends on: most facts are about a customer."""
    return (
        before.parts is after.parts
        and before.cash.stage is after.cash.stage
        and before.cash.operator == after.cash.operator
        and before.policy is after.policy
        and len(before.parked) == len(after.parked)
        and len(before.parked_bills) == len(after.parked_bills)
    )


def _essence(told: Health) -> tuple[object, ...]:
    return told.offers, told.ailments, told.why
