"""What holds in every phase; going in and out of service; the way home; starting again."""

from msgspec.structs import replace

from kiosk.flow import event as ev
from kiosk.flow.command import (
    AskNote,
    CloseAcceptor,
    Command,
    InquireVend,
    ReadCard,
    ReleaseCard,
    RequestResell,
    RequestVend,
    StackNote,
    Tell,
)
from kiosk.flow.event import Device, DeviceState, Fault
from kiosk.flow.phase import PHASES, Cause, Phase, Why
from kiosk.flow.rules import ALL_PHASES, Step, on
from kiosk.flow.session import Order, PartStatus, Session
from vending.messages import Alarm, OrderAbandoned

_WORKING = {DeviceState.OK, DeviceState.LOW}
_OUTLIVES_A_CUSTOMER = (CloseAcceptor, StackNote, RequestVend, RequestResell, InquireVend)
"""Wishes whose answers matter even when nobody waits for them any more."""
_MACHINE_AT_WORK = {
    Phase.READING,
    Phase.LOOKING_UP,
    Phase.STACKING,
    Phase.CLOSING,
    Phase.VENDING,
    Phase.WRITING,
    Phase.PROVING,
}
"""Nobody reads or decides here: a new language gives a device no more time to answer."""
_CASH_ONLY = {None, Why.ACCEPTOR_DOWN, Why.BOX_FULL}
"""Reasons to be out of service that stop nothing but banknotes. Not a box that is out: then staff
are at the machine."""
_ALARMING = {Fault.BOX_REMOVED, Fault.BOX_FULL, Fault.CHEATED, Fault.JAM_IN_STACKER}


def observe(session: Session, event: ev.Event) -> Step:
    """Take note of what holds whatever the phase is."""
    match event:
        case ev.DeviceChanged():
            return _observe_part(session, event)
        case ev.CardInserted():
            return session.but(card_present=True), ()
        case ev.CardRemoved():
            return session.but(card_present=False), ()
        case ev.LanguageChosen():
            more_time = session.phase not in _MACHINE_AT_WORK
            return session.but(language=event.language, round=session.round + more_time), ()
        case ev.SignedInAt():
            highest = max(session.orders_made, event.last_order_sequence)
            return session.but(orders_made=highest), ()
        case ev.NoteStacked() | ev.NoteUnknown():
            return session.but(note_end=event), ()
        case ev.NoteEscrowed() | ev.AcceptorClosed():
            return session.but(note_end=None), ()
        case _:
            return session, ()


def _observe_part(session: Session, event: ev.DeviceChanged) -> Step:
    before = session.part(event.device)
    parts = {**session.parts, event.device: PartStatus(event.state, event.fault)}
    news = event.fault in _ALARMING and event.fault != before.fault
    alarm = Alarm(code=event.fault, detail=event.device, at_ms=event.at_ms)
    told = (Tell(report=alarm),) if news else ()
    back = event.device is Device.HEAD_OFFICE and before.state not in _WORKING
    heard = session.but(parts=parts)
    if not back or event.state not in _WORKING:
        return heard, told
    asking, asked = ask_about_parked(heard)
    return asking, (*told, *asked)


def ask_about_parked(session: Session) -> Step:
    """Orders that wait here may have been sold, or have ended, elsewhere."""
    asked = tuple(replace(order, vend_asked=True) for order in session.parked)
    wishes = tuple(InquireVend(order_no=order.order_no) for order in asked)
    return session.but(parked=asked), wishes


def out_of_service_cause(session: Session) -> Why | None:
    """Return why nobody can be served, or None. Cash is the only way to pay, so it must work."""
    parts = [session.part(d) for d in (Device.CARD_READER, Device.ACCEPTOR, Device.HEAD_OFFICE)]
    if any(part.state is DeviceState.STARTING for part in parts):
        return Why.STARTING
    reader, acceptor, office = parts
    if reader.state not in _WORKING:
        return Why.READER_DOWN
    if acceptor.state not in _WORKING:
        boxes = {Fault.BOX_REMOVED: Why.BOX_REMOVED, Fault.BOX_FULL: Why.BOX_FULL}
        return boxes.get(acceptor.fault, Why.ACCEPTOR_DOWN)
    if office.state not in _WORKING:
        return Why.OFFICE_DOWN
    return None


def may_deliver(session: Session) -> bool:
    """Tell whether what was paid earlier can be delivered now: that needs no room for notes."""
    return out_of_service_cause(session) in _CASH_ONLY and all(
        session.part(device).state in _WORKING
        for device in (Device.CARD_READER, Device.HEAD_OFFICE)
    )


def acceptor_works(session: Session) -> bool:
    """Tell whether notes can be taken now."""
    return session.part(Device.ACCEPTOR).state in _WORKING


def home(session: Session) -> Session:
    """Forget the customer, keep the machine's own state, and open or close the shop.

    An order left in doubt joins the parked ones; one whose money was taken elsewhere does not: the
    head office tells of it again at the card's next visit, wherever that is.
    """
    order = session.order if session.phase is Phase.DOUBTFUL else None
    parked = (*session.parked, order) if order and not order.is_adopted else session.parked
    lasting = tuple(w for w in session.pending if isinstance(w, _OUTLIVES_A_CUSTOMER))
    bare = Session(
        policy=session.policy,
        phase=session.phase,
        round=session.round,
        language=session.policy.language,
        parts=session.parts,
        card_present=session.card_present,
        parked=parked,
        orders_made=session.orders_made,
        note_end=session.note_end,
        notes_seen=session.notes_seen,
        care=session.care,
        pending=lasting,
    )
    cause = out_of_service_cause(bare)
    return bare.to(Phase.OUT_OF_SERVICE if cause else Phase.IDLE, cause=cause)


