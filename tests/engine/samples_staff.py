"""A fact and a report of every kind about maintenance, and sign-ins without the line."""

from kiosk.flow import staff_event
from kiosk.flow.device import Device, SelfTest
from kiosk.flow.event import Event
from vending.health import Ailment, Health, Offer
from vending.messages import Report
from vending.staff import Role

AT_MS = 1_763_949_990_000
STAFF_EVENTS: tuple[Event, ...] = (
    staff_event.StaffTurnedAway(reason="wrong", offline=True),
    staff_event.StaffSignedIn(
        staff="wang", role=Role.MAINTENANCE, second=False, offline=True, last_ms=AT_MS
    ),
    staff_event.SelfTestStarted(test=SelfTest.OFFICE),
    staff_event.OfficeTried(answered=True, took_ms=184),
    staff_event.SelfTestStarted(test=SelfTest.CARD),
    staff_event.SelfTestStopped(),
    staff_event.ResetWanted(device=Device.PRINTER),
    staff_event.Exported(file="", trouble="stick-full"),
    staff_event.RestartWanted(),
)
STAFF_REPORTS: tuple[Report, ...] = (
    Health(
        at_ms=AT_MS,
        offers=(Offer.BILL_BY_CASH,),
        ailments=(
            Ailment(device="card-reader", state="offline", fault="reader-gone", since_ms=AT_MS),
        ),
        why="reader-down",
        parked_orders=1,
        period_no=7,
        box_notes=212,
        software_version="0.1.0",
    ),
)
