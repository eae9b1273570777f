"""Where a stacked note belongs: to the order it was offered for, or to suspense; told exactly once.

A driver may tell the same note's end twice, and may tell it when the customer has long gone.
"""

from msgspec.structs import replace

from kiosk.flow.command import AskTrial, Command, Tell
from kiosk.flow.event import NoteStacked, NoteUnknown
from kiosk.flow.rules import Step
from kiosk.flow.session import NoteFate, SeenNote, Session
from vending.messages import Account, Note, NoteInSuspense, NoteTaken
from vending.tariff import Quote, quote

NOTES_REMEMBERED = 200
"""Five purchases of the most notes: far more than a driver repeats after any failure."""


def remember(session: Session, note_id: str, fate: NoteFate) -> Session:
    """Keep the note's fate and the order that it was offered for."""
    known = seen(session, note_id)
    note = SeenNote(note_id, known.order_no if known else _number(session), fate)
    others = tuple(other for other in session.notes_seen if other.note_id != note_id)
    return session.but(notes_seen=(*others, note)[-NOTES_REMEMBERED:])


def seen(session: Session, note_id: str) -> SeenNote | None:
    """Return what is remembered of a note."""
    return next((note for note in session.notes_seen if note.note_id == note_id), None)


def is_spent(session: Session, note_id: str) -> bool:
    """Tell whether the note's end was reported: it can pay for nothing any more."""
    known = seen(session, note_id)
    return known is not None and known.fate is not NoteFate.OPEN


def offered(session: Session, note_id: str) -> Session:
    """Keep for which order a note in escrow was offered first."""
    return session if seen(session, note_id) else remember(session, note_id, NoteFate.OPEN)


def is_on_its_way(session: Session, note_id: str) -> bool:
    """Tell whether this is the note that the acceptor is swallowing or was about to."""
    return session.escrow is not None and session.escrow.note_id == note_id


def arrived(session: Session, note_id: str) -> Session:
    """The note is on its way no more."""
    return session.but(escrow=None) if is_on_its_way(session, note_id) else session


def credit(session: Session, event: NoteStacked) -> Step:
    """Add a stacked note to its order while nothing was asked for it yet, else to suspense; once.

    A note that was reported as uncertain stays out of every order: a person already looks for it.
    """
    known = seen(session, event.note_id)
    if known and known.fate is NoteFate.BOXED:
        return arrived(session, event.note_id), ()
    payment = session.payment
    foreign = known and (known.fate is NoteFate.UNKNOWN or known.order_no != _number(session))
    if payment is None or payment.asked or foreign:
        return set_aside(session, event)
    note = note_of(session, event)
    taken = Tell(report=NoteTaken(order_no=payment.order_no, note=note, at_ms=event.at_ms))
    boxed = remember(arrived(session, event.note_id), event.note_id, NoteFate.BOXED)
    grown = replace(payment, notes=(*payment.notes, note))
    priced, asking = _priced(boxed.with_payment(grown).but(notice=None))
    return priced, (taken, *asking)


def _priced(session: Session) -> Step:
    """Say what the notes so far buy, or ask the head office; what a bill needs is known."""
    order = session.order
    if session.bill or order is None:
        return session, ()
    local = local_quote(order.account, order.paid_fen)
    asking: tuple[Command, ...] = () if local else (AskTrial.of(order.account, order.paid_fen),)
    return session.but(quote=local), asking


def note_of(session: Session, event: NoteStacked | NoteUnknown) -> Note:
    """Return the note as it is reported: of the period that is open now, wherever it was offered.

    Nobody knows the cassette of a note that may be nowhere.
    """
    note = Note(
        note_id=event.note_id,
        value_fen=event.value_fen,
        period_no=session.cash.period.period_no,
    )
    return replace(note, cassette=event.cassette) if isinstance(event, NoteStacked) else note


def set_aside(session: Session, event: NoteStacked | NoteUnknown) -> Step:
    """Report a note that no purchase can use, unless that or its place in an order was told."""
    certain = isinstance(event, NoteStacked)
    known = seen(session, event.note_id)
    told = {NoteFate.BOXED} if certain else {NoteFate.BOXED, NoteFate.UNKNOWN}
    left = arrived(session, event.note_id)
    if known and known.fate in told:
        return left, ()
    held = NoteInSuspense(
        note=note_of(session, event),
        near_order_no=known.order_no if known else _number(session),
        certain=certain,
        at_ms=event.at_ms,
    )
    fate = NoteFate.BOXED if certain else NoteFate.UNKNOWN
    return remember(left, event.note_id, fate), (Tell(report=held),)


def local_quote(account: Account, paid_fen: int) -> Quote | None:
    """Return what ``paid_fen`` buys by the account's tariff; None when it has none."""
    if account.tariff is None:
        return None
    return quote(
        account.tariff,
        used_wh=account.used_this_year_wh,
        arrears_fen=account.arrears_fen,
        balance_fen=account.balance_fen,
        paid_fen=paid_fen,
    )


def _number(session: Session) -> str | None:
    return session.payment.order_no if session.payment else None