def leave_staff(session: Session) -> Step:
    """Staff have left: serve customers again, the one whose card is in the slot first."""
    waiting = session.card_present and may_deliver(session)
    return read_waiting_card(session) if waiting else (home(session), ())


def read_waiting_card(session: Session) -> Step:
    """Whose card lies in the slot is next."""
    return home(session).to(Phase.READING, cause=None), (ReadCard(),)


def refuse(session: Session, cause: Cause) -> Step:
    """Explain, and let the customer take the card. Nothing was paid."""
    return session.to(Phase.REFUSED, cause=cause, notice=None, escrow=None), (ReleaseCard(),)


def more_time_or(session: Session, leave: Step) -> Step:
    """Ask "do you need more time?" once; the second silence leaves."""
    if session.asked_more_time or not PHASES[session.phase].asks_more_time:
        return leave
    return session.but(asked_more_time=True, round=session.round + 1), ()


# -- in and out of service -----------------------------------------------------------------------


@on(Phase.IDLE, ev.DeviceChanged, to=Phase.OUT_OF_SERVICE)
def close_shop(session: Session, event: ev.DeviceChanged) -> Step:
    """Nobody is served while something needed for it is missing."""
    cause = out_of_service_cause(session)
    return (session.to(Phase.OUT_OF_SERVICE, cause=cause), ()) if cause else (session, ())


@on(Phase.OUT_OF_SERVICE, ev.DeviceChanged, to={Phase.IDLE, Phase.READING})
def open_shop(session: Session, event: ev.DeviceChanged) -> Step:
    """Serve again as soon as all is well; a card that waited in the slot is read at once."""
    cause = out_of_service_cause(session)
    if session.card_present and may_deliver(session):
        return session.to(Phase.READING, cause=None), (ReadCard(),)
    if cause:
        return session.but(cause=cause), ()
    return session.to(Phase.IDLE, cause=None), ()


@on({p for p in Phase if PHASES[p].asks_more_time}, ev.MoreTimePressed)
def give_more_time(session: Session, event: ev.MoreTimePressed) -> Step:
    """The time-out starts anew."""
    return session.to(session.phase), ()


# -- starting again ------------------------------------------------------------------------------

_MONEY_MAY_MOVE = {Phase.TENDERING, Phase.STACKING, Phase.CLOSING}
_CARD_MAY_BE_WRITTEN = {Phase.WRITING, Phase.PROVING, Phase.CARD_BACK}


def wake(session: Session, event: ev.Restarted) -> Step:
    """Return the session of a program that knows of no device yet, and what it must ask about."""
    lasting = _questions(session.pending)
    policy = event.policy or session.policy
    return session.but(policy=policy, parts={}, card_present=False, pending=()), lasting


@on(
    ALL_PHASES - {Phase.TESTING},
    ev.Restarted,
    to={Phase.CLOSING, Phase.VENDING, Phase.CARD_BACK, Phase.OUT_OF_SERVICE},
)
def start_again(session: Session, event: ev.Restarted) -> Step:
    """Ask about everything that is pending; finish or park the order in hand.

    What the card holds is asked when the reader reports a card: until then there is none to ask.
    """
    woken, lasting = wake(session, event)
    if woken.phase in _MONEY_MAY_MOVE:
        return woken.to(Phase.CLOSING, cause=Why.TIMED_OUT), once_closed(lasting)
    if woken.phase is Phase.VENDING and woken.order:
        return woken.to(Phase.VENDING), _about(lasting, woken.order)
    if woken.phase in _CARD_MAY_BE_WRITTEN and woken.order:
        return woken.to(Phase.CARD_BACK, cause=None), lasting
    return home(woken), lasting


def _questions(pending: tuple[Command, ...]) -> tuple[Command, ...]:
    """Return what outlives a customer as questions, one about each note and order."""
    found: dict[tuple[type[Command], str], Command] = {}
    for ask in (ask for wish in pending for ask in wish.ask()):
        # A note that may have been swallowed is not asked about as one that was given back.
        if isinstance(ask, _OUTLIVES_A_CUSTOMER) and not (
            isinstance(ask, AskNote) and ask.returning and _subject(ask) in found
        ):
            found[_subject(ask)] = ask
    return tuple(found.values())


def _subject(ask: Command) -> tuple[type[Command], str]:
    return type(ask), getattr(ask, "note_id", "") or getattr(ask, "order_no", "")


def once_closed(asks: tuple[Command, ...]) -> tuple[Command, ...]:
    """Notes are asked about before the acceptor is closed, and it is closed once."""
    return (*(ask for ask in asks if not isinstance(ask, CloseAcceptor)), CloseAcceptor())


def _about(asks: tuple[Command, ...], order: Order) -> tuple[Command, ...]:
    """The order in hand is asked about, whatever else is."""
    own = InquireVend(order_no=order.order_no)
    return asks if _subject(own) in {_subject(ask) for ask in asks} else (*asks, own)


def abandon(session: Session, at_ms: int) -> tuple[Command, ...]:
    """Return the report that an order on which nothing was paid is over."""
    if session.order is None:
        return ()
    return (Tell(report=OrderAbandoned(order_no=session.order.order_no, at_ms=at_ms)),)
