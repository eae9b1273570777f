"""What the machine's facts say about its wear: counters, how each part is, its last faults.

Folded from every fact whatever the phase is, before the phase's own rule. All of it is bounded.
"""

from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow.care import Care, Counter, FaultSeen
from kiosk.flow.device import Device, DeviceState
from kiosk.flow.phase import Phase
from kiosk.flow.session import NoteFate, PartStatus, Session
from kiosk.flow.staff_event import StaffTurnedAway
from vending.card import Verdict
from vending.staff import NotSignedIn

FAULTS_KEPT = 8
"""Of each part."""
STAFF_KEPT = 50
DETAIL_CHARACTERS = 200
REFUSALS = 5
"""So many failures without the head office ..."""
REFUSALS_WITHIN_MS = 15 * 60_000
"""... within this time ..."""
LOCKED_MS = 15 * 60_000
"""... shut that door for so long after the last of them."""

_SOUND = {DeviceState.OK, DeviceState.LOW}
_AILING = {DeviceState.LOW, DeviceState.FAULT, DeviceState.OFFLINE}

COUNTERS: dict[Device, tuple[Counter, ...]] = {
    Device.ACCEPTOR: (
        Counter.NOTES_STACKED,
        Counter.NOTES_RETURNED,
        Counter.NOTES_REJECTED,
        Counter.NOTES_UNKNOWN,
    ),
    Device.CARD_READER: (
        Counter.CARDS_INSERTED,
        Counter.CARDS_UNREADABLE,
        Counter.CARDS_WRITTEN,
    ),
    Device.PRINTER: (Counter.SLIPS_PRINTED, Counter.SLIPS_FAILED),
    Device.SCANNER: (Counter.CODES_SCANNED,),
    Device.HEAD_OFFICE: (Counter.OFFICE_LOST,),
}
"""Which counters are whose; `Counter.STARTS` is the program's."""


def observe(before: Session, session: Session, event: ev.Event) -> Session:
    """Return ``session`` with what ``event`` says about wear; ``before``: before any of it."""
    care = _observed(session.care, before, event)
    counter = _counts(before, event)
    if counter is not None:
        counters = {**care.counters, counter: care.counters.get(counter, 0) + 1}
        care = replace(care, counters=counters)
    return session if care is session.care else session.but(care=care)


def seen(care: Care, name: str, at_ms: int) -> Care:
    """Remember that somebody of the staff was here; whoever was not for longest is forgotten."""
    others = {other: ms for other, ms in care.seen_ms.items() if other != name}
    latest = list(others.items())[-(STAFF_KEPT - 1) :]
    return replace(care, seen_ms={**dict(latest), name: at_ms})


def locked_until_ms(refusals_ms: tuple[int, ...], now_ms: int) -> int | None:
    """Return until when nobody may sign in without the head office; None: the door is open."""
    if len(refusals_ms) < REFUSALS:
        return None
    first_ms, last_ms = refusals_ms[-REFUSALS], refusals_ms[-1]
    until_ms = last_ms + LOCKED_MS
    too_many = last_ms - first_ms <= REFUSALS_WITHIN_MS
    return until_ms if too_many and now_ms < until_ms else None


def refused(refusals_ms: tuple[int, ...], at_ms: int) -> tuple[int, ...]:
    """Return the failures that count, one more among them."""
    return (*refusals_ms, at_ms)[-REFUSALS:]


def _observed(care: Care, before: Session, event: ev.Event) -> Care:
    match event:
        case ev.Restarted():
            return replace(
                care,
                started_at_ms=event.at_ms,
                software_version=event.software_version or care.software_version,
            )
        case ev.DeviceChanged():
            return _part_changed(care, before.parts.get(event.device), event)
        case StaffTurnedAway(reason=NotSignedIn.WRONG, offline=True):
            return replace(care, refusals_ms=refused(care.refusals_ms, event.at_ms))
        case _:
            return care


def _part_changed(care: Care, was: PartStatus | None, event: ev.DeviceChanged) -> Care:
    """Note since when the part is so. A fault that a restart only repeats lasts on."""
    device, at_ms = event.device, event.at_ms
    now = PartStatus(event.state, event.fault)
    details = {**care.details, device: event.detail[:DETAIL_CHARACTERS]}
    lasting = _open_fault(care, device)
    if lasting and PartStatus(lasting.state, lasting.fault) == now:
        since_ms = {**care.since_ms, device: lasting.at_ms}
        return replace(care, details=details, since_ms=since_ms)
    since_ms = care.since_ms if was == now else {**care.since_ms, device: at_ms}
    if event.state is DeviceState.STARTING:  # whether it has recovered is not known yet
        return replace(care, details=details, since_ms=since_ms)
    faults = tuple(
        replace(fault, until_ms=at_ms) if fault is lasting else fault for fault in care.faults
    )
    if event.state in _AILING:
        faults = _remember(faults, event)
    return replace(care, details=details, since_ms=since_ms, faults=faults)


def _open_fault(care: Care, device: Device) -> FaultSeen | None:
    lasting = (f for f in care.faults if f.device is device and f.until_ms is None)
    return next(lasting, None)


def _remember(faults: tuple[FaultSeen, ...], event: ev.DeviceChanged) -> tuple[FaultSeen, ...]:
    """Add a fault; of this part's the oldest goes when there are too many."""
    fault = FaultSeen(
        device=event.device,
        state=event.state,
        fault=event.fault,
        detail=event.detail[:DETAIL_CHARACTERS],
        at_ms=event.at_ms,
    )
    own = [seen for seen in faults if seen.device is event.device]
    dropped = own[: max(0, len(own) + 1 - FAULTS_KEPT)]
    return (*(seen for seen in faults if seen not in dropped), fault)


def _counts(before: Session, event: ev.Event) -> Counter | None:
    """Return what one more of is to be counted. A driver may tell a note's end twice."""
    match event:
        case ev.NoteStacked():
            return None if _fate(before, event.note_id) is NoteFate.BOXED else Counter.NOTES_STACKED
        case ev.NoteUnknown():
            known = _fate(before, event.note_id) in {NoteFate.BOXED, NoteFate.UNKNOWN}
            return None if known else Counter.NOTES_UNKNOWN
        case ev.CardInserted():
            return None if before.card_present else Counter.CARDS_INSERTED
        case ev.CardProved(verdict=Verdict.WRITTEN) if before.phase is Phase.PROVING:
            return Counter.CARDS_WRITTEN
        case ev.DeviceChanged(device=Device.HEAD_OFFICE):
            lost = before.part(event.device).state in _SOUND and event.state not in _SOUND
            return Counter.OFFICE_LOST if lost else None
        case _:
            return _PLAINLY.get(type(event))


_PLAINLY: dict[type[ev.Event], Counter] = {
    ev.NoteReturned: Counter.NOTES_RETURNED,
    ev.NoteRejected: Counter.NOTES_REJECTED,
    ev.CardUnreadable: Counter.CARDS_UNREADABLE,
    ev.SlipPrinted: Counter.SLIPS_PRINTED,
    ev.SlipFailed: Counter.SLIPS_FAILED,
    ev.CodeScanned: Counter.CODES_SCANNED,
    ev.Restarted: Counter.STARTS,
}


def _fate(session: Session, note_id: str) -> NoteFate | None:
    known = (note.fate for note in session.notes_seen if note.note_id == note_id)
    return next(known, None)
